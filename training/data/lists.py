"""Templates over lists."""

from training.data.template import Template, template

SMALL = range(2, 100)
FEW = range(2, 12)
NUMBERS = "numbers|nums|values|items|xs"
ITEMS = "items|values|lst|data|xs"
WORDS = "words|names|strings|items"
LETTERS = "abcdefghijklmnoprstuvwyz"


def folds() -> list[Template]:
    return [
        template(
            "sum",
            "return the sum of a list of numbers|add all numbers in a list|compute the sum of a list|sum $a",
            "sum_list|total|sum_numbers",
            NUMBERS,
            "total = 0\nfor x in $a:\n    total += x\nreturn total",
            "f([1, 2, 3]) == 6",
            "f([]) == 0",
        ),
        template(
            "product",
            "return the product of a list of numbers|multiply all numbers in a list",
            "product|multiply_all",
            NUMBERS,
            "result = 1\nfor x in $a:\n    result *= x\nreturn result",
            "f([2, 3, 4]) == 24",
        ),
        template(
            "maximum",
            "find the maximum of a list|return the largest number in a list|find the largest element of "
            "$a|find the biggest number in a list",
            "find_max|maximum|largest",
            NUMBERS,
            "largest = $a[0]\nfor x in $a:\n    if x > largest:\n        largest = x\nreturn largest",
            "f([1, 5, 3]) == 5",
            "f([-2, -1]) == -1",
        ),
        template(
            "minimum",
            "find the minimum of a list|return the smallest number in a list|find the smallest element of $a",
            "find_min|minimum|smallest",
            NUMBERS,
            "smallest = $a[0]\nfor x in $a:\n    if x < smallest:\n        smallest = x\nreturn smallest",
            "f([4, 1, 3]) == 1",
        ),
        template(
            "average",
            "compute the average of a list of numbers|return the mean of a list|calculate the average of $a",
            "average|mean",
            NUMBERS,
            "if not $a:\n    return 0\nreturn sum($a) / len($a)",
            "f([1, 2, 3]) == 2",
            "f([]) == 0",
        ),
        template(
            "median",
            "compute the median of a list of numbers|return the median of $a",
            "median",
            NUMBERS,
            "ordered = sorted($a)\nmiddle = len(ordered) // 2\nif len(ordered) % 2:\n    return ordered[middle]\n"
            "return (ordered[middle - 1] + ordered[middle]) / 2",
            "f([3, 1, 2]) == 2",
            "f([1, 2, 3, 4]) == 2.5",
        ),
        template(
            "spread",
            "return the difference between the largest and the smallest number|compute the range of a list",
            "spread|value_range",
            NUMBERS,
            "return max($a) - min($a)",
            "f([1, 5, 3]) == 4",
        ),
        template(
            "dot",
            "compute the dot product of two lists|return the dot product of $a and $b",
            "dot|dot_product",
            "a b|xs ys|u v",
            "return sum(x * y for x, y in zip($a, $b))",
            "f([1, 2], [3, 4]) == 11",
        ),
        template(
            "length",
            "return the length of a list|count the elements of a list|count the items in $a",
            "count_items|length",
            ITEMS,
            "return len($a)",
            "f([1, 2]) == 2",
        ),
        template(
            "count",
            "count how often a value occurs in a list|count $b in $a",
            "count_value|count_item",
            "items value|xs x|data target",
            "return $a.count($b)",
            "f([1, 2, 1], 1) == 2",
        ),
        template(
            "second",
            "find the second largest number in a list|return the second largest element of $a",
            "second_largest",
            NUMBERS,
            "return sorted(set($a))[-2]",
            "f([1, 5, 3]) == 3",
        ),
        template(
            "running",
            "return the running total of a list|compute the cumulative sum of $a",
            "running_total|cumulative_sum",
            NUMBERS,
            "result = []\ntotal = 0\nfor x in $a:\n    total += x\n    result.append(total)\nreturn result",
            "f([1, 2, 3]) == [1, 3, 6]",
        ),
        template(
            "longest",
            "find the longest string in a list|return the longest word in a list",
            "longest|longest_word",
            WORDS,
            "return max($a, key=len)",
            'f(["a", "bcd", "ef"]) == "bcd"',
        ),
        template(
            "shortest",
            "find the shortest string in a list|return the shortest word in a list",
            "shortest|shortest_word",
            WORDS,
            "return min($a, key=len)",
            'f(["ab", "c"]) == "c"',
        ),
    ]


