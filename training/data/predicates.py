"""Templates of yes-or-no questions about numbers."""

from training.data.template import Template, template

SMALL = range(2, 100)
PAIR = "a b|x y|first second|left right|m n"
ONE = "n|x|number|num|value"
BOUNDS = "x low high|value lower upper|n start stop"


def simple() -> list[Template]:
    return [
        template(
            "even",
            "check if a number is even|return True if $a is even|tell whether a number is even|"
            "check whether $a is even|test if a number is even",
            "is_even|even|check_even",
            ONE,
            "return $a % 2 == 0",
            "f(4)",
            "not f(3)",
            "f(0)",
            types="int -> bool",
        ),
        template(
            "odd",
            "check if a number is odd|return True if $a is odd|check whether a number is odd|tell whether $a is odd",
            "is_odd|odd|check_odd",
            ONE,
            "return $a % 2 != 0",
            "f(3)",
            "not f(4)",
            "f(-1)",
            types="int -> bool",
        ),
        template(
            "even_or_odd",
            'return "even" or "odd" for a number|tell if $a is "even" or "odd"|say "even" or "odd" for the number $a',
            "even_or_odd|parity",
            ONE,
            'return "even" if $a % 2 == 0 else "odd"',
            'f(4) == "even"',
            'f(-3) == "odd"',
            types="int -> str",
            idioms={"using an if statement": 'if $a % 2 == 0:\n    return "even"\nreturn "odd"'},
        ),
        template(
            "positive",
            "check if a number is positive|return True if $a is positive|tell whether a number is above zero|"
            "check whether $a is greater than zero",
            "is_positive",
            ONE,
            "return $a > 0",
            "f(1)",
            "not f(0)",
            "not f(-1)",
            types="int -> bool",
        ),
        template(
            "negative",
            "check if a number is negative|return True if $a is negative|tell whether a number is below zero|"
            "check whether $a is less than zero",
            "is_negative",
            ONE,
            "return $a < 0",
            "f(-1)",
            "not f(0)",
            "not f(1)",
            types="int -> bool",
        ),
        template(
            "zero",
            "check if a number is zero|return True if $a is zero|tell whether a number is zero",
            "is_zero",
            ONE,
            "return $a == 0",
            "f(0)",
            "not f(2)",
            types="int -> bool",
        ),
        template(
            "number_kind",
            'return "positive", "negative" or "zero" for a number|tell if $a is "positive", "negative" or "zero"|'
            'classify a number as "positive", "negative" or "zero"',
            "sign_name|classify_number",
            ONE,
            'if $a > 0:\n    return "positive"\nif $a < 0:\n    return "negative"\nreturn "zero"',
            'f(3) == "positive"',
            'f(-3) == "negative"',
            'f(0) == "zero"',
            types="int -> str",
        ),
        template(
            "divides",
            "check if $a is divisible by $b|return True if $b divides $a|check if one number is divisible by another|"
            "check whether $a is a multiple of $b",
            "is_divisible|divides",
            "a b|n d|x y",
            "return $a % $b == 0",
            "f(6, 3)",
            "not f(7, 2)",
            "f(0, 5)",
            types="int; int -> bool",
        ),
        template(
            "between",
            "check if a number is between two bounds, both included|return True if $a is between $b and $c|"
            "check if $a is at least $b and at most $c|check whether $a lies in the range from $b to $c",
            "is_between|in_range",
            BOUNDS,
            "return $b <= $a <= $c",
            "f(2, 1, 3)",
            "not f(4, 1, 3)",
            "f(1, 1, 3)",
            types="int; int; int -> bool",
        ),
        template(
            "equal",
            "check if two values are equal|return True if $a and $b are equal|tell whether $a equals $b|"
            "check whether two numbers are the same",
            "are_equal|is_equal",
            PAIR,
            "return $a == $b",
            "f(1, 1)",
            "not f(1, 2)",
            "not f(0, -1)",
            types="int; int -> bool",
        ),
        template(
            "all_equal3",
            "check if three numbers are equal|return True if $a, $b and $c are all equal|"
            "tell whether three values are the same",
            "all_equal|three_equal",
            "a b c|x y z",
            "return $a == $b == $c",
            "f(2, 2, 2)",
            "not f(2, 2, 3)",
            "not f(0, 1, 0)",
            types="int; int; int -> bool",
        ),
        template(
            "opposite_signs",
            "check if two numbers have opposite signs|"
            "return True if one of $a and $b is positive and the other negative|"
            "tell whether $a and $b have different signs, zero having none",
            "opposite_signs|have_opposite_signs",
            PAIR,
            "return $a * $b < 0",
            "f(-1, 3)",
            "not f(-1, -3)",
            "not f(0, 1)",
            types="int; int -> bool",
        ),
        template(
            "bigger_than",
            "check if $a is greater than $b|return True if $a is larger than $b|"
            "check if the first number is greater than the second",
            "is_greater|is_larger",
            PAIR,
            "return $a > $b",
            "f(3, 2)",
            "not f(2, 2)",
            types="int; int -> bool",
        ),
        template(
            "both_even",
            "check if two numbers are both even|return True if both $a and $b are even|"
            "tell whether $a and $b are both even",
            "both_even",
            PAIR,
            "return $a % 2 == 0 and $b % 2 == 0",
            "f(2, 4)",
            "not f(2, 3)",
            "f(0, 0)",
            types="int; int -> bool",
        ),
        template(
            "is_whole",
            "check if a float is a whole number|return True if $a has no fractional part|"
            "check whether a float has nothing after the decimal point",
            "is_whole|is_whole_number",
            ONE,
            "return $a % 1 == 0",
            "f(2.0)",
            "not f(2.5)",
            "f(-0.0)",
            types="float -> bool",
        ),
    ]


