"""The other side of what is often asked: tasks whose words differ little and whose answers differ a lot."""

from training.data.first.entry import known

ENTRIES = (
    known(
        "has_vowels",
        "has vowels;contains vowels;vowels in string check;any vowels",
        "{check} {text} (has|contains) (vowels|any vowels|a vowel)",
    ),
    known(
        "keep_consonants",
        "keep only consonants;only consonants;consonants only;extract consonants;keep consonants",
        "(keep|return|get) only (the consonants|consonants) (of|in|from) {text};extract (the consonants|consonants) "
        "from {text}",
    ),
    known(
        "remove_consonants",
        "remove consonants;remove all consonants;string without consonants;delete consonants;strip consonants",
        "{remove} (the consonants|all consonants|consonants|every consonant) from {text};"
        "return {text} without (consonants|the consonants)",
    ),
    known(
        "count_digits",
        "count digits in a string;number of digits in a string;digit count of a string;how many digits in a string",
        "{count} (the digits|digits) (in|of) {text};count how many digits {text} has",
        owns_name=False,
    ),
    known(
        "keep_digits",
        "keep only digits;only digits of a string;extract digits;digits of a string;keep digits",
        "(keep|return|get) only (the digits|digits) (of|in|from) {text};extract (the digits|digits|all digits) from "
        "{text}",
    ),
    known(
        "count_uppercase_letters",
        "count uppercase letters;count capital letters;number of uppercase letters;uppercase count;count upper case "
        "letters",
        "{count} (uppercase letters|capital letters|the uppercase letters|the capital letters|capitals) (in|of) {text};"
        "count how many (capital|uppercase) letters {text} has",
    ),
    known(
        "count_lowercase_letters",
        "count lowercase letters;count small letters;number of lowercase letters;lowercase count;count lower case "
        "letters",
        "{count} (lowercase letters|small letters|the lowercase letters|the small letters) (in|of) {text};"
        "count how many (small|lowercase) letters {text} has",
    ),
    known(
        "count_spaces",
        "count spaces;number of spaces;space count;count spaces in a string",
        "{count} (the spaces|spaces) (in|of) {text};count how many spaces {text} has",
    ),
    known(
        "count_sentences",
        "count sentences;number of sentences;sentence count",
        "{count} (the sentences|sentences) (in|of) (a text|text|a paragraph)",
    ),
    known(
        "first_char",
        "first character;first letter;first character of a string;first letter of a string;first char",
        "{get} the first (character|letter|char) (of|in|from) {str}",
    ),
    known(
        "last_char",
        "last character;last letter;last character of a string;last letter of a string;last char",
        "{get} the last (character|letter|char) (of|in|from) {str}",
    ),
    known(
        "first_word",
        "first word;first word of a string;first word of a sentence",
        "{get} the first word (of|in|from) {text}",
    ),
    known(
        "reverse_each_word",
        "reverse each word;reverse every word;reverse letters of each word",
        "reverse (each word|every word|the letters of each word|the letters of every word) (in|of) (a string|a text|"
        "text)",
    ),
    known(
        "sort_words",
        "sort words in a string;sort words of a sentence;sort words in a sentence",
        "{sort} the words (in|of) (a string|a text|a sentence)",
        owns_name=False,
    ),
    known(
        "sort_chars",
        "sort characters;sort letters;sort a string;sort string;sort the letters of a word",
        "{sort} (the characters|the letters|characters|letters) (of|in) {str};sort (a string|a string alphabetically)",
    ),
    known(
        "alphabetic",
        "is alphabetic;only letters;is alpha;isalpha;letters only check",
        "{check} (a string|a text|string) (is alphabetic|contains only letters|has only letters|only has letters)",
    ),
    known(
        "is_upper",
        "is upper case;is uppercase;uppercase check;isupper",
        "{check} (a string|a text|string) is (upper case|uppercase|all caps|in upper case)",
    ),
    known(
        "is_lower",
        "is lower case;is lowercase;lowercase check;islower",
        "{check} (a string|a text|string) is (lower case|lowercase|in lower case)",
    ),
    known(
        "text_empty",
        "is string empty;empty string check;check empty string;string is empty",
        "{check} (a string|a text|string) is empty",
        owns_name=False,
    ),
    known(
        "starts_with_b",
        "starts with;string starts with;prefix check;startswith",
        "{check} (a string|a text) (starts with|begins with) (a prefix|another string|a word)",
    ),
    known(
        "ends_with_b",
        "ends with;string ends with;suffix check;endswith",
        "{check} (a string|a text) ends with (a suffix|another string|a word)",
    ),
    known(
        "positive",
        "is positive;positive check;positive number check;positive number",
        "{check} {num} is (positive|a positive number|greater than zero|greater than 0)",
    ),
    known(
        "negative",
        "is negative;negative check;negative number check;negative number",
        "{check} {num} is (negative|a negative number|less than zero|less than 0)",
    ),
    known(
        "number_kind",
        "positive negative or zero;positive or negative;sign of a number in words",
        "{check} {num} is (positive, negative or zero|positive or negative|positive negative or zero)",
    ),
    known(
        "digit_product",
        "product of digits;digit product;multiply digits",
        "multiply (the digits|all digits|digits) of {num};{calc} the product of (the digits|digits) of {num}",
    ),
    known(
        "first_digit",
        "first digit;first digit of a number",
        "{get} the first digit of {num}",
    ),
    known(
        "last_digit",
        "last digit;last digit of a number",
        "{get} the last digit of {num}",
    ),
    known(
        "largest_digit",
        "largest digit;biggest digit;max digit;largest digit of a number",
        "{get} the {max} digit (of|in) {num}",
    ),
    known(
        "even_list",
        "list of even numbers;list of even numbers up to n;even numbers up to n",
        "(return|make|create|get) (a list of|all|a list of all|the) even numbers (up to n|from 0 to n|until n)",
    ),
    known(
        "compose/range_sum/even",
        "sum of even numbers up to n;sum of even numbers from 1 to n;sum of even numbers 1 to n",
        "(add|sum|add up) (the|all) even numbers (from 1 to n|up to n);{calc} the sum of (the|all) even numbers "
        "(from 1 to n|up to n)",
    ),
    known(
        "compose/range_sum/odd",
        "sum of odd numbers up to n;sum of odd numbers from 1 to n;sum of odd numbers 1 to n",
        "(add|sum|add up) (the|all) odd numbers (from 1 to n|up to n);{calc} the sum of (the|all) odd numbers "
        "(from 1 to n|up to n)",
    ),
    known(
        "list/argmax",
        "index of max;argmax;index of maximum;index of largest element;position of max",
        "{get} the (index|position) of the {max} (number|element|value) (in|of) {nums}",
    ),
    known(
        "list/argmin",
        "index of min;argmin;index of minimum;index of smallest element;position of min",
        "{get} the (index|position) of the {min} (number|element|value) (in|of) {nums}",
    ),
    known(
        "list/longest",
        "longest string in a list;longest word in a list;longest string",
        "{get} the longest (string|word) in a list( of words| of strings|)",
    ),
    known(
        "list/shortest",
        "shortest string in a list;shortest word in a list;shortest string",
        "{get} the shortest (string|word) in a list( of words| of strings|)",
    ),
    known(
        "list/first_n",
        "first n elements;first n elements of a list;first n items",
        "{get} the first n (elements|items|values) (of|from|in) {list}",
    ),
    known(
        "list/append",
        "append to list;add to list;append item to list;add element to list",
        "(append|add) (an item|an element|a value) to (the end of a list|a list|an array)",
    ),
    known(
        "list/insert",
        "insert into list;insert at index;insert element into list",
        "insert (an item|an element|a value) (into a list|into a list at an index|at an index)",
    ),
    known(
        "list/remove_at",
        "remove at index;delete at index;remove element by index;remove item at index",
        "{remove} (an element|the element|an item|the item) (at an index|by index|at a position) (from|of) {list}",
    ),
    known(
        "list/replace",
        "replace in list;replace element in list;replace value in list",
        "replace (an element|a value|an item) (in|of) {list}",
    ),
    known(
        "list/remove_none",
        "remove none;remove none values;remove none from list",
        "{remove} (none|none values|all none values) from {list}",
    ),
    known(
        "list/palindrome",
        "list palindrome;is list a palindrome;palindrome list",
        "{check} {list} is a palindrome",
    ),
    known(
        "list/to_set",
        "list to set;convert list to set",
        "{convert} (a list|list) (to|into) a set",
    ),
    known(
        "list/to_tuple",
        "list to tuple;convert list to tuple",
        "{convert} (a list|list) (to|into) a tuple",
    ),
    known(
        "list/subset",
        "is subset;subset check;check subset",
        "{check} (a list|one list) is a subset of another",
    ),
    known(
        "list/dot",
        "dot product;dot product of two lists;dot product of two vectors;scalar product",
        "{calc} the dot product( of two lists| of two vectors|)",
    ),
    known(
        "list/range",
        "list of numbers from a to b;numbers between a and b;range list",
        "(return|make|create) a list of (the numbers|numbers) from a to b",
    ),
    known(
        "sort_by_value_down",
        "sort dict by value descending;sort dictionary by value descending;sort dict by value in descending order",
        "{sort} {dict} by value (in descending order|descending|from high to low)",
        owns_name=False,
    ),
    known(
        "largest_value",
        "max value of a dict;largest value in a dictionary;max dict value",
        "{get} the {max} value (in|of) {dict}",
    ),
    known(
        "has_value",
        "value in dict;has value;check value exists in dictionary",
        "{check} (a value|value) (exists in|is in) {dict};{check} {dict} (has|contains) a value",
    ),
    known(
        "class/square",
        "square class;class for a square;square with area",
        "{implement} (a square class|a class for a square|a square with an area method)",
    ),
    known(
        "class/calculator",
        "calculator class;class calculator;calculator with methods",
        "{implement} (a calculator class|a class calculator|a calculator with methods)",
    ),
)
