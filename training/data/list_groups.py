"""Templates over two lists, sets, tuples and ranges."""

from training.data.compose_parts import FEW, SMALL
from training.data.template import Template, template

TWO = "a b|first second|xs ys|left right"
POINTS = "pairs|items|points|tuples"


def two_lists() -> list[Template]:
    return [
        template(
            "list/merge",
            "merge two lists|concatenate two lists|join the lists $a and $b|return $a followed by $b",
            "merge_lists|merge|concatenate",
            TWO,
            "return $a + $b",
            "f([1], [2]) == [1, 2]",
            "f([], []) == []",
            types="list[int]; list[int] -> list[int]",
        ),
        template(
            "list/common",
            "find the common elements of two lists|return the items in both $a and $b|compute the "
            "intersection of two lists|return the elements that $a and $b have in common",
            "common_elements|intersection",
            TWO,
            "return [item for item in $a if item in $b]",
            "f([1, 2], [2, 3]) == [2]",
            "f([], [1]) == []",
            idioms={
                "using a loop": (
                    "result = []\nfor item in $a:\n    if item in $b:\n        result.append(item)\nreturn result"
                )
            },
            types="list[int]; list[int] -> list[int]",
        ),
        template(
            "list/difference",
            "return the elements of $a that are not in $b|compute the difference of two lists|remove "
            "from $a all items that are in $b|return the items of the first list that are not in "
            "the second",
            "list_difference|difference",
            TWO,
            "return [item for item in $a if item not in $b]",
            "f([1, 2], [2, 3]) == [1]",
            "f([], [1]) == []",
            idioms={
                "using a loop": (
                    "result = []\nfor item in $a:\n    if item not in $b:\n        result.append(item)\nreturn result"
                )
            },
            types="list[int]; list[int] -> list[int]",
        ),
        template(
            "list/union",
            "return the union of two lists without duplicates|combine $a and $b without duplicates|"
            "merge two lists and remove duplicates",
            "union|merge_unique",
            TWO,
            "return list(dict.fromkeys($a + $b))",
            "f([1, 2], [2, 3]) == [1, 2, 3]",
            "f([], []) == []",
            types="list[int]; list[int] -> list[int]",
        ),
        template(
            "list/symmetric",
            "return the items that are in only one of two lists|return the elements that are in $a "
            "or $b but not in both|compute the symmetric difference of two lists, sorted",
            "symmetric_difference|only_in_one",
            TWO,
            "return sorted(set($a) ^ set($b))",
            "f([1, 2], [2, 3]) == [1, 3]",
            "f([], []) == []",
            types="list[int]; list[int] -> list[int]",
        ),
        template(
            "list/overlap",
            "check if two lists have a common element|return True if $a and $b share an item|check "
            "whether any item of $a is in $b",
            "have_common|overlap",
            TWO,
            "return any(item in $b for item in $a)",
            "f([1, 2], [2])",
            "not f([1], [2])",
            "not f([], [])",
            idioms={"using sets": "return not set($a).isdisjoint($b)"},
            types="list[int]; list[int] -> bool",
        ),
        template(
            "list/subset",
            "check if all items of one list are in another|return True if every item of $a is in "
            "$b|check whether $b contains all elements of $a",
            "is_subset|contains_all",
            TWO,
            "return all(item in $b for item in $a)",
            "f([1], [2, 1])",
            "not f([1, 3], [1])",
            "f([], [])",
            idioms={"using sets": "return set($a) <= set($b)"},
            types="list[int]; list[int] -> bool",
        ),
        template(
            "list/same_items",
            "check if two lists have the same items in any order|return True if $a and $b have the "
            "same elements in any order|check whether one list is a permutation of another",
            "same_items|is_permutation",
            TWO,
            "return sorted($a) == sorted($b)",
            "f([1, 2], [2, 1])",
            "not f([1], [1, 1])",
            "f([], [])",
            types="list[int]; list[int] -> bool",
        ),
        template(
            "list/equal",
            "check if two lists are equal|return True if the lists $a and $b are equal|check whether "
            "$a and $b have the same items in the same order",
            "lists_equal|are_equal",
            TWO,
            "return $a == $b",
            "f([1, 2], [1, 2])",
            "not f([1, 2], [2, 1])",
            "f([], [])",
            types="list[int]; list[int] -> bool",
        ),
        template(
            "list/matches",
            "count the positions at which two lists are equal|count the matching positions of $a "
            "and $b|count how many items of $a and $b are equal at the same position",
            "count_matches|num_matches",
            TWO,
            "return sum(1 for x, y in zip($a, $b) if x == y)",
            "f([1, 2, 3], [1, 5, 3]) == 2",
            "f([], []) == 0",
            types="list[int]; list[int] -> int",
        ),
        template(
            "list/zip",
            "pair the elements of two lists|return a list of pairs from $a and $b|zip two lists into "
            "a list of tuples|combine $a and $b into a list of tuples",
            "zip_lists|pair_up",
            "a b|xs ys|keys values|left right",
            "return list(zip($a, $b))",
            "f([1], [2]) == [(1, 2)]",
            "f([], []) == []",
            idioms={"using a loop": "result = []\nfor x, y in zip($a, $b):\n    result.append((x, y))\nreturn result"},
            types="list[int]; list[int] -> list[tuple[int, int]]",
        ),
        template(
            "list/unzip",
            "split a list of pairs into two lists|unzip a list of pairs|separate the first and the "
            "second items of the pairs in $a",
            "unzip|split_pairs",
            POINTS,
            "return [pair[0] for pair in $a], [pair[1] for pair in $a]",
            "f([(1, 2), (3, 4)]) == ([1, 3], [2, 4])",
            "f([]) == ([], [])",
            types="list[tuple[int, int]] -> tuple[list[int], list[int]]",
        ),
        template(
            "list/interleave",
            "interleave two lists|return the items of $a and $b in turn|alternate the elements of "
            "two lists of the same length",
            "interleave|alternate",
            TWO,
            "result = []\nfor x, y in zip($a, $b):\n    result.append(x)\n    result.append(y)\nreturn result",
            "f([1, 3], [2, 4]) == [1, 2, 3, 4]",
            "f([], []) == []",
            idioms={"in one line": "return [item for pair in zip($a, $b) for item in pair]"},
            types="list[int]; list[int] -> list[int]",
        ),
        template(
            "list/product_pairs",
            "return all pairs of an item of one list and an item of another|compute the Cartesian "
            "product of two lists|list all pairs of one item of $a and one item of $b",
            "cartesian_product|all_combinations",
            TWO,
            "return [(x, y) for x in $a for y in $b]",
            "f([1, 2], [3]) == [(1, 3), (2, 3)]",
            "f([], [1]) == []",
            types="list[int]; list[int] -> list[tuple[int, int]]",
        ),
        template(
            "list/longer_one",
            "return the longer of two lists|return $a or $b, whichever is longer|get the longer list, "
            "or the first if both are as long",
            "longer_list",
            TWO,
            "if len($a) >= len($b):\n    return $a\nreturn $b",
            "f([1], [1, 2]) == [1, 2]",
            "f([1], [2]) == [1]",
            types="list[int]; list[int] -> list[int]",
        ),
    ]


