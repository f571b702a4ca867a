"""Text: counting, changing, checking, coding."""

from training.data.first.entry import known, new

ENTRIES = (
    known(
        "text_reverse",
        "reverse string;reverse a string;string reverse;reverse text;reversed string;string reversal;reverse a word;"
        "reverse string function",
        "reverse (a string|a text|string|a word|the string|a given string|text|the characters of a string|"
        "the letters of a word);(flip|turn around) (a string|text|a word);(return|get|write) (a string|text|a word) "
        "backwards;{get} the reverse of (a string|a word)",
    ),
    known(
        "palindrome",
        "palindrome;is palindrome;palindrome check;palindrome checker;check palindrome;palindrome test;ispalindrome;"
        "palindrome string;string palindrome",
        "{check} (a string|a word|string|a text|text|a given string|the string|it) is (a palindrome|palindrome);"
        "check for (a palindrome|palindromes|palindrome);{check} (a string|a word) reads the same "
        "(backwards|forwards and backwards|backward);(check|detect) palindromes",
    ),
    known(
        "count_vowels",
        "count vowels;vowel count;vowel counter;number of vowels;count vowels in a string;how many vowels;"
        "number of vowels in a string",
        "(count|find|get|return) (the number of|the amount of) vowels (in|of) {text};count (the vowels|vowels|all "
        "vowels) "
        "(in|of) {text};count how many vowels (are in {text}|{text} has);count vowels",
    ),
    known(
        "remove_vowels",
        "remove vowels;vowel remover;remove all vowels;string without vowels;remove vowels from a string;"
        "vowel removal;no vowels;disemvowel;delete vowels",
        "{remove} (the vowels|all vowels|vowels|all the vowels|every vowel) from {text};(remove|delete|strip) "
        "(all vowels|vowels|the vowels|all the vowels);(take|cut) (the vowels|all vowels|vowels) out of {text};"
        "get rid of (vowels|the vowels|all vowels) in {text};return {text} without (vowels|the vowels|its vowels)",
    ),
    known(
        "keep_vowels",
        "keep only vowels;only vowels;keep vowels;extract vowels;vowels only;vowels of a string",
        "(keep|return|get) only (the vowels|vowels) (of|in|from) {text};extract (the vowels|all vowels|vowels) from "
        "{text};"
        "{remove} everything (but|except) (the vowels|vowels) from {text}",
    ),
    known(
        "count_consonants",
        "count consonants;consonant count;number of consonants;count consonants in a string;consonant counter;"
        "how many consonants",
        "(count|find|get|return) (the number of|the amount of) consonants (in|of) {text};count (the consonants|"
        "consonants|"
        "all consonants) (in|of) {text};count how many consonants (are in {text}|{text} has);count consonants",
    ),
    known(
        "count_words",
        "word count;count words;word counter;number of words;count words in a string;wordcount;number of words in a "
        "text",
        "{count} (the words|words|all words) (in|of) {text};count how many words (are in {text}|{text} has);"
        "(find|get|return) (the number of words|the word count|the amount of words) (in|of) {text};count words",
    ),
    known(
        "word_frequency",
        "word frequency;word frequencies;frequency of words;word frequency counter;count word frequency;"
        "word occurrences;count of each word;word frequency in a text",
        "count (the frequency of each word|how often each word occurs|how many times each word occurs|each word|"
        "the occurrences of each word|word frequency|the frequency of words|every word) in {text};"
        "(get|find|compute) (the word frequencies|word frequencies|the frequency of each word) (of|in) {text}",
    ),
    known(
        "frequency",
        "character frequency;char frequency;letter frequency;frequency of characters;character frequencies;"
        "count each character;count character frequency;char frequency counter;count each letter",
        "count (the frequency of each character|how often each character occurs|each character|each letter|"
        "how many times each character occurs|the occurrences of each character|letter frequency|"
        "how often each letter occurs) in {text};(get|find|compute) the (character|letter) (frequencies|frequency) "
        "(of|in) {text}",
    ),
    new(
        "most_common_word",
        "most common word;most frequent word;most common word in a text;most used word;most frequent word in a string",
        "{get} the (most common|most frequent|most used) word (in|of) {text};find (which word occurs|the word that "
        "occurs) "
        "most often in {text}",
        "most_common_word|most_frequent_word",
        "text|s",
        "words = $a.lower().split()\nreturn max(words, key=words.count)",
        'f("the cat and The dog") == "the"',
        'f("a b b") == "b"',
    ),
    known(
        "most_frequent_char",
        "most common character;most frequent character;most common letter;most frequent letter;most common char;"
        "most frequent char in a string",
        "{get} the (most common|most frequent) (character|letter|char) (in|of) {str};"
        "find (which character|which letter) occurs most often in {str}",
    ),
    known(
        "anagram",
        "anagram;is anagram;anagram check;anagram checker;anagrams;check anagram;anagram test;two strings anagram",
        "{check} (two strings|two words|strings|words|2 strings|2 words|two texts) are (anagrams|anagrams of each "
        "other|"
        "an anagram);check for (anagrams|an anagram);{check} a (word|string) is an anagram of another",
    ),
    known(
        "capitalize_words",
        "capitalize words;title case;capitalize each word;capitalize first letter of each word;capitalize every word;"
        "capitalise words",
        "(capitalize|capitalise) (each word|every word|the words|words|all words|the first letter of each word|"
        "the first letter of every word)( in {text}| of {text}|);make the first letter of (each|every) word "
        "(uppercase|upper case|a capital)",
    ),
    known(
        "upper",
        "uppercase;to upper;upper case;to uppercase;string to uppercase;uppercase string;upper",
        "{convert} (a string|text|string|a text) (to|into) (uppercase|upper case|capital letters|all caps);"
        "uppercase (a string|text|a text);make (a string|text) (uppercase|upper case|all caps)",
    ),
    known(
        "lower",
        "lowercase;to lower;lower case;to lowercase;string to lowercase;lowercase string;lower",
        "{convert} (a string|text|string|a text) (to|into) (lowercase|lower case|small letters);"
        "lowercase (a string|text|a text);make (a string|text) (lowercase|lower case)",
    ),
    known(
        "swap_case",
        "swap case;swapcase;toggle case;invert case",
        "(swap|toggle|invert|flip) the case of {str}",
    ),
    known(
        "reverse_words",
        "reverse words;reverse word order;reverse words in a string;reverse words in a sentence;reverse the words;"
        "reverse sentence",
        "reverse (the words|the order of words|the word order|the order of the words|words) (in|of) {text};"
        "reverse a sentence word by word;(put|print) the words of a sentence in reverse order",
    ),
    known(
        "longest_word",
        "longest word;longest word in a string;longest word in a sentence;find longest word;longest word in a text",
        "{get} the longest word (in|of) {text}",
    ),
    known(
        "shortest_word",
        "shortest word;shortest word in a string;shortest word in a sentence;find shortest word",
        "{get} the shortest word (in|of) {text}",
    ),
    known(
        "count_char",
        "count a character in a string;count char;count letter in a string;count occurrences of a character;"
        "character occurrences;occurrences of a letter",
        "count (how often a character occurs|how many times a character appears|how often a letter occurs|a character|"
        "a letter|the occurrences of a character|occurrences of a character|how many times a letter occurs) in {str}",
    ),
    known(
        "remove_spaces",
        "remove spaces;remove whitespace;delete spaces;remove spaces from a string;string without spaces;"
        "remove all spaces;remove white space",
        "{remove} (the spaces|all spaces|spaces|whitespace|all whitespace|blanks) from {text};"
        "return {text} without spaces;get rid of (spaces|the spaces) in {text}",
    ),
    known(
        "no_punctuation",
        "remove punctuation;strip punctuation;remove punctuation from a string;string without punctuation;"
        "delete punctuation;punctuation remover",
        "{remove} (the punctuation|all punctuation|punctuation|punctuation marks) from {text};"
        "return {text} without punctuation;get rid of punctuation in {text}",
    ),
    known(
        "remove_digits",
        "remove digits;remove numbers from a string;remove digits from a string;strip digits;string without digits",
        "{remove} (the digits|all digits|digits|numbers|all numbers) from {text}",
    ),
    known(
        "unique_text",
        "remove duplicate characters;remove duplicate letters;unique characters;remove duplicate chars;"
        "remove repeated characters;remove duplicates from a string",
        "{remove} (duplicate characters|duplicate letters|repeated characters|the duplicate characters|duplicates|"
        "repeated letters) from {str};keep every character (once|only once)",
    ),
    known(
        "all_unique_chars",
        "all characters unique;has unique characters;unique characters check;is unique",
        "{check} (all characters of a string are|a string has all|a string has only) (unique|unique characters|"
        "different)",
    ),
    known(
        "first_unique_char",
        "first unique character;first non repeating character;first non-repeating character;first unique char;"
        "first unique letter;first character that does not repeat",
        "{get} the first (unique|non repeating|non-repeating|non repeated) (character|letter|char) (in|of) {str};"
        "find the first character that (occurs once|occurs only once|does not repeat) in {str}",
    ),
    known(
        "pangram",
        "pangram;is pangram;pangram check;pangram checker;check pangram",
        "{check} (a string|a sentence|a text|string) is (a pangram|pangram);{check} {text} (contains|has) "
        "(all letters of the alphabet|every letter of the alphabet|every letter|all letters)",
    ),
    new(
        "caesar_cipher",
        "caesar cipher;caesar;caesar encryption;caesar code;ceasar cipher;shift cipher;caesar cipher encrypt;caesar "
        "encrypt",
        "(implement|make|write|create) (a caesar cipher|the caesar cipher|caesar cipher);"
        "(encrypt|encode) (a text|text|a string|a message) with (a caesar cipher|the caesar cipher|caesar);"
        "shift (the letters of a text|letters|each letter|all letters|every letter) by n",
        "caesar_cipher|caesar",
        "text shift|s n",
        'result = ""\n'
        "for ch in $a:\n"
        "    if ch.isalpha():\n"
        '        base = ord("A") if ch.isupper() else ord("a")\n'
        "        ch = chr((ord(ch) - base + $b) % 26 + base)\n"
        "    result += ch\n"
        "return result",
        'f("abc xyz", 3) == "def abc"',
        'f("Hello, World!", 3) == "Khoor, Zruog!"',
        'f(f("Hi", 5), -5) == "Hi"',
    ),
    new(
        "caesar_decrypt",
        "caesar decrypt;decrypt caesar cipher;caesar decoder;caesar decryption;decode caesar cipher;caesar cipher "
        "decrypt",
        "(decrypt|decode) (a caesar cipher|a text with a caesar cipher|caesar cipher|a caesar encrypted text|"
        "the caesar cipher)",
        "caesar_decrypt|decrypt",
        "text shift|s n",
        'result = ""\n'
        "for ch in $a:\n"
        "    if ch.isalpha():\n"
        '        base = ord("A") if ch.isupper() else ord("a")\n'
        "        ch = chr((ord(ch) - base - $b) % 26 + base)\n"
        "    result += ch\n"
        "return result",
        'f("def abc", 3) == "abc xyz"',
        'f("Khoor, Zruog!", 3) == "Hello, World!"',
    ),
    new(
        "rot_13",
        "rot13;rot 13;rot-13;rot13 cipher;rot13 encoding",
        "(encode|encrypt) (a text|text|a string|a message) with rot13;(apply|implement|do) rot13;"
        "(rotate|shift) (letters|the letters of a text|each letter) by 13",
        "rot13",
        "text|s",
        'return codecs.encode($a, "rot13")',
        'f("Hello") == "Uryyb"',
        'f(f("Test")) == "Test"',
        imports="import codecs",
    ),
    new(
        "encode_runs",
        "run length encoding;run-length encoding;rle;string compression;run length encode;compress a string;rle encode",
        "(implement|do|write) (run length encoding|run-length encoding|string compression);"
        "(encode|compress) (a string|text) (with|using) (run length encoding|run-length encoding|rle|counts);"
        "compress (a string|aaab to a3b1|repeated characters)",
        "run_length_encode|compress",
        "text|s",
        'result = ""\ni = 0\n'
        "while i < len($a):\n"
        "    count = 1\n"
        "    while i + count < len($a) and $a[i + count] == $a[i]:\n"
        "        count += 1\n"
        '    result += f"{$a[i]}{count}"\n'
        "    i += count\n"
        "return result",
        'f("aaab") == "a3b1"',
        'f("") == ""',
        'f("abc") == "a1b1c1"',
    ),
)
