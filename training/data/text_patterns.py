"""Templates that check the format of strings and find patterns in them."""

from training.data.parsing import SEPARATORS, TEXT
from training.data.template import Template, template


def validation() -> list[Template]:
    return [
        template(
            "email_valid",
            "check if a string looks like an e-mail address|return True if $a is a simple email address|"
            "validate an email address with a regular expression|check whether $a is a valid email address",
            "is_email|is_valid_email",
            "text|email|address|s",
            'return re.fullmatch(r"[\\w.+-]+@[\\w-]+(\\.[\\w-]+)+", $a) is not None',
            'f("bart.s@mail.example.com")',
            'not f("bart@home")',
            'not f("a b@c.de")',
            'not f("")',
            types="str -> bool",
            imports="import re",
        ),
        template(
            "email_user",
            "return what is before the @ of an email address|return the user name of an email address|"
            "get the part of the email address $a before the @",
            "email_user|get_user",
            "email|address|text",
            'return $a.split("@")[0]',
            'f("bart@example.com") == "bart"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "email_domain",
            "return what is after the @ of an email address|return the domain of an email address|"
            "get the part of the email address $a after the @",
            "email_domain|get_domain",
            "email|address|text",
            'return $a.split("@")[-1]',
            'f("bart@example.com") == "example.com"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "phone_valid",
            "check if a string is a phone number of exactly $k digits|"
            "return True if $a has exactly $k digits and nothing else|validate a phone number that must have $k digits",
            "is_phone|is_valid_phone",
            "text|phone|number|s",
            "return len($a) == $k and $a.isdigit()",
            'f("7" * k)',
            'not f("7" * (k - 1) + "-")',
            'not f("")',
            types="str -> bool",
            constants=range(3, 17),
        ),
        template(
            "identifier_valid",
            "check if a string is a valid Python identifier|return True if $a can be the name of a variable|"
            "check whether a string is a valid identifier",
            "is_valid_name|is_identifier",
            TEXT,
            "return $a.isidentifier()",
            'f("a_1")',
            'not f("1a")',
            'not f("")',
            types="str -> bool",
        ),
        template(
            "password_valid",
            "check if a password has at least $k characters, a digit and an uppercase letter|"
            "return True if $a has $k or more characters, any digits and any uppercase letters|"
            "validate a password of at least $k characters with a digit and an uppercase letter",
            "is_strong|is_valid_password",
            "password|text|s",
            "return len($a) >= $k and any(ch.isdigit() for ch in $a) and any(ch.isupper() for ch in $a)",
            'f("A1" + "x" * (k - 2))',
            'not f("A1" + "x" * (k - 3))',
            'not f("a1" + "x" * k)',
            'not f("AB" + "x" * k)',
            types="str -> bool",
            constants=range(4, 20),
        ),
        template(
            "brackets",
            "check if the parentheses of a string are balanced|return True if every ( in $a has its )|"
            "check whether the round brackets in a text match",
            "is_balanced|balanced",
            TEXT,
            'depth = 0\nfor ch in $a:\n    if ch == "(":\n        depth += 1\n    elif ch == ")":\n        depth -= 1\n'
            "    if depth < 0:\n        return False\nreturn depth == 0",
            'f("(a(b))")',
            'not f(")(")',
            'not f("(")',
            'f("")',
            types="str -> bool",
        ),
        template(
            "all_brackets",
            "check if (), [] and {} are balanced in a string|"
            "return True if all brackets in $a are closed in the right order|"
            "check whether the brackets ( [ { in a text are balanced",
            "is_balanced|valid_brackets",
            TEXT,
            'pairs = {")": "(", "]": "[", "}": "{"}\nstack = []\nfor ch in $a:\n    if ch in "([{":\n'
            "        stack.append(ch)\n    elif ch in pairs and (not stack or stack.pop() != pairs[ch]):\n"
            "        return False\nreturn not stack",
            'f("{[()]}")',
            'not f("(]")',
            'not f("(")',
            'not f(")")',
            'f("")',
            types="str -> bool",
        ),
        template(
            "ipv4_valid",
            "check if a string is an IPv4 address|"
            "return True if $a is four numbers from 0 to 255 with dots between them|validate an IP address",
            "is_ipv4|is_valid_ip",
            "text|address|ip|s",
            'parts = $a.split(".")\n'
            "return len(parts) == 4 and all(part.isdigit() and int(part) <= 255 for part in parts)",
            'f("192.168.0.1")',
            'not f("1.2.3.256")',
            'not f("1.2.3")',
            'not f("")',
            types="str -> bool",
        ),
        template(
            "matches_pattern",
            "tell whether the regular expression $b matches the whole of $a|"
            "check if a whole string matches a regular expression|return True if all of $a matches the pattern $b",
            "matches|full_match",
            "text pattern|s regex",
            "return re.fullmatch($b, $a) is not None",
            'f("abc", "[a-c]+")',
            'not f("abcd", "[a-c]+")',
            'f("", "")',
            types="str; str -> bool",
            imports="import re",
        ),
    ]


