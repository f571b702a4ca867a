"""Tiny programs: code that prints."""

from training.data.first.entry import new, program

# Mostly round numbers, and enough others that a model copies the number.
COUNTS = (5, 5, 10, 10, 10, 10, 10, 20, 20, 50, 100, 100, 100, 1000, *range(3, 31))

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
        constants=COUNTS,
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
        constants=COUNTS,
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
        constants=COUNTS,
    ),
    program(
        "print_odd_numbers_k",
        "odd numbers up to $k;odd numbers 1 to $k;odd numbers from 1 to $k;print odd numbers 1 to $k;"
        "odd numbers between 1 and $k",
        "print (the odd numbers|odd numbers|all odd numbers|only odd numbers) (up to $k|from 1 to $k|1 to $k|"
        "between 1 and $k)",
        "for i in range(1, $k + 1, 2):\n    print(i)",
        "out.split() == [str(i) for i in range(1, k + 1, 2)]",
        constants=COUNTS,
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
        constants=tuple(range(2, 21)),
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
        constants=tuple(range(3, 21)),
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
)
