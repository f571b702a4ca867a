"""Numbers: arithmetic, divisors, digits, sequences, conversions."""

from training.data.first.entry import known, new

ENTRIES = (
    new(
        "fizz_buzz",
        "fizzbuzz;fizzbuzz;fizz buzz;fizz-buzz;fizzbuzz game;fizz buzz problem;fizzbuzz (challenge|exercise|problem)",
        "(solve|play|do|print|implement) (fizzbuzz|fizz buzz);print fizz for multiples of 3 and buzz for multiples "
        "of 5;"
        "print fizzbuzz (up to n|from 1 to n|up to 100);"
        "print (the numbers from 1 to n|numbers) with fizz for multiples of 3, buzz for multiples of 5 and fizzbuzz "
        "for both",
        "fizzbuzz",
        "n|limit",
        "for i in range(1, $a + 1):\n"
        "    if i % 15 == 0:\n"
        '        print("FizzBuzz")\n'
        "    elif i % 3 == 0:\n"
        '        print("Fizz")\n'
        "    elif i % 5 == 0:\n"
        '        print("Buzz")\n'
        "    else:\n"
        "        print(i)",
        'printed(f, 15).split() == "1 2 Fizz 4 Buzz Fizz 7 8 Fizz Buzz 11 Fizz 13 14 FizzBuzz".split()',
    ),
    known(
        "prime",
        "is prime;isprime;prime check;prime checker;prime number;prime test;prime number (check|checker|test);"
        "check prime;primality test;prime or not",
        "{check} {num} is (prime|a prime|a prime number);check for (a prime number|a prime|prime numbers|primes);"
        "(check|test) a number for being prime;check prime number",
    ),
    known(
        "primes",
        "primes up to n;prime numbers;all primes up to n;list of primes;prime number list;primes below a limit;"
        "prime number generator",
        "(list|find|get|return|generate) (all primes|all prime numbers|the primes|primes|prime numbers) "
        "(up to n|up to a limit|from 2 to n|until n|up to a number);"
        "(find|generate|list|print) prime numbers;print primes up to n",
    ),
    new(
        "sieve",
        "sieve of eratosthenes;sieve;eratosthenes sieve;prime sieve;the sieve of eratosthenes",
        "(implement|write|code|do) the sieve of eratosthenes;"
        "(find|list|get) (primes|all primes|prime numbers) (with|using) (the|a) sieve( of eratosthenes|)",
        "sieve",
        "n|limit",
        "is_prime = [True] * ($a + 1)\n"
        "primes = []\n"
        "for i in range(2, $a + 1):\n"
        "    if is_prime[i]:\n"
        "        primes.append(i)\n"
        "        for j in range(i * i, $a + 1, i):\n"
        "            is_prime[j] = False\n"
        "return primes",
        "f(20) == [2, 3, 5, 7, 11, 13, 17, 19]",
        "f(1) == []",
        types="int -> list[int]",
    ),
    known(
        "prime_factors",
        "prime factors;prime factorization;prime factors of a number;factorization;factorize",
        "{get} (the prime factors|prime factors|all prime factors) of {num};(factorize|factor) {num};"
        "(split|break) a number into prime factors;list the prime factors of a number",
    ),
    known(
        "gcd",
        "gcd;greatest common divisor;gcd of two numbers;hcf;greatest common factor;highest common factor;"
        "euclidean algorithm;euclid's algorithm;gcd calculator",
        "{calc} the (gcd|greatest common divisor|greatest common factor|hcf|highest common factor) of "
        "(two numbers|two integers|a and b|2 numbers);{calc} (the gcd|gcd|the greatest common divisor)",
    ),
    known(
        "lcm",
        "lcm;least common multiple;lcm of two numbers;lowest common multiple;smallest common multiple;lcm calculator",
        "{calc} the (lcm|least common multiple|lowest common multiple|smallest common multiple) of "
        "(two numbers|two integers|a and b|2 numbers);{calc} (the lcm|lcm|the least common multiple)",
    ),
    known(
        "factorial",
        "factorial;factorial;n factorial;n!;factorial of a number;factorial calculator;factorial of n",
        "{calc} (the factorial|factorial) of (a number|n|an integer|a given number);{calc} (factorial|a factorial|n!|"
        "the factorial);(calculate|compute) factorials",
    ),
    known(
        "fibonacci",
        "fibonacci;fibonacci;fibonacci number;nth fibonacci number;fib;fibonacci numbers;n-th fibonacci;fibonacci n;"
        "nth fibonacci",
        "{calc} (the nth|the n-th|nth|a) fibonacci number;{calc} fibonacci( of n|);calculate (fibonacci|fibonacci "
        "numbers);"
        "{calc} the fibonacci number (n|at position n|of n)",
    ),
    known(
        "fibonacci_recursive",
        "recursive fibonacci;fibonacci recursive;fibonacci recursively;fibonacci (using|with) recursion;fib recursive;"
        "fibonacci recursion",
        "{calc} (the nth fibonacci number|fibonacci numbers|fibonacci|a fibonacci number) (recursively|using recursion|"
        "with recursion)",
        owns_name=False,
    ),
    known(
        "fibonacci_list",
        "fibonacci sequence;fibonacci series;fibonacci list;first n fibonacci numbers;list of fibonacci numbers;"
        "fibonacci sequence up to n (numbers|terms);n fibonacci numbers",
        "(generate|make|create|print|return|list|get|compute) (the fibonacci sequence|the fibonacci series|"
        "fibonacci series|fibonacci sequence|a fibonacci sequence|the first n fibonacci numbers|a list of fibonacci "
        "numbers)",
    ),
    new(
        "fibonacci_generator",
        "fibonacci generator;generator for fibonacci numbers;fibonacci with yield;fibonacci (using|as) a generator;"
        "infinite fibonacci;generator of fibonacci numbers",
        "(yield|generate) fibonacci numbers (with|using) (yield|a generator);yield fibonacci numbers( forever|);"
        "(make|write|create) a (generator of fibonacci numbers|fibonacci generator)",
        "fibonacci_generator|fib_generator",
        "",
        "a, b = 0, 1\nwhile True:\n    yield a\n    a, b = b, a + b",
        "[x for x, _ in zip(f(), range(8))] == [0, 1, 1, 2, 3, 5, 8, 13]",
    ),
    known(
        "power",
        "power;power of a number;exponentiation;power function;exponent;pow;x to the power of n;base and exponent",
        "(raise|take) a number to (a power|the power n|a given power);"
        "(calculate|compute|find|get) (the power of a number|a power|x to the power of n|powers|base to the exponent)",
    ),
    known(
        "digit_sum",
        "sum of digits;digit sum;sum digits;sum of the digits;digits sum;sum of digits of a number;digital sum",
        "(add|sum|add up|sum up) (the digits|all digits|digits) of {num};{calc} (the sum of the digits|the digit sum|"
        "sum of digits|the sum of digits) of {num}",
    ),
    known(
        "reverse_number",
        "reverse number;reverse integer;reverse digits;reversed number;number reversal;reverse an integer;reverse a "
        "number",
        "reverse (a number|an integer|the digits of a number|the digits of an integer|a given number|digits);"
        "(flip|turn around) (the digits of a number|a number);{get} the reverse of (a number|an integer)",
    ),
    known(
        "digit_count",
        "count digits;number of digits;digit count;digit counter;count digits (of|in) a number;number of digits in a "
        "number",
        "{count} (the digits|digits) (in|of) {num};count how many digits {num} has",
    ),
    known(
        "even",
        "is even;even check;even number check;check even;even number;iseven;even test",
        "{check} {num} is (even|an even number);check for (even numbers|an even number);check even number",
    ),
    known(
        "odd",
        "is odd;odd check;odd number check;check odd;odd number;isodd;odd test",
        "{check} {num} is (odd|an odd number);check for (odd numbers|an odd number);check odd number",
    ),
    known(
        "even_or_odd",
        "even or odd;odd or even;even odd;odd even check;even odd checker;even or odd check;even/odd",
        "{check} {num} is (even or odd|odd or even);(tell|say|print|return) (even or odd|if a number is even or odd) "
        "for "
        "a number;(check|determine) even or odd;(return|say) even or odd for a number",
    ),
    known(
        "perfect_number",
        "perfect number;is perfect number;perfect number check;is perfect;check perfect number",
        "{check} {num} is (perfect|a perfect number)",
    ),
    known(
        "perfect_square",
        "perfect square;is perfect square;perfect square check;check perfect square;square number check",
        "{check} {num} is (a perfect square|a square number|a square)",
    ),
    known(
        "armstrong",
        "armstrong number;is armstrong;armstrong number check;check armstrong number;narcissistic number",
        "{check} {num} is (an armstrong number|armstrong|a narcissistic number)",
    ),
    known(
        "palindrome_number",
        "palindrome number;number palindrome;is palindrome number;palindrome integer;integer palindrome;"
        "palindromic number",
        "{check} (a number|an integer|a given number) is (a palindrome|palindrome|palindromic);"
        "{check} (a number|an integer) reads the same (backwards|backward)",
    ),
    known(
        "divisors",
        "divisors;factors of a number;divisors of a number;all divisors;factors;list of divisors;all factors of a "
        "number",
        "{get} (all divisors|the divisors|all factors|divisors|factors|the factors) of {num};"
        "list (all divisors|the divisors|divisors|factors|all factors) of {num}",
    ),
    known(
        "sum_to",
        "sum of first n numbers;sum 1 to n;sum from 1 to n;sum of numbers from 1 to n;sum of n natural numbers;"
        "sum of first n natural numbers;sum up to n;sum of 1 to n",
        "(add|sum|add up) (the numbers|all numbers|numbers|the integers) (from 1 to n|up to n|1 to n);"
        "{calc} the sum of (the first n numbers|the first n natural numbers|the numbers from 1 to n|numbers up to n|"
        "1 to n)",
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
    known(
        "leap",
        "leap year;is leap year;leap year check;leap year checker;check leap year;is leap;leapyear",
        "{check} (a year|year|the year|a given year) is (a leap year|leap|leap year);check for (a leap year|leap "
        "years);"
        "check leap year",
    ),
    known(
        "power_of_two",
        "power of two;is power of two;power of 2;power of two check;is power of 2;check power of two",
        "{check} {num} is (a power of two|a power of 2|power of two)",
    ),
    known(
        "collatz_list",
        "collatz sequence;collatz;collatz conjecture;3n+1;collatz series",
        "(generate|compute|print|return|list|get) (the collatz sequence|collatz sequence)( of a number| for a number|"
        " of n|)",
    ),
    known(
        "pascal_triangle",
        "pascal's triangle;pascal triangle;pascals triangle;pascal triangle with n rows;first n rows of pascal's "
        "triangle",
        "(generate|print|build|create|make|compute|return) (pascal's triangle|pascals triangle|the triangle of pascal|"
        "the first n rows of pascal's triangle|n rows of pascal's triangle)",
    ),
    new(
        "hanoi",
        "tower of hanoi;towers of hanoi;hanoi;hanoi tower;tower of hanoi moves;hanoi puzzle;tower of hanoi recursive",
        "solve (the tower of hanoi|tower of hanoi|the towers of hanoi|hanoi|towers of hanoi)( puzzle| problem|);"
        "(print|show) the (moves|steps) of (the tower of hanoi|hanoi|the towers of hanoi);move the disks of hanoi",
        "hanoi",
        "n source target spare",
        'if $a == 0:\n    return\n$f($a - 1, $b, $d, $c)\nprint(f"{$b} -> {$c}")\n$f($a - 1, $d, $c, $b)',
        "printed(lambda: f(2, 'A', 'C', 'B')).split('\\n') == ['A -> B', 'A -> C', 'B -> C']",
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
