"""Numbers: divisors, digits, sequences."""

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
        "factorial;factorial;n factorial;n!;factorial of a number;factorial calculator;factorial of n;"
        "factorial with a loop;iterative factorial;factorial iterative",
        "{calc} (the factorial|factorial) of (a number|n|an integer|a given number);{calc} (factorial|a factorial|n!|"
        "the factorial);(calculate|compute) factorials",
    ),
    known(
        "fibonacci",
        "fibonacci;fibonacci;fibonacci number;nth fibonacci number;fib;fibonacci numbers;n-th fibonacci;fibonacci n;"
        "fibonacci without recursion;iterative fibonacci;"
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
)
