"""Arithmetic, the larger of two, chance."""

from training.data.first.entry import known, new

ENTRIES = (
    known(
        "power",
        "power;power of a number;exponentiation;power function;exponent;pow;x to the power of n;base and exponent",
        "(raise|take) a number to (a power|the power n|a given power);"
        "(calculate|compute|find|get) (the power of a number|a power|x to the power of n|powers|base to the exponent)",
    ),
    known(
        "square",
        "square;square of a number;square a number;number squared;x squared",
        "square {num};{calc} the square of {num};(multiply|times) a number by itself",
    ),
    known(
        "cube",
        "cube;cube of a number;cube a number;number cubed;x cubed",
        "cube {num};{calc} the cube of {num}",
    ),
    known(
        "square_root",
        "square root;sqrt;square root of a number;root of a number",
        "{calc} (the square root|square root) of {num};take the square root of {num}",
    ),
    known(
        "absolute",
        "absolute value;abs;absolute value of a number;absolute;absolute number",
        "{calc} (the absolute value|absolute value) of {num};make a number positive;(get|return) the absolute value",
    ),
    known(
        "add",
        "add two numbers;add;addition;sum of two numbers;adding two numbers;add 2 numbers;addition of two numbers;"
        "add numbers",
        "add (two numbers|two integers|2 numbers|a and b|numbers|two given numbers);{calc} the sum of (two numbers|"
        "two integers|2 numbers|a and b);(add|sum) two numbers together;sum two numbers",
    ),
    known(
        "subtract",
        "subtract two numbers;subtract;subtraction;difference of two numbers;subtraction of two numbers;minus",
        "subtract (two numbers|two integers|2 numbers|b from a|numbers|one number from another);"
        "{calc} the difference of (two numbers|a and b|two integers)",
    ),
    known(
        "multiply",
        "multiply two numbers;multiply;multiplication;product of two numbers;multiplication of two numbers;multiply "
        "numbers",
        "multiply (two numbers|two integers|2 numbers|a and b|numbers|two given numbers);"
        "{calc} the product of (two numbers|a and b|two integers|2 numbers)",
    ),
    known(
        "divide",
        "divide two numbers;divide;division;quotient of two numbers;division of two numbers",
        "divide (two numbers|two integers|2 numbers|a by b|numbers|one number by another);"
        "{calc} the quotient of (two numbers|a and b)",
    ),
    known(
        "safe_divide",
        "safe divide;safe division;divide without error;division by zero check;divide with zero check;divide safely",
        "divide two numbers (safely|and handle division by zero|without division by zero error|with a zero check|"
        "and handle zero);(handle|avoid|check for) division by zero;(divide safely|safely divide two numbers)",
    ),
    known(
        "maximum3",
        "max of three;max of three numbers;largest of three numbers;maximum of three numbers;biggest of 3 numbers;"
        "largest of 3",
        "{get} the {max} of (three numbers|3 numbers|three values|a, b and c);{get} the {max} (number|value) of three;"
        "find which of three numbers is the largest",
    ),
    known(
        "minimum3",
        "min of three;min of three numbers;smallest of three numbers;minimum of three numbers;smallest of 3 numbers",
        "{get} the {min} of (three numbers|3 numbers|three values|a, b and c);{get} the {min} (number|value) of three",
    ),
    known(
        "maximum2",
        "max of two numbers;larger of two numbers;maximum of two numbers;bigger of two numbers;max of two;greater of "
        "two "
        "numbers",
        "{get} the (max|maximum|larger|bigger|largest|greater) of (two numbers|2 numbers|two values|a and b);"
        "{get} the (larger|bigger|greater) number;find the (bigger|larger) number of two",
    ),
    known(
        "minimum2",
        "min of two numbers;smaller of two numbers;minimum of two numbers;min of two;smallest of two numbers",
        "{get} the (min|minimum|smaller|smallest|lesser) of (two numbers|2 numbers|two values|a and b);"
        "{get} the (smaller|lesser) number;find the smaller number of two",
    ),
    known(
        "clamp",
        "clamp;clamp a number;clamp value;limit a number to a range;clip a number;clamp function",
        "(clamp|limit|restrict|clip) (a number|a value) (to a range|between a minimum and a maximum|between low and "
        "high|"
        "between min and max|between two bounds);keep a number (in|within) a range",
    ),
    known(
        "swap",
        "swap two values;swap values;swap",
        "swap (two values|two numbers|two arguments|two variables|a and b);(return|give back) two (values|arguments) "
        "(swapped|in swapped order)",
        only_function=True,
    ),
    new(
        "quadratic",
        "quadratic equation;quadratic formula;quadratic equation solver;roots of a quadratic equation;quadratic roots;"
        "solve quadratic equation",
        "solve (a quadratic equation|quadratic equations|the quadratic equation|ax^2 + bx + c = 0);"
        "{calc} the (roots|solutions) of a quadratic equation",
        "solve_quadratic",
        "a b c",
        "root = cmath.sqrt($b ** 2 - 4 * $a * $c)\nreturn (-$b + root) / (2 * $a), (-$b - root) / (2 * $a)",
        "f(1, -3, 2) == (2, 1)",
        "f(1, 0, 1) == (1j, -1j)",
        imports="import cmath",
    ),
    new(
        "calculator",
        "calculator;simple calculator;basic calculator;calculator with + - * /;python calculator;calculator function",
        "(make|build|create|write|implement|code) (a calculator|a simple calculator|a basic calculator|calculator);"
        "calculate two numbers with an operator;(add, subtract, multiply and divide|add subtract multiply divide) "
        "two numbers",
        "calculate",
        "a operator b|x op y",
        'if $b == "+":\n    return $a + $c\n'
        'if $b == "-":\n    return $a - $c\n'
        'if $b == "*":\n    return $a * $c\n'
        'if $b == "/":\n    return $a / $c\n'
        'raise ValueError("unknown operator")',
        'f(6, "+", 3) == 9',
        'f(6, "-", 3) == 3',
        'f(6, "*", 3) == 18',
        'f(6, "/", 3) == 2',
    ),
    new(
        "random_number",
        "random number;random integer;random number generator;random number between two numbers;random int;randint;"
        "random number between a and b",
        "(generate|get|create|return|make|pick) (a random number|a random integer|random number|random numbers)"
        "( between two numbers| between a and b| in a range| between two limits| between low and high|);"
        "pick a number at random",
        "random_number",
        "low high|start end",
        "return random.randint($a, $b)",
        "all(2 <= f(2, 4) <= 4 for _ in range(50))",
        "{f(1, 2) for _ in range(60)} == {1, 2}",
        imports="import random",
    ),
    new(
        "roll_dice",
        "roll dice;dice roll;dice;roll a die;dice roller;dice simulator;random dice;roll a dice",
        "(roll|throw) (a die|a dice|dice|a six sided die|the dice);(simulate|make) (a dice roll|rolling a die|dice "
        "rolls|"
        "a die roll|a dice);(return|get|generate) a random number from 1 to 6",
        "roll_dice|roll_die",
        "",
        "return random.randint(1, 6)",
        "{f() for _ in range(300)} == {1, 2, 3, 4, 5, 6}",
        imports="import random",
    ),
    new(
        "flip_coin",
        "coin flip;flip a coin;coin toss;heads or tails;coin flip simulator",
        "(flip|toss|throw) a coin;(simulate|make) a coin (flip|toss);return heads or tails( at random|)",
        "flip_coin",
        "",
        'return random.choice(["heads", "tails"])',
        '{f() for _ in range(100)} == {"heads", "tails"}',
        imports="import random",
    ),
)