def extraction() -> list[Template]:
    return [
        template(
            "hashtags",
            "find all hashtags in a string|return the hashtags of $a without the #|"
            "extract hashtags from a text, without the #",
            "find_hashtags|extract_hashtags",
            TEXT,
            'return re.findall(r"#(\\w+)", $a)',
            'f("#a b #cd!") == ["a", "cd"]',
            'f("") == []',
            types="str -> list[str]",
            imports="import re",
        ),
        template(
            "mentions",
            "find all mentions in a string|return the names after an @ in $a|"
            "extract @mentions from a text, without the @",
            "find_mentions|extract_mentions",
            TEXT,
            'return re.findall(r"@(\\w+)", $a)',
            'f("@a b @cd!") == ["a", "cd"]',
            'f("") == []',
            types="str -> list[str]",
            imports="import re",
        ),
        template(
            "urls",
            "find all URLs in a string|return the http and https links in $a|extract URLs from a text",
            "find_urls|extract_urls",
            TEXT,
            'return re.findall(r"https?://\\S+", $a)',
            'f("see http://a.b/c and https://d.") == ["http://a.b/c", "https://d."]',
            'f("") == []',
            types="str -> list[str]",
            imports="import re",
        ),
        template(
            "emails",
            "find all email addresses in a string|return the email addresses in $a|extract email addresses from a text",
            "find_emails|extract_emails",
            TEXT,
            'return re.findall(r"[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+", $a)',
            'f("a@b.de, c@d.ef!") == ["a@b.de", "c@d.ef"]',
            'f("") == []',
            types="str -> list[str]",
            imports="import re",
        ),
        template(
            "re_words",
            "find all words in a string with a regular expression|return the words of $a without punctuation|"
            "extract the words of a text, leaving out punctuation",
            "find_words|extract_words",
            TEXT,
            'return re.findall(r"\\w+", $a)',
            'f("Hi, you!") == ["Hi", "you"]',
            'f("") == []',
            types="str -> list[str]",
            imports="import re",
        ),
        template(
            "remove_tags",
            "remove HTML tags from a string|strip the tags from $a|return the HTML text $a without its tags",
            "remove_tags|strip_tags",
            TEXT,
            'return re.sub(r"<[^>]+>", "", $a)',
            'f("<b>a</b> c") == "a c"',
            'f("") == ""',
            types="str -> str",
            imports="import re",
        ),
        template(
            "no_punctuation",
            "remove punctuation from a string|return $a without punctuation marks|strip all punctuation from $a",
            "remove_punctuation",
            "text|s|sentence",
            'return "".join(ch for ch in $a if ch not in string.punctuation)',
            'f("a, b!") == "a b"',
            'f("") == ""',
            types="str -> str",
            imports="import string",
        ),
        template(
            "text_before",
            'return the part of a string before the first "$k"|get what is before "$k" in $a|'
            'cut a string off at the first "$k"',
            "before|text_before",
            TEXT,
            'return $a.split("$k")[0]',
            'f("a" + k + "b" + k) == "a"',
            'f("") == ""',
            types="str -> str",
            constants=SEPARATORS,
        ),
        template(
            "text_after",
            'cut off everything up to the last "$k" of a string|return the part of a string after the last "$k"|'
            'get what is after the last "$k" in $a',
            "after|text_after",
            TEXT,
            'return $a.split("$k")[-1]',
            'f(k + "a" + k + "b") == "b"',
            'f("") == ""',
            types="str -> str",
            constants=SEPARATORS,
        ),
        template(
            "between_marks",
            "return the text between two markers|"
            "get the part of $a between $b and $c, or an empty string if they are not there|"
            "find what is between two substrings, or an empty string",
            "text_between|between",
            "text start end|s left right",
            '_, _, rest = $a.partition($b)\nfound, mark, _ = rest.partition($c)\nreturn found if mark else ""',
            'f("a[bc]d", "[", "]") == "bc"',
            'f("abc", "[", "]") == ""',
            types="str; str; str -> str",
        ),
    ]


TEMPLATES = (*validation(), *extraction())
