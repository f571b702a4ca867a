"""Templates over whole numbers: sums, sequences and digits."""

from training.data.template import Template, template

N = "n|number|x"
LIMIT = "n|limit|end"


def sequences() -> list[Template]:
    return [
        template(
            "sum_to",
            "return the sum of the numbers from 1 to $a|add all numbers from 1 to n|sum the first n numbers|"
            "compute the sum of the first $a positive integers",
            "sum_to|sum_up_to",
            LIMIT,
            "return sum(range(1, $a + 1))",
            "f(4) == 10",
            "f(0) == 0",
            types="int -> int",
            idioms={"using a loop": "total = 0\nfor x in range(1, $a + 1):\n    total += x\nreturn total"},
        ),
        template(
            "sum_between",
            "return the sum of the numbers from $a to $b|add all whole numbers between two bounds, both included|"
            "compute the sum of all integers from $a to $b",
            "sum_between|sum_range",
            "start end|first last|low high",
            "return sum(range($a, $b + 1))",
            "f(2, 4) == 9",
            "f(3, 2) == 0",
            "f(3, 3) == 3",
            types="int; int -> int",
            idioms={"using a loop": "total = 0\nfor x in range($a, $b + 1):\n    total += x\nreturn total"},
        ),
        template(
            "countdown",
            "return a countdown from $a to 1 as a list|count down from n to 1 in a list|"
            "list the numbers from $a down to 1",
            "countdown|count_down",
            "n|start|number",
            "return list(range($a, 0, -1))",
            "f(3) == [3, 2, 1]",
            "f(0) == []",
            types="int -> list[int]",
            idioms={
                "using a while loop": "result = []\nwhile $a > 0:\n    result.append($a)\n    $a -= 1\nreturn result"
            },
        ),
        template(
            "even_list",
            "list the even numbers up to n, starting with 0|return all even numbers from 0 to $a|"
            "list the even numbers from 0 to $a",
            "even_numbers|even_list",
            LIMIT,
            "return [x for x in range($a + 1) if x % 2 == 0]",
            "f(6) == [0, 2, 4, 6]",
            "f(0) == [0]",
            "f(-1) == []",
            types="int -> list[int]",
            idioms={"using the step of range": "return list(range(0, $a + 1, 2))"},
        ),
        template(
            "powers_of_k",
            "list the first n powers of $k, starting with 1|return the first $a powers of $k, starting with 1|"
            "return a list of the powers of $k from $k to the power 0, $a in all",
            "powers_of_$k",
            "n|count|size",
            "return [$k ** i for i in range($a)]",
            "f(3) == [1, k, k * k]",
            "f(0) == []",
            constants=range(2, 14),
            types="int -> list[int]",
        ),
        template(
            "table",
            "return the multiplication table of a number from 1 to 10|list the first ten multiples of $a|"
            "list the products of $a and 1 to 10",
            "multiplication_table|times_table",
            N,
            "return [$a * i for i in range(1, 11)]",
            "f(2)[-1] == 20",
            "len(f(3)) == 10",
            "f(0) == [0] * 10",
            types="int -> list[int]",
            idioms={"using a loop": "result = []\nfor i in range(1, 11):\n    result.append($a * i)\nreturn result"},
        ),
        template(
            "table_k",
            "list the first $k multiples of a number|return the first $k multiples of $a|"
            "return the multiplication table of $a from 1 to $k",
            "first_$k_multiples",
            N,
            "return [$a * i for i in range(1, $k + 1)]",
            "f(2)[-1] == 2 * k",
            "f(0) == [0] * k",
            constants=range(2, 21),
            types="int -> list[int]",
            idioms={
                "using a loop": "result = []\nfor i in range(1, $k + 1):\n    result.append($a * i)\nreturn result"
            },
        ),
        template(
            "collatz",
            "count the Collatz steps of a number down to 1|return the number of Collatz steps from $a to 1|"
            "count how many steps the Collatz sequence takes from $a to 1",
            "collatz_steps|collatz",
            N,
            "steps = 0\nwhile $a > 1:\n    if $a % 2 == 0:\n        $a //= 2\n    else:\n"
            "        $a = 3 * $a + 1\n    steps += 1\nreturn steps",
            "f(1) == 0",
            "f(6) == 8",
            types="int -> int",
        ),
        template(
            "collatz_list",
            "return the Collatz sequence of a number as a list|list the Collatz sequence from $a to 1|"
            "list every number of the Collatz sequence that starts with $a",
            "collatz_sequence|collatz_list",
            N,
            "result = [$a]\nwhile $a > 1:\n    if $a % 2 == 0:\n        $a //= 2\n    else:\n"
            "        $a = 3 * $a + 1\n    result.append($a)\nreturn result",
            "f(6) == [6, 3, 10, 5, 16, 8, 4, 2, 1]",
            "f(1) == [1]",
            types="int -> list[int]",
        ),
        template(
            "triangular",
            "return the nth triangular number|compute the triangular number $a|calculate the nth triangular number",
            "triangular|triangular_number",
            N,
            "return $a * ($a + 1) // 2",
            "f(4) == 10",
            "f(0) == 0",
            types="int -> int",
        ),
    ]