def with_constants() -> list[Template]:
    items = [
        template(
            "divisible",
            "check if a number is divisible by $k|return True if $a is a multiple of $k|"
            "check whether $a is divisible by $k|tell whether a number is a multiple of $k",
            "is_divisible_by_$k|multiple_of_$k",
            ONE,
            "return $a % $k == 0",
            "f(3 * k)",
            "not f(k + 1)",
            "f(0)",
            constants=SMALL,
            types="int -> bool",
        ),
        template(
            "up_to_k",
            "check if a number is between 0 and $k, both included|return True if $a is from 0 to $k|"
            "check whether $a is between 0 and $k",
            "is_between_0_and_$k|up_to_$k",
            ONE,
            "return 0 <= $a <= $k",
            "f(k)",
            "not f(-1)",
            "not f(k + 1)",
            constants=SMALL,
            types="int -> bool",
        ),
        template(
            "ends_in_digit",
            "check if a number ends in the digit $k|return True if the last digit of $a is $k|"
            "tell whether a number ends with the digit $k",
            "ends_in_$k|last_digit_is_$k",
            ONE,
            "return abs($a) % 10 == $k",
            "f(120 + k)",
            "f(-k)",
            "not f(k + 1)",
            constants=range(10),
            types="int -> bool",
        ),
        template(
            "contains_digit",
            "check if a number contains the digit $k|return True if the digit $k occurs in the number $a|"
            "tell whether the digit $k is in a number",
            "contains_digit_$k|has_digit_$k",
            ONE,
            'return "$k" in str($a)',
            "f(100 + k)",
            "f(k)",
            "not f((k + 1) % 10)",
            constants=range(10),
            types="int -> bool",
        ),
    ]
    comparisons = (
        ("greater", "greater than", "more than", ">", 1, 0),
        ("smaller", "less than", "smaller than", "<", -1, 0),
        ("at_least", "at least", "greater than or equal to", ">=", 0, -1),
        ("at_most", "at most", "less than or equal to", "<=", 0, 1),
        ("equal_to", "equal to", "the same as", "==", 0, 1),
    )
    for key, words, other, sign, inside, outside in comparisons:
        items.append(
            template(
                f"{key}_k",
                f"check if a number is {words} $k|return True if $a is {words} $k|tell whether $a is {other} $k|"
                f"check whether a number is {other} $k",
                f"is_{'_'.join(words.split())}_$k",
                ONE,
                f"return $a {sign} $k",
                f"f(k + {inside})",
                f"not f(k + {outside})",
                constants=SMALL,
                types="int -> bool",
            )
        )
    return items


