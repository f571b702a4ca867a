"""Templates that count things in strings and test them."""

from training.data.template import Template, template
from training.data.text import LETTERS, PAIR, SENTENCE, SMALL, TEXT

LETTER = "letter|ch|char|c"


def counts() -> list[Template]:
    return [
        template(
            "length",
            "return the length of a string|count the characters of $a|count the characters in a string|"
            "return the number of characters in $a|get the length of the string $a",
            "length|count_characters",
            TEXT,
            "return len($a)",
            'f("abc") == 3',
            'f("") == 0',
            types="str -> int",
            idioms={"without using len": "return sum(1 for ch in $a)"},
        ),
        template(
            "count_words",
            "count the words in a string|return the number of words in $a|count words in a sentence|"
            "count how many words $a has|find the number of words in a text",
            "count_words|word_count",
            SENTENCE,
            "return len($a.split())",
            'f(" a  b c") == 3',
            'f("") == 0',
            types="str -> int",
        ),
        template(
            "count_lines_text",
            "count the lines of a string|return the number of lines in $a|count how many lines a text has",
            "count_lines|line_count",
            TEXT,
            "return len($a.splitlines())",
            'f("a\\nb\\n") == 2',
            'f("") == 0',
            types="str -> int",
        ),
        template(
            "count_sentences",
            "count the sentences of a text by their final marks|count how many sentences $a has by counting . ! and ?|"
            "return the number of . ! and ? in $a",
            "count_sentences",
            TEXT,
            'return sum(1 for ch in $a if ch in ".!?")',
            'f("Hi! How are you? Fine.") == 3',
            'f("") == 0',
            types="str -> int",
        ),
        template(
            "count_spaces",
            "count the spaces in a string|return the number of spaces in $a|count how many spaces $a has",
            "count_spaces",
            TEXT,
            'return $a.count(" ")',
            'f("a b c") == 2',
            'f("") == 0',
            types="str -> int",
        ),
        template(
            "count_char",
            "count how often a character occurs in a string|count how often $b occurs in the string $a|"
            "return the number of times the letter $b is in $a|count the occurrences of a letter in a string",
            "count_char|count_letter",
            "text char|s letter|word target",
            "return $a.count($b)",
            'f("banana", "a") == 3',
            'f("", "a") == 0',
            types="str; str -> int",
        ),
        template(
            "count_char_any_case",
            "count the occurrences of a letter in a string, upper or lower case|"
            "count a letter in a string ignoring case|count how often $b occurs in $a in upper or lower case",
            "count_ignore_case",
            "text char|s letter|word target",
            "return $a.lower().count($b.lower())",
            'f("Banana", "A") == 3',
            'f("", "a") == 0',
            types="str; str -> int",
        ),
        template(
            "count_k",
            'count the letter "$k" in a string|return how often "$k" occurs in $a|count how many times "$k" is in $a|'
            'return the number of "$k" in a string|count the letter $k in a string',
            "count_$k",
            TEXT,
            'return $a.count("$k")',
            'f("qqq") == 0',
            "f(k * 3) == 3",
            types="str -> int",
            constants=LETTERS,
            idioms={
                "using a loop": 'count = 0\nfor ch in $a:\n    if ch == "$k":\n        count += 1\nreturn count',
                "without using count": 'return sum(1 for ch in $a if ch == "$k")',
            },
        ),
        template(
            "frequency",
            "count how often each character occurs in a string|return a dictionary of character counts|"
            "count each character of $a|map each character of a string to the number of times it occurs",
            "char_count|char_frequency",
            TEXT,
            "counts = {}\nfor ch in $a:\n    counts[ch] = counts.get(ch, 0) + 1\nreturn counts",
            'f("aab") == {"a": 2, "b": 1}',
            'f("") == {}',
            types="str -> dict[str, int]",
            idioms={"in one line": "return {ch: $a.count(ch) for ch in $a}"},
        ),
        template(
            "word_frequency",
            "count how often each word occurs in a string|return a dictionary of word counts|count word frequencies|"
            "count each word of $a|map each word of a text to the number of times it occurs",
            "word_counts|word_frequency",
            SENTENCE,
            "counts = {}\nfor word in $a.split():\n    counts[word] = counts.get(word, 0) + 1\nreturn counts",
            'f("a b a") == {"a": 2, "b": 1}',
            'f("") == {}',
            types="str -> dict[str, int]",
        ),
        template(
            "char_counter",
            "count the characters of a string with Counter|make a Counter of the characters in $a|"
            "use collections.Counter to count the letters of a string",
            "count_chars|char_counter",
            TEXT,
            "return Counter($a)",
            'f("aab") == {"a": 2, "b": 1}',
            'f("") == {}',
            types="str -> Counter[str]",
            imports="from collections import Counter",
        ),
        template(
            "most_frequent_char",
            "return the most frequent character of a string, or None if it is empty|"
            "find the character that occurs most often in $a|return the most common letter in a string",
            "most_frequent_char|most_common_char",
            TEXT,
            "return max($a, key=$a.count, default=None)",
            'f("banana") == "a"',
            'f("") is None',
            types="str -> str | None",
        ),
        template(
            "hamming",
            "count the positions at which two strings differ|compute the Hamming distance of $a and $b|"
            "return the number of differing characters of two strings of the same length",
            "hamming_distance|count_differences",
            PAIR,
            "return sum(1 for x, y in zip($a, $b) if x != y)",
            'f("karolin", "kathrin") == 3',
            'f("", "") == 0',
            types="str; str -> int",
            idioms={
                "using a loop": "count = 0\nfor x, y in zip($a, $b):\n    if x != y:\n        count += 1\nreturn count"
            },
        ),
        template(
            "average_word_length",
            "compute the average word length of a text, or 0 if it has no words|"
            "return the average length of the words in $a|find the mean word length of a sentence",
            "average_word_length",
            SENTENCE,
            "words = $a.split()\nif not words:\n    return 0\nreturn sum(len(word) for word in words) / len(words)",
            'f("ab abcd") == 3',
            'f("") == 0',
            types="str -> float",
        ),
    ]


