"""Templates that sort dictionaries, build and group them, and work on lists of them."""

from training.data.mappings import DICT, SCORES
from training.data.template import Template, template

RECORDS = "records|people|items|data"
FIELDS = ("name", "price", "age", "score", "city", "title", "total", "email", "level", "color", "id", "year")
NUMBER_FIELDS = ("price", "age", "score", "total", "level", "count", "size", "weight", "amount", "cost", "points")


def sorting() -> list[Template]:
    return [
        template(
            "sorted_keys",
            "return the sorted keys of a dictionary|sort the keys of $a|list the keys of a dictionary in sorted order",
            "sorted_keys|sort_keys",
            DICT,
            "return sorted($a)",
            "f({2: 0, 1: 0}) == [1, 2]",
            "f({}) == []",
            types="dict[str, int] -> list[str]",
        ),
        template(
            "dict_sorted",
            "sort a dictionary by key|return the dictionary $a sorted by its keys|order a dictionary by its keys",
            "sort_by_key",
            DICT,
            "return dict(sorted($a.items()))",
            "list(f({2: 0, 1: 5})) == [1, 2]",
            "f({}) == {}",
            types="dict[str, int] -> dict[str, int]",
        ),
        template(
            "sort_by_value",
            "sort a dictionary by value|return the dictionary $a sorted by its values|"
            "order a dictionary by its values, smallest first",
            "sort_by_value",
            SCORES,
            "return dict(sorted($a.items(), key=lambda item: item[1]))",
            'list(f({"a": 2, "b": 1})) == ["b", "a"]',
            "f({}) == {}",
            types="dict[str, int] -> dict[str, int]",
        ),
        template(
            "sort_by_value_down",
            "sort a dictionary by value in descending order|"
            "return the dictionary $a sorted by its values, largest first|"
            "order a dictionary by its values in descending order",
            "sort_by_value|sort_down",
            SCORES,
            "return dict(sorted($a.items(), key=lambda item: item[1], reverse=True))",
            'list(f({"a": 1, "b": 2})) == ["b", "a"]',
            "f({}) == {}",
            types="dict[str, int] -> dict[str, int]",
        ),
        template(
            "top_k_keys",
            "return the $k keys with the largest values of a dictionary|"
            "list the $k keys of $a with the highest values|find the top $k keys of a dictionary by value",
            "top_$k|best_$k",
            SCORES,
            "return sorted($a, key=$a.get, reverse=True)[:$k]",
            "f({i: -i for i in range(50)}) == list(range(k))",
            "f({}) == []",
            types="dict[str, int] -> list[str]",
            constants=range(2, 20),
        ),
        template(
            "most_common_k",
            "return the $k most common items of a list with their counts|"
            "list the $k most frequent items of $a as pairs of item and count|"
            "count items with Counter, returning the $k most common",
            "most_common|top_$k_items",
            "items|values|data|words",
            "return Counter($a).most_common($k)",
            'f(["a", "b", "a"]) == [("a", 2), ("b", 1)]',
            "f([]) == []",
            "len(f(range(50))) == k",
            types="list[str] -> list[tuple[str, int]]",
            imports="from collections import Counter",
            constants=range(2, 20),
        ),
    ]


