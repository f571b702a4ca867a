"""Templates that read dictionaries and change them."""

from training.data.template import Template, template

DICT = "data|mapping|d|values|table"
SCORES = "scores|prices|counts|data"  # if the values are numbers
GET = "data key|mapping name|d k"  # a dictionary and a key
TWO = "a b|first second|left right"
LARGE = range(2, 100)


def reading() -> list[Template]:
    return [
        template(
            "keys",
            "return the keys of a dictionary|list the keys of $a|return a list of the keys of a dictionary|"
            "get all keys of the dictionary $a",
            "get_keys|keys",
            DICT,
            "return list($a)",
            'f({"a": 1}) == ["a"]',
            "f({}) == []",
            types="dict[str, int] -> list[str]",
        ),
        template(
            "values",
            "return the values of a dictionary|list the values of $a|return a list of the values of a dictionary|"
            "get all values of the dictionary $a",
            "get_values|dict_values",
            "data|mapping|d|table",
            "return list($a.values())",
            'f({"a": 1}) == [1]',
            "f({}) == []",
            types="dict[str, int] -> list[int]",
        ),
        template(
            "items_of",
            "return the items of a dictionary as a list of pairs|list the key and value pairs of $a|"
            "convert a dictionary to a list of tuples",
            "get_items|to_pairs",
            DICT,
            "return list($a.items())",
            'f({"a": 1}) == [("a", 1)]',
            "f({}) == []",
            types="dict[str, int] -> list[tuple[str, int]]",
        ),
        template(
            "dict_size",
            "return the number of keys of a dictionary|count the entries of $a|count the keys of a dictionary|"
            "get the size of the dictionary $a",
            "count_keys|num_entries",
            DICT,
            "return len($a)",
            'f({"a": 1}) == 1',
            "f({}) == 0",
            types="dict[str, int] -> int",
        ),
        template(
            "lookup",
            "look up a key in a dictionary, or None if it is missing|return the value of $b in $a, or None|"
            "get the value of a key in a dictionary, or None if it is missing|get $b from the dictionary $a, or None",
            "lookup|get_value",
            GET,
            "return $a.get($b)",
            "f({1: 2}, 1) == 2",
            "f({}, 1) is None",
            types="dict[str, int]; str -> int | None",
        ),
        template(
            "lookup_default",
            "look up a key in a dictionary with a default|return the value of $b in $a, or $c if it is missing|"
            "get $b from the dictionary $a with the default $c",
            "get_or_default|lookup",
            "data key default|mapping name fallback",
            "return $a.get($b, $c)",
            "f({1: 2}, 1, 0) == 2",
            "f({}, 1, 0) == 0",
            types="dict[str, int]; str; int -> int",
        ),
        template(
            "lookup_k",
            "return the value of a key in a dictionary, or $k if it is missing|"
            "get the value of $b in $a, or $k if it is missing|look up a key in a dictionary with the default $k",
            "get_or_$k|lookup",
            GET,
            "return $a.get($b, $k)",
            "f({1: -2}, 1) == -2",
            "f({}, 1) == k",
            types="dict[str, int]; str -> int",
            constants=LARGE,
        ),
        template(
            "nested_get",
            "return the value of a key in a nested dictionary, or None|"
            "get the value of $c in the dictionary $b of $a, or None|"
            "look up two keys in a nested dictionary, one after the other, or None if one is missing",
            "nested_get|get_nested",
            "data outer inner|table row column",
            "return $a.get($b, {}).get($c)",
            'f({"a": {"b": 1}}, "a", "b") == 1',
            'f({"a": {}}, "a", "b") is None',
            'f({}, "a", "b") is None',
            types="dict[str, dict[str, int]]; str; str -> int | None",
        ),
        template(
            "deep_get",
            "follow a list of keys into a nested dictionary|"
            "return the value at the path of keys $b in the nested dictionary $a|"
            "get a value deep in a nested dictionary by a list of keys",
            "deep_get|get_path",
            "data keys|tree path",
            "for key in $b:\n    $a = $a[key]\nreturn $a",
            'f({"a": {"b": 1}}, ["a", "b"]) == 1',
            "f({}, []) == {}",
            types="dict[str, object]; list[str] -> object",
        ),
        template(
            "has_key",
            "check if a key is in a dictionary|return True if $a has the key $b|"
            "check whether the dictionary $a contains $b|tell whether a dictionary has a key",
            "has_key|contains_key",
            GET,
            "return $b in $a",
            "f({1: 2}, 1)",
            "not f({1: 2}, 2)",
            "not f({}, 1)",
            types="dict[str, int]; str -> bool",
        ),
        template(
            "has_value",
            "check if a value is in a dictionary|return True if $a has the value $b|"
            "tell whether a dictionary has a value",
            "has_value|contains_value",
            "data value|mapping target|d x",
            "return $b in $a.values()",
            "f({1: 2}, 2)",
            "not f({1: 2}, 1)",
            "not f({}, 1)",
            types="dict[str, int]; int -> bool",
        ),
        template(
            "dict_empty",
            "check if a dictionary is empty|return True if the dictionary $a is empty|"
            "tell whether a dictionary has no keys",
            "is_empty_dict|is_empty",
            DICT,
            "return len($a) == 0",
            "f({})",
            "not f({1: 2})",
            types="dict[str, int] -> bool",
        ),
        template(
            "key_of",
            "find the key of a value in a dictionary, or None if it is not there|"
            "return the first key of $a whose value is $b, or None|"
            "look up a dictionary by value, or None if it is not there",
            "key_of|find_key",
            "data target|mapping wanted|d x",
            "for key, value in $a.items():\n    if value == $b:\n        return key\nreturn None",
            'f({"a": 1, "b": 2}, 2) == "b"',
            "f({}, 1) is None",
            types="dict[str, int]; int -> str | None",
        ),
        template(
            "common_keys",
            "return the keys that two dictionaries share, sorted|"
            "list the keys that are in both $a and $b in sorted order|find the common keys of two dictionaries",
            "common_keys|shared_keys",
            TWO,
            "return sorted($a.keys() & $b.keys())",
            "f({1: 2, 3: 4}, {3: 5}) == [3]",
            "f({}, {1: 2}) == []",
            types="dict[str, int]; dict[str, int] -> list[str]",
        ),
        template(
            "missing_keys",
            "list the keys of $b that are not in the dictionary $a|"
            "return the required keys that a dictionary does not have|find the missing keys of a dictionary",
            "missing_keys",
            "data required|mapping names",
            "return [key for key in $b if key not in $a]",
            'f({"a": 1}, ["a", "b"]) == ["b"]',
            "f({}, []) == []",
            types="dict[str, int]; list[str] -> list[str]",
        ),
    ]


