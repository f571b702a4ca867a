"""Templates that parse numbers and records in strings, and format them."""

from training.data.template import Template, template

TEXT = "text|s|string|value"
SEPARATORS = (",", ";", ":", "|", "-", "_", "/", ".", "+", "#")


def numbers() -> list[Template]:
    return [
        template(
            "to_int",
            "convert a string to an integer|convert $a to an integer|parse an integer from a string|"
            "turn the string $a into an int",
            "to_int|parse_int",
            TEXT,
            "return int($a)",
            'f("12") == 12',
            'f(" -3 ") == -3',
            types="str -> int",
        ),
        template(
            "to_int_or_none",
            "convert a string to an integer, or None if that fails|"
            "convert $a to an integer, or None if it is not a number|"
            "parse an integer from a string, returning None for invalid input",
            "to_int|parse_int|safe_int",
            TEXT,
            "try:\n    return int($a)\nexcept ValueError:\n    return None",
            'f("12") == 12',
            'f("x") is None',
            'f("") is None',
            types="str -> int | None",
        ),
        template(
            "to_int_or_k",
            "convert a string to an integer, or $k if that fails|"
            "convert $a to an integer, or $k if it is not a number|"
            "parse an integer from a string, using $k for invalid input",
            "to_int|int_or_$k",
            TEXT,
            "try:\n    return int($a)\nexcept ValueError:\n    return $k",
            'f("12") == 12',
            'f("x") == k',
            'f("") == k',
            types="str -> int",
            constants=range(-1, 60),
        ),
        template(
            "to_float_or_none",
            "convert a string to a float, or None if that fails|convert $a to a float, or None if it is not a number|"
            "parse a decimal number from a string, returning None for invalid input",
            "to_float|parse_float",
            TEXT,
            "try:\n    return float($a)\nexcept ValueError:\n    return None",
            'f("1.5") == 1.5',
            'f("x") is None',
            'f("") is None',
            types="str -> float | None",
        ),
        template(
            "is_a_number",
            "check if a string can be converted to a number|return True if $a can be converted to a float|"
            "check whether a string is a valid number|tell whether $a is a number, with or without a decimal point",
            "is_number|is_float",
            TEXT,
            "try:\n    float($a)\n    return True\nexcept ValueError:\n    return False",
            'f("-1.5")',
            'not f("x")',
            'not f("")',
            types="str -> bool",
        ),
        template(
            "is_an_int",
            "check if a string can be converted to an integer|return True if $a can be converted to an integer|"
            "check whether a string is a valid integer",
            "is_integer|is_int",
            TEXT,
            "try:\n    int($a)\n    return True\nexcept ValueError:\n    return False",
            'f("-12")',
            'not f("1.5")',
            'not f("")',
            types="str -> bool",
        ),
        template(
            "comma_ints",
            "convert a comma separated string to a list of integers|"
            'parse $a, integers separated by commas, into a list|turn a string such as "1,2,3" into a list of ints|'
            "split a string at the commas into integers",
            "parse_ints|parse_numbers",
            TEXT,
            'return [int(part) for part in $a.split(",")]',
            'f("1,-2, 30") == [1, -2, 30]',
            'f("7") == [7]',
            types="str -> list[int]",
            idioms={
                "using map": 'return list(map(int, $a.split(",")))',
                "using a loop": 'result = []\nfor part in $a.split(","):\n    result.append(int(part))\nreturn result',
            },
        ),
        template(
            "separated_ints",
            'convert a string of integers separated by "$k" to a list|split $a at "$k" into a list of integers|'
            'parse the integers of $a, which are separated by "$k"',
            "parse_ints|parse_numbers",
            TEXT,
            'return [int(part) for part in $a.split("$k")]',
            'f("1" + k + "20" + k + "3") == [1, 20, 3]',
            'f("7") == [7]',
            types="str -> list[int]",
            constants=(";", ":", "|", "_", "/", "#", "&", "*", "~", "!"),
        ),
        template(
            "space_ints",
            "convert a string of integers separated by spaces to a list|"
            "parse the integers of $a, which are separated by spaces|split a string at its spaces into integers",
            "parse_ints|parse_numbers",
            TEXT,
            "return [int(part) for part in $a.split()]",
            'f("1 -2  30") == [1, -2, 30]',
            'f("") == []',
            types="str -> list[int]",
        ),
        template(
            "sum_digits_text",
            "add the digits in a string|return the sum of the digits in the string $a|"
            "compute the sum of all digits that occur in a text",
            "sum_digits|digit_total",
            TEXT,
            "return sum(int(ch) for ch in $a if ch.isdigit())",
            'f("a1b23") == 6',
            'f("") == 0',
            types="str -> int",
        ),
        template(
            "find_numbers",
            "find all numbers in a string|return a list of the integers in the text $a|"
            "extract the integers from a string with a regular expression|extract numbers from a string|"
            "get every number in $a as an int",
            "find_numbers|extract_numbers",
            TEXT,
            'return [int(part) for part in re.findall(r"\\d+", $a)]',
            'f("a1 b23, 4") == [1, 23, 4]',
            'f("") == []',
            types="str -> list[int]",
            imports="import re",
        ),
        template(
            "with_commas",
            "format a number with commas for thousands|write $a with a comma between thousands|"
            "add thousands separators to a number",
            "format_number|with_commas",
            "number|n|num|amount",
            'return f"{$a:,}"',
            'f(1234567) == "1,234,567"',
            'f(0) == "0"',
            types="int -> str",
        ),
        template(
            "fixed_decimals",
            "format a number with $k decimals|write $a with $k digits after the decimal point|"
            "format $a as a string with $k decimal places",
            "format_$k|format_decimals",
            "number|x|num|amount",
            'return f"{$a:.$kf}"',
            'f(1) == "1." + "0" * k',
            'f(0.5) == "0.5" + "0" * (k - 1)',
            types="float -> str",
            constants=range(1, 12),
        ),
    ]