def kinds() -> list[Template]:
    return [
        template(
            "leap",
            "check if a year is a leap year|return True if $a is a leap year|tell whether a year is a leap year|"
            "test if $a is a leap year",
            "is_leap_year|leap_year",
            "year|y",
            "return $a % 4 == 0 and ($a % 100 != 0 or $a % 400 == 0)",
            "f(2024)",
            "not f(1900)",
            "f(2000)",
            types="int -> bool",
            idioms={
                "using if statements": "if $a % 400 == 0:\n    return True\nif $a % 100 == 0:\n    return False\n"
                "return $a % 4 == 0"
            },
        ),
        template(
            "prime",
            "check if a number is prime|return True if $a is a prime number|tell whether a number is "
            "prime|test if $a is prime|determine whether $a is a prime",
            "is_prime|prime|check_prime",
            ONE,
            "if $a < 2:\n    return False\nfor i in range(2, int($a ** 0.5) + 1):\n    if $a % i == 0:\n"
            "        return False\nreturn True",
            "f(7)",
            "not f(9)",
            "not f(1)",
            "f(2)",
            types="int -> bool",
            idioms={"in one line": "return $a > 1 and all($a % i != 0 for i in range(2, int($a ** 0.5) + 1))"},
        ),
        template(
            "perfect_square",
            "check if a number is a perfect square|return True if $a is a perfect square|"
            "tell whether $a is the square of an integer|test if a number is a perfect square",
            "is_perfect_square|is_square",
            ONE,
            "return $a >= 0 and math.isqrt($a) ** 2 == $a",
            "f(16)",
            "not f(15)",
            "f(0)",
            "not f(-4)",
            types="int -> bool",
            imports="import math",
        ),
        template(
            "perfect_number",
            "check if a number is a perfect number|return True if $a equals the sum of its proper divisors|"
            "tell whether $a is a perfect number",
            "is_perfect|is_perfect_number",
            ONE,
            "return $a > 0 and sum(i for i in range(1, $a) if $a % i == 0) == $a",
            "f(6)",
            "f(28)",
            "not f(12)",
            "not f(0)",
            types="int -> bool",
        ),
        template(
            "armstrong",
            "check if a number is an Armstrong number|return True if $a is an Armstrong number|"
            "tell whether $a is the sum of its digits raised to the number of digits",
            "is_armstrong|is_narcissistic",
            ONE,
            "digits = str($a)\nreturn $a >= 0 and sum(int(digit) ** len(digits) for digit in digits) == $a",
            "f(153)",
            "not f(154)",
            "f(0)",
            types="int -> bool",
        ),
        template(
            "palindrome_number",
            "check if a number is a palindrome|return True if the number $a reads the same backwards|"
            "check whether the digits of $a are a palindrome",
            "is_palindrome_number|is_number_palindrome",
            ONE,
            "return str($a) == str($a)[::-1]",
            "f(121)",
            "not f(12)",
            "not f(-1)",
            types="int -> bool",
        ),
        template(
            "power_of_two",
            "check if a number is a power of two|return True if $a is a power of 2|tell whether $a is a power of two",
            "is_power_of_two",
            ONE,
            "return $a > 0 and $a & ($a - 1) == 0",
            "f(8)",
            "f(1)",
            "not f(6)",
            "not f(0)",
            types="int -> bool",
            idioms={
                "using a loop": "if $a < 1:\n    return False\nwhile $a % 2 == 0:\n    $a //= 2\nreturn $a == 1",
            },
        ),
        template(
            "harshad",
            "check if a number is divisible by the sum of its digits|return True if $a is a Harshad number|"
            "tell whether a positive number is divisible by its digit sum",
            "is_harshad",
            ONE,
            "return $a > 0 and $a % sum(int(digit) for digit in str($a)) == 0",
            "f(18)",
            "not f(19)",
            "not f(0)",
            types="int -> bool",
        ),
        template(
            "coprime",
            "check if two numbers are coprime|return True if $a and $b have no common divisor but 1|"
            "tell whether $a and $b are relatively prime",
            "are_coprime|is_coprime",
            PAIR,
            "return math.gcd($a, $b) == 1",
            "f(8, 9)",
            "not f(6, 9)",
            "not f(0, 2)",
            types="int; int -> bool",
            imports="import math",
        ),
    ]


TEMPLATES = (*simple(), *with_constants(), *kinds())