def sets_and_tuples() -> list[Template]:
    return [
        template(
            "list/to_set",
            "convert a list to a set|return the set of the items of $a|turn $a into a set",
            "to_set",
            "items|values|lst",
            "return set($a)",
            "f([1, 2, 1]) == {1, 2}",
            "f([]) == set()",
            types="list[int] -> set[int]",
        ),
        template(
            "list/to_tuple",
            "convert a list to a tuple|return the items of $a as a tuple|turn $a into a tuple",
            "to_tuple",
            "items|values|lst",
            "return tuple($a)",
            "f([1, 2]) == (1, 2)",
            "f([]) == ()",
            types="list[int] -> tuple[int, ...]",
        ),
        template(
            "list/set_union",
            "return the union of two sets|unite the sets $a and $b|combine two sets",
            "set_union|union_sets",
            TWO,
            "return $a | $b",
            "f({1}, {2}) == {1, 2}",
            "f(set(), set()) == set()",
            types="set[int]; set[int] -> set[int]",
        ),
        template(
            "list/set_intersection",
            "return the intersection of two sets|return the items that are in both sets $a and $b|intersect two sets",
            "set_intersection|intersect",
            TWO,
            "return $a & $b",
            "f({1, 2}, {2}) == {2}",
            "f(set(), {1}) == set()",
            types="set[int]; set[int] -> set[int]",
        ),
        template(
            "list/set_difference",
            "return the difference of two sets|return the items of the set $a that are not in the "
            "set $b|subtract one set from another",
            "set_difference",
            TWO,
            "return $a - $b",
            "f({1, 2}, {2}) == {1}",
            "f(set(), {1}) == set()",
            types="set[int]; set[int] -> set[int]",
        ),
        template(
            "list/firsts",
            "return the first element of each tuple in a list|get the first elements of the pairs "
            "in $a|list the first item of every pair in $a",
            "first_elements|firsts",
            POINTS,
            "return [pair[0] for pair in $a]",
            "f([(1, 2), (3, 4)]) == [1, 3]",
            "f([]) == []",
            types="list[tuple[int, int]] -> list[int]",
        ),
        template(
            "list/seconds",
            "return the second element of each tuple in a list|get the second elements of the pairs "
            "in $a|list the second item of every pair in $a",
            "second_elements|seconds",
            POINTS,
            "return [pair[1] for pair in $a]",
            "f([(1, 2), (3, 4)]) == [2, 4]",
            "f([]) == []",
            types="list[tuple[int, int]] -> list[int]",
        ),
        template(
            "list/swap_pairs",
            "swap the elements of each pair in a list|return the pairs of $a with their elements "
            "swapped|reverse each pair in $a",
            "swap_pairs",
            POINTS,
            "return [(y, x) for x, y in $a]",
            "f([(1, 2)]) == [(2, 1)]",
            "f([]) == []",
            types="list[tuple[int, int]] -> list[tuple[int, int]]",
        ),
        template(
            "list/pair_sums",
            "return the sum of each pair in a list|add the two numbers of every tuple in $a|list "
            "the sums of the pairs in $a",
            "pair_sums|sum_pairs",
            POINTS,
            "return [x + y for x, y in $a]",
            "f([(1, 2), (3, 4)]) == [3, 7]",
            "f([]) == []",
            types="list[tuple[int, int]] -> list[int]",
        ),
        template(
            "list/range",
            "return the numbers from $a to $b as a list|list all integers from $a to $b, both included|"
            "create a list of the numbers between two bounds, both included",
            "number_range|numbers_between",
            "start end|low high|first last",
            "return list(range($a, $b + 1))",
            "f(2, 4) == [2, 3, 4]",
            "f(1, 0) == []",
            types="int; int -> list[int]",
        ),
        template(
            "list/upto",
            "return the numbers from 1 to $a as a list|create a list of the numbers from 1 to a limit|"
            "list the integers from 1 to $a",
            "numbers_up_to|one_to",
            "n|limit|end",
            "return list(range(1, $a + 1))",
            "f(3) == [1, 2, 3]",
            "f(0) == []",
            types="int -> list[int]",
        ),
        template(
            "list/multiples",
            "return the first $a multiples of $k|list the first $a multiples of the number $k|create "
            "a list of the first multiples of $k",
            "multiples_of_$k",
            "n|count|size",
            "return [$k * i for i in range(1, $a + 1)]",
            "f(3) == [k, 2 * k, 3 * k]",
            "f(0) == []",
            constants=SMALL,
            types="int -> list[int]",
        ),
        template(
            "list/steps",
            "return the numbers from 0 to $a in steps of $k|list the multiples of $k from 0 to $a|"
            "create a list from 0 to a limit in steps of $k",
            "steps_of_$k",
            "n|limit|end",
            "return list(range(0, $a + 1, $k))",
            "f(2 * k) == [0, k, 2 * k]",
            "f(-1) == []",
            constants=FEW,
            types="int -> list[int]",
        ),
    ]


TEMPLATES = (*two_lists(), *sets_and_tuples())