def tests() -> list[Template]:
    return [
        template(
            "palindrome",
            "check if a string is a palindrome|return True if $a is a palindrome|tell whether a word is a palindrome|"
            "check whether $a reads the same backwards|test if a string is the same forwards and backwards",
            "is_palindrome|palindrome",
            TEXT,
            "return $a == $a[::-1]",
            'f("level")',
            'not f("ab")',
            'f("")',
            types="str -> bool",
            idioms={
                "using a loop": "for i in range(len($a) // 2):\n    if $a[i] != $a[-1 - i]:\n        return False\n"
                "return True",
                "recursively": "if len($a) < 2:\n    return True\nreturn $a[0] == $a[-1] and $f($a[1:-1])",
            },
        ),
        template(
            "palindrome_letters",
            "check if a text is a palindrome, ignoring case, spaces and punctuation|"
            "return True if the letters and digits of $a are a palindrome, ignoring case|"
            "check whether a sentence is a palindrome, looking only at its letters",
            "is_palindrome|is_palindrome_sentence",
            TEXT,
            "chars = [ch for ch in $a.lower() if ch.isalnum()]\nreturn chars == chars[::-1]",
            'f("A man, a plan, a canal: Panama!")',
            'not f("ab")',
            'f("")',
            types="str -> bool",
        ),
        template(
            "starts",
            'check if a string starts with "$k"|return True if $a starts with "$k"|tell whether $a begins with "$k"|'
            'check whether the first letter of a string is "$k"',
            "starts_with_$k",
            TEXT,
            'return $a.startswith("$k")',
            'f(k + "q")',
            'not f("q" + k)',
            'not f("")',
            types="str -> bool",
            constants=LETTERS,
        ),
        template(
            "ends",
            'check if a string ends with "$k"|return True if $a ends with "$k"|'
            'tell whether the last letter of $a is "$k"',
            "ends_with_$k",
            TEXT,
            'return $a.endswith("$k")',
            'f("q" + k)',
            'not f(k + "q")',
            'not f("")',
            types="str -> bool",
            constants=LETTERS,
        ),
        template(
            "has_k",
            'check if a string contains "$k"|return True if $a contains the letter "$k"|check whether "$k" is in $a|'
            'tell whether a string has the letter "$k"',
            "has_$k",
            TEXT,
            'return "$k" in $a',
            'f("q" + k + "q")',
            'not f("q")',
            'not f("")',
            types="str -> bool",
            constants=LETTERS,
        ),
        template(
            "contains",
            "check if a string contains another string|return True if the string $a contains $b|"
            "check whether $b is a substring of $a|test if a text contains a word",
            "contains|has_substring",
            "text part|s sub|text word",
            "return $b in $a",
            'f("abc", "b")',
            'not f("abc", "x")',
            'f("", "")',
            types="str; str -> bool",
        ),
        template(
            "contains_any_case",
            "check if a string contains another string, ignoring case|"
            "return True if $a contains $b in upper or lower case|search for $b in $a without looking at the case",
            "contains_ignore_case",
            "text part|s sub|text word",
            "return $b.lower() in $a.lower()",
            'f("Hello", "HELL")',
            'not f("abc", "x")',
            types="str; str -> bool",
        ),
        template(
            "starts_with_b",
            "check if a string starts with another string|return True if $a starts with $b|"
            "check whether $b is a prefix of $a",
            "starts_with|has_prefix",
            "text prefix|s start",
            "return $a.startswith($b)",
            'f("hello", "he")',
            'not f("hello", "lo")',
            'not f("", "x")',
            types="str; str -> bool",
        ),
        template(
            "ends_with_b",
            "check if a string ends with another string|return True if $a ends with $b|"
            "check whether $b is a suffix of $a",
            "ends_with|has_suffix",
            "text suffix|s end",
            "return $a.endswith($b)",
            'f("hello", "lo")',
            'not f("hello", "he")',
            'not f("", "x")',
            types="str; str -> bool",
        ),
        template(
            "anagram",
            "check if two strings are anagrams|return True if $a and $b are anagrams|"
            "check whether two words have the same letters in another order|tell whether $a is an anagram of $b",
            "is_anagram|are_anagrams",
            PAIR,
            "return sorted($a) == sorted($b)",
            'f("listen", "silent")',
            'not f("a", "b")',
            'not f("aab", "abb")',
            'f("", "")',
            types="str; str -> bool",
        ),
        template(
            "pangram",
            "check if a string is a pangram|return True if $a has every letter of the alphabet|"
            "check whether a sentence contains all letters from a to z|tell whether $a is a pangram",
            "is_pangram",
            TEXT,
            'return set("abcdefghijklmnopqrstuvwxyz") <= set($a.lower())',
            'f("The quick brown fox jumps over the lazy dog")',
            'not f("abc")',
            'not f("")',
            types="str -> bool",
            idioms={
                "using a loop": 'for ch in "abcdefghijklmnopqrstuvwxyz":\n    if ch not in $a.lower():\n'
                "        return False\nreturn True",
                "in one line, using all": 'return all(ch in $a.lower() for ch in "abcdefghijklmnopqrstuvwxyz")',
            },
        ),
        template(
            "isogram",
            "check if a string has no repeated letters|check if a word is an isogram, ignoring case|"
            "return True if no letter of $a occurs twice, ignoring case",
            "is_isogram|has_unique_letters",
            TEXT,
            "letters = [ch for ch in $a.lower() if ch.isalpha()]\nreturn len(letters) == len(set(letters))",
            'f("lumber jacks")',
            'not f("Alpha")',
            'f("")',
            types="str -> bool",
        ),
        template(
            "all_unique_chars",
            "check if all characters of a string are different|return True if all characters of $a are unique|"
            "tell whether a string has only distinct characters",
            "has_unique_chars|all_unique",
            TEXT,
            "return len(set($a)) == len($a)",
            'f("abc")',
            'not f("aba")',
            'f("")',
            types="str -> bool",
        ),
        template(
            "text_rotation",
            "check if a string is a rotation of another|return True if $a is a rotation of $b|"
            "tell whether two strings are rotations of each other",
            "is_rotation",
            PAIR,
            "return len($a) == len($b) and $a in $b + $b",
            'f("cab", "abc")',
            'not f("acb", "abc")',
            'f("", "")',
            types="str; str -> bool",
        ),
        template(
            "text_empty",
            "check if a string is empty|return True if the string $a is empty|tell whether a string has no characters",
            "is_empty",
            TEXT,
            "return len($a) == 0",
            'f("")',
            'not f("a")',
            types="str -> bool",
            idioms={"without using len": 'return $a == ""'},
        ),
        template(
            "blank",
            "check if a string is empty or has only spaces|return True if $a is blank|"
            "tell whether a string has nothing but white space",
            "is_blank",
            TEXT,
            'return $a.strip() == ""',
            'f("  ")',
            'f("")',
            'not f(" a")',
            types="str -> bool",
        ),
        template(
            "numeric",
            "check if a string has only digits|return True if $a has only digits|"
            "check whether a string consists of digits|tell whether every character of $a is a digit",
            "is_numeric|only_has_digits",
            TEXT,
            "return $a.isdigit()",
            'f("12")',
            'not f("1a")',
            'not f("")',
            types="str -> bool",
        ),
        template(
            "alphabetic",
            "check if a string has only letters|return True if $a has only letters|"
            "check whether a string consists of letters",
            "is_alphabetic|only_has_letters",
            TEXT,
            "return $a.isalpha()",
            'f("ab")',
            'not f("a1")',
            'not f("")',
            types="str -> bool",
        ),
        template(
            "alphanumeric",
            "check if a string has only letters and digits|return True if $a is alphanumeric|"
            "check whether a string is alphanumeric",
            "is_alphanumeric",
            TEXT,
            "return $a.isalnum()",
            'f("ab1")',
            'not f("a b")',
            'not f("")',
            types="str -> bool",
        ),
        template(
            "is_upper",
            "check if a string is upper case|return True if $a is all upper case|"
            "check whether a string is written in capitals",
            "is_upper",
            TEXT,
            "return $a.isupper()",
            'f("AB")',
            'not f("Ab")',
            'not f("")',
            types="str -> bool",
        ),
        template(
            "is_lower",
            "check if a string is lower case|return True if $a is all lower case|"
            "check whether a string is written in small letters",
            "is_lower",
            TEXT,
            "return $a.islower()",
            'f("ab")',
            'not f("Ab")',
            'not f("")',
            types="str -> bool",
        ),
        template(
            "text_longer",
            "check if a string is longer than $k characters|return True if $a has more than $k characters|"
            "tell whether the string $a is longer than $k",
            "longer_than_$k",
            TEXT,
            "return len($a) > $k",
            'f("x" * (k + 1))',
            'not f("x" * k)',
            types="str -> bool",
            constants=SMALL,
        ),
        template(
            "text_shorter",
            "check if a string is shorter than $k characters|return True if $a has fewer than $k characters|"
            "tell whether the string $a is shorter than $k",
            "shorter_than_$k",
            TEXT,
            "return len($a) < $k",
            'f("x" * (k - 1))',
            'not f("x" * k)',
            types="str -> bool",
            constants=SMALL,
        ),
        template(
            "vowel_letter",
            "check if a letter is a vowel|return True if $a is a vowel|tell whether a character is a vowel",
            "is_vowel",
            LETTER,
            'return len($a) == 1 and $a.lower() in "aeiou"',
            'f("a")',
            'f("E")',
            'not f("b")',
            'not f("")',
            types="str -> bool",
        ),
        template(
            "same_text",
            "check if two strings are equal, ignoring case|return True if $a and $b are the same, ignoring case|"
            "compare two strings without looking at the case",
            "equal_ignore_case|same_text",
            PAIR,
            "return $a.lower() == $b.lower()",
            'f("Ab", "aB")',
            'not f("a", "b")',
            'f("", "")',
            types="str; str -> bool",
        ),
    ]


TEMPLATES = (*counts(), *tests())
