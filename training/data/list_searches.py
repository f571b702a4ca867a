"""Templates over lists: search, slices, neighbours."""

from training.data.compose_parts import FEW, NUMBERS, SMALL
from training.data.list_values import ITEMS
from training.data.template import Template, template


def searches() -> list[Template]:
    return [
        template(
            "list/binary",
            "find a value with binary search|implement binary search|search a sorted list for $b, "
            "or return -1|find $b in the sorted list $a with binary search",
            "binary_search",
            "items target|numbers value",
            "low, high = 0, len($a) - 1\nwhile low <= high:\n    middle = (low + high) // 2\n    "
            "if $a[middle] == $b:\n        return middle\n    if $a[middle] < $b:\n        low = "
            "middle + 1\n    else:\n        high = middle - 1\nreturn -1",
            "f([1, 3, 5, 7], 5) == 2",
            "f([1, 3], 2) == -1",
            "f([1], 1) == 0",
            "f([], 1) == -1",
        ),
        template(
            "list/linear",
            "find the index of a value in a list, or -1|return the position of $b in $a, or -1|"
            "return the index of $b in $a or -1 if it is not there",
            "find_index|linear_search|index_of",
            "items target|xs x|values value",
            "for i, item in enumerate($a):\n    if item == $b:\n        return i\nreturn -1",
            "f([4, 5], 5) == 1",
            "f([4], 6) == -1",
            "f([], 1) == -1",
            idioms={"without using a loop": "return $a.index($b) if $b in $a else -1"},
            types="list[int]; int -> int",
        ),
        template(
            "list/all_positions",
            "find all positions of a value in a list|return the indexes of $b in $a|list every index "
            "at which $b occurs in $a",
            "find_all|positions_of|all_indexes",
            "items target|xs x|values value",
            "return [i for i, item in enumerate($a) if item == $b]",
            "f([4, 5, 4], 4) == [0, 2]",
            "f([], 1) == []",
            types="list[int]; int -> list[int]",
        ),
        template(
            "list/last_position",
            "find the last index of a value in a list, or -1|return the last position of $b in $a, or -1",
            "last_index|find_last",
            "items target|xs x|values value",
            "for i in range(len($a) - 1, -1, -1):\n    if $a[i] == $b:\n        return i\nreturn -1",
            "f([4, 5, 4], 4) == 2",
            "f([], 1) == -1",
            types="list[int]; int -> int",
        ),
        template(
            "list/argmax",
            "find the index of the largest number in a list|return the position of the maximum of "
            "$a|return the index of the biggest element of $a",
            "index_of_max|argmax",
            NUMBERS,
            "return $a.index(max($a))",
            "f([1, 5, 3]) == 1",
            "f([-1]) == 0",
            types="list[int] -> int",
        ),
        template(
            "list/argmin",
            "find the index of the smallest number in a list|return the position of the minimum of "
            "$a|return the index of the lowest number in $a",
            "index_of_min|argmin",
            NUMBERS,
            "return $a.index(min($a))",
            "f([4, 1, 3]) == 1",
            "f([-1]) == 0",
            types="list[int] -> int",
        ),
        template(
            "list/closest",
            "find the number in a list that is closest to $k|return the number in $a nearest to $k|"
            "get the element of $a closest to $k",
            "closest_to_$k",
            NUMBERS,
            "return min($a, key=lambda x: abs(x - $k))",
            "f([k + 3, k - 1, k + 50]) == k - 1",
            "f([7]) == 7",
            constants=SMALL,
            types="list[int] -> int",
        ),
        template(
            "list/two_sum",
            "find two numbers in a list that add up to a target|return the indexes of two numbers "
            "in $a whose sum is $b, or None|solve the two sum problem and return the indexes or None",
            "two_sum",
            "numbers target|nums total|values goal",
            "seen = {}\nfor i, x in enumerate($a):\n    if $b - x in seen:\n        return seen[$b "
            "- x], i\n    seen[x] = i\nreturn None",
            "f([2, 7, 11], 9) == (0, 1)",
            "f([], 1) is None",
            types="list[int]; int -> tuple[int, int] | None",
        ),
        template(
            "list/sublist",
            "check if a list is a contiguous part of another list|return True if $b occurs in $a "
            "as a contiguous sublist|check whether $a contains the list $b in a row",
            "has_sublist|is_sublist",
            "items part|values needle|lst sub",
            "return any($a[i:i + len($b)] == $b for i in range(len($a) - len($b) + 1))",
            "f([1, 2, 3], [2, 3])",
            "not f([1, 2, 3], [1, 3])",
            "f([], [])",
            types="list[int]; list[int] -> bool",
        ),
        template(
            "list/starts",
            "check if a list starts with another list|return True if $a starts with the items of "
            "$b|check whether $b is a prefix of the list $a",
            "starts_with_list|has_prefix",
            "items prefix|values start|a b",
            "return $a[:len($b)] == $b",
            "f([1, 2, 3], [1, 2])",
            "not f([1], [1, 2])",
            "f([], [])",
            types="list[int]; list[int] -> bool",
        ),
        template(
            "list/peaks",
            "return the numbers of a list that are greater than both neighbours|find the peaks of "
            "a list|find the local maxima in $a",
            "find_peaks|peaks",
            NUMBERS,
            "return [$a[i] for i in range(1, len($a) - 1) if $a[i - 1] < $a[i] > $a[i + 1]]",
            "f([1, 3, 2, 5, 4, 4, 6]) == [3, 5]",
            "f([1]) == []",
            types="list[int] -> list[int]",
        ),
        template(
            "list/above_average",
            "return the numbers greater than the average of a list|keep the numbers in $a above their "
            "mean|find the numbers in $a that are greater than the average",
            "above_average",
            NUMBERS,
            "if not $a:\n    return []\nmean = sum($a) / len($a)\nreturn [x for x in $a if x > mean]",
            "f([1, 5, 9]) == [9]",
            "f([]) == []",
            types="list[int] -> list[int]",
        ),
        template(
            "list/leaders",
            "count the numbers in a list that are greater than all before them|count the records "
            "in $a|count how often a new maximum appears in $a",
            "count_records",
            NUMBERS,
            "return sum(1 for i, x in enumerate($a) if all(y < x for y in $a[:i]))",
            "f([1, 3, 2, 5]) == 3",
            "f([]) == 0",
            types="list[int] -> int",
        ),
        template(
            "list/increases",
            "count how often a number in a list is greater than the one before|count the increases "
            "in $a|count the numbers in $a that are larger than their predecessor",
            "count_increases",
            NUMBERS,
            "return sum(1 for x, y in zip($a, $a[1:]) if y > x)",
            "f([1, 3, 2, 5]) == 2",
            "f([]) == 0",
            types="list[int] -> int",
        ),
    ]


