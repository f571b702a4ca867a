"""Templates over number systems and bits."""

from training.data.template import Template, template

N = "n|number|num"
TEXT = "text|s|string"


def bases() -> list[Template]:
    return [
        template(
            "to_binary",
            "convert a number to binary|return the number $a as a binary string|write a number in base 2 as text",
            "to_binary|binary",
            N,
            'return format($a, "b")',
            'f(5) == "101"',
            'f(0) == "0"',
            types="int -> str",
            idioms={"using bin": 'return bin($a).replace("0b", "")'},
        ),
        template(
            "from_binary",
            "convert a binary string to a number|return the binary string $a as an integer|parse a number in base 2",
            "from_binary|binary_to_int",
            TEXT,
            "return int($a, 2)",
            'f("101") == 5',
            'f("0") == 0',
            types="str -> int",
        ),
        template(
            "to_hex",
            "convert a number to hexadecimal|return the number $a as a hexadecimal string|"
            "write a number in base 16 as text",
            "to_hex|hexadecimal",
            N,
            'return format($a, "x")',
            'f(255) == "ff"',
            'f(0) == "0"',
            types="int -> str",
        ),
        template(
            "from_hex",
            "convert a hexadecimal string to a number|return the hexadecimal string $a as an integer|"
            "parse a number in base 16",
            "from_hex|hex_to_int",
            TEXT,
            "return int($a, 16)",
            'f("ff") == 255',
            'f("0") == 0',
            types="str -> int",
        ),
        template(
            "to_octal",
            "convert a number to octal|return the number $a as an octal string|write a number in base 8 as text",
            "to_octal|octal",
            N,
            'return format($a, "o")',
            'f(8) == "10"',
            'f(0) == "0"',
            types="int -> str",
        ),
        template(
            "parse_base_k",
            "convert a string in base $k to a number|return the base $k string $a as an integer|"
            "parse a number in base $k",
            "from_base_$k|parse_base_$k",
            TEXT,
            "return int($a, $k)",
            'f("10") == k',
            'f("0") == 0',
            constants=range(3, 16),
            types="str -> int",
        ),
        template(
            "base_digits_k",
            "return the digits of a non-negative number in base $k as a list|"
            "list the digits of $a, which is at least 0, in base $k, lowest digit last|"
            "write a non-negative number in base $k as a list of digits",
            "digits_in_base_$k",
            N,
            "if $a == 0:\n    return [0]\nresult = []\nwhile $a > 0:\n    result.append($a % $k)\n    $a //= $k\n"
            "return result[::-1]",
            "f(k) == [1, 0]",
            "f(0) == [0]",
            constants=range(2, 16),
            types="int -> list[int]",
        ),
        template(
            "to_roman",
            "convert a number to a Roman numeral|return the Roman numeral of $a|write $a in Roman numerals",
            "to_roman|int_to_roman",
            N,
            "values = [1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1]\n"
            'letters = "M CM D CD C XC L XL X IX V IV I".split()\nresult = ""\n'
            "for value, letter in zip(values, "
            "letters):\n    while $a >= value:\n        result += letter\n        $a -= value\n"
            "return result",
            'f(1994) == "MCMXCIV"',
            'f(4) == "IV"',
            'f(0) == ""',
            types="int -> str",
        ),
        template(
            "from_roman",
            "convert a Roman numeral to a number|return the value of the Roman numeral $a|parse a Roman numeral",
            "from_roman|roman_to_int",
            "text|numeral|s",
            'values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}\ntotal = 0\n'
            "for letter, following in zip($a, $a[1:] + $a[-1:]):\n    value = values[letter]\n"
            "    total += -value if value < values[following] else value\nreturn total",
            'f("MCMXCIV") == 1994',
            'f("IV") == 4',
            'f("") == 0',
            types="str -> int",
        ),
    ]


