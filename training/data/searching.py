"""Templates of sorting, searching and counting algorithms over lists."""

from training.data.template import Template, template

SMALL = range(2, 100)
NUMBERS = "numbers|nums|values|items"
TARGET = "numbers target|nums total|values goal"


def sorting() -> list[Template]:
    return [
        template(
            "merge_sort",
            "sort a list with merge sort|implement merge sort|return $a sorted by merge sort|"
            "implement the merge sort algorithm",
            "merge_sort",
            NUMBERS,
            "if len($a) < 2:\n    return $a\nmiddle = len($a) // 2\nleft, right = $f($a[:middle]), $f($a[middle:])\n"
            "result = []\nwhile left and right:\n"
            "    result.append(left.pop(0) if left[0] <= right[0] else right.pop(0))\n"
            "return result + left + right",
            "f([3, 1, 2]) == [1, 2, 3]",
            "f([]) == []",
            "f([2, 2, 1]) == [1, 2, 2]",
            types="list[int] -> list[int]",
        ),
        template(
            "counting_sort",
            "sort a list of non-negative integers with counting sort|implement counting sort|"
            "return $a, a list of non-negative integers, sorted by counting",
            "counting_sort",
            NUMBERS,
            "counts = [0] * (max($a, default=0) + 1)\nfor x in $a:\n    counts[x] += 1\n"
            "return [x for x, count in enumerate(counts) for _ in range(count)]",
            "f([3, 1, 3, 0]) == [0, 1, 3, 3]",
            "f([]) == []",
        ),
    ]


def finding() -> list[Template]:
    return [
        template(
            "has_pair_sum",
            "check if two numbers of a list add up to a target|return True if two numbers in $a sum to $b|"
            "tell whether a list has a pair with a given sum",
            "has_pair_sum|has_two_sum",
            TARGET,
            "seen = set()\nfor x in $a:\n    if $b - x in seen:\n        return True\n    seen.add(x)\nreturn False",
            "f([2, 7, 11], 9)",
            "not f([2, 7], 4)",
            "not f([], 0)",
            types="list[int]; int -> bool",
        ),
        template(
            "has_pair_sum_k",
            "check if two numbers of a list add up to $k|return True if two numbers in $a sum to $k|"
            "tell whether a list has a pair with the sum $k",
            "has_pair_sum_$k",
            NUMBERS,
            "seen = set()\nfor x in $a:\n    if $k - x in seen:\n        return True\n    seen.add(x)\nreturn False",
            "f([1, k - 1])",
            "not f([k])",
            "not f([])",
            constants=SMALL,
            types="list[int] -> bool",
        ),
        template(
            "max_profit",
            "find the best profit of buying and then selling once, or 0|"
            "return the largest profit from one purchase and a later sale at the prices $a, at least 0|"
            "compute the maximum profit from a list of stock prices, at least 0",
            "max_profit",
            "prices|values|numbers",
            "best = 0\nlowest = math.inf\nfor x in $a:\n    lowest = min(lowest, x)\n"
            "    best = max(best, x - lowest)\nreturn best",
            "f([7, 1, 5, 3]) == 4",
            "f([3, 2]) == 0",
            "f([]) == 0",
            types="list[int] -> int",
            imports="import math",
        ),
        template(
            "missing_number",
            "find the number missing from 0 to n in a list|return the one number from 0 to len($a) that is not in $a|"
            "find the missing number in a list of the numbers from 0 to its length",
            "missing_number|find_missing",
            NUMBERS,
            "n = len($a)\nreturn n * (n + 1) // 2 - sum($a)",
            "f([3, 0, 1]) == 2",
            "f([]) == 0",
            "f([0]) == 1",
        ),
        template(
            "missing_to_k",
            "list the numbers from 1 to $k that are missing in a list|"
            "return the numbers from 1 to $k that are not in $a|"
            "find which numbers from 1 to $k do not occur in a list",
            "missing_up_to_$k",
            NUMBERS,
            "return [i for i in range(1, $k + 1) if i not in $a]",
            "f([]) == list(range(1, k + 1))",
            "f([1]) == list(range(2, k + 1))",
            constants=range(2, 30),
            types="list[int] -> list[int]",
        ),
        template(
            "majority",
            "find the value that makes up more than half of a list, or None|"
            "return the majority element of $a, or None if there is none|"
            "find the majority element of a list, or None",
            "majority|majority_element",
            NUMBERS,
            "for x in set($a):\n    if $a.count(x) > len($a) / 2:\n        return x\nreturn None",
            "f([1, 2, 1]) == 1",
            "f([1, 2]) is None",
            "f([]) is None",
            types="list[int] -> int | None",
        ),
        template(
            "equilibrium",
            "find the index where the sums left and right of it are equal, or -1|"
            "return the first index of $a with equal sums on both sides, or -1|find the pivot index of a list, or -1",
            "pivot_index|balance_index",
            NUMBERS,
            "left, total = 0, sum($a)\nfor i, x in enumerate($a):\n    if left == total - left - x:\n"
            "        return i\n    left += x\nreturn -1",
            "f([1, 7, 3, 6, 5, 6]) == 3",
            "f([]) == -1",
            types="list[int] -> int",
        ),
        template(
            "count_inversions",
            "count the inversions of a list|return how many pairs in $a are in the wrong order|"
            "count the pairs of a list where the earlier number is larger",
            "count_inversions",
            NUMBERS,
            "return sum(1 for i in range(len($a)) for j in range(i + 1, len($a)) if $a[i] > $a[j])",
            "f([3, 1, 2]) == 2",
            "f([1, 1]) == 0",
            "f([]) == 0",
            types="list[int] -> int",
            idioms={
                "using a loop": "count = 0\nfor i in range(len($a)):\n    for j in range(i + 1, "
                "len($a)):\n        if $a[i] > $a[j]:\n            count += 1\nreturn count"
            },
        ),
        template(
            "range_sum",
            "return the sum of the numbers between two indices of a list, both included|"
            "add the numbers of $a from index $b to index $c, both included|"
            "compute the sum of the part of $a from index $b to index $c, both included",
            "range_sum|sum_between_indices",
            "numbers start end|values left right",
            "return sum($a[$b:$c + 1])",
            "f([1, 2, 3, 4], 1, 2) == 5",
            "f([], 0, 0) == 0",
        ),
    ]