def numbers() -> list[Template]:
    return [
        template(
            "sum_values",
            "add the values of a dictionary|return the sum of the values in $a|sum the values of a dictionary|"
            "compute the total of all values in the dictionary $a",
            "sum_values|total_value",
            SCORES,
            "return sum($a.values())",
            "f({1: 2, 3: 4}) == 6",
            "f({}) == 0",
            types="dict[str, int] -> int",
            idioms={"using a loop": "total = 0\nfor value in $a.values():\n    total += value\nreturn total"},
        ),
        template(
            "average_value",
            "compute the average of the values of a dictionary, or 0 if it is empty|"
            "return the mean value of the dictionary $a, or 0 if it is empty|average the values of a dictionary",
            "average_value|mean_value",
            SCORES,
            "if not $a:\n    return 0\nreturn sum($a.values()) / len($a)",
            "f({1: 2, 3: 4}) == 3",
            "f({}) == 0",
            types="dict[str, int] -> float",
        ),
        template(
            "largest_value",
            "get the biggest value in a dictionary, or None if it is empty|"
            "return the largest value of a dictionary, or None if it is empty|"
            "find the maximum value in the dictionary $a, or None if it is empty",
            "max_value|largest_value",
            SCORES,
            "return max($a.values(), default=None)",
            "f({1: 2, 3: -4}) == 2",
            "f({}) is None",
            types="dict[str, int] -> int | None",
        ),
        template(
            "best_key",
            "return the key with the largest value, or None if the dictionary is empty|"
            "find the key with the highest value in $a|return the key of a dictionary that has the largest value|"
            "get the key with the maximum value in $a",
            "best_key|max_key",
            SCORES,
            "return max($a, key=$a.get, default=None)",
            'f({"a": 1, "b": 2}) == "b"',
            'f({"a": -1, "b": -2}) == "a"',
            "f({}) is None",
            types="dict[str, int] -> str | None",
            idioms={
                "using a loop": "best = None\nfor key, value in $a.items():\n    if best is None or value > $a[best]:\n"
                "        best = key\nreturn best"
            },
        ),
        template(
            "worst_key",
            "return the key with the smallest value, or None if the dictionary is empty|"
            "find the key with the lowest value in $a|return the key of a dictionary that has the smallest value",
            "worst_key|min_key",
            SCORES,
            "return min($a, key=$a.get, default=None)",
            'f({"a": 1, "b": 0}) == "b"',
            "f({}) is None",
            types="dict[str, int] -> str | None",
        ),
        template(
            "dict_above",
            "keep the entries with a value greater than $k|return the entries of $a with a value greater than $k|"
            "filter a dictionary to the values greater than $k|"
            "keep only the items of the dictionary $a with values above $k",
            "entries_above_$k|above_$k",
            SCORES,
            "return {key: value for key, value in $a.items() if value > $k}",
            "f({1: k, 2: k + 1}) == {2: k + 1}",
            "f({}) == {}",
            types="dict[str, int] -> dict[str, int]",
            constants=LARGE,
            idioms={
                "using a loop": "result = {}\nfor key, value in $a.items():\n    if value > $k:\n"
                "        result[key] = value\nreturn result"
            },
        ),
        template(
            "dict_below",
            "keep the entries with a value less than $k|return the entries of $a with a value less than $k|"
            "filter a dictionary to the values less than $k|"
            "keep only the items of the dictionary $a with values below $k",
            "entries_below_$k|below_$k",
            SCORES,
            "return {key: value for key, value in $a.items() if value < $k}",
            "f({1: k, 2: k - 1}) == {2: k - 1}",
            "f({}) == {}",
            types="dict[str, int] -> dict[str, int]",
            constants=LARGE,
        ),
        template(
            "keys_above",
            "list the keys whose value is greater than $k|return the keys of $a with a value greater than $k|"
            "find the keys of a dictionary that have values above $k",
            "keys_above_$k",
            SCORES,
            "return [key for key, value in $a.items() if value > $k]",
            "f({1: k, 2: k + 1}) == [2]",
            "f({}) == []",
            types="dict[str, int] -> list[str]",
            constants=LARGE,
        ),
        template(
            "count_values_above",
            "find how many entries of a dictionary have a value greater than $k|"
            "count the values of a dictionary greater than $k|"
            "return how many values of the dictionary $a are greater than $k",
            "count_above_$k",
            SCORES,
            "return sum(1 for value in $a.values() if value > $k)",
            "f({1: k, 2: k + 1}) == 1",
            "f({}) == 0",
            types="dict[str, int] -> int",
            constants=LARGE,
        ),
        template(
            "scale_values",
            "multiply every value of a dictionary by $k|return $a with all values multiplied by $k|"
            "scale the values of a dictionary by $k",
            "scale_values|times_$k",
            SCORES,
            "return {key: value * $k for key, value in $a.items()}",
            'f({"a": 3, "b": -1}) == {"a": 3 * k, "b": -k}',
            "f({}) == {}",
            types="dict[str, int] -> dict[str, int]",
            constants=LARGE,
        ),
        template(
            "add_to_values",
            "add $k to every value of a dictionary|return $a with $k added to all values|"
            "increase the values of a dictionary by $k",
            "add_to_values|plus_$k",
            SCORES,
            "return {key: value + $k for key, value in $a.items()}",
            'f({"a": 3}) == {"a": 3 + k}',
            "f({}) == {}",
            types="dict[str, int] -> dict[str, int]",
            constants=LARGE,
        ),
        template(
            "merge_sums",
            "merge two dictionaries, adding the values of common keys|"
            "combine $a and $b, summing the values of keys that are in both|add two dictionaries of numbers key by key",
            "merge_sums|add_dicts",
            TWO,
            "result = dict($a)\nfor key, value in $b.items():\n    result[key] = result.get(key, 0) + value\n"
            "return result",
            "f({1: 2, 3: 4}, {3: 5}) == {1: 2, 3: 9}",
            "f({}, {}) == {}",
            types="dict[str, int]; dict[str, int] -> dict[str, int]",
        ),
        template(
            "increment_key",
            "increase the count of a key in a dictionary by $k|add $k to the value of $b in $a, starting from 0|"
            "increase the value of a key in a dictionary by $k, starting from 0",
            "increment|add_$k",
            GET,
            "$a[$b] = $a.get($b, 0) + $k\nreturn $a",
            'f({"a": 1}, "a") == {"a": 1 + k}',
            'f({}, "a") == {"a": k}',
            types="dict[str, int]; str -> dict[str, int]",
            constants=range(1, 40),
        ),
        template(
            "dict_percentages",
            "return each value of a dictionary as a percentage of their sum|"
            "convert the values of a dictionary to percentages of their total|"
            "return $a with each value as a percentage of the sum",
            "to_percentages|percentages",
            SCORES,
            "total = sum($a.values())\nreturn {key: value / total * 100 for key, value in $a.items()}",
            'f({"a": 1, "b": 3}) == {"a": 25.0, "b": 75.0}',
            "f({}) == {}",
            types="dict[str, int] -> dict[str, float]",
        ),
    ]