def orders() -> list[Template]:
    return [
        template(
            "reverse",
            "reverse a list|return a list in reverse order|return $a reversed",
            "reverse_list",
            ITEMS,
            "return $a[::-1]",
            "f([1, 2, 3]) == [3, 2, 1]",
        ),
        template(
            "sort",
            "sort a list|sort a list of numbers|return $a sorted|sort $a in ascending order",
            "sort_list|sort_numbers",
            ITEMS,
            "return sorted($a)",
            "f([3, 1, 2]) == [1, 2, 3]",
        ),
        template(
            "sort_down",
            "sort a list in descending order|sort $a from largest to smallest",
            "sort_descending",
            ITEMS,
            "return sorted($a, reverse=True)",
            "f([3, 1, 2]) == [3, 2, 1]",
        ),
        template(
            "sort_length",
            "sort a list of strings by length|sort $a by length",
            "sort_by_length",
            WORDS,
            "return sorted($a, key=len)",
            'f(["abc", "a"]) == ["a", "abc"]',
        ),
        template(
            "bubble",
            "sort a list with bubble sort|implement bubble sort",
            "bubble_sort",
            "items|numbers|data",
            "for i in range(len($a)):\n    for j in range(len($a) - 1 - i):\n        if $a[j] > $a[j + 1]:\n"
            "            $a[j], $a[j + 1] = $a[j + 1], $a[j]\nreturn $a",
            "f([3, 1, 2]) == [1, 2, 3]",
        ),
        template(
            "quick",
            "sort a list with quicksort|implement quicksort|implement the quick sort algorithm",
            "quicksort|quick_sort",
            "items|numbers|data",
            "if len($a) <= 1:\n    return $a\npivot = $a[0]\nsmaller = [x for x in $a[1:] if x < pivot]\n"
            "larger = [x for x in $a[1:] if x >= pivot]\nreturn $f(smaller) + [pivot] + $f(larger)",
            "f([3, 1, 2, 3]) == [1, 2, 3, 3]",
        ),
        template(
            "binary",
            "find a value with binary search|implement binary search|search a sorted list for $b",
            "binary_search",
            "items target|numbers value",
            "low, high = 0, len($a) - 1\nwhile low <= high:\n    middle = (low + high) // 2\n"
            "    if $a[middle] == $b:\n        return middle\n    if $a[middle] < $b:\n        low = middle + 1\n"
            "    else:\n        high = middle - 1\nreturn -1",
            "f([1, 3, 5, 7], 5) == 2",
            "f([1, 3], 2) == -1",
        ),
        template(
            "linear",
            "find the index of a value in a list|return the position of $b in $a, or -1|implement linear search",
            "find_index|linear_search",
            "items target|xs x|values value",
            "for i, item in enumerate($a):\n    if item == $b:\n        return i\nreturn -1",
            "f([4, 5], 5) == 1",
            "f([4], 6) == -1",
        ),
        template(
            "is_sorted",
            "check if a list is sorted|return True if $a is sorted",
            "is_sorted",
            ITEMS,
            "return $a == sorted($a)",
            "f([1, 2])",
            "not f([2, 1])",
        ),
        template(
            "rotate",
            "rotate a list by $k positions|rotate $a to the left by $k",
            "rotate_$k",
            ITEMS,
            "return $a[$k:] + $a[:$k]",
            "f(list(range(20))) == list(range(k, 20)) + list(range(k))",
            constants=FEW,
        ),
        template(
            "chunks",
            "split a list into chunks of size $k|split $a into groups of $k",
            "chunks_of_$k",
            ITEMS,
            "return [$a[i:i + $k] for i in range(0, len($a), $k)]",
            "f([1] * (2 * k)) == [[1] * k] * 2",
            constants=FEW,
        ),
        template(
            "every",
            "return every $k-th element of a list|take each $k-th item of $a",
            "every_$k",
            ITEMS,
            "return $a[::$k]",
            "f(list(range(k + 1))) == [0, k]",
            constants=FEW,
        ),
    ]


