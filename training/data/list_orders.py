"""Templates over lists: order and sorting."""

from training.data.compose_parts import FEW, NUMBERS, WORDS
from training.data.list_values import ITEMS
from training.data.template import Template, template

FIELDS = ("name", "age", "price", "score", "title", "year", "id", "size", "city", "date", "rank", "weight")


def orders() -> list[Template]:
    return [
        template(
            "list/reverse",
            "reverse a list|return a list in reverse order|return $a reversed|return the items of $a in reverse order",
            "reverse_list|reversed_list",
            ITEMS,
            "return $a[::-1]",
            "f([1, 2, 3]) == [3, 2, 1]",
            "f([]) == []",
            idioms={
                "using a loop": "result = []\nfor item in $a:\n    result.insert(0, item)\nreturn result",
                "using reversed": "return list(reversed($a))",
                "recursively": "if not $a:\n    return []\nreturn $f($a[1:]) + [$a[0]]",
            },
            types="list[int] -> list[int]",
        ),
        template(
            "list/sort",
            "sort a list|sort a list of numbers|return $a sorted|sort $a in ascending order|return a sorted copy of $a",
            "sort_list|sort_numbers",
            ITEMS,
            "return sorted($a)",
            "f([3, 1, 2]) == [1, 2, 3]",
            "f([]) == []",
            types="list[int] -> list[int]",
        ),
        template(
            "list/sort_down",
            "sort a list in descending order|sort $a from largest to smallest|return $a sorted in "
            "descending order|sort a list of numbers from high to low",
            "sort_descending",
            ITEMS,
            "return sorted($a, reverse=True)",
            "f([3, 1, 2]) == [3, 2, 1]",
            "f([]) == []",
            types="list[int] -> list[int]",
        ),
        template(
            "list/sort_words",
            "sort a list of words alphabetically|sort the words in $a in alphabetical order|return "
            "the strings of $a in alphabetical order",
            "sort_words|sort_alphabetically",
            WORDS,
            "return sorted($a)",
            'f(["b", "a"]) == ["a", "b"]',
            "f([]) == []",
            types="list[str] -> list[str]",
        ),
        template(
            "list/sort_length_then",
            "sort a list of words by length and then alphabetically|sort the strings in $a by length, "
            "equal lengths alphabetically",
            "sort_by_length_and_name",
            WORDS,
            "return sorted($a, key=lambda word: (len(word), word))",
            'f(["bb", "c", "aa"]) == ["c", "aa", "bb"]',
            "f([]) == []",
            types="list[str] -> list[str]",
        ),
        template(
            "list/sort_rows",
            'sort a list of dictionaries by "$k"|sort the dictionaries in $a by their "$k"|order '
            'the records in $a by the key "$k"',
            "sort_by_$k",
            "rows|items|records|people",
            'return sorted($a, key=lambda row: row["$k"])',
            "f([{k: 2}, {k: 1}]) == [{k: 1}, {k: 2}]",
            "f([]) == []",
            constants=FIELDS,
            types="list[dict[str, int]] -> list[dict[str, int]]",
        ),
        template(
            "list/pluck",
            'return the "$k" of each dictionary in a list|get the value of "$k" from every dictionary '
            'in $a|collect the "$k" of all records in $a',
            "get_$k|all_$k",
            "rows|items|records|people",
            'return [row["$k"] for row in $a]',
            "f([{k: 2}, {k: 1}]) == [2, 1]",
            "f([]) == []",
            constants=FIELDS,
            types="list[dict[str, int]] -> list[int]",
        ),
        template(
            "list/bubble",
            "sort a list with bubble sort|implement bubble sort|sort $a with the bubble sort algorithm",
            "bubble_sort",
            "items|numbers|data",
            "result = list($a)\nfor i in range(len(result)):\n    for j in range(len(result) - 1 "
            "- i):\n        if result[j] > result[j + 1]:\n            result[j], result[j + 1] = "
            "result[j + 1], result[j]\nreturn result",
            "f([3, 1, 2]) == [1, 2, 3]",
            "f([]) == []",
            types="list[int] -> list[int]",
        ),
        template(
            "list/insertion",
            "sort a list with insertion sort|implement insertion sort|sort $a with the insertion sort algorithm",
            "insertion_sort",
            "items|numbers|data",
            "result = []\nfor item in $a:\n    i = len(result)\n    while i > 0 and result[i - 1] "
            "> item:\n        i -= 1\n    result.insert(i, item)\nreturn result",
            "f([3, 1, 2]) == [1, 2, 3]",
            "f([]) == []",
            types="list[int] -> list[int]",
        ),
        template(
            "list/selection",
            "sort a list with selection sort|implement selection sort|sort $a with the selection sort algorithm",
            "selection_sort",
            "items|numbers|data",
            "rest = list($a)\nresult = []\nwhile rest:\n    smallest = min(rest)\n    rest.remove(smallest)\n"
            "    result.append(smallest)\nreturn result",
            "f([3, 1, 2, 1]) == [1, 1, 2, 3]",
            "f([]) == []",
            types="list[int] -> list[int]",
        ),
        template(
            "list/quick",
            "sort a list with quicksort|implement quicksort|implement the quick sort algorithm|sort $a with quicksort",
            "quicksort|quick_sort",
            "items|numbers|data",
            "if len($a) <= 1:\n    return $a\npivot = $a[0]\nsmaller = [x for x in $a[1:] if x < "
            "pivot]\nlarger = [x for x in $a[1:] if x >= pivot]\nreturn $f(smaller) + [pivot] + $f(larger)",
            "f([3, 1, 2, 3]) == [1, 2, 3, 3]",
            "f([]) == []",
            types="list[int] -> list[int]",
        ),
        template(
            "list/merge_sorted",
            "merge two sorted lists into one sorted list|merge the sorted lists $a and $b|combine "
            "two sorted lists in order",
            "merge_sorted",
            "a b|left right|first second",
            "result = []\ni = j = 0\nwhile i < len($a) and j < len($b):\n    if $a[i] <= $b[j]:\n"
            "        result.append($a[i])\n        i += 1\n    else:\n        result.append($b[j])\n"
            "        j += 1\nreturn result + $a[i:] + $b[j:]",
            "f([1, 4], [2, 3, 5]) == [1, 2, 3, 4, 5]",
            "f([], [1]) == [1]",
            types="list[int]; list[int] -> list[int]",
        ),
        template(
            "list/is_sorted",
            "check if a list is sorted|return True if $a is sorted|check whether $a is in ascending "
            "order|check if the numbers in a list are in ascending order",
            "is_sorted",
            ITEMS,
            "return $a == sorted($a)",
            "f([1, 2, 2])",
            "not f([2, 1])",
            "f([])",
            idioms={
                "using a loop": (
                    "for i in range(1, len($a)):\n    if $a[i - 1] > $a[i]:\n        return False\nreturn True"
                ),
                "in one line": "return all(x <= y for x, y in zip($a, $a[1:]))",
            },
            types="list[int] -> bool",
        ),
        template(
            "list/is_increasing",
            "check if a list is strictly increasing|return True if every number in $a is greater "
            "than the one before|check whether $a is strictly increasing",
            "is_increasing",
            NUMBERS,
            "return all(x < y for x, y in zip($a, $a[1:]))",
            "f([1, 2])",
            "not f([1, 1])",
            "f([])",
            types="list[int] -> bool",
        ),
        template(
            "list/is_decreasing",
            "check if a list is sorted in descending order|return True if $a is in descending order|"
            "check whether the numbers in $a never go up",
            "is_decreasing|is_descending",
            NUMBERS,
            "return all(x >= y for x, y in zip($a, $a[1:]))",
            "f([2, 1, 1])",
            "not f([1, 2])",
            "f([])",
            types="list[int] -> bool",
        ),
        template(
            "list/rotate",
            "rotate a list by $k positions to the left|rotate $a to the left by $k|rotate a list "
            "left by $k|move the first $k items of $a to its end",
            "rotate_left_$k|rotate_$k",
            ITEMS,
            "return $a[$k:] + $a[:$k]",
            "f(list(range(30))) == list(range(k, 30)) + list(range(k))",
            "f([]) == []",
            constants=FEW,
            types="list[int] -> list[int]",
        ),
        template(
            "list/rotate_right",
            "rotate a list by $k positions to the right|rotate $a to the right by $k|rotate a list "
            "right by $k|move the last $k items of $a to its front",
            "rotate_right_$k",
            ITEMS,
            "return $a[-$k:] + $a[:-$k]",
            "f(list(range(30))) == list(range(30 - k, 30)) + list(range(30 - k))",
            "f([]) == []",
            constants=FEW,
            types="list[int] -> list[int]",
        ),
        template(
            "list/rotate_n",
            "rotate a list to the left by a number of positions|rotate $a left by $b places|rotate "
            "the items of $a by $b",
            "rotate_list|rotate",
            "items n|values count|lst k",
            "if not $a:\n    return []\nshift = $b % len($a)\nreturn $a[shift:] + $a[:shift]",
            "f([1, 2, 3], 1) == [2, 3, 1]",
            "f([], 2) == []",
            "f([1, 2, 3], 4) == [2, 3, 1]",
            types="list[int]; int -> list[int]",
        ),
        template(
            "list/swap_ends",
            "swap the first and the last element of a list|return $a with its first and last item "
            "swapped|exchange the ends of a list",
            "swap_ends|swap_first_last",
            ITEMS,
            "if len($a) < 2:\n    return $a\nreturn [$a[-1], *$a[1:-1], $a[0]]",
            "f([1, 2, 3]) == [3, 2, 1]",
            "f([1]) == [1]",
            types="list[int] -> list[int]",
        ),
        template(
            "list/swap",
            "swap two elements of a list by their indexes|return $a with the items at $b and $c swapped|"
            "swap the items at index $b and index $c of $a",
            "swap_items|swap_elements",
            "items i j|values first second|lst a b",
            "result = list($a)\nresult[$b], result[$c] = result[$c], result[$b]\nreturn result",
            "f([1, 2, 3], 0, 2) == [3, 2, 1]",
            "f([5], 0, 0) == [5]",
            types="list[int]; int; int -> list[int]",
        ),
        template(
            "list/zeros_last",
            "move all zeros of a list to the end|move the zeros in $a to the end and keep the order "
            "of the rest|push the zeros of $a to the back",
            "move_zeros|zeros_last",
            NUMBERS,
            "result = [x for x in $a if x != 0]\nreturn result + [0] * (len($a) - len(result))",
            "f([0, 1, 0, 2]) == [1, 2, 0, 0]",
            "f([]) == []",
            types="list[int] -> list[int]",
        ),
        template(
            "list/evens_first",
            "put the even numbers of a list before the odd ones|order $a with even numbers first and odd numbers last",
            "evens_first",
            NUMBERS,
            "return [x for x in $a if x % 2 == 0] + [x for x in $a if x % 2 != 0]",
            "f([1, 2, 3, 4]) == [2, 4, 1, 3]",
            "f([]) == []",
            types="list[int] -> list[int]",
        ),
    ]


TEMPLATES = tuple(orders())
