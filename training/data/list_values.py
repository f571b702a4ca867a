"""Templates over one list: totals, extremes, counts, membership."""

from training.data.compose_parts import NUMBERS, SMALL, WORDS
from training.data.template import Template, template

ITEMS = "items|values|lst|data|xs"


def totals() -> list[Template]:
    return [
        template(
            "list/sum",
            "return the sum of a list of numbers|add all numbers in a list|compute the sum of a list|"
            "sum $a|add up the numbers in $a|compute the total of $a",
            "sum_list|total|sum_numbers",
            NUMBERS,
            "return sum($a)",
            "f([1, 2, 3]) == 6",
            "f([]) == 0",
            idioms={
                "using a loop": "total = 0\nfor x in $a:\n    total += x\nreturn total",
                "without using sum": "total = 0\nfor x in $a:\n    total += x\nreturn total",
                "recursively": "if not $a:\n    return 0\nreturn $a[0] + $f($a[1:])",
            },
            types="list[int] -> int",
        ),
        template(
            "list/product",
            "return the product of a list of numbers|multiply all numbers in a list|compute the product "
            "of $a|multiply the numbers in $a together",
            "product|multiply_all|multiply_list",
            NUMBERS,
            "result = 1\nfor x in $a:\n    result *= x\nreturn result",
            "f([2, 3, 4]) == 24",
            "f([]) == 1",
            idioms={"recursively": "if not $a:\n    return 1\nreturn $a[0] * $f($a[1:])"},
            types="list[int] -> int",
        ),
        template(
            "list/maximum",
            "find the maximum of a list, or None|return the largest number in a list, or None if "
            "it is empty|find the largest element of $a, or None|find the biggest number in a list, "
            "or None|return the maximum of $a or None",
            "find_max|maximum|largest",
            NUMBERS,
            "return max($a, default=None)",
            "f([1, 5, 3]) == 5",
            "f([-2, -1]) == -1",
            "f([]) is None",
            idioms={
                "using a loop": (
                    "if not $a:\n    return None\nlargest = $a[0]\nfor x in $a:\n    if x > largest:\n"
                    "        largest = x\nreturn largest"
                ),
                "without using max": (
                    "if not $a:\n    return None\nlargest = $a[0]\nfor x in $a:\n    if x > largest:\n"
                    "        largest = x\nreturn largest"
                ),
            },
            types="list[int] -> int | None",
        ),
        template(
            "list/minimum",
            "find the minimum of a list, or None|return the smallest number in a list, or None if "
            "it is empty|find the smallest element of $a, or None|find the lowest number in a list, "
            "or None|return the minimum of $a or None",
            "find_min|minimum|smallest",
            NUMBERS,
            "return min($a, default=None)",
            "f([4, 1, 3]) == 1",
            "f([-1, -2]) == -2",
            "f([]) is None",
            idioms={
                "using a loop": (
                    "if not $a:\n    return None\nsmallest = $a[0]\nfor x in $a:\n    if x < smallest:\n"
                    "        smallest = x\nreturn smallest"
                ),
                "without using min": (
                    "if not $a:\n    return None\nsmallest = $a[0]\nfor x in $a:\n    if x < smallest:\n"
                    "        smallest = x\nreturn smallest"
                ),
            },
            types="list[int] -> int | None",
        ),
        template(
            "list/max_plain",
            "find the maximum of a list|return the largest number in a list|find the largest element "
            "of $a|find the biggest number in a list|get the max of a list of numbers",
            "find_max|max_number|largest_number",
            NUMBERS,
            "return max($a)",
            "f([1, 5, 3]) == 5",
            "f([-2, -1]) == -1",
            idioms={
                "using a loop": (
                    "largest = $a[0]\nfor x in $a:\n    if x > largest:\n        largest = x\nreturn largest"
                ),
                "without using max": (
                    "largest = $a[0]\nfor x in $a:\n    if x > largest:\n        largest = x\nreturn largest"
                ),
            },
            types="list[int] -> int",
        ),
        template(
            "list/min_plain",
            "find the minimum of a list|return the smallest number in a list|find the smallest element "
            "of $a|find the lowest number in a list|get the min of a list of numbers",
            "find_min|min_number|smallest_number",
            NUMBERS,
            "return min($a)",
            "f([4, 1, 3]) == 1",
            "f([-1, -2]) == -2",
            idioms={
                "using a loop": (
                    "smallest = $a[0]\nfor x in $a:\n    if x < smallest:\n        smallest = x\nreturn smallest"
                ),
                "without using min": (
                    "smallest = $a[0]\nfor x in $a:\n    if x < smallest:\n        smallest = x\nreturn smallest"
                ),
            },
            types="list[int] -> int",
        ),
        template(
            "list/min_max",
            "return the smallest and the largest number of a list|find the minimum and the maximum "
            "of a list|return the minimum and the maximum of $a as a tuple",
            "min_max|min_and_max",
            NUMBERS,
            "return min($a), max($a)",
            "f([4, 1, 3]) == (1, 4)",
            "f([-2]) == (-2, -2)",
            types="list[int] -> tuple[int, int]",
        ),
        template(
            "list/average",
            "compute the average of a list of numbers, or 0 if it is empty|return the mean of a list|"
            "calculate the average of $a|compute the average of a list of numbers|find the mean of "
            "the numbers in $a",
            "average|mean",
            NUMBERS,
            "if not $a:\n    return 0\nreturn sum($a) / len($a)",
            "f([1, 2, 3]) == 2",
            "f([]) == 0",
            idioms={"in one line": "return sum($a) / len($a) if $a else 0"},
            types="list[int] -> float",
        ),
        template(
            "list/median",
            "compute the median of a list of numbers|return the median of $a|find the median of a "
            "list|find the middle value of a list of numbers",
            "median|find_median",
            NUMBERS,
            "ordered = sorted($a)\nmiddle = len(ordered) // 2\nif len(ordered) % 2:\n    return ordered[middle]\n"
            "return (ordered[middle - 1] + ordered[middle]) / 2",
            "f([3, 1, 2]) == 2",
            "f([4, 1, 3, 2]) == 2.5",
            "f([-7]) == -7",
            types="list[int] -> float",
        ),
        template(
            "list/mode",
            "find the most common element of a list|return the mode of $a|return the most frequent "
            "item of $a|find the value that occurs most often in a list|get the mode of a list",
            "mode|most_common|most_frequent",
            ITEMS,
            "return max($a, key=$a.count)",
            "f([1, 2, 2]) == 2",
            "f([5]) == 5",
            types="list[int] -> int",
        ),
        template(
            "list/rarest",
            "find the least common element of a list|return the rarest item of $a|return the least frequent item of $a",
            "least_common|rarest",
            ITEMS,
            "return min($a, key=$a.count)",
            "f([1, 2, 2]) == 1",
            "f([5]) == 5",
            types="list[int] -> int",
        ),
        template(
            "list/spread",
            "return the difference between the largest and the smallest number in a list|compute "
            "the range of a list of numbers|compute the difference between the maximum and the minimum "
            "of $a",
            "spread|value_range",
            NUMBERS,
            "return max($a) - min($a)",
            "f([1, 5, 3]) == 4",
            "f([-3]) == 0",
            types="list[int] -> int",
        ),
        template(
            "list/dot",
            "compute the dot product of two lists|return the dot product of $a and $b|compute the "
            "scalar product of $a and $b",
            "dot|dot_product",
            "a b|xs ys|u v",
            "return sum(x * y for x, y in zip($a, $b))",
            "f([1, 2], [3, 4]) == 11",
            "f([], []) == 0",
            idioms={"using a loop": "total = 0\nfor x, y in zip($a, $b):\n    total += x * y\nreturn total"},
            types="list[int]; list[int] -> int",
        ),
        template(
            "list/running",
            "return the running total of a list|compute the cumulative sum of $a|return the running "
            "sums of a list of numbers|return the list of partial sums of $a",
            "running_total|cumulative_sum|prefix_sums",
            NUMBERS,
            "result = []\ntotal = 0\nfor x in $a:\n    total += x\n    result.append(total)\nreturn result",
            "f([1, 2, 3]) == [1, 3, 6]",
            "f([]) == []",
            types="list[int] -> list[int]",
        ),
        template(
            "list/running_max",
            "return the running maximum of a list|compute the cumulative maximum of $a|return the "
            "largest number so far at each position of a list",
            "running_max|cumulative_max",
            NUMBERS,
            "result = []\nfor x in $a:\n    result.append(max(x, result[-1]) if result else x)\nreturn result",
            "f([1, 3, 2]) == [1, 3, 3]",
            "f([]) == []",
            types="list[int] -> list[int]",
        ),
        template(
            "list/differences",
            "return the differences between consecutive numbers of a list|compute the differences "
            "between neighbours in $a|return the difference of each number in $a to the one before",
            "differences|deltas",
            NUMBERS,
            "return [y - x for x, y in zip($a, $a[1:])]",
            "f([1, 4, 2]) == [3, -2]",
            "f([7]) == []",
            types="list[int] -> list[int]",
        ),
        template(
            "list/alternating",
            "return the alternating sum of a list|add and subtract the numbers of $a in turn|compute "
            "the alternating sum of $a",
            "alternating_sum",
            NUMBERS,
            "return sum($a[::2]) - sum($a[1::2])",
            "f([5, 2, 1]) == 4",
            "f([]) == 0",
            types="list[int] -> int",
        ),
        template(
            "list/max_subarray",
            "find the largest sum of a contiguous sublist, or 0|return the maximum subarray sum of "
            "$a, or 0 if it is empty|find the maximum subarray sum|compute the largest sum of consecutive "
            "numbers in $a, at least 0",
            "max_subarray_sum|max_subarray",
            NUMBERS,
            "best = current = 0\nfor x in $a:\n    current = max(0, current + x)\n    best = max(best, "
            "current)\nreturn best",
            "f([1, -2, 3, 4, -1]) == 7",
            "f([-1]) == 0",
            "f([]) == 0",
            types="list[int] -> int",
        ),
        template(
            "list/second",
            "find the second largest number in a list, or None|return the second largest element "
            "of $a, or None|find the second biggest number in $a, or None if there is none|find the "
            "second largest number in a list",
            "second_largest|second_max",
            NUMBERS,
            "ordered = sorted(set($a))\nif len(ordered) < 2:\n    return None\nreturn ordered[-2]",
            "f([1, 5, 5, 3]) == 3",
            "f([2, 2]) is None",
            types="list[int] -> int | None",
        ),
        template(
            "list/second_smallest",
            "find the second smallest number in a list, or None|return the second smallest element "
            "of $a, or None|find the second smallest number in a list",
            "second_smallest|second_min",
            NUMBERS,
            "ordered = sorted(set($a))\nif len(ordered) < 2:\n    return None\nreturn ordered[1]",
            "f([1, 1, 5, 3]) == 3",
            "f([2, 2]) is None",
            types="list[int] -> int | None",
        ),
        template(
            "list/largest_k",
            "return the $k largest numbers of a list|find the $k biggest numbers in $a|get the top "
            "$k numbers of a list, largest first",
            "largest_$k|top_$k",
            NUMBERS,
            "return sorted($a, reverse=True)[:$k]",
            "f([1] * 200 + [9, 5]) == [9, 5] + [1] * (k - 2)",
            "f([]) == []",
            constants=range(2, 31),
            types="list[int] -> list[int]",
        ),
        template(
            "list/smallest_k",
            "return the $k smallest numbers of a list|find the $k lowest numbers in $a|get the bottom "
            "$k numbers of a list, smallest first",
            "smallest_$k|bottom_$k",
            NUMBERS,
            "return sorted($a)[:$k]",
            "f([9] * 200 + [1, 5]) == [1, 5] + [9] * (k - 2)",
            "f([]) == []",
            constants=range(2, 31),
            types="list[int] -> list[int]",
        ),
    ]


