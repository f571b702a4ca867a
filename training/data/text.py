"""Templates that change strings."""

from training.data.template import Template, template

LETTERS = "abcdefghijklmnoprstuvwyz"
SEPARATORS = (",", ";", ":", "|", "-", "_", "/", ".", "+", "#")
SMALL = range(2, 30)
TEXT = "text|s|string|word|value"
SENTENCE = "text|s|string|sentence"  # for bodies that use `word`
PAIR = "a b|s t|first second|left right"


def cases() -> list[Template]:
    return [
        template(
            "upper",
            "convert a string to upper case|return $a in upper case|make a string uppercase|convert $a to uppercase|"
            "turn a string into capital letters|change all letters of a string to capitals",
            "to_upper|uppercase|shout",
            TEXT,
            "return $a.upper()",
            'f("ab") == "AB"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "lower",
            "convert a string to lower case|return $a in lower case|make a string lowercase|convert $a to lowercase|"
            "turn a string into small letters",
            "to_lower|lowercase",
            TEXT,
            "return $a.lower()",
            'f("AB") == "ab"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "capitalize",
            "capitalize a string|make the first letter of $a upper case|capitalize the first letter of a string|"
            "uppercase the first character of $a|capitalize $a",
            "capitalize|capitalize_text|capitalize_first",
            TEXT,
            "return $a[:1].upper() + $a[1:]",
            'f("ab") == "Ab"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "capitalize_words",
            "capitalize every word of a string|capitalize each word in $a|capitalize the words of a sentence|"
            "make the first letter of each word upper case",
            "capitalize_words|capitalize_each_word",
            SENTENCE,
            'return " ".join(word.capitalize() for word in $a.split())',
            'f("a big dog") == "A Big Dog"',
            'f("") == ""',
            types="str -> str",
            idioms={
                "using a loop": "result = []\nfor word in $a.split():\n    result.append(word.capitalize())\n"
                'return " ".join(result)'
            },
        ),
        template(
            "to_title",
            "convert a string to title case|return $a in title case|convert $a to title case",
            "to_title|title_case",
            TEXT,
            "return $a.title()",
            'f("a big dog") == "A Big Dog"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "swap_case",
            "swap the case of a string|swap upper and lower case in $a|"
            "change upper case letters to lower case and lower case letters to upper case|"
            "invert the case of each letter in a string|return $a with its case swapped",
            "swap_case|invert_case",
            TEXT,
            "return $a.swapcase()",
            'f("aBc1") == "AbC1"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "alternate_case",
            "alternate the case of the letters in a string, starting with upper case|"
            "return $a with every second character in lower case and the others in upper case|"
            "write a string in alternating upper and lower case",
            "alternate_case|mock",
            TEXT,
            'return "".join(ch.upper() if i % 2 == 0 else ch.lower() for i, ch in enumerate($a))',
            'f("abcd") == "AbCd"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "capitalize_last",
            "make the last letter of a string upper case|capitalize the last letter of $a|"
            "uppercase the last character of a string",
            "capitalize_last",
            TEXT,
            "return $a[:-1] + $a[-1:].upper()",
            'f("ab") == "aB"',
            'f("") == ""',
            types="str -> str",
        ),
    ]