def building() -> list[Template]:
    return [
        template(
            "dict_zip",
            "create a dictionary from two lists|build a dictionary from $a and $b|turn two lists into a dictionary|"
            "make a dictionary with the keys $a and the values $b",
            "make_dict|zip_to_dict",
            "keys values|names values|a b",
            "return dict(zip($a, $b))",
            'f(["a", "b"], [1, 2]) == {"a": 1, "b": 2}',
            "f([], []) == {}",
            types="list[str]; list[int] -> dict[str, int]",
            idioms={
                "using a loop": "result = {}\nfor key, value in zip($a, $b):\n    result[key] = value\nreturn result",
                "using a comprehension": "return {key: value for key, value in zip($a, $b)}",
            },
        ),
        template(
            "dict_from_pairs",
            "create a dictionary from a list of pairs|build a dictionary from the pairs $a|"
            "convert a list of tuples to a dictionary",
            "from_pairs|pairs_to_dict",
            "pairs|items|data",
            "return dict($a)",
            'f([("a", 1), ("b", 2)]) == {"a": 1, "b": 2}',
            "f([]) == {}",
            types="list[tuple[str, int]] -> dict[str, int]",
        ),
        template(
            "dict_fill",
            "create a dictionary with the value $k for every key of a list|"
            "make a dictionary in which each of $a has the value $k|map every item of a list to $k",
            "fill_dict|all_$k",
            "keys|names|items",
            "return {key: $k for key in $a}",
            'f(["a", "b"]) == {"a": k, "b": k}',
            "f([]) == {}",
            types="list[str] -> dict[str, int]",
            constants=range(50),
            idioms={"using fromkeys": "return dict.fromkeys($a, $k)"},
        ),
        template(
            "squares_dict",
            "create a dictionary from 1 to $a to their squares|map each number from 1 to $a to its square|"
            "map each number from 1 to a limit to its square|build a dictionary of the squares of the numbers up to $a",
            "squares_dict|square_table",
            "n|limit|count",
            "return {x: x ** 2 for x in range(1, $a + 1)}",
            "f(3) == {1: 1, 2: 4, 3: 9}",
            "f(0) == {}",
            types="int -> dict[int, int]",
        ),
        template(
            "word_length_dict",
            "build a dictionary with each word of a list and its length|map each word of a list to its length|"
            "create a dictionary from the words of $a to their lengths",
            "length_dict|map_lengths",
            "words|names|strings",
            "return {word: len(word) for word in $a}",
            'f(["a", "bcd"]) == {"a": 1, "bcd": 3}',
            "f([]) == {}",
            types="list[str] -> dict[str, int]",
        ),
        template(
            "index_dict",
            "build a dictionary with each item of a list and its position|map each item of a list to its index|"
            "create a dictionary from the items of $a to their positions",
            "index_dict|positions",
            "items|names|words",
            "return {item: i for i, item in enumerate($a)}",
            'f(["a", "b"]) == {"a": 0, "b": 1}',
            "f([]) == {}",
            types="list[str] -> dict[str, int]",
        ),
        template(
            "item_counts",
            "count how often each item occurs in a list|count the items of a list in a dictionary|"
            "return a dictionary of item counts|map each item of $a to the number of times it occurs",
            "count_items|item_counts",
            "items|values|data",
            "counts = {}\nfor item in $a:\n    counts[item] = counts.get(item, 0) + 1\nreturn counts",
            "f([1, 2, 1]) == {1: 2, 2: 1}",
            "f([]) == {}",
            types="list[str] -> dict[str, int]",
        ),
        template(
            "group_by_length",
            "group words by their length in a dictionary|group the words in $a by length in a dictionary|"
            "create a dictionary from lengths to lists of words",
            "group_by_length",
            "words|names|strings",
            "groups = {}\nfor word in $a:\n    groups.setdefault(len(word), []).append(word)\nreturn groups",
            'f(["a", "b", "cd"]) == {1: ["a", "b"], 2: ["cd"]}',
            "f([]) == {}",
            types="list[str] -> dict[int, list[str]]",
        ),
        template(
            "group_by_letter",
            "group words by their first letter|group the words in $a by their first letter|"
            "create a dictionary from first letters to lists of words",
            "group_by_letter|group_by_first_letter",
            "words|names|strings",
            "groups = {}\nfor word in $a:\n    groups.setdefault(word[:1], []).append(word)\nreturn groups",
            'f(["ab", "ac", "b"]) == {"a": ["ab", "ac"], "b": ["b"]}',
            "f([]) == {}",
            types="list[str] -> dict[str, list[str]]",
        ),
        template(
            "group_by_parity",
            "put the even and the odd numbers of a list into a dictionary with the keys even and odd|"
            "group numbers into even and odd in a dictionary|split $a into a dictionary with the keys even and odd",
            "group_by_parity|even_and_odd",
            "numbers|nums|values|xs",
            'return {"even": [x for x in $a if x % 2 == 0], "odd": [x for x in $a if x % 2 != 0]}',
            'f([1, 2, -3]) == {"even": [2], "odd": [1, -3]}',
            'f([]) == {"even": [], "odd": []}',
            types="list[int] -> dict[str, list[int]]",
        ),
        template(
            "group_pairs",
            "group the values of a list of pairs by key|collect the pairs $a into a dictionary of lists|"
            "turn a list of key and value tuples into a dictionary of lists",
            "group_pairs|collect",
            "pairs|items|data",
            "groups = {}\nfor key, value in $a:\n    groups.setdefault(key, []).append(value)\nreturn groups",
            'f([("a", 1), ("b", 2), ("a", 3)]) == {"a": [1, 3], "b": [2]}',
            "f([]) == {}",
            types="list[tuple[str, int]] -> dict[str, list[int]]",
        ),
        template(
            "group_anagrams",
            "group the anagrams in a list of words|group the words in $a that have the same letters|"
            "put words that are anagrams of each other into lists",
            "group_anagrams",
            "words|names|strings",
            'groups = {}\nfor word in $a:\n    key = "".join(sorted(word))\n'
            "    groups.setdefault(key, []).append(word)\nreturn list(groups.values())",
            'f(["tea", "bat", "eat"]) == [["tea", "eat"], ["bat"]]',
            "f([]) == []",
            types="list[str] -> list[list[str]]",
        ),
    ]


