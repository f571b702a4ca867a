"""Templates of small algorithms over whole numbers: recursion and divisors."""

from training.data.template import Template, template

N = "n|number|x"
LIMIT = "n|limit|end"


def recursion() -> list[Template]:
    return [
        template(
            "factorial",
            "compute the factorial of a number|return the factorial of $a|calculate a factorial|"
            "multiply all numbers from 1 to $a",
            "factorial|fact",
            N,
            "result = 1\nfor i in range(2, $a + 1):\n    result *= i\nreturn result",
            "f(5) == 120",
            "f(0) == 1",
            types="int -> int",
            idioms={
                "recursively": "if $a <= 1:\n    return 1\nreturn $a * $f($a - 1)",
                "using recursion": "if $a <= 1:\n    return 1\nreturn $a * $f($a - 1)",
            },
        ),
        template(
            "fibonacci",
            "return the nth Fibonacci number|compute the Fibonacci number $a|calculate the nth Fibonacci number|"
            "return the Fibonacci number at index $a, starting with 0 and 1",
            "fibonacci|fib",
            N,
            "a, b = 0, 1\nfor _ in range($a):\n    a, b = b, a + b\nreturn a",
            "f(0) == 0",
            "f(1) == 1",
            "f(10) == 55",
            types="int -> int",
        ),
        # No types, because checks at boundary values would never finish.
        template(
            "fibonacci_recursive",
            "compute the nth Fibonacci number recursively|return the Fibonacci number $a using recursion|"
            "calculate a Fibonacci number with a recursive function",
            "fibonacci|fib",
            N,
            "if $a < 2:\n    return $a\nreturn $f($a - 1) + $f($a - 2)",
            "f(0) == 0",
            "f(1) == 1",
            "f(10) == 55",
        ),
        template(
            "fibonacci_list",
            "return the first $a Fibonacci numbers|list the first n Fibonacci numbers|"
            "generate a list of the first Fibonacci numbers",
            "fibonacci_list|fib_list",
            "n|count|size",
            "result = []\na, b = 0, 1\nfor _ in range($a):\n    result.append(a)\n    a, b = b, a + b\nreturn result",
            "f(6) == [0, 1, 1, 2, 3, 5]",
            "f(0) == []",
            types="int -> list[int]",
        ),
        template(
            "gcd",
            "compute the greatest common divisor of two numbers|return the gcd of $a and $b|find the "
            "greatest common divisor|return the greatest common divisor of $a and $b",
            "gcd|greatest_common_divisor",
            "a b|m n|x y",
            "return math.gcd($a, $b)",
            "f(12, 18) == 6",
            "f(7, 3) == 1",
            "f(0, 5) == 5",
            types="int; int -> int",
            imports="import math",
            idioms={
                "using a loop": "while $b:\n    $a, $b = $b, $a % $b\nreturn abs($a)",
                "recursively": "if $b == 0:\n    return abs($a)\nreturn $f($b, $a % $b)",
            },
        ),
        template(
            "lcm",
            "compute the least common multiple of two numbers|return the lcm of $a and $b|"
            "find the least common multiple|return the least common multiple of $a and $b",
            "lcm|least_common_multiple",
            "a b|m n|x y",
            "return math.lcm($a, $b)",
            "f(4, 6) == 12",
            "f(0, 5) == 0",
            types="int; int -> int",
            imports="import math",
            idioms={
                "using the gcd": "if $a == 0 or $b == 0:\n    return 0\nreturn abs($a * $b) // math.gcd($a, $b)",
            },
        ),
        template(
            "power_recursive",
            "raise a number to a power recursively|compute $a to the power $b using recursion|"
            "return $a to the power of $b with a recursive function",
            "power|recursive_power",
            "base exponent|x n|a b",
            "if $b == 0:\n    return 1\nreturn $a * $f($a, $b - 1)",
            "f(2, 5) == 32",
            "f(7, 0) == 1",
            types="int; int -> int",
        ),
        template(
            "sum_recursive",
            "add the numbers of a list recursively|return the sum of $a using recursion|"
            "compute the sum of a list with a recursive function",
            "sum_list|recursive_sum",
            "numbers|values|items",
            "if not $a:\n    return 0\nreturn $a[0] + $f($a[1:])",
            "f([1, 2, 3]) == 6",
            "f([]) == 0",
            types="list[int] -> int",
        ),
        template(
            "reverse_recursive",
            "reverse a string recursively|return $a reversed using recursion|"
            "reverse a string with a recursive function",
            "reverse|reverse_string",
            "text|s|word",
            'if not $a:\n    return ""\nreturn $f($a[1:]) + $a[0]',
            'f("abc") == "cba"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "hanoi_moves",
            "count the moves of the towers of Hanoi|return the number of moves for $a disks in the towers of Hanoi|"
            "compute how many moves the tower of Hanoi takes",
            "hanoi_moves|hanoi",
            "disks|n",
            "if $a <= 0:\n    return 0\nreturn 2 * $f($a - 1) + 1",
            "f(3) == 7",
            "f(0) == 0",
            types="int -> int",
        ),
        template(
            "binomial",
            "compute the binomial coefficient of two numbers|return the number of ways to choose $b of $a things|"
            "count the ways to choose $b out of $a",
            "binomial|choose",
            "n r|total count",
            "return math.comb($a, $b)",
            "f(5, 2) == 10",
            "f(5, 0) == 1",
            "f(2, 3) == 0",
            types="int; int -> int",
            imports="import math",
        ),
        template(
            "pascal_row",
            "return a row of the triangle of Pascal|compute the row $a of the triangle of Pascal, the first being 0|"
            "list the numbers in one row of Pascal's triangle, counting from 0",
            "pascal_row",
            "n|row",
            "return [math.comb($a, i) for i in range($a + 1)]",
            "f(4) == [1, 4, 6, 4, 1]",
            "f(0) == [1]",
            types="int -> list[int]",
            imports="import math",
        ),
        template(
            "pascal_triangle",
            "return the first $a rows of the triangle of Pascal|build Pascal's triangle with a number of rows|"
            "list the first rows of Pascal's triangle",
            "pascal_triangle",
            "n|rows",
            "return [[math.comb(i, j) for j in range(i + 1)] for i in range($a)]",
            "f(3) == [[1], [1, 1], [1, 2, 1]]",
            "f(0) == []",
            types="int -> list[list[int]]",
            imports="import math",
        ),
    ]