def digits() -> list[Template]:
    return [
        template(
            "digit_sum",
            "return the sum of the digits of a number|add the digits of a number|compute the digit sum of $a|"
            "sum the digits of $a",
            "digit_sum|sum_of_digits|sum_digits",
            N,
            "return sum(int(digit) for digit in str(abs($a)))",
            "f(123) == 6",
            "f(0) == 0",
            "f(-12) == 3",
            types="int -> int",
            idioms={
                "using a loop": "total = 0\nfor digit in str(abs($a)):\n    total += int(digit)\nreturn total",
                "without using str": "$a = abs($a)\ntotal = 0\nwhile $a > 0:\n    total += $a % 10\n"
                "    $a //= 10\nreturn total",
                "recursively": "$a = abs($a)\nif $a < 10:\n    return $a\nreturn $a % 10 + $f($a // 10)",
            },
        ),
        template(
            "digit_count",
            "count the digits of a number|return the number of digits in $a|count how many digits $a has",
            "count_digits|num_digits",
            N,
            "return len(str(abs($a)))",
            "f(123) == 3",
            "f(0) == 1",
            "f(-12) == 2",
            types="int -> int",
            idioms={
                "without using str": "$a = abs($a)\ncount = 1\nwhile $a > 9:\n    $a //= 10\n    count += 1\n"
                "return count"
            },
        ),
        template(
            "digit_product",
            "return the product of the digits of a number|multiply the digits of a number|"
            "compute the product of the digits of $a",
            "digit_product|multiply_digits",
            N,
            "result = 1\nfor digit in str(abs($a)):\n    result *= int(digit)\nreturn result",
            "f(234) == 24",
            "f(0) == 0",
            types="int -> int",
        ),
        template(
            "digit_list",
            "return the digits of a number as a list|list the digits of $a|split a number into its digits",
            "digits|digit_list",
            N,
            "return [int(digit) for digit in str(abs($a))]",
            "f(123) == [1, 2, 3]",
            "f(0) == [0]",
            types="int -> list[int]",
            idioms={
                "using a loop": "result = []\nfor digit in str(abs($a)):\n    result.append(int(digit))\nreturn result"
            },
        ),
        template(
            "largest_digit",
            "return the largest digit of a number|find the largest digit in $a|return the biggest digit of $a",
            "largest_digit|max_digit",
            N,
            "return max(int(digit) for digit in str(abs($a)))",
            "f(173) == 7",
            "f(0) == 0",
            types="int -> int",
        ),
        template(
            "smallest_digit",
            "return the smallest digit of a number|find the smallest digit in $a|return the lowest digit of $a",
            "smallest_digit|min_digit",
            N,
            "return min(int(digit) for digit in str(abs($a)))",
            "f(173) == 1",
            "f(0) == 0",
            types="int -> int",
        ),
        template(
            "first_digit",
            "return the first digit of a number|get the first digit of $a|return the leading digit of a number",
            "first_digit|leading_digit",
            N,
            "return int(str(abs($a))[0])",
            "f(723) == 7",
            "f(-12) == 1",
            types="int -> int",
        ),
        template(
            "last_digit",
            "return the last digit of a number|get the last digit of $a|return the ones digit of a number",
            "last_digit|final_digit",
            N,
            "return abs($a) % 10",
            "f(723) == 3",
            "f(-12) == 2",
            types="int -> int",
        ),
        template(
            "reverse_number",
            "reverse the digits of a number and keep its sign|return the number $a with its digits reversed|"
            "reverse the digits of $a",
            "reverse_number|reverse_digits",
            N,
            "result = int(str(abs($a))[::-1])\nreturn -result if $a < 0 else result",
            "f(123) == 321",
            "f(-12) == -21",
            "f(100) == 1",
            types="int -> int",
        ),
        template(
            "digital_root",
            "compute the digital root of a number|add the digits of $a until one digit is left|"
            "return the digital root of $a",
            "digital_root",
            N,
            "while $a > 9:\n    $a = sum(int(digit) for digit in str($a))\nreturn $a",
            "f(987) == 6",
            "f(9) == 9",
            "f(0) == 0",
            types="int -> int",
            idioms={"recursively": "if $a < 10:\n    return $a\nreturn $f(sum(int(digit) for digit in str($a)))"},
        ),
        template(
            "digits_to_number",
            "join a list of digits into a number|return the number made of the digits in $a, or 0 if there are none|"
            "turn a list of digits into an integer",
            "digits_to_number|join_digits",
            "digits|items|values",
            "result = 0\nfor digit in $a:\n    result = result * 10 + digit\nreturn result",
            "f([1, 2, 3]) == 123",
            "f([]) == 0",
            types="list[int] -> int",
        ),
        template(
            "count_digit_k",
            "count how often the digit $k occurs in a number|"
            "return how many times the digit $k occurs in the number $a|"
            "count the digit $k in the number $a",
            "count_digit_$k",
            N,
            'return str($a).count("$k")',
            "f(100 + k) == 1",
            "f(11 * k) == 2",
            "f(0) == 0",
            constants=range(2, 10),
            types="int -> int",
        ),
    ]


TEMPLATES = (*sequences(), *digits())