def picks() -> list[Template]:
    return [
        template(
            "first",
            "return the first element of a list|get the first item of $a",
            "first|first_item",
            ITEMS,
            "return $a[0]",
            "f([1, 2]) == 1",
        ),
        template(
            "last",
            "return the last element of a list|get the last item of $a",
            "last|last_item",
            ITEMS,
            "return $a[-1]",
            "f([1, 2]) == 2",
        ),
        template(
            "first_k",
            "return the first $k elements of a list|take the first $k items of $a",
            "first_$k|take_$k",
            ITEMS,
            "return $a[:$k]",
            "f([1] * 100) == [1] * k",
            constants=SMALL,
        ),
        template(
            "last_k",
            "return the last $k elements of a list|take the last $k items of $a",
            "last_$k",
            ITEMS,
            "return $a[-$k:]",
            "f([1] * 100) == [1] * k",
            constants=SMALL,
        ),
        template(
            "skip_k",
            "skip the first $k elements of a list|drop the first $k items of $a",
            "skip_$k|drop_$k",
            ITEMS,
            "return $a[$k:]",
            "f([1] * 100) == [1] * (100 - k)",
            constants=SMALL,
        ),
        template(
            "unique",
            "remove duplicates from a list|return the unique elements of a list|remove the duplicates from $a",
            "unique|remove_duplicates",
            ITEMS,
            "result = []\nfor item in $a:\n    if item not in result:\n        result.append(item)\nreturn result",
            "f([1, 2, 1]) == [1, 2]",
        ),
        template(
            "duplicates",
            "check if a list has duplicates|return True if $a has duplicates",
            "has_duplicates",
            ITEMS,
            "return len($a) != len(set($a))",
            "f([1, 1])",
            "not f([1, 2])",
        ),
        template(
            "has",
            "check if a value is in a list|return True if $b is in $a",
            "contains|has_item",
            "items value|xs x|data target",
            "return $b in $a",
            "f([1, 2], 1)",
            "not f([1], 3)",
        ),
        template(
            "empty",
            "check if a list is empty|return True if $a is empty",
            "is_empty",
            ITEMS,
            "return len($a) == 0",
            "f([])",
            "not f([1])",
        ),
        template(
            "remove",
            "remove a value from a list|return $a without $b",
            "remove_value|without",
            "items value|xs x|data target",
            "return [item for item in $a if item != $b]",
            "f([1, 2, 1], 1) == [2]",
        ),
        template(
            "remove_none",
            "remove None values from a list|return $a without None",
            "remove_none|drop_none",
            ITEMS,
            "return [item for item in $a if item is not None]",
            "f([1, None]) == [1]",
        ),
        template(
            "merge",
            "merge two lists|concatenate two lists|join the lists $a and $b",
            "merge_lists|merge",
            "a b|first second|xs ys",
            "return $a + $b",
            "f([1], [2]) == [1, 2]",
        ),
        template(
            "common",
            "find the common elements of two lists|return the items in both $a and $b",
            "common_elements|intersection",
            "a b|first second|xs ys",
            "return [item for item in $a if item in $b]",
            "f([1, 2], [2, 3]) == [2]",
        ),
        template(
            "difference",
            "return the elements of $a that are not in $b|compute the difference of two lists",
            "list_difference|difference",
            "a b|first second|xs ys",
            "return [item for item in $a if item not in $b]",
            "f([1, 2], [2, 3]) == [1]",
        ),
        template(
            "flatten",
            "flatten a list of lists|flatten $a into one list|flatten a nested list",
            "flatten",
            "lists|nested|items",
            "result = []\nfor part in $a:\n    result.extend(part)\nreturn result",
            "f([[1], [2, 3]]) == [1, 2, 3]",
        ),
        template(
            "pairs",
            "pair the elements of two lists|return a list of pairs from $a and $b",
            "pairs|zip_lists",
            "a b|xs ys|keys values",
            "return list(zip($a, $b))",
            "f([1], [2]) == [(1, 2)]",
        ),
        template(
            "starting",
            'return the words that start with "$k"|keep the words of $a that start with "$k"',
            "starting_with_$k",
            WORDS,
            'return [word for word in $a if word.startswith("$k")]',
            'f([k + "q", "q"]) == [k + "q"]',
            constants=LETTERS,
        ),
        template(
            "longer",
            "return the words longer than $k characters|keep the strings of $a longer than $k",
            "longer_than_$k",
            WORDS,
            "return [word for word in $a if len(word) > $k]",
            'f(["x" * k, "x" * (k + 1)]) == ["x" * (k + 1)]',
            constants=range(2, 30),
        ),
    ]


