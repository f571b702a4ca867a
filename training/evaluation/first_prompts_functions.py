"""First prompts for functions on numbers and text, as people type them."""

# ruff: noqa: E501 (a check a line)

from __future__ import annotations

from training.evaluation.first_checks import CALCULATOR, DISTANCE
from training.evaluation.first_task import Prompt, code

FIZZ = "1 2 Fizz 4 Buzz Fizz 7 8 Fizz Buzz 11 Fizz 13 14 FizzBuzz"

NUMBERS: tuple[list[Prompt], ...] = (
    code(
        "fizzbuzz",
        (
            "fizzbuzz",
            "Write a FizzBuzz function in Python",
            "can you do fizz buzz?",
            "print fizzbuzz from 1 to 100",
            "Write a program that prints Fizz for multiples of 3, Buzz for multiples of 5 and FizzBuzz for both.",
        ),
        f"{FIZZ!r} in ' '.join(printed(15).split()) or [f(n) for n in (3, 5, 15)] == ['Fizz', 'Buzz', 'FizzBuzz']",
    ),
    code(
        "is_prime",
        (
            "is prime",
            "check if a number is prime",
            "How do I check whether a number is prime in Python?",
            "Write a function to test primality",
        ),
        "f(2) and f(13) and f(97)",
        "not any(f(n) for n in (0, 1, 4, 9, 91))",
    ),
    code(
        "primes_up_to",
        ("Write a function that returns all prime numbers up to a limit.", "sieve of eratosthenes"),
        "f(10) == [2, 3, 5, 7]",
        "f(11)[-1] == 11",
    ),
    code("prime_factors", ("how to get the prime factors of a number",), "f(12) == [2, 2, 3]", "f(13) == [13]"),
    code(
        "gcd",
        ("gcd", "write gcd(a, b)", "greatest common divisor of two numbers", "Euclidean algorithm in Python please"),
        "f(12, 18) == 6",
        "f(7, 5) == 1",
        "f(10, 0) == 10",
    ),
    code(
        "lcm",
        ("What is the Python code for the least common multiple of two numbers?",),
        "f(4, 6) == 12",
        "f(3, 7) == 21",
    ),
    code(
        "factorial",
        ("factorial", "write a function to compute the factorial of a number", "factorial python code"),
        "[f(n) for n in (0, 1, 5)] == [1, 1, 120]",
    ),
    code("factorial_recursive", ("recursive factorial",), "[f(n) for n in (0, 1, 5)] == [1, 1, 120]", "is_recursive()"),
    code(
        "fibonacci_nth",
        (
            "fibonacci",
            "nth fibonacci number",
            "Give me a function that calculates Fibonacci numbers.",
            "how do I write fibonacci in python",
        ),
        "f(10) in (55, 34, [0, 1, 1, 2, 3, 5, 8, 13, 21, 34], [0, 1, 1, 2, 3, 5, 8]) or numbers(f(10))[:6] == [0, 1, 1, 2, 3, 5]",
        "f(7) in (13, 8, [0, 1, 1, 2, 3, 5, 8], [0, 1, 1, 2, 3, 5]) or numbers(f(7))[:6] == [0, 1, 1, 2, 3, 5]",
    ),
    code(
        "fibonacci_list",
        ("Create a function that returns the first n Fibonacci numbers as a list.",),
        "f(7) == [0, 1, 1, 2, 3, 5, 8]",
        "f(1) == [0]",
    ),
    code("power", ("power function without using **",), "f(2, 10) == 1024", "f(5, 0) == 1", "not has('Pow')"),
    code(
        "sum_digits",
        ("sum of digits", "Write a Python function that adds up the digits of a number."),
        "f(1234) == 10",
        "f(0) == 0",
    ),
    code(
        "reverse_number", ("How can I reverse the digits of an integer?",), "f(123) in (321, '321')", "int(f(90)) == 9"
    ),
    code("count_digits", ("How can I count the digits of a number?",), "f(12345) == 5", "f(7) == 1"),
    code("is_even", ("is even", "function to check if a number is even"), "f(4) is True", "f(7) is False"),
    code(
        "even_or_odd",
        ("even or odd python", "tell me if a number is even or odd"),
        "f(4) is True and f(7) is False or 'even' in f(4).lower() and 'odd' in f(7).lower()",
    ),
    code(
        "is_perfect_number",
        ("Write a function is_perfect that checks if a number is perfect.",),
        "f(6) and f(28)",
        "not f(8) and not f(12)",
    ),
    code("palindrome_number", ("palindrome number",), "f(121) and f(7)", "not f(123)"),
    code("divisors", ("I want all divisors of a number as a list",), "sorted(f(12)) == [1, 2, 3, 4, 6, 12]"),
    code("sum_to_n", ("code to sum the numbers from 1 to n",), "f(10) == 55", "f(1) == 1"),
    code("square", ("square a number", "write a function that returns the square of x"), "f(5) == 25", "f(-3) == 9"),
    code(
        "add",
        (
            "add two numbers",
            "write a function add(a, b)",
            "Please write a function that returns the sum of two numbers",
        ),
        "f(2, 3) == 5",
        "f(-1, 1) == 0",
    ),
    code(
        "divide",
        ("divide two numbers and handle division by zero",),
        "f(6, 3) == 2",
        "has('Try', 'If', 'IfExp')",
    ),
    code(
        "max_of_three",
        ("Write a program to find the largest of three numbers.",),
        "f(1, 5, 3) == 5",
        "f(9, 2, 3) == 9",
        "f(1, 2, 3) == 3",
    ),
    code("clamp", ("clamp a value between min and max",), "f(5, 0, 3) == 3", "f(-1, 0, 3) == 0", "f(2, 0, 3) == 2"),
    code(
        "average",
        ("average of a list", "How do you calculate the mean of a list of numbers?"),
        "f([1, 2, 3]) == 2",
        "f([1, 2]) == 1.5",
    ),
    code("median", ("median",), "f([3, 1, 2]) == 2", "f([4, 1, 3, 2]) == 2.5"),
    code("mode", ("how to find the mode of a list",), "f([1, 2, 2, 3]) in (2, [2])"),
    code(
        "standard_deviation", ("python function for standard deviation",), "f([2, 4, 4, 4, 5, 5, 7, 9]) in (2, 2.138)"
    ),
    code(
        "celsius_to_fahrenheit",
        ("celsius to fahrenheit", "I need a temperature converter from Celsius to Fahrenheit"),
        "f(100) == 212",
        "f(0) == 32",
    ),
    code("fahrenheit_to_celsius", ("convert fahrenheit to celsius in python",), "f(212) == 100", "f(32) == 0"),
    code("decimal_to_binary", ("decimal to binary",), "str(f(10)) in ('1010', '0b1010')", "str(f(1)) in ('1', '0b1')"),
    code("binary_to_decimal", ("How do you turn a binary string into an integer?",), "f('1010') == 10", "f('1') == 1"),
    code(
        "roman_from_int",
        ("int to roman numerals", "Write a function which converts a number to a Roman numeral"),
        "[f(n) for n in (4, 9, 14, 1994)] == ['IV', 'IX', 'XIV', 'MCMXCIV']",
    ),
    code(
        "roman_to_int",
        ("Convert Roman numerals to integers, in Python please",),
        "f('XIV') == 14",
        "f('MCMXCIV') == 1994",
        "f('III') == 3",
    ),
    code(
        "leap_year",
        ("leap year", "Is there a way to check whether a year is a leap year?"),
        "f(2000) and f(2024)",
        "not f(1900) and not f(2023)",
    ),
    code(
        "is_power_of_two",
        ("Write a Python function that checks if n is a power of two.",),
        "f(1) and f(64)",
        "not f(0) and not f(12)",
    ),
    code(
        "circle_area",
        ("python program to calculate the area of a circle",),
        "f(1) in (3.142, 3.14)",
        "f(2) in (12.566, 12.56)",
    ),
    code("distance", ("euclidean distance between two points",), DISTANCE),
    code("bmi", ("Can you make a BMI calculator?",), "f(80, 2) == 20 or f(2, 80) == 20"),
    code(
        "random_number",
        ("how to generate a random number between a and b",),
        "{f(3, 6) for _ in range(60)} <= {3, 4, 5, 6}",
        "len({f(3, 60) for _ in range(60)}) > 5",
    ),
    code(
        "roll_dice",
        ("roll a dice",),
        "any(type(value) is int and value in range(1, 7) for value in results())",
        "'random' in names()",
    ),
    code(
        "simple_calculator",
        ("simple calculator", "make a calculator function for + - * /"),
        CALCULATOR,
    ),
    code(
        "pascal_triangle", ("Generate Pascal's triangle with n rows",), "f(4) == [[1], [1, 1], [1, 2, 1], [1, 3, 3, 1]]"
    ),
    code("max_of_two", ("def maximum(a, b): return the bigger of two numbers",), "f(1, 5) == 5", "f(9, 2) == 9"),
)

