"""First prompts for functions on lists, dicts and files, and of higher order, as people type them."""

# ruff: noqa: E501 (a check a line)

from __future__ import annotations

from training.evaluation.first_checks import CACHES, CSV, DATE, FOLDER, GRAPH, JSON, MANAGER, SQUARES, WRAPS, WRITE
from training.evaluation.first_task import Prompt, code

SORTS = ("f([3, 1, 2, 1]) == [1, 1, 2, 3]", "f([]) in ([], None)", "f([5, -1]) == [-1, 5]")

LISTS: tuple[list[Prompt], ...] = (
    code(
        "sum_list",
        ("sum of a list", "write a function that sums a list of numbers"),
        "f([1, 2, 3]) == 6",
        "f([]) == 0",
    ),
    code(
        "max_list",
        ("find max in list", "largest element of a list without max()"),
        "f([1, 7, 3]) == 7",
        "f([-5, -2]) == -2",
    ),
    code("min_list", ("find the smallest number in a list",), "f([4, 2, 3]) == 2"),
    code("second_largest", ("Find the second largest number in a list.",), "f([1, 9, 5, 9]) == 5 or f([1, 9, 5]) == 5"),
    code("linear_search", ("linear search",), "f([4, 2, 7], 7) in (2, True)", "f([4, 2], 9) in (-1, None, False)"),
    code(
        "binary_search",
        ("binary search", "Implement binary search in Python.", "write binary search for a sorted list"),
        "f([1, 3, 5, 7, 9], 7) in (3, True) or f(7, [1, 3, 5, 7, 9]) in (3, True)",
        "f([1, 3, 5], 4) in (-1, None, False) or f(4, [1, 3, 5]) in (-1, None, False)",
    ),
    code("bubble_sort", ("bubble sort", "Write bubble sort in python"), *SORTS),
    code("insertion_sort", ("code for insertion sort",), *SORTS),
    code("selection_sort", ("Please implement selection sort in Python",), *SORTS),
    code("merge_sort", ("merge sort", "implement mergesort"), *SORTS),
    code("quicksort", ("quicksort", "quick sort in python", "Can you write quicksort?"), *SORTS),
    code(
        "merge_sorted",
        ("merge two sorted lists", "Write a function that merges two sorted lists into one sorted list."),
        "f([1, 4], [2, 3, 5]) == [1, 2, 3, 4, 5]",
        "f([], [1]) == [1]",
    ),
    code("reverse_list", ("reverse a list",), "f([1, 2, 3]) == [3, 2, 1]"),
    code(
        "dedupe",
        (
            "remove duplicates from a list",
            "dedupe list keep order",
            "How do I get rid of duplicates in a list in Python?",
        ),
        "sorted(f([3, 1, 3, 2])) == [1, 2, 3]",
    ),
    code(
        "has_duplicates",
        ("Write a function that returns True if a list contains duplicates.",),
        "f([1, 2, 1])",
        "not f([1, 2])",
    ),
    code("find_duplicates", ("how can I find the duplicates in a list?",), "sorted(set(f([1, 2, 1, 3, 2]))) == [1, 2]"),
    code(
        "flatten",
        ("flatten a list", "flatten nested list python", "Flatten a list of lists."),
        "f([[1, 2], [3], []]) == [1, 2, 3]",
    ),
    code(
        "chunk", ("split a list into chunks of size n", "chunk list"), "f([1, 2, 3, 4, 5], 2) == [[1, 2], [3, 4], [5]]"
    ),
    code(
        "rotate",
        ("Write a function that rotates a list by k positions.",),
        "f([1, 2, 3, 4], 1) in ([2, 3, 4, 1], [4, 1, 2, 3])",
    ),
    code(
        "intersection",
        ("common elements of two lists", "intersection of two lists"),
        "sorted(f([1, 2, 3], [2, 3, 4])) == [2, 3]",
    ),
    code(
        "difference",
        ("how do I get the elements of list a that are not in list b",),
        "sorted(f([1, 2, 3], [2])) == [1, 3]",
    ),
    code("filter_even", ("get even numbers from a list", "filter even numbers"), "f([1, 2, 3, 4]) == [2, 4]"),
    code("squares", ("Write a function that squares all numbers in a list",), "f([1, 2, 3]) == [1, 4, 9]"),
    code(
        "count_occurrences",
        ("how many times does an item occur in a list",),
        "f([1, 2, 1], 1) == 2 or f(1, [1, 2, 1]) == 2",
    ),
    code(
        "two_sum",
        ("two sum", "Solve two sum in Python"),
        "sorted(f([2, 7, 11, 15], 9)) in ([0, 1], [2, 7])",
        "sorted(f([3, 2, 4], 6)) in ([1, 2], [2, 4])",
    ),
    code("max_subarray", ("maximum subarray sum",), "f([-2, 1, -3, 4, -1, 2, 1, -5, 4]) == 6"),
    code(
        "missing_number",
        ("Given a list with the numbers 1 to n and one missing, find the missing number.",),
        "f([1, 2, 4, 5]) == 3 or f([1, 2, 4, 5], 5) == 3",
    ),
    code("move_zeros", ("move all zeros to the end",), "f([0, 1, 0, 3]) == [1, 3, 0, 0]"),
    code(
        "remove_element",
        ("remove all occurrences of a value from a list",),
        "f([1, 2, 1], 1) == [2] or f(1, [1, 2, 1]) == [2]",
    ),
    code(
        "keep_positive",
        ("Write a function which removes the negative numbers from a list.",),
        "f([1, -2, 3]) == [1, 3]",
    ),
    code(
        "transpose",
        ("transpose a matrix", "matrix transpose python"),
        "f([[1, 2, 3], [4, 5, 6]]) == [[1, 4], [2, 5], [3, 6]]",
    ),
    code(
        "matrix_multiply", ("multiply two matrices",), "f([[1, 2], [3, 4]], [[5, 6], [7, 8]]) == [[19, 22], [43, 50]]"
    ),
    code(
        "sort_dicts",
        ("How do I sort a list of dictionaries by a key?",),
        "f([{'a': 2}, {'a': 1}], 'a') == [{'a': 1}, {'a': 2}]",
    ),
    code(
        "group_by_key",
        ("group a list of dictionaries by a key",),
        "f([{'a': 1, 'b': 2}, {'a': 1}], 'a') == {1: [{'a': 1, 'b': 2}, {'a': 1}]}",
    ),
    code("sort_by_length", ("sort strings by length",), "f(['ccc', 'a', 'bb']) == ['a', 'bb', 'ccc']"),
    code("sort_descending", ("Can you sort a list from highest to lowest?",), "f([1, 3, 2]) == [3, 2, 1]"),
    code("sort_tuples", ("sort a list of tuples by the second item",), "f([(1, 3), (2, 1)]) == [[2, 1], [1, 3]]"),
    code("shuffle", ("shuffle a list",), "sorted(f(list(range(30)))) == list(range(30)) != f(list(range(30)))"),
    code("random_choice", ("how to pick a random item from a list",), "{f([4, 5]) for _ in range(60)} == {4, 5}"),
    code(
        "permutations",
        ("Generate all permutations of a list.",),
        "len(f([1, 2, 3])) == 6 and list(f([1, 2, 3])[0]) in ([1, 2, 3], [3, 2, 1])",
    ),
    code("subsets", ("generate all subsets of a set", "power set"), "len(f([1, 2, 3])) == 8"),
    code("list_to_string", ("join a list into a comma separated string",), "f(['a', 'b']) in ('a,b', 'a, b')"),
    code("top_n", ("n largest numbers in a list",), "f([1, 5, 3, 4], 2) in ([5, 4], [4, 5])"),
)