def maps() -> list[Template]:
    return [
        template(
            "squares",
            "square every number in a list|return the squares of a list of numbers|square each number in $a",
            "squares|square_all",
            NUMBERS,
            "return [x * x for x in $a]",
            "f([2, 3]) == [4, 9]",
        ),
        template(
            "doubles",
            "double every number in a list|double each number in $a",
            "double_all|doubles",
            NUMBERS,
            "return [x * 2 for x in $a]",
            "f([2, 3]) == [4, 6]",
        ),
        template(
            "add_each",
            "add $k to every number in a list|add $k to each number in $a",
            "add_$k_to_all|add_$k",
            NUMBERS,
            "return [x + $k for x in $a]",
            "f([1, 2]) == [1 + k, 2 + k]",
            constants=SMALL,
        ),
        template(
            "scale_each",
            "multiply every number in a list by $k|multiply each number in $a by $k",
            "scale_by_$k",
            NUMBERS,
            "return [x * $k for x in $a]",
            "f([1, 2]) == [k, 2 * k]",
            constants=SMALL,
        ),
        template(
            "upper_each",
            "convert every string in a list to upper case|make each word in $a uppercase",
            "upper_all",
            WORDS,
            "return [word.upper() for word in $a]",
            'f(["a"]) == ["A"]',
        ),
        template(
            "lengths",
            "return the lengths of the strings in a list|list the length of each word in $a",
            "lengths|word_lengths",
            WORDS,
            "return [len(word) for word in $a]",
            'f(["a", "bc"]) == [1, 2]',
        ),
        template(
            "strings",
            "convert a list of numbers to strings|convert each number in $a to a string",
            "to_strings",
            NUMBERS,
            "return [str(x) for x in $a]",
            'f([1]) == ["1"]',
        ),
    ]


def selections() -> list[Template]:
    """The same ten conditions under keep, count, any, all and sum."""
    conditions = [
        ("even", "even", "x % 2 == 0", ()),
        ("odd", "odd", "x % 2 != 0", ()),
        ("positive", "positive", "x > 0", ()),
        ("negative", "negative", "x < 0", ()),
        ("above_$k", "greater than $k", "x > $k", SMALL),
        ("below_$k", "less than $k", "x < $k", SMALL),
        ("multiple_of_$k", "divisible by $k", "x % $k == 0", SMALL),
    ]
    items = []
    for name, words, test, constants in conditions:
        key = name.replace("$k", "k")
        expected = test.replace("$k", "k")
        probe = "[-3, -2, -1, 0, 1, 2, 5, 50, 100]"
        relation = f"that are {words}"
        forms = [
            (
                "keep",
                f"return the numbers {relation}|keep the numbers in $a {relation}|filter the numbers {relation}|"
                f"find all numbers in a list {relation}",
                f"keep_{name}|get_{name}",
                f"[x for x in $a if {test}]",
            ),
            (
                "count",
                f"count the numbers {relation}|count the numbers in $a {relation}",
                f"count_{name}",
                f"sum(1 for x in $a if {test})",
            ),
            (
                "any",
                f"check if any number is {words}|return True if any number in $a is {words}",
                f"any_{name}",
                f"any({test} for x in $a)",
            ),
            (
                "all",
                f"check if all numbers are {words}|return True if every number in $a is {words}",
                f"all_{name}",
                f"all({test} for x in $a)",
            ),
            (
                "sum",
                f"add the numbers {relation}|return the sum of the numbers in $a {relation}|sum the numbers {relation}",
                f"sum_{name}",
                f"sum(x for x in $a if {test})",
            ),
        ]
        for verb, says, names, body in forms:
            wanted = body.replace("$a", probe).replace(test, expected)
            items.append(
                template(
                    f"{verb}_{key}",
                    says,
                    names,
                    NUMBERS,
                    f"return {body}",
                    f"f({probe}) == {wanted}",
                    constants=constants,
                )
            )
    return items


TEMPLATES = (*folds(), *orders(), *picks(), *maps(), *selections())
