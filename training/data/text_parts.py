"""Templates that take strings apart: characters, words, lines and positions."""

from training.data.template import Template, template
from training.data.text import PAIR, SENTENCE, SEPARATORS, SMALL, TEXT


def parts() -> list[Template]:
    return [
        template(
            "text_first_k",
            "return the first $k characters of a string|take the first $k characters of $a|"
            "get the first $k letters of a string|cut the string $a to at most $k characters",
            "first_$k|prefix_$k",
            TEXT,
            "return $a[:$k]",
            'f("x" * 40) == "x" * k',
            'f("") == ""',
            types="str -> str",
            constants=SMALL,
        ),
        template(
            "text_last_k",
            "return the last $k characters of a string|take the last $k characters of $a|"
            "get the last $k letters of a string",
            "last_$k|suffix_$k",
            TEXT,
            "return $a[-$k:]",
            'f("ab" * 20) == ("ab" * 20)[-k:]',
            'f("") == ""',
            types="str -> str",
            constants=SMALL,
        ),
        template(
            "text_skip_k",
            "remove the first $k characters of a string|return $a without its first $k characters|"
            "drop the first $k letters of a string",
            "skip_$k|without_first_$k",
            TEXT,
            "return $a[$k:]",
            'f("x" * k + "ab") == "ab"',
            'f("") == ""',
            types="str -> str",
            constants=SMALL,
        ),
        template(
            "text_drop_last_k",
            "remove the last $k characters of a string|return $a without its last $k characters|"
            "drop the last $k letters of a string",
            "drop_last_$k|without_last_$k",
            TEXT,
            "return $a[:-$k]",
            'f("ab" + "x" * k) == "ab"',
            'f("") == ""',
            types="str -> str",
            constants=SMALL,
        ),
        template(
            "first_char",
            "return the first character of a string|get the first letter of $a|"
            "return the first character of $a, or an empty string if it is empty",
            "first_char|first_letter",
            TEXT,
            "return $a[:1]",
            'f("abc") == "a"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "last_char",
            "return the last character of a string|get the last letter of $a|"
            "return the last character of $a, or an empty string if it is empty",
            "last_char|last_letter",
            TEXT,
            "return $a[-1:]",
            'f("abc") == "c"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "middle",
            "return the middle of a string|"
            "get the middle character of $a, or the two middle ones if its length is even|"
            "find the middle letter of a word, or the middle two",
            "middle|get_middle",
            TEXT,
            "return $a[(len($a) - 1) // 2:len($a) // 2 + 1]",
            'f("test") == "es"',
            'f("abc") == "b"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "every_second_char",
            "return every $k. character of a string, starting with the first|take every $k. character of $a|"
            "keep one of every $k characters of a string",
            "every_$k|skip_chars",
            TEXT,
            "return $a[::$k]",
            'f("abcdefghijklmnopqrstuvwxyz") == "abcdefghijklmnopqrstuvwxyz"[::k]',
            'f("") == ""',
            types="str -> str",
            constants=range(2, 12),
        ),
        template(
            "split",
            "split a string into words|return the words of $a|return a list of the words in a string|"
            "split $a at its spaces|get the words of a sentence",
            "split_words|get_words",
            SENTENCE,
            "return $a.split()",
            'f(" a  b") == ["a", "b"]',
            'f("") == []',
            types="str -> list[str]",
        ),
        template(
            "split_at",
            'split a string at "$k"|split $a at every "$k"|return the parts of a string that are separated by "$k"',
            "split_text|split_parts",
            TEXT,
            'return $a.split("$k")',
            'f("a" + k + "b") == ["a", "b"]',
            'f("") == [""]',
            types="str -> list[str]",
            constants=SEPARATORS,
        ),
        template(
            "lines",
            "split a string into lines|return the lines of $a|return a list of the lines in a text|"
            "split $a at its line breaks",
            "split_lines|get_lines",
            TEXT,
            "return $a.splitlines()",
            'f("a\\nb") == ["a", "b"]',
            'f("") == []',
            types="str -> list[str]",
        ),
        template(
            "chars",
            "return the characters of a string as a list|split a string into characters|"
            "convert the string $a to a list of characters|turn a string into a list of letters",
            "to_chars|split_chars",
            TEXT,
            "return list($a)",
            'f("ab") == ["a", "b"]',
            'f("") == []',
            types="str -> list[str]",
        ),
        template(
            "text_chunks",
            "split a string into pieces of $k characters|cut $a into parts of length $k|"
            "divide a string into chunks of $k letters",
            "split_every_$k|text_chunks",
            TEXT,
            "return [$a[i:i + $k] for i in range(0, len($a), $k)]",
            'f("x" * k + "ab") == ["x" * k, "ab"]',
            'f("") == []',
            types="str -> list[str]",
            constants=SMALL,
        ),
        template(
            "substrings",
            "return all substrings of a string|list every substring of $a|generate all substrings of a string",
            "substrings|all_substrings",
            TEXT,
            "return [$a[i:j] for i in range(len($a)) for j in range(i + 1, len($a) + 1)]",
            'f("abc") == ["a", "ab", "abc", "b", "bc", "c"]',
            'f("") == []',
            types="str -> list[str]",
        ),
        template(
            "prefixes",
            "return every beginning of a string, shortest first|return all prefixes of a string|"
            "list the prefixes of $a from the shortest to the longest",
            "prefixes|all_prefixes",
            TEXT,
            "return [$a[:i] for i in range(1, len($a) + 1)]",
            'f("abc") == ["a", "ab", "abc"]',
            'f("") == []',
            types="str -> list[str]",
        ),
        template(
            "text_positions",
            "find all positions of a character in a string|return the indexes of $b in the string $a|"
            "list the positions at which a letter occurs in a string",
            "find_positions|char_positions",
            "text char|s letter|word target",
            "return [i for i, ch in enumerate($a) if ch == $b]",
            'f("banana", "a") == [1, 3, 5]',
            'f("", "a") == []',
            types="str; str -> list[int]",
        ),
        template(
            "text_find",
            "return the position of a substring, or -1 if it is not there|"
            "find the index of $b in the string $a, or -1|find where $b first occurs in a string, or -1",
            "find_text|position_of",
            "text part|s sub|text word",
            "return $a.find($b)",
            'f("banana", "na") == 2',
            'f("", "a") == -1',
            types="str; str -> int",
        ),
        template(
            "longest_word",
            "find the longest word in a string|return the longest word of $a|"
            "return the longest word of a sentence, or an empty string if it has no words|"
            "get the longest word in the text $a",
            "longest_word",
            SENTENCE,
            'return max($a.split(), key=len, default="")',
            'f("a bcd ef") == "bcd"',
            'f("") == ""',
            types="str -> str",
            idioms={
                "using a loop": 'longest = ""\nfor word in $a.split():\n    if len(word) > len(longest):\n'
                "        longest = word\nreturn longest"
            },
        ),
        template(
            "shortest_word",
            "find the shortest word in a string|return the shortest word of $a|"
            "return the shortest word of a sentence, or an empty string if it has no words",
            "shortest_word",
            SENTENCE,
            'return min($a.split(), key=len, default="")',
            'f("abc d ef") == "d"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "last_word_length",
            "return the number of letters in the last word of a text, or 0 if it has no words|"
            "return the length of the last word of a string, or 0 if there is none|"
            "find how long the last word of $a is, or 0 if it has no words",
            "last_word_length",
            SENTENCE,
            "words = $a.split()\nif not words:\n    return 0\nreturn len(words[-1])",
            'f("Hello World ") == 5',
            'f("") == 0',
            types="str -> int",
        ),
        template(
            "first_word",
            "return the first word of a string, or an empty string if it has none|get the first word of $a|"
            "return the first word of a sentence",
            "first_word",
            SENTENCE,
            'words = $a.split()\nif not words:\n    return ""\nreturn words[0]',
            'f(" hello world") == "hello"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "reverse_words",
            "reverse the order of the words in a string|reverse the words of $a|"
            "return the words of a sentence in reverse order as a string|write $a with its words in reverse order",
            "reverse_words",
            SENTENCE,
            'return " ".join($a.split()[::-1])',
            'f("a b c") == "c b a"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "reverse_each_word",
            "reverse each word of a string but keep their order|spell every word of $a backwards|"
            "reverse the letters of each word in a sentence",
            "reverse_each_word",
            SENTENCE,
            'return " ".join(word[::-1] for word in $a.split())',
            'f("abc de") == "cba ed"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "sort_words",
            "sort the words of a string|return the words of $a in alphabetical order as a string|"
            "put the words of a sentence in alphabetical order",
            "sort_words",
            SENTENCE,
            'return " ".join(sorted($a.split()))',
            'f("c a b") == "a b c"',
            'f("") == ""',
            types="str -> str",
        ),
        template(
            "unique_words",
            "return the unique words of a string, sorted|list the distinct words of $a in alphabetical order|"
            "get the sorted unique words in a text",
            "unique_words|distinct_words",
            SENTENCE,
            "return sorted(set($a.split()))",
            'f("b a b") == ["a", "b"]',
            'f("") == []',
            types="str -> list[str]",
        ),
        template(
            "unique_chars",
            "return the unique characters of a string, sorted|list the distinct characters of $a in sorted order|"
            "get a sorted list of the different characters in a string",
            "unique_chars",
            TEXT,
            "return sorted(set($a))",
            'f("baa") == ["a", "b"]',
            'f("") == []',
            types="str -> list[str]",
        ),
        template(
            "common_chars",
            "return the characters that two strings share, sorted|"
            "list the letters that occur in both $a and $b in sorted order|find the common characters of two strings",
            "common_chars|common_letters",
            PAIR,
            "return sorted(set($a) & set($b))",
            'f("abc", "cbd") == ["b", "c"]',
            'f("", "a") == []',
            types="str; str -> list[str]",
        ),
        template(
            "common_prefix",
            "return the longest common prefix of two strings|find the common beginning of $a and $b|"
            "return what two strings have in common at their start",
            "common_prefix",
            PAIR,
            'result = ""\nfor x, y in zip($a, $b):\n    if x != y:\n        break\n    result += x\nreturn result',
            'f("flower", "flow") == "flow"',
            'f("", "a") == ""',
            types="str; str -> str",
        ),
        template(
            "first_unique_char",
            "return the first character that occurs only once in a string, or None|"
            "find the first non-repeating character of $a, or None if there is none|"
            "get the first unique letter in a string, or None",
            "first_unique_char|first_non_repeating",
            TEXT,
            "for ch in $a:\n    if $a.count(ch) == 1:\n        return ch\nreturn None",
            'f("aabcb") == "c"',
            'f("aa") is None',
            'f("") is None',
            types="str -> str | None",
        ),
        template(
            "repeated_chars",
            "return the characters that occur more than once in a string, sorted|"
            "list the repeated letters of $a in sorted order|find the duplicate characters in a string",
            "repeated_chars|duplicate_chars",
            TEXT,
            "return sorted(ch for ch in set($a) if $a.count(ch) > 1)",
            'f("banana") == ["a", "n"]',
            'f("") == []',
            types="str -> list[str]",
        ),
        template(
            "words_longer",
            "list the words of a string longer than $k characters|"
            "return the words of the text $a with more than $k letters|"
            "find the words in a sentence that are longer than $k characters",
            "words_longer_than_$k|long_words",
            SENTENCE,
            "return [word for word in $a.split() if len(word) > $k]",
            'f("x" * k + " " + "y" * (k + 1)) == ["y" * (k + 1)]',
            'f("") == []',
            types="str -> list[str]",
            constants=SMALL,
        ),
        template(
            "word_lengths_text",
            "return the lengths of the words in a string|list how long each word of the text $a is|"
            "map a sentence to the lengths of its words",
            "word_lengths",
            SENTENCE,
            "return [len(word) for word in $a.split()]",
            'f("a bcd") == [1, 3]',
            'f("") == []',
            types="str -> list[int]",
        ),
    ]


TEMPLATES = (*parts(),)