def combining() -> list[Template]:
    return [
        template(
            "permutations",
            "list all permutations of a list|return all orders of the items in $a as tuples|"
            "return all permutations of $a as a list of tuples",
            "permutations|all_permutations",
            "items|values|data",
            "return list(itertools.permutations($a))",
            "f([1, 2]) == [(1, 2), (2, 1)]",
            "f([]) == [()]",
            imports="import itertools",
        ),
        template(
            "combinations_k",
            "list all combinations of $k items of a list|return all ways to choose $k items of $a as tuples|"
            "list all combinations of $k items from $a as tuples",
            "combinations_of_$k",
            "items|values|data",
            "return list(itertools.combinations($a, $k))",
            "len(f(list(range(k + 1)))) == k + 1",
            "f(list(range(k))) == [tuple(range(k))]",
            "f([]) == []",
            constants=range(2, 10),
            imports="import itertools",
        ),
        template(
            "subsets",
            "list all subsets of a list|return the power set of $a as a list of lists, starting with the empty list|"
            "list all sublists that can be chosen from $a, starting with the empty list",
            "subsets|power_set",
            "items|values|data",
            "result = [[]]\nfor x in $a:\n    result += [subset + [x] for subset in result]\nreturn result",
            "f([1, 2]) == [[], [1], [2], [1, 2]]",
            "f([]) == [[]]",
            types="list[int] -> list[list[int]]",
        ),
        template(
            "string_permutations",
            "list all permutations of a string|return all orders of the letters of $a as a list of strings|"
            "list all ways to order the letters of a string",
            "string_permutations",
            "text|s|word",
            'return ["".join(letters) for letters in itertools.permutations($a)]',
            'f("ab") == ["ab", "ba"]',
            'f("") == [""]',
            imports="import itertools",
        ),
        template(
            "climb_stairs",
            "count the ways to climb stairs with steps of 1 or 2|return in how many ways $a stairs can be climbed, "
            "1 or 2 at a time|"
            "count in how many ways $a stairs can be climbed by 1 or 2 stairs at a time",
            "climb_stairs",
            "n|stairs",
            "a, b = 1, 1\nfor _ in range($a):\n    a, b = b, a + b\nreturn a",
            "f(3) == 3",
            "f(0) == 1",
            types="int -> int",
        ),
        template(
            "balanced_brackets",
            "check if the brackets of a string are balanced|return True if the brackets ()[]{} in $a are balanced|"
            "tell whether every bracket in a string is closed in the right order",
            "is_balanced|balanced_brackets",
            "text|s|string",
            'pairs = {")": "(", "]": "[", "}": "{"}\nstack = []\nfor char in $a:\n    if char in "([{":\n'
            "        stack.append(char)\n    elif char in pairs and (not stack or stack.pop() != pairs[char]):\n"
            "        return False\nreturn not stack",
            'f("a(b[c]{})")',
            'not f("(]")',
            'f("")',
            'not f(")")',
            types="str -> bool",
        ),
    ]


TEMPLATES = (*sorting(), *finding(), *combining())