def slices() -> list[Template]:
    return [
        template(
            "list/chunks",
            "split a list into chunks of size $k|split $a into groups of $k|divide a list into lists "
            "of $k items|chunk $a into pieces of length $k",
            "chunks_of_$k",
            ITEMS,
            "return [$a[i:i + $k] for i in range(0, len($a), $k)]",
            "f([1] * (2 * k)) == [[1] * k] * 2",
            "f([1] * (k + 1)) == [[1] * k, [1]]",
            "f([]) == []",
            constants=FEW,
            types="list[int] -> list[list[int]]",
        ),
        template(
            "list/chunk_n",
            "split a list into chunks of a given size|split $a into chunks of $b items|divide $a "
            "into groups of size $b",
            "chunk|chunks|split_into_chunks",
            "items size|values n|lst length",
            "return [$a[i:i + $b] for i in range(0, len($a), $b)]",
            "f([1, 2, 3], 2) == [[1, 2], [3]]",
            "f([], 2) == []",
            types="list[int]; int -> list[list[int]]",
        ),
        template(
            "list/windows",
            "return all windows of $k consecutive items of a list|list the sublists of length $k "
            "of $a|return the sliding windows of size $k over $a",
            "windows_of_$k",
            ITEMS,
            "return [$a[i:i + $k] for i in range(len($a) - $k + 1)]",
            "f([0] * k + [1]) == [[0] * k, [0] * (k - 1) + [1]]",
            "f([]) == []",
            constants=FEW,
            types="list[int] -> list[list[int]]",
        ),
        template(
            "list/moving_average",
            "compute the moving average of a list over $k numbers|return the averages of every $k "
            "consecutive numbers of $a|compute the rolling mean of $a with a window of $k",
            "moving_average_$k",
            NUMBERS,
            "return [sum($a[i:i + $k]) / $k for i in range(len($a) - $k + 1)]",
            "f([k] * (k + 1)) == [k, k]",
            "f([]) == []",
            constants=FEW,
            types="list[int] -> list[float]",
        ),
        template(
            "list/window_max",
            "return the largest sum of $k consecutive numbers of a list|find the maximum sum of $k neighbours in $a",
            "max_sum_of_$k",
            NUMBERS,
            "return max(sum($a[i:i + $k]) for i in range(len($a) - $k + 1))",
            "f([1] * k + [2]) == k + 1",
            "f([0] * k) == 0",
            constants=FEW,
        ),
        template(
            "list/every",
            "return every $k-th element of a list starting with the first|take each $k-th item of "
            "$a, starting with the first|return the items of $a in steps of $k",
            "every_$k",
            ITEMS,
            "return $a[::$k]",
            "f(list(range(k + 1))) == [0, k]",
            "f([]) == []",
            constants=FEW,
            types="list[int] -> list[int]",
        ),
        template(
            "list/even_positions",
            "return the items at even positions of a list|keep the elements of $a with an even index|"
            "get every second item of $a starting with the first",
            "even_positions",
            ITEMS,
            "return $a[::2]",
            "f([1, 2, 3]) == [1, 3]",
            "f([]) == []",
            types="list[int] -> list[int]",
        ),
        template(
            "list/odd_positions",
            "return the items at odd positions of a list|keep the elements of $a with an odd index|"
            "get every second item of $a starting with the second",
            "odd_positions",
            ITEMS,
            "return $a[1::2]",
            "f([1, 2, 3]) == [2]",
            "f([]) == []",
            types="list[int] -> list[int]",
        ),
        template(
            "list/halves",
            "split a list in half|return the first and the second half of $a|split $a into two halves, "
            "the second longer if needed",
            "split_half|halves",
            ITEMS,
            "middle = len($a) // 2\nreturn $a[:middle], $a[middle:]",
            "f([1, 2, 3]) == ([1], [2, 3])",
            "f([]) == ([], [])",
            types="list[int] -> tuple[list[int], list[int]]",
        ),
        template(
            "list/split_at",
            "split a list at an index|return the parts of $a before and from index $b|split $a in two at position $b",
            "split_at",
            "items index|values i|lst position",
            "return $a[:$b], $a[$b:]",
            "f([1, 2, 3], 1) == ([1], [2, 3])",
            "f([], 0) == ([], [])",
            types="list[int]; int -> tuple[list[int], list[int]]",
        ),
        template(
            "list/neighbours",
            "return the pairs of neighbours in a list|pair each item of $a with the next one|list "
            "the consecutive pairs of $a",
            "neighbours|consecutive_pairs",
            ITEMS,
            "return list(zip($a, $a[1:]))",
            "f([1, 2, 3]) == [(1, 2), (2, 3)]",
            "f([1]) == []",
            types="list[int] -> list[tuple[int, int]]",
        ),
        template(
            "list/all_pairs",
            "return all pairs of items of a list|list all combinations of two items of $a|list every "
            "pair of different positions in $a",
            "all_pairs|pairs",
            ITEMS,
            "return [(x, y) for i, x in enumerate($a) for y in $a[i + 1:]]",
            "f([1, 2, 3]) == [(1, 2), (1, 3), (2, 3)]",
            "f([]) == []",
            types="list[int] -> list[tuple[int, int]]",
        ),
        template(
            "list/runs",
            "group equal neighbours of a list|split $a into runs of equal items|group the consecutive "
            "equal elements of $a into lists",
            "group_runs|runs",
            ITEMS,
            "result = []\nfor item in $a:\n    if result and result[-1][-1] == item:\n        result[-1].append(item)\n"
            "    else:\n        result.append([item])\nreturn result",
            "f([1, 1, 2]) == [[1, 1], [2]]",
            "f([]) == []",
            types="list[int] -> list[list[int]]",
        ),
        template(
            "list/collapse",
            "remove consecutive duplicates from a list|collapse equal neighbours in $a to one|return "
            "$a without repeated neighbours",
            "remove_consecutive_duplicates|collapse",
            ITEMS,
            "result = []\nfor item in $a:\n    if not result or result[-1] != item:\n        result.append(item)\n"
            "return result",
            "f([1, 1, 2, 1]) == [1, 2, 1]",
            "f([]) == []",
            types="list[int] -> list[int]",
        ),
        template(
            "list/longest_run",
            "return the length of the longest run of equal items in a list|find the longest streak "
            "of equal elements in $a|count the longest repetition in $a",
            "longest_run|longest_streak",
            ITEMS,
            "best = current = 0\nfor i, item in enumerate($a):\n    current = current + 1 if i > "
            "0 and $a[i - 1] == item else 1\n    best = max(best, current)\nreturn best",
            "f([1, 1, 2]) == 2",
            "f([1, 2, 3]) == 1",
            "f([]) == 0",
            types="list[int] -> int",
        ),
    ]


TEMPLATES = (*searches(), *slices())
