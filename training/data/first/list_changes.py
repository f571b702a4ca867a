"""Lists: choosing, combining, taking parts."""

from training.data.first.entry import known, new

ENTRIES = (
    known(
        "list/common",
        "intersection;list intersection;common elements;common elements of two lists;intersection of two lists;"
        "common elements in two lists;intersection of lists",
        "{get} (the common elements|common elements|the intersection|all common elements|common items) (of|in|between) "
        "(two lists|two arrays|2 lists);intersect two lists;{get} the elements (in both lists|that two lists share)",
    ),
    known(
        "list/union",
        "union;union of two lists;list union;union of lists;merge lists without duplicates",
        "{get} the union of (two lists|2 lists|two arrays|lists);"
        "(merge|combine|join) two lists (without duplicates|and remove duplicates)",
    ),
    known(
        "list/difference",
        "difference of two lists;list difference;difference between two lists;list diff;elements not in other list",
        "{get} the difference (of|between) (two lists|2 lists|two arrays|lists);"
        "{get} the (elements|items) (of|in) (one list|the first list|a list) that are not in (another|the second|the "
        "other)",
    ),
    known(
        "list/merge",
        "merge two lists;merge lists;combine two lists;concatenate lists;join two lists;list concatenation;append "
        "two lists",
        "(merge|combine|concatenate|join|concat|append) (two lists|lists|2 lists|two arrays)( into one|)",
    ),
    known(
        "compose/keep/numbers/even",
        "filter even numbers;even numbers in a list;filter even;keep even numbers;even filter;get even numbers;"
        "only even numbers;even numbers from a list",
        "(filter|get|find|keep|return|select) (the even numbers|even numbers|all even numbers|only even numbers) "
        "(from|in|of) (a list|a list of numbers|an array|the list);filter (even numbers|the even numbers)",
    ),
    known(
        "compose/keep/numbers/odd",
        "filter odd numbers;odd numbers in a list;filter odd;keep odd numbers;odd filter;get odd numbers;"
        "only odd numbers;odd numbers from a list",
        "(filter|get|find|keep|return|select) (the odd numbers|odd numbers|all odd numbers|only odd numbers) "
        "(from|in|of) (a list|a list of numbers|an array|the list);filter (odd numbers|the odd numbers)",
    ),
    known(
        "compose/keep/numbers/positive",
        "filter positive numbers;positive numbers in a list;keep positive;keep positive numbers;only positive numbers;"
        "positive numbers from a list",
        "(filter|get|find|keep|return|select) (the positive numbers|positive numbers|all positive numbers|"
        "only positive numbers) (from|in|of) (a list|a list of numbers|an array|the list)",
    ),
    known(
        "compose/keep/numbers/negative",
        "filter negative numbers;negative numbers in a list;keep negative;keep negative numbers;only negative numbers;"
        "negative numbers from a list",
        "(get|find|keep|return|select) (the negative numbers|negative numbers|all negative numbers|only negative "
        "numbers) "
        "(from|in|of) (a list|a list of numbers|an array|the list)",
    ),
    known(
        "compose/drop/numbers/negative",
        "remove negative numbers;remove negatives;remove negatives from a list;delete negative numbers;"
        "list without negative numbers;drop negatives",
        "{remove} (the negative numbers|negative numbers|all negative numbers|negatives|all negatives) from "
        "(a list|a list of numbers|an array|the list)",
    ),
    known(
        "compose/sum/numbers/even",
        "sum of even numbers;sum even numbers;sum of even numbers in a list;even sum;sum of evens",
        "(sum|add|add up) (the even numbers|even numbers|all even numbers|only the even numbers) (in|of) {nums};"
        "{calc} the sum of (the even numbers|even numbers|all even numbers) (in|of) {nums}",
    ),
    known(
        "compose/sum/numbers/odd",
        "sum of odd numbers;sum odd numbers;sum of odd numbers in a list;odd sum;sum of odds",
        "(sum|add|add up) (the odd numbers|odd numbers|all odd numbers|only the odd numbers) (in|of) {nums};"
        "{calc} the sum of (the odd numbers|odd numbers|all odd numbers) (in|of) {nums}",
    ),
    known(
        "compose/count/numbers/even",
        "count even numbers;number of even numbers;even count;count evens",
        "count (the even numbers|even numbers|all even numbers|how many even numbers are) (in|in) {nums}",
    ),
    known(
        "compose/count/numbers/odd",
        "count odd numbers;number of odd numbers;odd count;count odds",
        "count (the odd numbers|odd numbers|all odd numbers|how many odd numbers are) (in|in) {nums}",
    ),
    known(
        "compose/map/numbers/square",
        "square a list;squares of a list;square every number in a list;square all numbers;squared list;square list",
        "square (every number|all numbers|each number|every element|the numbers|all elements|each element) (in|of) "
        "(a list|a list of numbers|an array|the list);{get} the squares of (a list|the numbers in a list|"
        "a list of numbers|all numbers in a list)",
    ),
    known(
        "compose/map/numbers/double",
        "double a list;double every number in a list;double all numbers;multiply list by 2;doubled list",
        "double (every number|all numbers|each number|every element|the numbers) (in|of) (a list|a list of numbers|"
        "an array);"
        "multiply (every number|each number|all numbers|every element) in a list by (2|two)",
    ),
    known(
        "list/count",
        "count occurrences;count occurrences in a list;occurrences of an element;count element in list;"
        "count value in list;number of occurrences",
        "count (the occurrences of|occurrences of|how often|how many times) (an element|a value|an item) "
        "(in|occurs in|appears in) {list};count (an element|a value|an item) in {list}",
    ),
    known(
        "list/has",
        "check if element in list;list contains;item in list;value in list;element in list",
        "{check} (an element|a value|an item|a number) is in {list};{check} {list} contains (an element|a value|an "
        "item)",
        owns_name=False,
    ),
    known(
        "list/empty",
        "is list empty;empty list check;check empty list;list is empty",
        "{check} {list} is empty",
    ),
    known(
        "list/remove",
        "remove element;remove element from a list;remove value from list;remove item from list;delete element from "
        "list;"
        "remove all occurrences;remove an element",
        "{remove} (an element|a value|an item|all occurrences of a value|a number|a given value) from {list}",
    ),
    new(
        "shuffle",
        "shuffle;shuffle list;shuffle a list;random order;list shuffle;shuffle array;shuffle deck",
        "shuffle (a list|list|an array|the list|a deck|items|the elements of a list);"
        "(put|return) a list in random order;randomize (a list|the order of a list)",
        "shuffle|shuffled",
        "items|values",
        "return random.sample($a, len($a))",
        "sorted(f([3, 1, 2])) == [1, 2, 3]",
        "any(f(list(range(20))) != list(range(20)) for _ in range(3))",
        imports="import random",
    ),
    new(
        "random_choice",
        "random choice;random element;random item from a list;pick random;random element of a list;random pick;"
        "choose random",
        "(pick|choose|get|select|return) (a random|one random|a random) (element|item|value) (from|of|in) (a list|"
        "the list|"
        "an array);(pick|choose) (randomly from|at random from) a list",
        "random_choice|pick_random",
        "items|values",
        "return random.choice($a)",
        "{f([1, 2]) for _ in range(60)} == {1, 2}",
        imports="import random",
    ),
    new(
        "list_to_text",
        "list to string;join list;list to text;join a list;list to comma separated string;join list with comma;"
        "comma separated string",
        "{convert} (a list|list) (to|into) (a string|a comma separated string|string|a text);join (a list|list|the "
        "elements "
        "of a list|a list of strings) (with commas|with a comma|to a string|into a string)",
        "list_to_string",
        "items|values",
        'return ", ".join(str(item) for item in $a)',
        'f([1, 2, 3]) == "1, 2, 3"',
        'f(["a", "b"]) == "a, b"',
        'f([]) == ""',
    ),
    new(
        "largest_n",
        "top n;n largest;top n elements;n largest numbers;largest n elements;top n of a list;k largest;top k elements",
        "{get} the (n largest|top n|k largest|n biggest|n highest) (numbers|elements|values|items) (of|in|from) {nums}",
        "top_n|n_largest",
        "numbers n|values k",
        "return sorted($a, reverse=True)[:$b]",
        "f([3, 1, 5, 2], 2) == [5, 3]",
        "f([], 3) == []",
    ),
    new(
        "every_nth",
        "every nth element;every n-th element;every nth item;nth elements;every nth element of a list",
        "{get} every (nth|n-th) (element|item|value) (of|in|from) {list};(take|select) every nth (element|item) of a "
        "list",
        "every_nth",
        "items n|values k",
        "return $a[::$b]",
        "f([1, 2, 3, 4, 5], 2) == [1, 3, 5]",
    ),
    known(
        "compose/partition/numbers/even",
        "split even and odd;split even odd;separate even and odd numbers;even and odd lists;partition even odd;"
        "split list into even and odd",
        "(split|separate|divide|partition) (a list|the numbers of a list|numbers|a list of numbers) into "
        "(even and odd|even and odd numbers|evens and odds|even and odd lists);"
        "(separate|split) (even and odd numbers|the even and odd numbers|even and odd)( in a list| of a list|)",
    ),
    known(
        "list/first_plain",
        "first element;first element of a list;first item of a list",
        "{get} the first (element|item|value) (of|in|from) {list}",
    ),
    known(
        "list/last_plain",
        "last element;last element of a list;last item of a list",
        "{get} the last (element|item|value) (of|in|from) {list}",
    ),
    known(
        "list/running",
        "running total;cumulative sum;cumulative sum of a list;running sum;prefix sum;prefix sums",
        "{calc} the (running total|cumulative sum|running sum|prefix sums) of {nums}",
    ),
    known(
        "list/all_equal",
        "all equal;all elements equal;all elements the same;all same",
        "{check} all (elements|items|values) (in|of) {list} are (equal|the same|identical)",
    ),
    known(
        "majority",
        "majority element;majority;majority vote",
        "{get} the majority element (of|in) {list}",
    ),
    known(
        "max_profit",
        "max profit;best time to buy and sell stock;stock profit;maximum profit",
        "{get} the (maximum|max|best) profit (from|of) (stock prices|buying and selling a stock)",
    ),
    known(
        "climb_stairs",
        "climbing stairs;climb stairs;staircase problem",
        "count the ways to climb (stairs|n stairs|a staircase)",
    ),
)