TEXT: tuple[list[Prompt], ...] = (
    code(
        "reverse_string",
        ("reverse a string", "Write a function that reverses a string.", "reverse string python", "reverse_string(s)"),
        "f('abc') == 'cba'",
        "f('') in ('', None)",
    ),
    code(
        "is_palindrome",
        ("palindrome", "check if a string is a palindrome", "palindrome checker in Python"),
        "f('level') and f('a')",
        "not f('abc')",
    ),
    code(
        "count_vowels",
        ("count vowels", "How do I count the vowels in a string?"),
        "f('hello world') == 3",
        "f('xyz') == 0",
    ),
    code(
        "remove_vowels",
        ("remove vowels from a string", "Remove all vowels from a string."),
        "f('hello world') == 'hll wrld'",
        "f('xyz') == 'xyz'",
    ),
    code("word_count", ("count words in a sentence", "word counter"), "f('a bc  d') in (3, {'a': 1, 'bc': 1, 'd': 1})"),
    code(
        "word_frequency",
        ("Write a function that counts how often each word occurs in a text and returns a dictionary.",),
        "f('a b a') == {'a': 2, 'b': 1}",
    ),
    code("char_frequency", ("count the characters in a string, as a dict",), "f('aab') == {'a': 2, 'b': 1}"),
    code(
        "most_common_word",
        ("What is the most common word in a text? Write a function for it.",),
        "f('a b a c') in ('a', ['a', 2], [['a', 2]])",
    ),
    code(
        "is_anagram",
        ("anagram", "check if two strings are anagrams of each other"),
        "f('listen', 'silent')",
        "not f('ab', 'abc') and not f('aab', 'abb')",
    ),
    code(
        "capitalize_words",
        ("how do i capitalize the first letter of every word",),
        "f('hello big world') == 'Hello Big World'",
    ),
    code(
        "reverse_words",
        ("Write a function that reverses the order of words in a sentence",),
        "f('one two three') in ('three two one', 'eno owt eerht')",
    ),
    code("longest_word", ("longest word in a sentence",), "f('a quick bee') == 'quick'"),
    code(
        "count_char",
        ("Count how many times a letter appears in a string.",),
        "f('banana', 'a') == 3 or f('a', 'banana') == 3",
    ),
    code("remove_spaces", ("How can I remove all the spaces from a string?",), "f(' a b c ') == 'abc'"),
    code(
        "remove_punctuation",
        ("I need a Python function that removes punctuation from text.",),
        "f('hi, you!').strip() == 'hi you'",
    ),
    code("first_unique_char", ("Find the first non-repeating character in a string.",), "f('aabcb') in ('c', 3)"),
    code("is_pangram", ("pangram check",), "f('The quick brown fox jumps over the lazy dog')", "not f('abc')"),
    code(
        "caesar_cipher",
        ("caesar cipher", "Implement a Caesar cipher with a shift"),
        "f('abc', 1) == 'bcd'",
        "f('xyz', 3).lower() == 'abc'",
    ),
    code(
        "run_length_encode",
        ("run length encoding",),
        "f('aaab') in ('a3b1', 'a3b', '3a1b', '3ab', [['a', 3], ['b', 1]])",
    ),
    code(
        "is_valid_email",
        ("validate email", "Write a Python function that checks if an email address is valid."),
        "f('ann@example.com')",
        "not f('ann.example.com') and not f('')",
    ),
    code(
        "is_valid_password",
        ("Write a function that validates a password: at least 8 characters, one digit, one upper case letter.",),
        "f('Abcdef12') is True",
        "not any(map(f, ('Abc12', 'abcdefgh1', 'ABcdefghi')))",
    ),
    code("is_digit_string", ("how to check if a string is a number",), "f('123')", "not f('12a')"),
    code(
        "balanced_brackets",
        ("valid parentheses", "check for balanced brackets"),
        "f('([]{})') and f('')",
        "not f('(]') and not f('((')",
    ),
    code(
        "longest_common_prefix",
        ("Write a function to find the longest common prefix string amongst an array of strings.",),
        "f(['flower', 'flow', 'flight']) == 'fl'",
        "f(['a', 'b']) == ''",
    ),
    code("snake_to_camel", ("python snake_case to camelCase",), "f('my_big_name') in ('myBigName', 'MyBigName')"),
    code("camel_to_snake", ("convert camelCase to snake_case",), "f('myBigName') == 'my_big_name'"),
    code("slugify", ("Could you write a slugify function?",), "f('Hello Big World') == 'hello-big-world'"),
    code("levenshtein", ("levenshtein distance",), "f('kitten', 'sitting') == 3", "f('', 'ab') == 2"),
    code("random_password", ("generate a random password",), "len(str(f(8))) == 8 or len(str(f())) >= 6"),
    code(
        "greet",
        ("greet a person by name", "write a function that says hello to a name"),
        "'Ann' in f('Ann') and 'hello' in f('Ann').lower()",
    ),
    code("to_upper", ("How do I make a string uppercase?",), "f('aBc') == 'ABC'"),
    code("is_vowel", ("check if a letter is a vowel",), "f('a') and f('E') is not None", "not f('b')"),
)


def prompts() -> list[Prompt]:
    return [prompt for group in (NUMBERS, TEXT) for part in group for prompt in part]
