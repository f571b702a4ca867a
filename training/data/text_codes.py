"""Templates that convert between notations: ciphers, encodings, and naming styles."""

from training.data.parsing import TEXT
from training.data.template import Template, template

SENTENCE = "text|s|string|sentence"


def codes() -> list[Template]:
    return [
        template(
            "caesar",
            "shift each lowercase letter of a string by $k places|"
            "encrypt the lowercase letters of $a with a Caesar cipher of $k|"
            "apply a Caesar cipher with shift $k to the lowercase letters of a string",
            "caesar|caesar_$k",
            "text|s|message",
            'result = ""\nfor ch in $a:\n    if "a" <= ch <= "z":\n        ch = chr((ord(ch) - 97 + $k) % 26 + 97)\n'
            "    result += ch\nreturn result",
            'f("a Z") == chr(97 + k) + " Z"',
            'f("z") == chr(96 + k)',
            'f("") == ""',
            types="str -> str",
            constants=range(1, 26),
        ),
        template(
            "run_lengths",
            "compress a string by run-length encoding, a3b1 for aaab|"
            "encode $a as each character with the length of its run|"
            "write each run of equal characters in a string as the character followed by its count",
            "run_length_encode|compress",
            TEXT,
            'return "".join(f"{ch}{len(list(group))}" for ch, group in groupby($a))',
            'f("aaab") == "a3b1"',
            'f("") == ""',
            types="str -> str",
            imports="from itertools import groupby",
        ),
        template(
            "decode_runs",
            "decode a run-length encoded string such as a3b1|"
            "expand $a, in which each character is followed by its count|"
            "turn a string such as a3b12 back into the repeated characters",
            "run_length_decode|expand",
            TEXT,
            'return "".join(ch * int(count) for ch, count in re.findall(r"(\\D)(\\d+)", $a))',
            'f("a3b12") == "aaa" + "b" * 12',
            'f("") == ""',
            types="str -> str",
            imports="import re",
        ),
        template(
            "alphabet_positions",
            "map each letter of a string to its position in the alphabet|"
            "return the alphabet positions of the letters of $a, a being 1|"
            "list the position in the alphabet of each letter in a text, ignoring case",
            "letter_positions|alphabet_positions",
            TEXT,
            'return [ord(ch) - 96 for ch in $a.lower() if "a" <= ch <= "z"]',
            'f("aB z") == [1, 2, 26]',
            'f("") == []',
            types="str -> list[int]",
        ),
        template(
            "char_codes",
            "return the character codes of a string|list the code point of each character of $a|"
            "convert a string to a list of ASCII codes",
            "char_codes|to_codes",
            TEXT,
            "return [ord(ch) for ch in $a]",
            'f("ab") == [97, 98]',
            'f("") == []',
            types="str -> list[int]",
        ),
        template(
            "from_codes",
            "convert a list of character codes to a string|return the string with the code points $a|"
            "make a string from ASCII codes",
            "from_codes|codes_to_text",
            "codes|numbers|values",
            'return "".join(chr(code) for code in $a)',
            'f([97, 98]) == "ab"',
            'f([]) == ""',
            types="list[int] -> str",
        ),
        template(
            "to_snake",
            "convert a camelCase name to snake_case|turn $a from camel case into snake case|"
            "convert camel case to snake case",
            "to_snake_case|camel_to_snake",
            "name|text|s",
            'return re.sub(r"(?<!^)(?=[A-Z])", "_", $a).lower()',
            'f("camelCaseName") == "camel_case_name"',
            'f("") == ""',
            types="str -> str",
            imports="import re",
        ),
        template(
            "to_camel",
            "convert a snake_case name to camelCase|turn $a from snake case into camel case|"
            "convert snake case to camel case",
            "to_camel_case|snake_to_camel",
            "name|text|s",
            'first, *others = $a.split("_")\nreturn first + "".join(part.capitalize() for part in others)',
            'f("snake_case_name") == "snakeCaseName"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "to_pascal",
            "convert a snake_case name to PascalCase|turn $a from snake case into a class name|"
            "convert snake case to Pascal case",
            "to_pascal_case|to_class_name",
            "name|text|s",
            'return "".join(part.capitalize() for part in $a.split("_"))',
            'f("snake_case_name") == "SnakeCaseName"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "slugify",
            "convert a title to a slug|turn $a into a lowercase slug with hyphens|"
            "make a URL slug from a string, with hyphens between the words",
            "slugify|make_slug",
            "title|text|s",
            'return re.sub(r"[^a-z0-9]+", "-", $a.lower()).strip("-")',
            'f("Hello, big World!") == "hello-big-world"',
            'f("!") == ""',
            types="str -> str",
            imports="import re",
        ),
        template(
            "kebab",
            "join the words of a string with hyphens in lower case|convert $a to kebab case|"
            "turn a sentence into lower case words with hyphens between them",
            "to_kebab_case|hyphenate",
            SENTENCE,
            'return "-".join($a.lower().split())',
            'f("A big  Dog") == "a-big-dog"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "initials",
            "return the initials of a name|get the initials of $a|make the upper case initials of a full name",
            "initials|get_initials",
            "name|text|full_name",
            'return "".join(part[0].upper() for part in $a.split())',
            'f("bart simpson") == "BS"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "acronym",
            "make an acronym from a phrase|return the acronym of $a|"
            "build an acronym from the first letters of the words in a string",
            "acronym|make_acronym",
            SENTENCE,
            'return "".join(word[0].upper() for word in $a.split())',
            'f("as soon as possible") == "ASAP"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "pig_latin",
            'put the first letter of every word of $a at its end, followed by "$k"|'
            'move the first letter of each word to its end, adding "$k"|'
            'turn $a into a language where each word has its first letter moved to the end, followed by "$k"',
            "pig_latin|play_language",
            SENTENCE,
            'return " ".join(word[1:] + word[0] + "$k" for word in $a.split())',
            'f("hello you") == "elloh" + k + " ouy" + k',
            'f("") == ""',
            types="str -> str",
            constants=("ay", "ya", "way", "oo", "um", "em", "ish", "izz", "op", "ta"),
        ),
        template(
            "censor",
            "replace a word in a text with stars|censor the word $b in $a with stars|"
            "hide every $b in $a behind as many stars as it has letters",
            "censor|hide_word",
            "text word|sentence bad",
            'return $a.replace($b, "*" * len($b))',
            'f("a bad day", "bad") == "a *** day"',
            'f("", "x") == ""',
            types="str; str -> str",
        ),
        template(
            "mask_except_last",
            'replace all but the last $k characters of a string with "*"|'
            "mask $a with stars except for its last $k characters|"
            "hide everything but the last $k characters of a string behind stars",
            "mask|mask_all_but_$k",
            TEXT,
            'return "*" * (len($a) - $k) + $a[-$k:]',
            'f("ab" + "x" * k) == "**" + "x" * k',
            'f("x") == "x"',
            'f("") == ""',
            types="str -> str",
            constants=range(1, 12),
        ),
        template(
            "encode_base64",
            "encode a string as base64|return $a in base64|convert a text to base64",
            "to_base64|encode",
            TEXT,
            "return base64.b64encode($a.encode()).decode()",
            'f("abc") == "YWJj"',
            'f("") == ""',
            types="str -> str",
            imports="import base64",
        ),
        template(
            "decode_base64",
            "decode a base64 string|return the text that $a is the base64 of|convert base64 back to a text",
            "from_base64|decode",
            TEXT,
            "return base64.b64decode($a).decode()",
            'f("YWJj") == "abc"',
            'f("") == ""',
            types="str -> str",
            imports="import base64",
        ),
        template(
            "sha256",
            "compute the SHA-256 hash of a string|return the sha256 hex digest of $a|hash a string with SHA-256",
            "sha256|hash_text",
            TEXT,
            "return hashlib.sha256($a.encode()).hexdigest()",
            'f("").startswith("e3b0c44298fc1c14")',
            'f("abc").startswith("ba7816bf8f01cfea")',
            types="str -> str",
            imports="import hashlib",
        ),
    ]


TEMPLATES = (*codes(),)