def records() -> list[Template]:
    return [
        template(
            "key_value",
            "split a key=value string into a key and a value|parse $a as key=value|"
            "return the key and the value of a string such as name=Bart",
            "parse_pair|split_pair",
            "text|line|s|pair",
            'key, value = $a.split("=", 1)\nreturn key, value',
            'f("a=b=c") == ("a", "b=c")',
            'f("=") == ("", "")',
            types="str -> tuple[str, str]",
        ),
        template(
            "pairs_to_dict",
            'convert key=value pairs with "$k" between them to a dictionary of strings|'
            'parse key=value pairs separated by "$k" into a dictionary|'
            "turn $a, pairs such as a=1$kb=2, into a dictionary",
            "parse_pairs|parse_settings",
            TEXT,
            'return dict(part.split("=", 1) for part in $a.split("$k"))',
            'f("a=1" + k + "b=x=y") == {"a": "1", "b": "x=y"}',
            'f("a=") == {"a": ""}',
            types="str -> dict[str, str]",
            constants=(",", ";", ":", "|", "-", "_", "/", ".", "&", "#"),
        ),
        template(
            "config_lines",
            "parse lines of key=value into a dictionary|"
            "convert the key=value lines of $a to a dictionary, skipping other lines|"
            "read settings from a text with one key=value on each line, ignoring lines without =",
            "parse_config|parse_lines",
            "text|s|string|content",
            'result = {}\nfor line in $a.splitlines():\n    if "=" in line:\n        key, value = line.split("=", 1)\n'
            "        result[key.strip()] = value.strip()\nreturn result",
            'f("a = 1\\n\\nb=x=y\\n") == {"a": "1", "b": "x=y"}',
            'f("") == {}',
            types="str -> dict[str, str]",
        ),
        template(
            "query_string",
            "parse a URL query string into a dictionary|convert the query string $a to a dictionary|"
            "return the parameters of a query string as a dictionary",
            "parse_query",
            "query|text|s",
            "return dict(parse_qsl($a))",
            'f("a=1&b=x%20y") == {"a": "1", "b": "x y"}',
            'f("") == {}',
            types="str -> dict[str, str]",
            imports="from urllib.parse import parse_qsl",
        ),
        template(
            "make_query_string",
            "convert a dictionary to a URL query string|make a query string from the dictionary $a|"
            "encode a dictionary as URL parameters",
            "make_query|to_query",
            "params|data|values",
            "return urlencode($a)",
            'f({"a": 1, "b": "x y"}) == "a=1&b=x+y"',
            'f({}) == ""',
            types="dict[str, str] -> str",
            imports="from urllib.parse import urlencode",
        ),
        template(
            "csv_line",
            "split a CSV line into its stripped fields|"
            "parse $a, values separated by commas, into a list of strings without spaces around them|"
            "split a string at its commas, stripping each part",
            "parse_line|split_fields",
            "line|text|s|row",
            'return [part.strip() for part in $a.split(",")]',
            'f("a, b ,c") == ["a", "b", "c"]',
            'f("") == [""]',
            types="str -> list[str]",
        ),
        template(
            "to_csv_line",
            "convert a list of values to a comma separated line|write the values of $a as a line separated by commas|"
            "join any values with commas as strings",
            "to_line|make_csv_line",
            "values|row|items",
            'return ",".join(str(x) for x in $a)',
            'f([1, "a", None]) == "1,a,None"',
            'f([]) == ""',
            types="list[int] -> str",
        ),
        template(
            "to_json",
            "convert data to a JSON string|return $a as a JSON string|serialize a dictionary to JSON|dump $a as JSON",
            "to_json|dump_json",
            "data|value|values",
            "return json.dumps($a)",
            "f({'a': [1, None]}) == '{\"a\": [1, null]}'",
            "f({}) == '{}'",
            types="dict[str, int] -> str",
            imports="import json",
        ),
        template(
            "from_json",
            "parse a JSON string|convert the JSON string $a to Python data|load data from a JSON string|"
            "decode the JSON text $a",
            "parse_json|from_json",
            TEXT,
            "return json.loads($a)",
            "f('{\"a\": [1, null]}') == {'a': [1, None]}",
            'f("[]") == []',
            types="str -> object",
            imports="import json",
        ),
        template(
            "json_or_none",
            "decode a JSON text, or None if it cannot be decoded|parse a JSON string, or None if it is invalid|"
            "load the JSON string $a, or None if it is not valid JSON",
            "parse_json|safe_json",
            TEXT,
            "try:\n    return json.loads($a)\nexcept json.JSONDecodeError:\n    return None",
            'f("[1]") == [1]',
            'f("{") is None',
            'f("") is None',
            types="str -> object",
            imports="import json",
        ),
        template(
            "fill_template",
            "fill the {name} fields of a text from a dictionary|replace the placeholders in $a with the values of $b|"
            "format the template string $a with the dictionary $b",
            "fill_template|render",
            "text values|template data|pattern fields",
            "return $a.format(**$b)",
            'f("Hi {name}!", {"name": "Bart"}) == "Hi Bart!"',
            'f("", {}) == ""',
            types="str; dict[str, str] -> str",
        ),
        template(
            "time_to_minutes",
            'convert a time such as "14:30" to minutes|return the minutes since midnight of $a, given as HH:MM|'
            "parse HH:MM into a number of minutes",
            "to_minutes|parse_time",
            "time|text|clock",
            'hours, minutes = $a.split(":")\nreturn int(hours) * 60 + int(minutes)',
            'f("14:30") == 870',
            'f("00:00") == 0',
            types="str -> int",
        ),
        template(
            "minutes_to_time",
            "convert minutes to a time as HH:MM|format $a minutes as HH:MM|"
            "write a number of minutes as hours and minutes with two digits each",
            "to_time|format_minutes",
            "minutes|n|total",
            'return f"{$a // 60:02d}:{$a % 60:02d}"',
            'f(870) == "14:30"',
            'f(5) == "00:05"',
            types="int -> str",
        ),
        template(
            "hex_to_rgb",
            "convert a hex color to RGB|return the red, green and blue of the color $a, such as #ff8000|"
            "parse a color such as #ff8000 into a tuple of three integers",
            "hex_to_rgb|parse_color",
            "color|text|code",
            'digits = $a.lstrip("#")\nreturn tuple(int(digits[i:i + 2], 16) for i in (0, 2, 4))',
            'f("#ff8000") == (255, 128, 0)',
            'f("000000") == (0, 0, 0)',
            types="str -> tuple[int, ...]",
        ),
        template(
            "rgb_to_hex",
            "convert red, green and blue to a hex color|return the color of $a, $b and $c as #rrggbb|"
            "format an RGB color as a hex string with a leading #",
            "rgb_to_hex|make_color",
            "red green blue|r g b",
            'return f"#{$a:02x}{$b:02x}{$c:02x}"',
            'f(255, 128, 0) == "#ff8000"',
            'f(0, 0, 0) == "#000000"',
            types="int; int; int -> str",
        ),
        template(
            "parse_version",
            'convert a version such as "1.2.3" to a tuple of integers|parse the version $a into a tuple of integers|'
            "split a version string into its numbers",
            "parse_version",
            "version|text|s",
            'return tuple(int(part) for part in $a.split("."))',
            'f("1.20.3") == (1, 20, 3)',
            'f("0") == (0,)',
            types="str -> tuple[int, ...]",
        ),
        template(
            "newer_version",
            "compare two version strings|check if the version $a is newer than the version $b|"
            "return True if version $a is greater than version $b",
            "is_newer",
            "a b|left right|first second",
            'return [int(part) for part in $a.split(".")] > [int(part) for part in $b.split(".")]',
            'f("1.10", "1.9")',
            'not f("1.0", "1.0")',
            types="str; str -> bool",
        ),
    ]


TEMPLATES = (*numbers(), *records())
