"""Templates that build strings from other strings, numbers and lists."""

from training.data.template import Template, template
from training.data.text import PAIR, SEPARATORS, SMALL, TEXT

WORDS = "words|names|strings|items"


def making() -> list[Template]:
    return [
        template(
            "concat",
            "concatenate two strings|join $a and $b|join two strings|append one string to another|"
            "concatenate $a and $b|combine two strings",
            "concat|concatenate|join_strings",
            PAIR,
            "return $a + $b",
            'f("a", "b") == "ab"',
            'f("", "") == ""',
            types="str; str -> str",
        ),
        template(
            "interleave",
            "interleave two strings of the same length|mix the characters of $a and $b one by one|"
            "alternate the characters of two strings",
            "interleave|mix",
            PAIR,
            'return "".join(x + y for x, y in zip($a, $b))',
            'f("abc", "123") == "a1b2c3"',
            'f("", "") == ""',
            types="str; str -> str",
        ),
        template(
            "repeat_n",
            "repeat a string $b times|return $a repeated $b times|repeat the string $a $b times|"
            "repeat a string a given number of times",
            "repeat|repeat_text",
            "text n|s count|word times",
            "return $a * $b",
            'f("ab", 2) == "abab"',
            'f("ab", 0) == ""',
            types="str; int -> str",
        ),
        template(
            "repeat_k",
            "repeat a string $k times|return $a repeated $k times|repeat the string $a $k times|"
            "write a string $k times in a row",
            "repeat_$k",
            TEXT,
            "return $a * $k",
            'f("ab") == "ab" * k',
            'f("") == ""',
            types="str -> str",
            constants=SMALL,
        ),
        template(
            "truncate",
            "shorten a string to $k characters, adding ... if it was longer|"
            "truncate $a to $k characters with an ellipsis|"
            'cut a string after $k characters, with "..." at the end if it was longer|'
            "truncate a string to $k characters with ... at the end when it is too long",
            "truncate|shorten",
            TEXT,
            'if len($a) <= $k:\n    return $a\nreturn $a[:$k] + "..."',
            'f("x" * 40) == "x" * k + "..."',
            'f("x" * k) == "x" * k',
            types="str -> str",
            constants=SMALL,
        ),
        template(
            "center_k",
            "center a string in $k characters|center $a in a field of width $k|"
            "pad a string on both sides to a width of $k",
            "center_$k|center_text",
            TEXT,
            "return $a.center($k)",
            'len(f("x")) == k',
            'f("x" * 40) == "x" * 40',
            types="str -> str",
            constants=SMALL,
        ),
        template(
            "pad_left",
            "pad a string on the left with spaces to $k characters|right-align $a in $k characters|"
            "right-justify a string to a width of $k",
            "pad_left|align_right",
            TEXT,
            "return $a.rjust($k)",
            'f("x") == " " * (k - 1) + "x"',
            'f("x" * 40) == "x" * 40',
            types="str -> str",
            constants=SMALL,
        ),
        template(
            "pad_right",
            "pad a string on the right with spaces to $k characters|left-align $a in $k characters|"
            "left-justify a string to a width of $k",
            "pad_right|align_left",
            TEXT,
            "return $a.ljust($k)",
            'f("x") == "x" + " " * (k - 1)',
            'f("x" * 40) == "x" * 40',
            types="str -> str",
            constants=SMALL,
        ),
        template(
            "zero_pad",
            "pad a number with zeros to $k digits|format $a with leading zeros to $k digits|"
            "write a number with leading zeros so that it has $k characters",
            "zero_pad|pad_number",
            "number|n|num|x",
            "return str($a).zfill($k)",
            'f(7) == "0" * (k - 1) + "7"',
            "len(f(0)) == k",
            types="int -> str",
            constants=range(2, 14),
        ),
        template(
            "greet",
            "greet a person by name|return a greeting for $a|say hello to a person|"
            "return the string Hello with the name $a",
            "greet|say_hello",
            "name|person|user",
            'return f"Hello, {$a}!"',
            'f("Bart") == "Hello, Bart!"',
            types="str -> str",
        ),
        template(
            "full_name",
            "join a first name and a last name|return the full name|combine $a and $b into a full name|"
            "build a full name from a first and a last name",
            "full_name|make_full_name",
            "first last|first_name last_name",
            'return f"{$a} {$b}"',
            'f("Bart", "Simpson") == "Bart Simpson"',
            types="str; str -> str",
        ),
        template(
            "wrap_tag",
            "wrap a string in an HTML <$k> tag|put $a inside a <$k> element|surround a string with <$k> and </$k>",
            "wrap_$k|make_$k",
            TEXT,
            'return f"<$k>{$a}</$k>"',
            'f("x") == "<" + k + ">x</" + k + ">"',
            'f("") == "<" + k + "></" + k + ">"',
            types="str -> str",
            constants=("b", "i", "p", "div", "span", "h1", "h2", "li", "em", "strong", "code", "td"),
        ),
        template(
            "quote",
            "put double quotes around a string|surround $a with double quotes|wrap a string in quotes",
            "quote|add_quotes",
            TEXT,
            "return f'\"{$a}\"'",
            "f('a') == '\"a\"'",
            "f('') == '\"\"'",
            types="str -> str",
        ),
        template(
            "join_with",
            'join a list of strings with "$k"|join $a with "$k" between them|'
            'combine a list of strings into one string separated by "$k"',
            "join_strings|join_with",
            WORDS,
            'return "$k".join($a)',
            'f(["a", "b"]) == "a" + k + "b"',
            'f([]) == ""',
            types="list[str] -> str",
            constants=SEPARATORS,
        ),
        template(
            "join_comma",
            "join a list of strings with commas and spaces|join $a into one string separated by a comma and a space|"
            "write the items of a list as a comma separated string, with a space after each comma",
            "join_with_commas|comma_separated",
            WORDS,
            'return ", ".join($a)',
            'f(["a", "b"]) == "a, b"',
            'f([]) == ""',
            types="list[str] -> str",
        ),
        template(
            "join_spaces",
            "join a list of words with spaces|join $a into one string with spaces|"
            "make a sentence from a list of words|combine the words in $a into a sentence",
            "join_words|to_sentence",
            WORDS,
            'return " ".join($a)',
            'f(["a", "b"]) == "a b"',
            'f([]) == ""',
            types="list[str] -> str",
        ),
        template(
            "join_lines",
            "join a list of lines into one string|join $a with newlines|put each string of a list on a line of its own",
            "join_lines",
            "lines|rows|strings",
            'return "\\n".join($a)',
            'f(["a", "b"]) == "a\\nb"',
            'f([]) == ""',
            types="list[str] -> str",
        ),
    ]


TEMPLATES = (*making(),)