def divisors() -> list[Template]:
    return [
        template(
            "divisors",
            "list the divisors of a number|return all divisors of $a|find all factors of a number|"
            "list the numbers that divide $a",
            "divisors|factors",
            N,
            "return [i for i in range(1, $a + 1) if $a % i == 0]",
            "f(6) == [1, 2, 3, 6]",
            "f(1) == [1]",
            types="int -> list[int]",
            idioms={
                "using a loop": "result = []\nfor i in range(1, $a + 1):\n    if $a % i == 0:\n"
                "        result.append(i)\nreturn result"
            },
        ),
        template(
            "count_divisors",
            "count the divisors of a number|return how many divisors $a has|return the number of divisors of $a",
            "count_divisors|num_divisors",
            N,
            "return sum(1 for i in range(1, $a + 1) if $a % i == 0)",
            "f(6) == 4",
            "f(1) == 1",
            types="int -> int",
            idioms={
                "using a loop": "count = 0\nfor i in range(1, $a + 1):\n    if $a % i == 0:\n        count += 1\n"
                "return count"
            },
        ),
        template(
            "divisor_sum",
            "return the sum of the proper divisors of a number|add all divisors of $a that are smaller than $a|"
            "compute the sum of the divisors of $a without $a itself",
            "proper_divisor_sum|aliquot_sum",
            N,
            "return sum(i for i in range(1, $a) if $a % i == 0)",
            "f(6) == 6",
            "f(1) == 0",
            types="int -> int",
            idioms={
                "using a loop": "total = 0\nfor i in range(1, $a):\n    if $a % i == 0:\n        total += i\n"
                "return total"
            },
        ),
        template(
            "smallest_divisor",
            "find the smallest divisor of a number above 1|return the smallest divisor of $a that is greater than 1|"
            "find the smallest prime factor of a number",
            "smallest_divisor|smallest_factor",
            N,
            "for i in range(2, int($a ** 0.5) + 1):\n    if $a % i == 0:\n        return i\nreturn $a",
            "f(15) == 3",
            "f(7) == 7",
            "f(2) == 2",
            types="int -> int",
        ),
        template(
            "prime_factors",
            "return the prime factors of a number|list the prime factors of $a, with repeats|"
            "compute the prime factorization of a number as a list",
            "prime_factors|factorize",
            N,
            "result = []\nfactor = 2\nwhile $a > 1:\n    while $a % factor == 0:\n        result.append(factor)\n"
            "        $a //= factor\n    factor += 1\nreturn result",
            "f(12) == [2, 2, 3]",
            "f(1) == []",
            types="int -> list[int]",
        ),
        template(
            "primes",
            "list all prime numbers up to n|return the primes up to $a|find all prime numbers up to and including $a|"
            "list the primes from 2 to $a",
            "primes_up_to|primes",
            LIMIT,
            "return [i for i in range(2, $a + 1) if all(i % j != 0 for j in range(2, int(i ** 0.5) + 1))]",
            "f(12) == [2, 3, 5, 7, 11]",
            "f(1) == []",
            "f(2) == [2]",
            types="int -> list[int]",
            idioms={
                "with the sieve of Eratosthenes": "is_prime = [True] * ($a + 1)\nresult = []\n"
                "for i in range(2, $a + 1):\n    if is_prime[i]:\n        result.append(i)\n"
                "        for j in range(i * i, $a + 1, i):\n            is_prime[j] = False\nreturn result",
            },
        ),
        template(
            "count_primes",
            "count the prime numbers up to n|return how many primes there are up to $a|"
            "return the number of primes from 2 to $a",
            "count_primes|num_primes",
            LIMIT,
            "return sum(1 for i in range(2, $a + 1) if all(i % j != 0 for j in range(2, int(i ** 0.5) + 1)))",
            "f(12) == 5",
            "f(1) == 0",
            types="int -> int",
        ),
        template(
            "next_prime",
            "find the next prime after a number|return the smallest prime greater than $a|"
            "return the first prime number after $a",
            "next_prime",
            N,
            "result = max(2, $a + 1)\nwhile any(result % i == 0 for i in range(2, "
            "int(result ** 0.5) + 1)):\n    result += 1\nreturn result",
            "f(7) == 11",
            "f(0) == 2",
            types="int -> int",
        ),
    ]


TEMPLATES = (*recursion(), *divisors())
