"""Templates over one list: elements by position, duplicates, small changes."""

from training.data.compose_parts import NUMBERS, SMALL, WORDS
from training.data.list_values import ITEMS
from training.data.template import Template, template

LETTERS = "abcdefghijklmnoprstuvwyz"


def elements() -> list[Template]:
    return [
        template(
            "list/first",
            "return the first element of a list, or None|get the first item of $a, or None if it "
            "is empty|return the first item of a list or None",
            "first|first_item|first_element",
            ITEMS,
            "if not $a:\n    return None\nreturn $a[0]",
            "f([1, 2]) == 1",
            "f([]) is None",
            idioms={"in one line": "return $a[0] if $a else None"},
            types="list[int] -> int | None",
        ),
        template(
            "list/last",
            "return the last element of a list, or None|get the last item of $a, or None if it is "
            "empty|return the last item of a list or None",
            "last|last_item|last_element",
            ITEMS,
            "if not $a:\n    return None\nreturn $a[-1]",
            "f([1, 2]) == 2",
            "f([]) is None",
            idioms={"in one line": "return $a[-1] if $a else None"},
            types="list[int] -> int | None",
        ),
        template(
            "list/first_plain",
            "return the first element of a list|get the first item of $a|return the first item of a list",
            "first|get_first",
            ITEMS,
            "return $a[0]",
            "f([1, 2]) == 1",
            "f([0]) == 0",
            types="list[int] -> int",
        ),
        template(
            "list/last_plain",
            "return the last element of a list|get the last item of $a|return the last item of a list",
            "last|get_last",
            ITEMS,
            "return $a[-1]",
            "f([1, 2]) == 2",
            "f([0]) == 0",
            types="list[int] -> int",
        ),
        template(
            "list/middle",
            "return the middle element of a list|get the item in the middle of $a|return the element "
            "at the middle of $a",
            "middle|middle_item|middle_element",
            ITEMS,
            "return $a[len($a) // 2]",
            "f([1, 2, 3]) == 2",
            "f([7]) == 7",
            types="list[int] -> int",
        ),
        template(
            "list/ends",
            "return the first and the last element of a list|get both ends of $a as a tuple|return "
            "the first and the last item of $a",
            "first_and_last|ends",
            ITEMS,
            "return $a[0], $a[-1]",
            "f([1, 2, 3]) == (1, 3)",
            "f([7]) == (7, 7)",
            types="list[int] -> tuple[int, int]",
        ),
        template(
            "list/get",
            "return the element at an index, or None if there is none|get item $b of $a, or None|"
            "return the item of $a at index $b, or None if it is out of range",
            "get_item|item_at|safe_get",
            "items index|values i|lst position",
            "if 0 <= $b < len($a):\n    return $a[$b]\nreturn None",
            "f([5, 6], 1) == 6",
            "f([5], 1) is None",
            "f([5], -1) is None",
            types="list[int]; int -> int | None",
        ),
        template(
            "list/first_k",
            "return the first $k elements of a list|take the first $k items of $a|get the first $k "
            "items of a list|keep only the first $k elements of $a",
            "first_$k|take_$k",
            ITEMS,
            "return $a[:$k]",
            "f([1] * 100) == [1] * k",
            "f([]) == []",
            constants=SMALL,
            types="list[int] -> list[int]",
        ),
        template(
            "list/last_k",
            "return the last $k elements of a list|take the last $k items of $a|get the last $k items "
            "of a list|keep only the last $k elements of $a",
            "last_$k",
            ITEMS,
            "return $a[-$k:]",
            "f([1] * 100) == [1] * k",
            "f([]) == []",
            constants=SMALL,
            types="list[int] -> list[int]",
        ),
        template(
            "list/skip_k",
            "skip the first $k elements of a list|drop the first $k items of $a|return $a without "
            "the first $k items|remove the first $k elements of a list",
            "skip_$k|drop_$k",
            ITEMS,
            "return $a[$k:]",
            "f([1] * 100) == [1] * (100 - k)",
            "f([]) == []",
            constants=SMALL,
            types="list[int] -> list[int]",
        ),
        template(
            "list/drop_last_k",
            "drop the last $k elements of a list|return $a without the last $k items|remove the last $k items of $a",
            "drop_last_$k",
            ITEMS,
            "return $a[:-$k]",
            "f([1] * 100) == [1] * (100 - k)",
            "f([]) == []",
            constants=SMALL,
            types="list[int] -> list[int]",
        ),
        template(
            "list/first_n",
            "return the first $b elements of a list|take the first $b items of $a|return the first n items of a list",
            "first_n|take",
            "items n|values count|lst k",
            "return $a[:$b]",
            "f([1, 2, 3], 2) == [1, 2]",
            "f([], 2) == []",
            types="list[int]; int -> list[int]",
        ),
        template(
            "list/inner",
            "return a list without its first and last element|drop the first and the last item of "
            "$a|remove the ends of a list",
            "inner|without_ends",
            ITEMS,
            "return $a[1:-1]",
            "f([1, 2, 3]) == [2]",
            "f([1]) == []",
            types="list[int] -> list[int]",
        ),
        template(
            "list/append",
            "add an item to the end of a list|append $b to $a and return the list|return a new list "
            "with $b at the end of $a",
            "append_item|add_item",
            "items item|values value|lst x",
            "return [*$a, $b]",
            "f([1], 2) == [1, 2]",
            "f([], 2) == [2]",
            types="list[int]; int -> list[int]",
        ),
        template(
            "list/prepend",
            "add an item to the front of a list|prepend $b to $a|return a new list with $b at the start of $a",
            "prepend|add_first",
            "items item|values value|lst x",
            "return [$b, *$a]",
            "f([1], 2) == [2, 1]",
            "f([], 2) == [2]",
            types="list[int]; int -> list[int]",
        ),
        template(
            "list/insert",
            "insert an item into a list at an index|return $a with $b inserted at index $c|insert "
            "$b into $a at position $c",
            "insert_at|insert_item",
            "items item index|values value i|lst x position",
            "return [*$a[:$c], $b, *$a[$c:]]",
            "f([1, 3], 2, 1) == [1, 2, 3]",
            "f([], 2, 0) == [2]",
            types="list[int]; int; int -> list[int]",
        ),
        template(
            "list/remove",
            "remove a value from a list|return $a without $b|remove all occurrences of $b from $a|"
            "delete every $b from $a",
            "remove_value|without",
            "items value|xs x|data target",
            "return [item for item in $a if item != $b]",
            "f([1, 2, 1], 1) == [2]",
            "f([], 1) == []",
            types="list[int]; int -> list[int]",
        ),
        template(
            "list/remove_at",
            "remove the element at an index from a list|return $a without the item at index $b|delete "
            "item number $b of $a",
            "remove_at|delete_at",
            "items index|values position|lst place",
            "return [item for i, item in enumerate($a) if i != $b]",
            "f([5, 6, 7], 1) == [5, 7]",
            "f([], 0) == []",
            types="list[int]; int -> list[int]",
        ),
        template(
            "list/replace",
            "replace a value in a list with another|replace every $b in $a with $c|return $a with "
            "each $b replaced by $c",
            "replace_value|replace_all",
            "items old new|values before after|xs a b",
            "return [$c if item == $b else item for item in $a]",
            "f([1, 2, 1], 1, 9) == [9, 2, 9]",
            "f([], 1, 2) == []",
            types="list[int]; int; int -> list[int]",
        ),
        template(
            "list/remove_none",
            "remove None values from a list|return $a without None|drop the None values from $a|filter "
            "out None from a list",
            "remove_none|drop_none",
            ITEMS,
            "return [item for item in $a if item is not None]",
            "f([1, None, 0]) == [1, 0]",
            "f([]) == []",
            idioms={
                "using a loop": (
                    "result = []\nfor item in $a:\n    if item is not None:\n        result.append(item)\nreturn result"
                )
            },
            types="list[int] -> list[int]",
        ),
        template(
            "list/remove_falsy",
            "remove falsy values from a list|return $a without falsy values|drop the empty values "
            "from $a|compact a list by removing falsy values",
            "compact|remove_falsy",
            ITEMS,
            "return [item for item in $a if item]",
            'f([0, 1, "", None, 2]) == [1, 2]',
            "f([]) == []",
            types="list[int] -> list[int]",
        ),
        template(
            "list/remove_empty",
            "remove empty strings from a list|return $a without empty strings|drop the empty strings from $a",
            "remove_empty|drop_empty",
            WORDS,
            'return [word for word in $a if word != ""]',
            'f(["a", "", "b"]) == ["a", "b"]',
            "f([]) == []",
            types="list[str] -> list[str]",
        ),
        template(
            "list/unique",
            "remove duplicates from a list|return the unique elements of a list|remove the duplicates "
            "from $a|dedupe a list|get the unique items of $a keeping their order|return $a without "
            "duplicates",
            "remove_duplicates|unique|dedupe",
            ITEMS,
            "return list(dict.fromkeys($a))",
            "f([2, 1, 2]) == [2, 1]",
            "f([]) == []",
            idioms={
                "using a loop": (
                    "result = []\nfor item in $a:\n    if item not in result:\n        result.append(item)\n"
                    "return result"
                )
            },
            types="list[int] -> list[int]",
        ),
        template(
            "list/repeated",
            "find the duplicates in a list|return the values that occur more than once in $a|return "
            "the repeated items of $a|list each duplicated value of a list once",
            "find_duplicates|repeated",
            ITEMS,
            "return [item for item in dict.fromkeys($a) if $a.count(item) > 1]",
            "f([2, 1, 2, 2]) == [2]",
            "f([]) == []",
            types="list[int] -> list[int]",
        ),
        template(
            "list/once",
            "return the values that occur exactly once in a list|find the items of $a that are not "
            "repeated|keep the elements of $a that occur only once",
            "occur_once|singles",
            ITEMS,
            "return [item for item in $a if $a.count(item) == 1]",
            "f([2, 1, 2]) == [1]",
            "f([]) == []",
            types="list[int] -> list[int]",
        ),
        template(
            "list/first_duplicate",
            "return the first duplicate in a list, or None|find the first value of $a that was seen "
            "before, or None|find the first repeated item of $a, or None",
            "first_duplicate|first_repeated",
            ITEMS,
            "seen = set()\nfor item in $a:\n    if item in seen:\n        return item\n    seen.add(item)\nreturn None",
            "f([1, 2, 2, 1]) == 2",
            "f([]) is None",
            types="list[int] -> int | None",
        ),
        template(
            "list/missing",
            "find the missing number from 1 to n in a list|return the number from 1 to n that is "
            "missing in $a|find the one missing number in $a",
            "missing_number|find_missing",
            NUMBERS,
            "n = len($a) + 1\nreturn n * (n + 1) // 2 - sum($a)",
            "f([1, 2, 4]) == 3",
            "f([]) == 1",
            types="list[int] -> int",
        ),
        template(
            "list/single",
            "find the number that occurs only once when all others occur twice|return the single "
            "number of $a among pairs|find the unpaired number in $a",
            "single_number|find_single",
            NUMBERS,
            "result = 0\nfor x in $a:\n    result ^= x\nreturn result",
            "f([4, 1, 4]) == 1",
            "f([7]) == 7",
            types="list[int] -> int",
        ),
        template(
            "list/fill",
            "return a list of $b copies of $a|repeat a value in a list a number of times|create a "
            "list with $a repeated $b times",
            "repeat_value|fill",
            "value count|item n|x times",
            "return [$a] * $b",
            "f(1, 3) == [1, 1, 1]",
            "f(1, 0) == []",
            types="int; int -> list[int]",
        ),
        template(
            "list/zeros",
            "create a list of zeros|return a list of $a zeros|make a list with $a zeros",
            "zeros|make_zeros",
            "n|count|size",
            "return [0] * $a",
            "f(3) == [0, 0, 0]",
            "f(0) == []",
            types="int -> list[int]",
        ),
        template(
            "list/numbered",
            "return the items of a list with their positions|return a list of pairs of index and "
            "item of $a|enumerate a list as tuples of index and item",
            "with_index|enumerate_list",
            ITEMS,
            "return list(enumerate($a))",
            "f([5, 6]) == [(0, 5), (1, 6)]",
            "f([]) == []",
            types="list[int] -> list[tuple[int, int]]",
        ),
        template(
            "list/numbered_lines",
            'number the strings of a list as "1. first"|return the lines of $a numbered from 1, as '
            '"1. text"|put a number and a dot before each string of $a',
            "number_lines|numbered",
            "lines|names|words|texts",
            'return [f"{i}. {line}" for i, line in enumerate($a, 1)]',
            'f(["a", "b"]) == ["1. a", "2. b"]',
            "f([]) == []",
            types="list[str] -> list[str]",
        ),
        template(
            "list/to_ints",
            "convert a list of strings to integers|convert each string in $a to an int|parse a list "
            "of strings as integers",
            "to_ints|parse_ints",
            "texts|strings|values|words",
            "return [int(text) for text in $a]",
            'f(["1", "-2"]) == [1, -2]',
            "f([]) == []",
            idioms={"using map": "return list(map(int, $a))"},
            types="list[str] -> list[int]",
        ),
        template(
            "list/normalize",
            "divide every number in a list by the sum|normalize a list so that it sums to 1|scale "
            "the numbers in $a so that their sum is 1",
            "normalize",
            NUMBERS,
            "total = sum($a)\nreturn [x / total for x in $a]",
            "f([1, 3]) == [0.25, 0.75]",
            "f([]) == []",
            types="list[int] -> list[float]",
        ),
        template(
            "list/clip",
            "limit every number in a list to at most $k|cap the numbers in $a at $k|replace the numbers "
            "greater than $k in a list with $k",
            "cap_at_$k|limit_to_$k",
            NUMBERS,
            "return [min(x, $k) for x in $a]",
            "f([k + 5, 1]) == [k, 1]",
            "f([]) == []",
            constants=SMALL,
            types="list[int] -> list[int]",
        ),
        template(
            "list/join_k",
            'join a list of words with "$k"|join the words in $a with "$k" between them|return the '
            'strings in $a joined by "$k"',
            "join_with_$k",
            WORDS,
            'return "$k".join($a)',
            'f(["Q", "R"]) == "Q" + k + "R"',
            'f([]) == ""',
            constants=LETTERS,
            types="list[str] -> str",
        ),
    ]


TEMPLATES = tuple(elements())