def changes() -> list[Template]:
    return [
        template(
            "text_reverse",
            "reverse a string|return the string $a reversed|return a string backwards|"
            "reverse the characters of a string|reverse the string $a|flip a string around",
            "reverse_string|reverse|reversed_text",
            TEXT,
            "return $a[::-1]",
            'f("abc") == "cba"',
            'f("") == ""',
            types="str -> str",
            idioms={
                "using a loop": 'result = ""\nfor ch in $a:\n    result = ch + result\nreturn result',
                "recursively": 'if $a == "":\n    return ""\nreturn $f($a[1:]) + $a[0]',
                "using reversed": 'return "".join(reversed($a))',
                "without slicing": 'result = ""\nfor ch in $a:\n    result = ch + result\nreturn result',
            },
        ),
        template(
            "strip",
            "remove the spaces around a string|strip $a|trim a string|remove leading and trailing spaces from $a|"
            "strip the whitespace at both ends of a string",
            "strip_spaces|trim",
            TEXT,
            "return $a.strip()",
            'f(" a ") == "a"',
            'f("  ") == ""',
            types="str -> str",
        ),
        template(
            "remove_spaces",
            "remove all spaces from a string|delete the spaces in $a|return $a without spaces|"
            "remove the spaces in a string",
            "remove_spaces",
            TEXT,
            'return $a.replace(" ", "")',
            'f("a b c") == "abc"',
            'f("") == ""',
            types="str -> str",
            idioms={
                "using a loop": 'result = ""\nfor ch in $a:\n    if ch != " ":\n        result += ch\nreturn result',
                "without using replace": 'return "".join(ch for ch in $a if ch != " ")',
            },
        ),
        template(
            "underscores",
            "replace spaces with underscores|replace the spaces in $a with underscores|"
            "change every space of a string to an underscore",
            "replace_spaces|spaces_to_underscores",
            TEXT,
            'return $a.replace(" ", "_")',
            'f("a b") == "a_b"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "collapse_spaces",
            "replace multiple spaces with one space|remove extra spaces from a string|collapse the spaces in $a|"
            "normalize the whitespace of a string|remove duplicate spaces from $a",
            "collapse_spaces|normalize_spaces",
            TEXT,
            'return " ".join($a.split())',
            'f("  a   b ") == "a b"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "replace_text",
            "replace a part of a string with another|replace $b with $c in $a|replace all occurrences of a substring|"
            "replace every $b in $a by $c",
            "replace_text|replace_all|substitute",
            "text old new|s before after",
            "return $a.replace($b, $c)",
            'f("banana", "a", "o") == "bonono"',
            'f("abc", "x", "y") == "abc"',
            types="str; str; str -> str",
        ),
        template(
            "replace_vowels",
            'replace the vowels in a string with "$k"|replace every vowel of $a with "$k"|change all vowels to "$k"',
            "replace_vowels",
            TEXT,
            'return "".join("$k" if ch.lower() in "aeiou" else ch for ch in $a)',
            'f("Banana") == "B" + k + "n" + k + "n" + k',
            'f("") == ""',
            types="str -> str",
            constants=("*", "-", "_", "#", "?", "!", "+", "x", ".", "@"),
        ),
        template(
            "remove_k",
            'remove the letter "$k" from a string|return $a without the letter "$k"|delete every "$k" from a string|'
            'remove all occurrences of "$k" in $a',
            "remove_$k",
            TEXT,
            'return $a.replace("$k", "")',
            'f("q" + k) == "q"',
            'f("") == ""',
            types="str -> str",
            constants=LETTERS,
        ),
        template(
            "remove_char",
            "remove a character from a string|remove all occurrences of the character $b from $a|"
            "delete a given character from a string|return $a without the character $b",
            "remove_char|remove_character",
            "text char|s letter|word target",
            'return $a.replace($b, "")',
            'f("banana", "a") == "bnn"',
            'f("", "a") == ""',
            types="str; str -> str",
        ),
        template(
            "remove_at",
            "remove the character at an index of a string|remove the character at position $b from $a|"
            "return $a without the character at index $b",
            "remove_at|drop_char",
            "text index|s i|word position",
            "return $a[:$b] + $a[$b + 1:]",
            'f("abc", 1) == "ac"',
            'f("a", 0) == ""',
        ),
        template(
            "remove_first_last",
            "remove the first and last character of a string|return $a without its first and last characters|"
            "drop the first and the last letter of a string",
            "remove_ends|trim_ends",
            TEXT,
            "return $a[1:-1]",
            'f("abcd") == "bc"',
            'f("a") == ""',
            types="str -> str",
        ),
        template(
            "swap_ends",
            "swap the first and last character of a string|exchange the first and last letters of $a|"
            "return $a with the first and last character swapped",
            "swap_ends|swap_first_last",
            TEXT,
            "if len($a) < 2:\n    return $a\nreturn $a[-1] + $a[1:-1] + $a[0]",
            'f("abcd") == "dbca"',
            'f("a") == "a"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "move_first_k",
            "move the first $k characters of a string to its end|move the first $k characters of $a to the end|"
            "put the first $k letters of a string at its end",
            "move_first_$k",
            TEXT,
            "return $a[$k:] + $a[:$k]",
            'f("x" * k + "ab") == "ab" + "x" * k',
            'f("") == ""',
            types="str -> str",
            constants=range(1, 12),
        ),
        template(
            "unique_text",
            "remove duplicate characters from a string|remove repeated letters from $a, keeping their order|"
            "return $a with each character only once|keep the first occurrence of each character in a string",
            "remove_duplicate_chars|unique_text",
            TEXT,
            'return "".join(dict.fromkeys($a))',
            'f("banana") == "ban"',
            'f("") == ""',
            types="str -> str",
            idioms={
                "using a loop": 'result = ""\nfor ch in $a:\n    if ch not in result:\n        result += ch\n'
                "return result"
            },
        ),
        template(
            "squeeze",
            "remove consecutive duplicate characters from a string|collapse runs of the same character in $a|"
            "squeeze repeated neighbouring letters of a string into one",
            "squeeze|collapse_runs",
            TEXT,
            'result = ""\nfor ch in $a:\n    if ch != result[-1:]:\n        result += ch\nreturn result',
            'f("aabbba") == "aba"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "sort_chars",
            "sort the characters of a string|sort the letters of $a|return the characters of $a in alphabetical order|"
            "arrange the letters of a string alphabetically",
            "sort_chars|sort_letters",
            TEXT,
            'return "".join(sorted($a))',
            'f("bca") == "abc"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "double_chars",
            "repeat each character of a string $k times|write every character of $a $k times|"
            "return $a with each letter repeated $k times",
            "repeat_chars_$k|repeat_each",
            TEXT,
            'return "".join(ch * $k for ch in $a)',
            'f("ab") == "a" * k + "b" * k',
            'f("") == ""',
            types="str -> str",
            constants=range(2, 12),
        ),
        template(
            "insert_text",
            "insert a string into another at an index|insert $b into the string $a at position $c|"
            "put $b into the string $a at index $c",
            "insert_text|insert_at",
            "text part index|s piece position",
            "return $a[:$c] + $b + $a[$c:]",
            'f("abc", "-", 1) == "a-bc"',
            'f("", "x", 0) == "x"',
            types="str; str; int -> str",
        ),
        template(
            "remove_prefix",
            "remove a prefix from a string if it has it|remove $b from the start of $a|strip the prefix $b from $a",
            "remove_prefix|strip_prefix",
            "text prefix|s start",
            "if $a.startswith($b):\n    return $a[len($b):]\nreturn $a",
            'f("unhappy", "un") == "happy"',
            'f("abc", "x") == "abc"',
            'f("abc", "") == "abc"',
            types="str; str -> str",
            idioms={"using removeprefix": "return $a.removeprefix($b)"},
        ),
        template(
            "remove_suffix",
            "remove a suffix from a string if it has it|remove $b from the end of $a|strip the suffix $b from $a",
            "remove_suffix|strip_suffix",
            "text suffix|s end",
            "if $b and $a.endswith($b):\n    return $a[:-len($b)]\nreturn $a",
            'f("file.txt", ".txt") == "file"',
            'f("abc", "x") == "abc"',
            'f("abc", "") == "abc"',
            types="str; str -> str",
            idioms={"using removesuffix": "return $a.removesuffix($b)"},
        ),
    ]


TEMPLATES = (*cases(), *changes())