def records() -> list[Template]:
    return [
        template(
            "records_filter",
            'keep the dictionaries of a list whose "$k" is $b|return the records of $a in which "$k" equals $b|'
            'filter a list of dictionaries by the value of "$k"',
            "with_$k|filter_by_$k",
            "records wanted|people target|data value",
            'return [row for row in $a if row["$k"] == $b]',
            "f([{k: 1}, {k: 2}], 2) == [{k: 2}]",
            "f([], 1) == []",
            types="list[dict[str, object]]; object -> list[dict[str, object]]",
            constants=FIELDS,
        ),
        template(
            "records_find",
            'find the first dictionary of a list whose "$k" is $b, or None|'
            'return the record of $a with the "$k" $b, or None if there is none|'
            'search a list of dictionaries for one with a given "$k", or None',
            "find_by_$k|get_by_$k",
            "records wanted|people target|data value",
            'for row in $a:\n    if row["$k"] == $b:\n        return row\nreturn None',
            "f([{k: 1}, {k: 2}], 2) == {k: 2}",
            "f([], 1) is None",
            types="list[dict[str, object]]; object -> dict[str, object] | None",
            constants=FIELDS,
        ),
        template(
            "records_sum",
            'add the "$k" of all dictionaries in a list|return the sum of "$k" over the records of $a|'
            'sum the "$k" fields of a list of dictionaries',
            "sum_$k|total_$k",
            RECORDS,
            'return sum(row["$k"] for row in $a)',
            "f([{k: 1}, {k: 4}]) == 5",
            "f([]) == 0",
            types="list[dict[str, int]] -> int",
            constants=NUMBER_FIELDS,
        ),
        template(
            "records_group",
            'group a list of dictionaries by "$k"|group the records of $a by their $k|'
            'create a dictionary from each "$k" to the list of its records',
            "group_by_$k",
            RECORDS,
            'groups = {}\nfor row in $a:\n    groups.setdefault(row["$k"], []).append(row)\nreturn groups',
            "f([{k: 1, 'x': 2}, {k: 1}]) == {1: [{k: 1, 'x': 2}, {k: 1}]}",
            "f([]) == {}",
            types="list[dict[str, object]] -> dict[object, list[dict[str, object]]]",
            constants=FIELDS,
        ),
        template(
            "records_max",
            'return the dictionary of $a whose "$k" is the largest, or None if there is none|'
            'return the dictionary with the largest "$k", or None if there are none|'
            'find the record of $a with the highest "$k", or None if it is empty',
            "max_by_$k|best_by_$k",
            RECORDS,
            'return max($a, key=lambda row: row["$k"], default=None)',
            "f([{k: 1}, {k: 3}, {k: 2}]) == {k: 3}",
            "f([]) is None",
            types="list[dict[str, int]] -> dict[str, int] | None",
            constants=NUMBER_FIELDS,
        ),
    ]


TEMPLATES = (*sorting(), *building(), *records())
