"""Tiny programs and one-liners: code without a function."""

from training.data.first.entry import new, program

ENTRIES = (
    program(
        "hello_world",
        "hello world;hello world;hello world;helloworld;hello, world;first program",
        "print (hello world|hello world|hello, world|hello);say hello world;(display|output|show) hello world",
        'print("Hello, World!")',
        'out == "Hello, World!"',
    ),
    new(
        "hello_function",
        "hello world",
        "print hello world;say hello world",
        "hello|hello_world|main",
        "",
        'print("Hello, World!")',
        'printed(f) == "Hello, World!"',
        only_function=True,
    ),
    program(
        "print_1_to_k",
        "numbers 1 to $k;1 to $k;numbers from 1 to $k;loop from 1 to $k;loop 1 to $k;for loop 1 to $k",
        "print (the numbers|numbers|all numbers|the numbers from|numbers from|integers) 1 to $k;print 1 to $k;"
        "count (to $k|from 1 to $k);(loop|iterate) from 1 to $k( and print the numbers|)",
        "for i in range(1, $k + 1):\n    print(i)",
        "out.split() == [str(i) for i in range(1, k + 1)]",
        constants=(3, 5, 10, 10, 10, 15, 20, 50, 100, 100),
    ),
    program(
        "print_numbers",
        "print numbers;number loop;counting loop",
        "print numbers;print (some numbers|numbers in a loop|numbers with a loop|numbers in a for loop)",
        "for i in range(1, 11):\n    print(i)",
        "out.split() == [str(i) for i in range(1, 11)]",
    ),
    program(
        "countdown_k",
        "countdown from $k;count down from $k;$k to 1;numbers $k to 1;countdown $k",
        "(count down|countdown) from $k( to 1|);print (the numbers|numbers|numbers from) $k to 1;print a countdown "
        "from $k",
        "for i in range($k, 0, -1):\n    print(i)",
        "out.split() == [str(i) for i in range(k, 0, -1)]",
        constants=(3, 5, 10, 10, 10, 20, 100),
    ),
    program(
        "countdown_10",
        "countdown;countdown loop;countdown timer loop;reverse loop",
        "(print|make|do|write) a countdown;count down;loop backwards",
        "for i in range(10, 0, -1):\n    print(i)",
        "out.split() == [str(i) for i in range(10, 0, -1)]",
    ),
    program(
        "print_even_numbers_k",
        "even numbers up to $k;even numbers 1 to $k;even numbers from 1 to $k;print even numbers 1 to $k;"
        "even numbers between 1 and $k",
        "print (the even numbers|even numbers|all even numbers|only even numbers) (up to $k|from 1 to $k|1 to $k|"
        "between 1 and $k)",
        "for i in range(2, $k + 1, 2):\n    print(i)",
        "out.split() == [str(i) for i in range(2, k + 1, 2)]",
        constants=(10, 10, 20, 20, 50, 100, 100),
    ),
    program(
        "print_odd_numbers_k",
        "odd numbers up to $k;odd numbers 1 to $k;odd numbers from 1 to $k;print odd numbers 1 to $k;"
        "odd numbers between 1 and $k",
        "print (the odd numbers|odd numbers|all odd numbers|only odd numbers) (up to $k|from 1 to $k|1 to $k|"
        "between 1 and $k)",
        "for i in range(1, $k + 1, 2):\n    print(i)",
        "out.split() == [str(i) for i in range(1, k + 1, 2)]",
        constants=(10, 10, 20, 20, 50, 100, 100),
    ),
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
        "sum_of_list_line",
        "sum of a list variable;sum of a list in one line;sum list one line;one line list sum",
        "(sum|add up) (a list in one line|the numbers in a list variable|a list variable);"
        "print the sum of (a list|a list of numbers|the numbers in a list)",
        "numbers = [1, 2, 3, 4, 5]\nprint(sum(numbers))",
        'out == "15"',
    ),
    program(
        "average_line",
        "average in one line;mean of a list in one line;average of a list variable;one line average",
        "print the (average|mean) of (a list|a list of numbers|the numbers in a list);"
        "(average|get the average of) a list in one line",
        "numbers = [1, 2, 3, 4, 5]\nprint(sum(numbers) / len(numbers))",
        'out == "3.0"',
    ),
    program(
        "input_name",
        "input name;ask for name;user input;name input;get user input;input;hello name program;input example",
        "(ask|ask the user) for (a name|their name|his name|the name)( and greet them| and say hello| and print it|);"
        "(read|get|take) (user input|input from the user|a name|a name from the user|a name from the keyboard|"
        "input|a name and greet)",
        'name = input("What is your name? ")\nprint(f"Hello, {name}!")',
        'out == "Hello, Ann!"',
        given=("Ann",),
    ),
    program(
        "input_number",
        "input number;number input;read a number;ask for a number;int input;integer input;get number from user",
        "(read|get|take|ask for) (a number|an integer|a number from the user|a number from the keyboard|an int|"
        "number input)( and print its square| and square it| and print it|)",
        'number = int(input("Enter a number: "))\nprint(f"The square of {number} is {number ** 2}.")',
        'out == "The square of 4 is 16."',
        given=("4",),
    ),
    program(
        "input_two_numbers",
        "add two numbers from input;two number input;sum of two input numbers;add two inputs",
        "(read|get|ask for|take) two numbers( from the user|) and (add them|print their sum|print the sum|sum them);"
        "add two numbers (from user input|from the user|entered by the user|with input)",
        'a = float(input("First number: "))\nb = float(input("Second number: "))\nprint(a + b)',
        'out == "5.0"',
        given=("2", "3"),
    ),
    program(
        "guess_number",
        "guess the number;number guessing game;guessing game;guess the number game;number guessing;guess number",
        "(make|write|create|build|code) (a number guessing game|a guessing game|guess the number|a guess the number "
        "game);"
        "guess a (random number|number)",
        "import random\n\n"
        "secret = random.randint(1, 100)\n"
        "guess = None\n"
        "while guess != secret:\n"
        '    guess = int(input("Your guess: "))\n'
        "    if guess < secret:\n"
        '        print("Too low")\n'
        "    elif guess > secret:\n"
        '        print("Too high")\n'
        'print("Right!")',
        'out.endswith("Right!")',
        given=tuple(str(number) for number in range(1, 101)),
    ),
    program(
        "sort_dict_line",
        "sort a dict by value in one line;sort dict one liner;sorted dict by value one line",
        "(sort|order) a (dict|dictionary) by value in one line;print a (dict|dictionary) sorted by value",
        'scores = {"Ann": 3, "Bob": 1, "Eve": 2}\n'
        "scores = dict(sorted(scores.items(), key=lambda item: item[1]))\n"
        "print(scores)",
        'list(scores) == ["Bob", "Eve", "Ann"]',
    ),
    program(
        "dict_from_lists_line",
        "dict from two lists in one line;zip two lists to dict one liner;dict zip one line",
        "(make|create) a (dict|dictionary) from two lists in one line;use dict and zip;"
        "use zip to (make a dict|make a dictionary|create a dict)",
        'keys = ["a", "b", "c"]\nvalues = [1, 2, 3]\ndata = dict(zip(keys, values))\nprint(data)',
        'data == {"a": 1, "b": 2, "c": 3}',
    ),
    program(
        "read_lines_loop",
        "loop over lines of a file;print lines of a file;print file;loop over file;print file lines;iterate over "
        "file lines",
        "(open|read) a file and print (its lines|each line|every line|it|the lines);"
        "print (the lines|all lines|each line|every line|the content) of a file;(loop|iterate) over (the lines of a "
        "file|"
        "lines in a file|a file)",
        'with open("file.txt") as file:\n    for line in file:\n        print(line.rstrip())',
        'out.split() == ["one", "two"]',
        files={"file.txt": "one\ntwo\n"},
    ),
    program(
        "multiplication_table_k",
        "multiplication table of $k;table of $k;times table of $k;times table $k;$k times table;multiplication table "
        "for $k",
        "print (the multiplication table|the times table|the table|multiplication table|times table) (of|for) $k",
        'for i in range(1, 11):\n    print(f"$k x {i} = {$k * i}")',
        'out.split("\\n")[0] == f"{k} x 1 = {k}" and out.endswith(f"{k} x 10 = {10 * k}")',
        constants=(2, 3, 4, 5, 5, 6, 7, 7, 8, 9, 10, 12),
    ),
    program(
        "multiplication_table",
        "multiplication table;times table;multiplication tables;times tables;multiplication table 1 to 10",
        "print (the multiplication table|a multiplication table|multiplication table|a times table|multiplication "
        "tables|"
        "the times table)( from 1 to 10| of 1 to 10|);(make|create|show) a (multiplication|times) table",
        'for i in range(1, 11):\n    for j in range(1, 11):\n        print(i * j, end="\\t")\n    print()',
        'out.split()[:12] == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "2", "4"] and out.split()[-1] == '
        '"100"',
    ),
    program(
        "star_triangle",
        "star triangle;triangle of stars;star pattern;triangle pattern;stars pattern;right triangle of stars;pattern "
        "printing",
        "print (a triangle of stars|a star triangle|a star pattern|stars in a triangle|a triangle with stars|"
        "a right triangle of stars|a triangle);(draw|make) a (triangle of stars|star triangle|triangle with stars)",
        'for i in range(1, 6):\n    print("*" * i)',
        'out.split() == ["*" * i for i in range(1, 6)]',
    ),
    program(
        "star_triangle_k",
        "star triangle with $k rows;triangle of stars with $k lines;star pattern $k rows",
        "print (a triangle of stars|a star triangle|a star pattern|a triangle) with $k (rows|lines)",
        'for i in range(1, $k + 1):\n    print("*" * i)',
        'out.split() == ["*" * i for i in range(1, k + 1)]',
        constants=(3, 4, 5, 6, 7, 8, 10),
    ),
    program(
        "star_pyramid",
        "star pyramid;pyramid;pyramid of stars;pyramid pattern",
        "print (a pyramid|a star pyramid|a pyramid of stars|a pyramid with stars);(draw|make) a (pyramid of stars|"
        "pyramid)",
        'rows = 5\nfor i in range(1, rows + 1):\n    print(" " * (rows - i) + "*" * (2 * i - 1))',
        'out.split() == ["*" * i for i in (1, 3, 5, 7, 9)]',
    ),
    program(
        "reverse_string_line",
        "reverse a string in one line;reverse string slicing;string slicing reverse;reverse string one liner;"
        "reverse a string with slicing",
        "reverse a string (in one line|with slicing|using slicing|with a slice);print a string (reversed|backwards|"
        "in reverse)",
        'text = "hello"\nprint(text[::-1])',
        'out == "olleh"',
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
