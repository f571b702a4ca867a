"""Text: validity, cases, lines, distances; and what is built from it."""

from training.data.first.entry import known, new

ENTRIES = (
    known(
        "email_valid",
        "email validation;validate email;is valid email;email validator;email regex;email check;valid email;"
        "check email;email address validation",
        "(validate|check|verify) (an email|an email address|email addresses|an e-mail address|emails|email);"
        "{check} (an email|a string|an email address|a text) is (valid|a valid email|a valid email address|an email)",
    ),
    new(
        "valid_password",
        "password validation;validate password;is valid password;password checker;password strength;strong password "
        "check;"
        "password validator;password strength checker",
        "(validate|check|verify) (a password|passwords|password strength|the strength of a password);"
        "{check} a password is (strong|valid|strong enough|secure)",
        "is_valid_password|is_strong_password",
        "password|text",
        "return (\n"
        "    len($a) >= 8\n"
        "    and any(ch.islower() for ch in $a)\n"
        "    and any(ch.isupper() for ch in $a)\n"
        "    and any(ch.isdigit() for ch in $a)\n"
        ")",
        'f("Passw0rdX")',
        'not f("password1")',
        'not f("PASSWORD1")',
        'not f("Passwords")',
        'not f("Pw0")',
    ),
    known(
        "numeric",
        "is digit;is numeric;numeric check;is number string;string is numeric;only digits;isdigit",
        "{check} (a string|a text|string) (is numeric|is a number|contains only digits|has only digits|only has digits|"
        "consists of digits|is all digits)",
    ),
    known(
        "balanced_brackets",
        "balanced brackets;balanced parentheses;valid parentheses;bracket matching;matching brackets;parentheses "
        "checker;"
        "check brackets;bracket checker;parenthesis matching",
        "{check} (brackets|parentheses|the brackets|parentheses in a string|the brackets in a string|brackets of a "
        "string|"
        "all brackets|a string of brackets) (are|are|are) (balanced|valid|matched);"
        "(match|validate|check) (brackets|parentheses|balanced parentheses|balanced brackets)",
    ),
    new(
        "longest_common_prefix",
        "longest common prefix;common prefix;longest common prefix of a list;lcp;common prefix of strings",
        "{get} the (longest common prefix|common prefix) (of|in|among) (a list of strings|a list of words|strings|"
        "an array of strings)",
        "longest_common_prefix",
        "words|strings",
        'prefix = $a[0] if $a else ""\n'
        "for word in $a:\n"
        "    while not word.startswith(prefix):\n"
        "        prefix = prefix[:-1]\n"
        "return prefix",
        'f(["flower", "flow", "flight"]) == "fl"',
        'f(["a", "b"]) == ""',
        'f([]) == ""',
    ),
    known(
        "to_camel",
        "snake case to camel case;snake to camel;snake_case to camelCase;to camel case;camel case;snake to camel case;"
        "camelcase converter",
        "{convert} (snake case|snake_case|a snake_case name|a snake case name|a name in snake case) (to|into) "
        "(camel case|camelCase);make a name camel case",
    ),
    known(
        "to_snake",
        "camel case to snake case;camel to snake;camelCase to snake_case;to snake case;snake case;camel to snake case;"
        "snake case converter",
        "{convert} (camel case|camelCase|a camelCase name|a camel case name|a name in camel case) (to|into) "
        "(snake case|snake_case);make a name snake case",
    ),
    known(
        "slugify",
        "slugify;slug;slug generator;url slug;slugify a string;string to slug;title to slug",
        "(slugify|make a slug of|make a slug from|create a slug from|create a url slug from) (a title|a text|a string);"
        "{convert} (a title|a string|a text) (to|into) (a slug|a url slug)",
    ),
    new(
        "truncate_text",
        "truncate;truncate string;shorten string;truncate text;truncate a string;shorten text;cut string;string "
        "truncation",
        "(truncate|shorten|cut) (a string|a text|text|string) (to n characters|to a maximum length|to a given length|"
        "to a length|with dots|with an ellipsis|after n characters);limit the length of a string",
        "truncate|shorten",
        "text length|s n",
        'if len($a) <= $b:\n    return $a\nreturn $a[:$b] + "..."',
        'f("hello world", 5) == "hello..."',
        'f("hi", 5) == "hi"',
    ),
    known(
        "count_lines_text",
        "count lines in a string;number of lines in a string;line count of a text;lines in a text",
        "{count} (lines|the lines) (in|of) (a string|a text|text|a multiline string)",
    ),
    known(
        "contains",
        "substring;substring check;contains substring;is substring;string contains;check substring;substring search",
        "{check} (a string|a text|string) (contains|has|includes) (a substring|another string|another|a word|a text|"
        "substring);{check} a string is (in another string|a substring of another|part of another string);"
        "find a substring in a string",
    ),
    new(
        "levenshtein",
        "levenshtein distance;edit distance;levenshtein;string edit distance;levenshtein algorithm",
        "{calc} the (levenshtein distance|edit distance|levenshtein edit distance)( of two strings| between two "
        "strings|"
        " between two words|)",
        "levenshtein|edit_distance",
        "a b|s t",
        "if not $a or not $b:\n"
        "    return len($a) + len($b)\n"
        "if $a[0] == $b[0]:\n"
        "    return $f($a[1:], $b[1:])\n"
        "return 1 + min($f($a[1:], $b), $f($a, $b[1:]), $f($a[1:], $b[1:]))",
        'f("kitten", "sitting") == 3',
        'f("", "abc") == 3',
        'f("a", "a") == 0',
    ),
    known(
        "hamming",
        "hamming distance;hamming;hamming distance of two strings",
        "{calc} the hamming distance( of two strings| between two strings|)",
    ),
    new(
        "random_password",
        "password generator;random password;random password generator;generate password;random string;"
        "random string generator;secure password",
        "(generate|create|make|get) (a password|a random password|random passwords|a secure password|a random string|"
        "a random string of letters and digits|a password of length n)",
        "generate_password|random_password",
        "length|n",
        'chars = string.ascii_letters + string.digits\nreturn "".join(random.choice(chars) for _ in range($a))',
        "len(f(12)) == 12",
        "f(20).isalnum()",
        "f(20) != f(20)",
        imports="import random\nimport string",
    ),
    known(
        "vowel_letter",
        "is vowel;vowel check;check vowel;vowel or consonant;vowel checker;isvowel",
        "{check} (a character|a letter|a char|letter|character) is a vowel;check for a vowel;"
        "{check} a letter is a vowel or (consonant|a consonant)",
    ),
    new(
        "char_code",
        "ascii value;ascii code;ascii value of a character;char to ascii;character code;ord;char code;ascii of a char",
        "{get} the (ascii value|ascii code|character code|ascii number|code) of (a character|a char|a letter);"
        "{convert} (a character|a char|a letter) (to|into) (ascii|its ascii value|its ascii code)",
        "ascii_value|char_code",
        "char|ch",
        "return ord($a)",
        'f("A") == 65',
        'f("a") == 97',
    ),
    known(
        "greet",
        "greet;greeting;greeting function;say hello;greet function;hello name;greeter;personal greeting",
        "greet (a person|someone|a user|somebody|a person by name|a name);say hello to (a person|someone|a name|a "
        "user);"
        "(return|make|create) a greeting( for a name| with a name|)",
    ),
    known(
        "length",
        "length of a string;string length;len of string;string size",
        "{get} the (length|size) of (a string|string|a text);count the characters (in|of) (a string|string)",
    ),
    known(
        "concat",
        "concatenate strings;concatenate two strings;string concatenation;join two strings;concat strings",
        "(concatenate|join|combine|concat) two strings;(concatenate|concat) strings;put two strings together",
    ),
    known(
        "split",
        "split string;split a string;split words;string to words;split sentence;words of a string",
        "split (a string|a text|a sentence) into (words|a list of words);{get} the words of (a string|a sentence|a "
        "text)",
    ),
    known(
        "substrings",
        "all substrings;substrings of a string;substring generator",
        "{get} (all substrings|all the substrings|every substring) of {str};list all substrings of a string",
    ),
    known(
        "initials",
        "initials;initials of a name;name initials",
        "{get} the initials (of|from) (a name|a full name)",
    ),
    known(
        "hashtags",
        "hashtags;find hashtags;extract hashtags",
        "(find|extract|get) (all hashtags|hashtags|the hashtags) (in|from) (a string|a text|a tweet)",
    ),
    known(
        "find_numbers",
        "extract numbers from a string;numbers in a string;find numbers in a string;extract numbers",
        "(find|extract|get) (all numbers|numbers|the numbers) (in|from) (a string|a text|text)",
    ),
)