def changes() -> list[Template]:
    return [
        template(
            "invert",
            "invert a dictionary|swap the keys and values of a dictionary|swap keys and values in $a|"
            "return a dictionary from the values of $a to its keys|reverse a dictionary so that values become keys",
            "invert|invert_dict",
            DICT,
            "return {value: key for key, value in $a.items()}",
            'f({"a": 1}) == {1: "a"}',
            "f({}) == {}",
            types="dict[str, int] -> dict[int, str]",
            idioms={
                "using a loop": "result = {}\nfor key, value in $a.items():\n    result[value] = key\nreturn result",
            },
        ),
        template(
            "dict_merge",
            "merge two dictionaries|combine the dictionaries $a and $b|merge $b into a copy of $a|"
            "join two dictionaries, the second one winning",
            "merge_dicts|merge",
            TWO,
            "result = dict($a)\nresult.update($b)\nreturn result",
            "f({1: 2, 5: 6}, {3: 4, 5: 7}) == {1: 2, 3: 4, 5: 7}",
            "f({}, {}) == {}",
            types="dict[str, int]; dict[str, int] -> dict[str, int]",
            idioms={"in one line": "return {**$a, **$b}", "using the | operator": "return $a | $b"},
        ),
        template(
            "remove_key",
            "remove a key from a dictionary|return $a without the key $b|"
            "delete the key $b of a dictionary if it is there|return a copy of a dictionary without a key",
            "remove_key|without_key",
            "data target|mapping unwanted|d k",
            "return {key: value for key, value in $a.items() if key != $b}",
            "f({1: 2, 3: 4}, 1) == {3: 4}",
            "f({}, 1) == {}",
            types="dict[str, int]; str -> dict[str, int]",
        ),
        template(
            "remove_none_values",
            "remove the entries of a dictionary whose value is None|return $a without the keys that have None|"
            "drop None values from a dictionary",
            "remove_none|drop_none",
            DICT,
            "return {key: value for key, value in $a.items() if value is not None}",
            'f({"a": None, "b": 0}) == {"b": 0}',
            "f({}) == {}",
            types="dict[str, int] -> dict[str, int]",
        ),
        template(
            "pick_keys",
            "keep only some keys of a dictionary|return the entries of $a whose key is in $b|"
            "pick the keys $b from the dictionary $a",
            "pick|pick_keys",
            "data keys|mapping names|d wanted",
            "return {key: value for key, value in $a.items() if key in $b}",
            'f({"a": 1, "b": 2}, ["b", "c"]) == {"b": 2}',
            "f({}, []) == {}",
            types="dict[str, int]; list[str] -> dict[str, int]",
        ),
        template(
            "omit_keys",
            "remove some keys from a dictionary|return the entries of $a whose key is not in $b|"
            "omit the keys $b from the dictionary $a",
            "omit|omit_keys",
            "data keys|mapping names|d unwanted",
            "return {key: value for key, value in $a.items() if key not in $b}",
            'f({"a": 1, "b": 2}, ["b", "c"]) == {"a": 1}',
            "f({}, []) == {}",
            types="dict[str, int]; list[str] -> dict[str, int]",
        ),
        template(
            "rename_key",
            "rename a key of a dictionary|return $a with the key $b renamed to $c|"
            "change a key of a dictionary to another name",
            "rename_key",
            "data old new|mapping before after",
            "return {$c if key == $b else key: value for key, value in $a.items()}",
            'f({"a": 1, "b": 2}, "a", "c") == {"c": 1, "b": 2}',
            'f({}, "a", "b") == {}',
            types="dict[str, int]; str; str -> dict[str, int]",
        ),
        template(
            "upper_keys",
            "make all keys of a dictionary uppercase|convert the keys of a dictionary to upper case|"
            "return $a with its keys in upper case",
            "upper_keys",
            DICT.replace("|values", ""),
            "return {key.upper(): value for key, value in $a.items()}",
            'f({"a": 1}) == {"A": 1}',
            "f({}) == {}",
            types="dict[str, int] -> dict[str, int]",
        ),
        template(
            "prefix_keys",
            'put "$k" before every key of a dictionary|return $a with "$k" in front of its keys|'
            'add the prefix "$k" to the keys of a dictionary',
            "prefix_keys|add_prefix",
            DICT.replace("|values", ""),
            'return {"$k" + key: value for key, value in $a.items()}',
            'f({"a": 1}) == {k + "a": 1}',
            "f({}) == {}",
            types="dict[str, int] -> dict[str, int]",
            constants=("x_", "my_", "new_", "old_", "app.", "is_", "get_", "#", "@", "-", "user_", "item_"),
        ),
        template(
            "flatten_dict",
            "turn a nested dictionary into a flat one with keys such as outer.inner|"
            "flatten a nested dictionary by one level, joining keys with a dot|"
            "return the inner entries of $a under keys such as outer.inner",
            "flatten_dict",
            "data|tree|d",
            'return {f"{outer}.{inner}": value for outer, part in $a.items() for inner, value in part.items()}',
            'f({"a": {"b": 1, "c": 2}}) == {"a.b": 1, "a.c": 2}',
            "f({}) == {}",
            types="dict[str, dict[str, int]] -> dict[str, int]",
        ),
    ]


TEMPLATES = (*reading(), *numbers(), *changes())