DICTS: tuple[list[Prompt], ...] = (
    code(
        "merge_dicts",
        ("merge two dictionaries", "combine two dicts in python"),
        "f({'a': 1, 'b': 1}, {'b': 2}) == {'a': 1, 'b': 2}",
    ),
    code(
        "invert_dict", ("How can I swap keys and values in a dictionary?",), "f({'a': 1, 'b': 2}) == {1: 'a', 2: 'b'}"
    ),
    code(
        "sort_dict_by_value",
        ("sort dict by value", "How to sort a dictionary by its values?"),
        "[key for key in (f({'a': 3, 'b': 1, 'c': 2}))] in (['b', 'c', 'a'], ['a', 'c', 'b'], [['b', 1], ['c', 2], ['a', 3]])",
    ),
    code("dict_from_lists", ("make a dict from two lists",), "f(['a', 'b'], [1, 2]) == {'a': 1, 'b': 2}"),
    code("max_value_key", ("get the key with the highest value from a dict",), "f({'a': 1, 'b': 5, 'c': 2}) == 'b'"),
    code(
        "count_items",
        ("Write a function that counts how often each item of a list occurs.",),
        "f(['x', 'y', 'x']) == {'x': 2, 'y': 1}",
    ),
)

FILES: tuple[list[Prompt], ...] = (
    code(
        "read_file",
        ("read a file", "read text file in python"),
        "f(tmp('one\\ntwo\\n')) in ('one\\ntwo\\n', 'one\\ntwo', ['one', 'two'], ['one\\n', 'two\\n'])",
    ),
    code("write_file", ("write a string to a file",), WRITE),
    code(
        "count_lines_file", ("Write a Python function that counts the lines in a file.",), "f(tmp('one\\ntwo\\n')) == 2"
    ),
    code("read_csv", ("read csv file", "load a CSV file into a list of dicts"), CSV),
    code("read_json", ("load json from a file", "read a JSON file in Python"), "f(tmp('{\"a\": [1]}')) == {'a': [1]}"),
    code("write_json", ("How do I save a dictionary to a JSON file?",), JSON),
    code("list_files", ("python list files in a folder",), FOLDER),
    code("current_date", ("How do I get today's date in Python?",), DATE),
)

GENERAL: tuple[list[Prompt], ...] = (
    code("timer_decorator", ("decorator that measures execution time", "timer decorator"), WRAPS),
    code("log_decorator", ("Write a decorator that logs every call of a function.",), WRAPS),
    code("memoize", ("memoize decorator", "write a cache decorator"), CACHES),
    code("context_manager", ("Write a context manager that measures time.",), MANAGER),
    code("squares_generator", ("write a generator that yields square numbers",), SQUARES),
    code(
        "compose",
        ("Write a function that composes two functions.",),
        "f(lambda x: x + 1, lambda x: 2 * x)(5) in (11, 12)",
    ),
    code("bfs", ("bfs on a graph", "breadth first search"), GRAPH),
)


def prompts() -> list[Prompt]:
    return [prompt for group in (LISTS, DICTS, FILES, GENERAL) for part in group for prompt in part]
