"""The shortest example of each feature of the language."""

from training.data.first.entry import program

ENTRIES = (
    program(
        "squares_comprehension",
        "list comprehension;list comprehension example;squares list comprehension;list comprehension squares;"
        "list comprehension of squares;squares comprehension;list comprehension for squares;squares of 1 to 10",
        "(make|create|write|show|build) (a list of squares|a list of the squares of 1 to 10|squares with a list "
        "comprehension|"
        "a list comprehension|a list of squares with a list comprehension|a list comprehension for squares);"
        "use a list comprehension( for squares| to square numbers|);{get} the squares of (1 to 10|the numbers 1 to 10)",
        "squares = [x ** 2 for x in range(1, 11)]\nprint(squares)",
        "squares == [1, 4, 9, 16, 25, 36, 49, 64, 81, 100] and out == str(squares)",
    ),
    program(
        "dict_comprehension",
        "dict comprehension;dictionary comprehension;dict comprehension example;dictionary comprehension example",
        "(make|create|write|show|use) (a dict comprehension|a dictionary comprehension)",
        "squares = {x: x ** 2 for x in range(1, 6)}\nprint(squares)",
        "squares == {1: 1, 2: 4, 3: 9, 4: 16, 5: 25} and out == str(squares)",
    ),
    program(
        "even_comprehension",
        "even numbers list comprehension;list comprehension even numbers;list comprehension with if;"
        "list comprehension with condition",
        "(make|create|write|show) (a list comprehension with a condition|even numbers with a list comprehension|"
        "a list comprehension for even numbers)",
        "evens = [x for x in range(1, 11) if x % 2 == 0]\nprint(evens)",
        "evens == [2, 4, 6, 8, 10] and out == str(evens)",
    ),
    program(
        "swap_variables",
        "swap two variables;swap variables;variable swap;swap two numbers;swap a and b;swapping two variables;swap "
        "values",
        "swap (two variables|two numbers|variables|a and b|x and y|the values of two variables)"
        "( without a third variable| without a temporary variable| without temp|);(exchange|switch) two variables",
        "a, b = 1, 2\na, b = b, a\nprint(a, b)",
        '(a, b) == (2, 1) and out == "2 1"',
    ),
    program(
        "for_loop",
        "for loop;for loop;for loop example;simple for loop;for;basic for loop;for loop syntax",
        "(write|make|show|use|do|create) (a for loop|a simple for loop|for loops)",
        "for i in range(5):\n    print(i)",
        'out.split() == ["0", "1", "2", "3", "4"]',
    ),
    program(
        "while_loop",
        "while loop;while loop;while loop example;simple while loop;while;basic while loop;while loop syntax",
        "(write|make|show|use|do|create) (a while loop|a simple while loop|while loops)",
        "i = 0\nwhile i < 5:\n    print(i)\n    i += 1",
        'out.split() == ["0", "1", "2", "3", "4"]',
    ),
    program(
        "if_else",
        "if else;if else;if else example;if statement;if;if elif else;if else statement;conditional;if else syntax",
        "(write|make|show|use|do) (an if statement|an if else|an if else statement|if else|if elif else|a condition)",
        'x = 5\nif x > 0:\n    print("positive")\nelif x < 0:\n    print("negative")\nelse:\n    print("zero")',
        'out == "positive"',
    ),
    program(
        "try_except",
        "try except;try except;try except example;exception handling;try catch;error handling;try;try except block",
        "(write|make|show|use|do) (a try except|try except|a try except block|exception handling|try catch|a try "
        "block);"
        "(catch|handle) (an exception|exceptions|an error|errors)",
        'try:\n    number = int("abc")\nexcept ValueError:\n    print("not a number")',
        'out == "not a number"',
    ),
    program(
        "f_string",
        "f string;f-string;f string example;fstring;f strings;string formatting;format string;string interpolation",
        "(write|show|use|make) (an f string|an f-string|f strings|f-strings|string formatting);"
        "(format|interpolate) a string( with variables|);(put|insert) a variable (into|in) a string",
        'name = "Ann"\nage = 30\nprint(f"{name} is {age} years old.")',
        'out == "Ann is 30 years old."',
    ),
    program(
        "current_time_line",
        "current time;time now;current date and time;print time;datetime now;date and time;what time is it code",
        "(print|show|get|display) (the current time|the time|the current date and time|the date and time|current time|"
        "date and time)",
        'from datetime import datetime\n\nprint(datetime.now().strftime("%Y-%m-%d %H:%M:%S"))',
        're.fullmatch(r"\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d", out)',
    ),
    program(
        "print_date_line",
        "print date;print today's date;print todays date;print current date",
        "print (the current date|today's date|the date|todays date|the date of today)",
        "from datetime import date\n\nprint(date.today())",
        're.fullmatch(r"\\d{4}-\\d\\d-\\d\\d", out)',
    ),
    program(
        "random_line",
        "print a random number;random number 1 to 100;random number between 1 and 100;random number from 1 to 100",
        "print (a random number|a random integer|random number)( between 1 and 100| from 1 to 100|);"
        "(generate|get|pick) a random number (between 1 and 100|from 1 to 100)",
        "import random\n\nprint(random.randint(1, 100))",
        "out.isdigit() and 1 <= int(out) <= 100",
    ),
    program(
        "random_10_line",
        "random number 1 to 10;random number between 1 and 10;random number from 1 to 10",
        "(print|generate|get|pick) a random number (between 1 and 10|from 1 to 10)",
        "import random\n\nprint(random.randint(1, 10))",
        "out.isdigit() and 1 <= int(out) <= 10",
    ),
    program(
        "loop_dict",
        "loop over a dictionary;dict loop;loop dict;iterate over dictionary;dictionary loop;loop through dictionary;"
        "print dict;iterate dict;loop over dict keys and values",
        "(loop|iterate) (over|through) {dict}( and print keys and values| and print the keys and values|);"
        "print (the keys and values|keys and values|all keys and values|all items) of {dict}",
        'data = {"a": 1, "b": 2}\nfor key, value in data.items():\n    print(key, value)',
        'out == "a 1\\nb 2"',
    ),
    program(
        "loop_list",
        "loop over a list;list loop;loop list;iterate over list;iterate list;loop through a list;for each;foreach",
        "(loop|iterate) (over|through) {list};print (every element|each element|all elements|all items|each item|the "
        "items) "
        "of {list}",
        'items = ["a", "b", "c"]\nfor item in items:\n    print(item)',
        'out.split() == ["a", "b", "c"]',
    ),
    program(
        "loop_index",
        "enumerate;enumerate example;loop with index;for loop with index;loop index;enumerate list;iterate with index",
        "(loop|iterate) (over|through) {list} with (index|an index|the index|indexes|enumerate);"
        "(use|show) enumerate;print (each element|every item|the items) of {list} with (its index|the index|their "
        "index)",
        'items = ["a", "b", "c"]\nfor i, item in enumerate(items):\n    print(i, item)',
        'out == "0 a\\n1 b\\n2 c"',
    ),
    program(
        "loop_string",
        "loop over a string;string loop;iterate over string;loop through characters;iterate string",
        "(loop|iterate) (over|through) (a string|the characters of a string|the letters of a word|each character of "
        "a string);"
        "print (each character|every character|each letter|all characters) of a (string|word)",
        'text = "hello"\nfor ch in text:\n    print(ch)',
        'out.split() == list("hello")',
    ),
    program(
        "lambda_add",
        "lambda;lambda example;lambda function;lambda add;lambda that adds two numbers;lambda expression;add lambda;"
        "lambda function example",
        "(write|make|show|use|create) (a lambda|a lambda function|a lambda that adds two numbers|a lambda to add two "
        "numbers|"
        "a lambda expression);add two numbers with a lambda",
        "add = lambda a, b: a + b\nprint(add(2, 3))",
        'add(1, 1) == 2 and out == "5"',
    ),
    program(
        "switch_case",
        "match statement;match case;switch case;switch statement;match case example",
        "(write|show|use|make) (a match statement|a switch|a switch case|a switch statement|match case)",
        'color = "red"\n'
        "match color:\n"
        '    case "red":\n'
        '        print("stop")\n'
        '    case "green":\n'
        '        print("go")\n'
        "    case _:\n"
        '        print("wait")',
        'out == "stop"',
    ),
    program(
        "make_list_line",
        "create a list;list example;make a list;python list;list of numbers",
        "(create|make|define) a list( of numbers|)",
        "numbers = [1, 2, 3, 4, 5]\nprint(numbers)",
        "numbers == [1, 2, 3, 4, 5]",
    ),
    program(
        "make_dict_line",
        "create a dictionary;dict example;make a dict;python dict;dictionary example",
        "(create|make|define) a (dictionary|dict)",
        'person = {"name": "Ann", "age": 30}\nprint(person["name"])',
        'out == "Ann"',
    ),
    program(
        "main_guard",
        "main function;main;if name main;main guard;python main",
        "(write|make|create|show) (a main function|a main guard|an if name main block)",
        'def main():\n    print("Hello, World!")\n\n\nif __name__ == "__main__":\n    main()',
        'out == "Hello, World!"',
    ),
)