def bits() -> list[Template]:
    return [
        template(
            "count_ones",
            "count the ones in the binary form of a number|return the number of bits that are 1 in $a|"
            "count the set bits of a number",
            "count_ones|count_bits|popcount",
            N,
            'return bin($a).count("1")',
            "f(13) == 3",
            "f(0) == 0",
            types="int -> int",
            idioms={
                "using a loop": "$a = abs($a)\ncount = 0\nwhile $a > 0:\n    count += $a % 2\n    $a //= 2\n"
                "return count"
            },
        ),
        template(
            "bit_length",
            "return how many bits a number needs|count the binary digits of $a, 0 for zero|"
            "return the number of bits of $a, 0 for zero",
            "bit_length|num_bits",
            N,
            "return $a.bit_length()",
            "f(8) == 4",
            "f(0) == 0",
            types="int -> int",
        ),
        template(
            "bit_is_set",
            "check if a bit of a number is set|return True if the bit $b of $a is 1, the lowest bit being 0|"
            "tell whether bit $b is set in $a",
            "is_bit_set|has_bit",
            "n bit|number index",
            "return ($a >> $b) & 1 == 1",
            "f(5, 0)",
            "not f(5, 1)",
            "not f(0, 3)",
            types="int; int -> bool",
        ),
        template(
            "bit_k_is_set",
            "check if bit $k of a number is set|return True if bit $k of $a is 1|tell whether bit $k is set in $a",
            "bit_$k_is_set|has_bit_$k",
            N,
            "return ($a >> $k) & 1 == 1",
            "f(2 ** k)",
            "not f(2 ** (k + 1))",
            "not f(0)",
            constants=range(16),
            types="int -> bool",
        ),
        template(
            "set_bit",
            "set a bit of a number to 1|return $a with the bit $b set to 1|set bit $b of $a",
            "set_bit",
            "n bit|number index",
            "return $a | (1 << $b)",
            "f(4, 0) == 5",
            "f(5, 0) == 5",
            types="int; int -> int",
        ),
        template(
            "clear_bit",
            "set a bit of a number to 0|return $a with the bit $b set to 0|clear bit $b of $a",
            "clear_bit",
            "n bit|number index",
            "return $a & ~(1 << $b)",
            "f(5, 0) == 4",
            "f(4, 0) == 4",
            types="int; int -> int",
        ),
        template(
            "toggle_bit",
            "flip a bit of a number|return $a with the bit $b flipped|toggle bit $b of $a",
            "toggle_bit|flip_bit",
            "n bit|number index",
            "return $a ^ (1 << $b)",
            "f(5, 0) == 4",
            "f(4, 0) == 5",
            types="int; int -> int",
        ),
        template(
            "shift_left_k",
            "shift a number left by $k bits|return $a shifted left by $k bits|shift the bits of $a left by $k",
            "shift_left_$k",
            N,
            "return $a << $k",
            "f(1) == 2 ** k",
            "f(0) == 0",
            constants=range(1, 17),
            types="int -> int",
        ),
        template(
            "shift_right_k",
            "shift a number right by $k bits|return $a shifted right by $k bits|shift the bits of $a right by $k",
            "shift_right_$k",
            N,
            "return $a >> $k",
            "f(2 ** k) == 1",
            "f(0) == 0",
            constants=range(1, 17),
            types="int -> int",
        ),
        template(
            "bitwise_and",
            "return the bitwise and of two numbers|compute the bitwise and of $a and $b|"
            "combine the bits of $a and $b with and",
            "bitwise_and",
            "a b|x y",
            "return $a & $b",
            "f(6, 3) == 2",
            "f(0, 7) == 0",
            types="int; int -> int",
        ),
        template(
            "bitwise_xor",
            "return the bitwise xor of two numbers|compute the bitwise exclusive or of $a and $b|"
            "combine the bits of $a and $b with exclusive or",
            "bitwise_xor|xor",
            "a b|x y",
            "return $a ^ $b",
            "f(6, 3) == 5",
            "f(7, 7) == 0",
            types="int; int -> int",
        ),
        template(
            "bit_distance",
            "count the bits in which two numbers differ|return the Hamming distance of the numbers $a and $b|"
            "count how many bits differ between $a and $b",
            "bit_distance|differing_bits",
            "a b|x y",
            'return bin($a ^ $b).count("1")',
            "f(1, 4) == 2",
            "f(7, 7) == 0",
            types="int; int -> int",
        ),
    ]


TEMPLATES = (*bases(), *bits())