def counts() -> list[Template]:
    return [
        template(
            "list/length",
            "return the length of a list|count the elements of a list|count the items in $a|get the "
            "number of items in a list|return how many elements $a has",
            "count_items|length|list_length",
            ITEMS,
            "return len($a)",
            "f([1, 2]) == 2",
            "f([]) == 0",
            idioms={"without using len": "count = 0\nfor _ in $a:\n    count += 1\nreturn count"},
            types="list[int] -> int",
        ),
        template(
            "list/count",
            "count how often a value occurs in a list|count $b in $a|return how many times $b occurs "
            "in $a|count the occurrences of $b in $a",
            "count_value|count_item|count_occurrences",
            "items value|xs x|data target",
            "return $a.count($b)",
            "f([1, 2, 1], 1) == 2",
            "f([], 1) == 0",
            idioms={
                "using a loop": "count = 0\nfor item in $a:\n    if item == $b:\n        count += 1\nreturn count",
                "without using count": "return sum(1 for item in $a if item == $b)",
            },
            types="list[int]; int -> int",
        ),
        template(
            "list/count_k",
            "count how often $k occurs in a list|count the number $k in $a|return how many times $k is in a list",
            "count_$k",
            NUMBERS,
            "return $a.count($k)",
            "f([k, 1, k]) == 2",
            "f([]) == 0",
            constants=SMALL,
            types="list[int] -> int",
        ),
        template(
            "list/count_unique",
            "count the different values in a list|return the number of unique elements of $a|count "
            "the distinct items in $a|count the unique values in a list",
            "count_unique|num_unique|count_distinct",
            ITEMS,
            "return len(set($a))",
            "f([1, 2, 1]) == 2",
            "f([]) == 0",
            types="list[int] -> int",
        ),
        template(
            "list/longest",
            "find the longest string in a list, or None|return the longest word in a list, or None|"
            "return the longest of the words in $a, or None|find the longest word in $a or None",
            "longest|longest_word|longest_string",
            WORDS,
            "return max($a, key=len, default=None)",
            'f(["a", "bcd", "ef"]) == "bcd"',
            "f([]) is None",
            types="list[str] -> str | None",
        ),
        template(
            "list/shortest",
            "find the shortest string in a list, or None|return the shortest word in a list, or None|"
            "return the shortest of the words in $a, or None|find the shortest word in $a or None",
            "shortest|shortest_word|shortest_string",
            WORDS,
            "return min($a, key=len, default=None)",
            'f(["ab", "c"]) == "c"',
            "f([]) is None",
            types="list[str] -> str | None",
        ),
        template(
            "list/has",
            "check if a value is in a list|return True if $b is in $a|check if $a contains $b|check "
            "whether a list contains a value",
            "contains|has_item|is_in_list",
            "items value|xs x|data target",
            "return $b in $a",
            "f([1, 2], 1)",
            "not f([], 3)",
            idioms={"using a loop": "for item in $a:\n    if item == $b:\n        return True\nreturn False"},
            types="list[int]; int -> bool",
        ),
        template(
            "list/has_k",
            "check if a list contains $k|return True if $k is in $a|check whether the number $k is in a list",
            "has_$k|contains_$k",
            NUMBERS,
            "return $k in $a",
            "f([1, k])",
            "not f([])",
            constants=SMALL,
            types="list[int] -> bool",
        ),
        template(
            "list/empty",
            "check if a list is empty|return True if $a is an empty list|check whether $a has no "
            "items|test whether a list is empty",
            "is_empty|is_empty_list",
            ITEMS,
            "return len($a) == 0",
            "f([])",
            "not f([0])",
            types="list[int] -> bool",
        ),
        template(
            "list/duplicates",
            "check if a list has duplicates|return True if $a has duplicates|check if $a contains "
            "duplicates|check whether any value occurs twice in a list",
            "has_duplicates|contains_duplicates",
            ITEMS,
            "return len($a) != len(set($a))",
            "f([1, 1])",
            "not f([1, 2])",
            "not f([])",
            idioms={
                "using a loop": (
                    "seen = set()\nfor item in $a:\n    if item in seen:\n        return True\n    seen.add(item)\n"
                    "return False"
                )
            },
            types="list[int] -> bool",
        ),
        template(
            "list/all_unique",
            "check if all elements of a list are different|return True if the items of $a are unique|"
            "check if all values in $a are unique",
            "all_unique|all_different",
            ITEMS,
            "return len($a) == len(set($a))",
            "f([1, 2])",
            "not f([1, 1])",
            "f([])",
            types="list[int] -> bool",
        ),
        template(
            "list/all_equal",
            "check if all elements of a list are equal|return True if all items of $a are the same|"
            "check whether every item in $a is the same",
            "all_equal|all_same",
            ITEMS,
            "return all(item == $a[0] for item in $a)",
            "f([1, 1])",
            "not f([1, 2])",
            "f([])",
            idioms={"using a set": "return len(set($a)) <= 1"},
            types="list[int] -> bool",
        ),
        template(
            "list/longer_than",
            "check if a list has more than $k items|return True if $a has more than $k elements|check "
            "whether a list is longer than $k",
            "has_more_than_$k",
            ITEMS,
            "return len($a) > $k",
            "f([0] * (k + 1))",
            "not f([9] * k)",
            constants=SMALL,
            types="list[int] -> bool",
        ),
        template(
            "list/palindrome",
            "check if a list is a palindrome|return True if $a reads the same backwards|check whether "
            "a list equals its reverse",
            "is_palindrome_list|is_symmetric",
            ITEMS,
            "return $a == $a[::-1]",
            "f([1, 2, 1])",
            "not f([1, 2])",
            "f([])",
            types="list[int] -> bool",
        ),
        template(
            "list/all_true",
            "check if all values in a list are true|return True if every value in $a is true|check "
            "whether all flags in $a are set",
            "all_true",
            "flags|values|items",
            "return all($a)",
            "f([True, True])",
            "not f([True, False])",
            "f([])",
            types="list[bool] -> bool",
        ),
        template(
            "list/any_true",
            "check if any value in a list is true|return True if some value in $a is true|check whether "
            "any flag in $a is set",
            "any_true",
            "flags|values|items",
            "return any($a)",
            "f([False, True])",
            "not f([False])",
            "not f([])",
            types="list[bool] -> bool",
        ),
        template(
            "list/count_true",
            "count the true values in a list|count how many values in $a are True|return the number "
            "of True values in $a",
            "count_true",
            "flags|values|items",
            "return sum(1 for flag in $a if flag)",
            "f([True, False, True]) == 2",
            "f([]) == 0",
            types="list[bool] -> int",
        ),
    ]


TEMPLATES = (*totals(), *counts())
