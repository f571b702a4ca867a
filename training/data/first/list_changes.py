"""Lists: choosing, combining, matrices."""

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
        "(from|in|of) (a list|a list of numbers|an array|the list);filter (even numbers|out the even numbers)",
    ),
    known(
        "compose/keep/numbers/odd",
        "filter odd numbers;odd numbers in a list;filter odd;keep odd numbers;odd filter;get odd numbers;"
        "only odd numbers;odd numbers from a list",
        "(filter|get|find|keep|return|select) (the odd numbers|odd numbers|all odd numbers|only odd numbers) "
        "(from|in|of) (a list|a list of numbers|an array|the list);filter (odd numbers|out the odd numbers)",
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
    known(
        "list/transpose",
        "transpose;transpose matrix;matrix transpose;transpose a matrix;transpose of a matrix;matrix transposition;"
        "transpose 2d list;swap rows and columns",
        "transpose (a matrix|matrix|a 2d list|a list of lists|a grid|a 2d array);{calc} the transpose of a matrix;"
        "(swap|exchange) (the rows and columns|rows and columns|rows with columns) of a matrix",
    ),
    known(
        "matrix_multiply",
        "matrix multiplication;multiply matrices;matrix product;matrix multiply;multiply two matrices;matmul;"
        "product of two matrices",
        "multiply (two matrices|matrices|2 matrices|two 2d lists);{calc} the product of two matrices;"
        "(implement|do) matrix multiplication",
    ),
    known(
        "list/matrix_add",
        "matrix addition;add matrices;add two matrices;sum of two matrices;matrix sum of two",
        "add (two matrices|matrices|2 matrices);{calc} the sum of two matrices;(implement|do) matrix addition",
    ),
    known(
        "list/identity",
        "identity matrix;identity matrix n x n;identity matrix of size n;unit matrix;eye matrix",
        "(create|make|generate|build|return) (an identity matrix|the identity matrix|an n x n identity matrix|"
        "a unit matrix)( of size n|)",
    ),
    known(
        "list/matrix_sum",
        "sum of a matrix;matrix sum;sum of all elements in a matrix;sum matrix;sum of matrix elements;sum of a 2d list",
        "(sum|add up|add|sum up) (all elements|all numbers|the elements|all values|every number) (of|in) "
        "(a matrix|a 2d list|a grid);{calc} the sum of (a matrix|all elements of a matrix|all numbers in a matrix|a "
        "2d list)",
    ),
    known(
        "list/row_sums",
        "row sums;sum of each row;sum of rows;row sums of a matrix;sum rows",
        "(sum|add up) (each row|every row|the rows|all rows) of a matrix;{calc} the sum of (each row|every row|the "
        "rows) "
        "(of|in) a matrix",
    ),
    known(
        "list/column_sums",
        "column sums;sum of each column;sum of columns;column sums of a matrix;sum columns",
        "(sum|add up) (each column|every column|the columns|all columns) of a matrix;{calc} the sum of "
        "(each column|every column|the columns) (of|in) a matrix",
    ),
    known(
        "list/rotate_matrix",
        "rotate matrix;rotate a matrix;matrix rotation;rotate matrix 90 degrees;rotate image",
        "rotate (a matrix|an image|a grid|a 2d list)( by 90 degrees| 90 degrees| clockwise| 90 degrees clockwise|)",
    ),
    known(
        "list/diagonal",
        "diagonal;diagonal of a matrix;matrix diagonal;main diagonal",
        "{get} the (diagonal|main diagonal) of a (matrix|square matrix)",
    ),
    known(
        "list/zip",
        "zip lists;zip two lists;pair two lists;list of pairs;pairs from two lists;list of tuples from two lists;zip",
        "(zip|pair) (two lists|2 lists|lists|the elements of two lists);(combine|merge) two lists (into pairs|into "
        "tuples|"
        "as pairs|into a list of tuples|into a list of pairs);(make|create) (pairs|a list of tuples|a list of pairs) "
        "from two lists",
    ),
    known(
        "records_group",
        "group dicts by name;group list of dicts by name",
        "group (a list of dicts|a list of dictionaries|dicts|dictionaries|records) by (name|the key name)",
        constant="name",
    ),
    new(
        "group_dicts",
        "group by key;group by;group dicts by key;group list of dicts by key;group list of dictionaries;groupby",
        "group (a list of dicts|a list of dictionaries|dicts|dictionaries|records) by (a key|key|a given key|one key);"
        "(group|collect) (items|rows|records) by (a key|key)",
        "group_by",
        "items key|rows field",
        "groups = {}\nfor item in $a:\n    groups.setdefault(item[$b], []).append(item)\nreturn groups",
        'f([{"a": 1}, {"a": 2}, {"a": 1, "b": 3}], "a") == {1: [{"a": 1}, {"a": 1, "b": 3}], 2: [{"a": 2}]}',
    ),
    new(
        "sort_dicts",
        "sort list of dicts;sort list of dictionaries;sort dicts by key;sort list of dicts by key;sort dictionaries;"
        "sort a list of dictionaries by key;sort records by key",
        "{sort} (a list of dicts|a list of dictionaries|dicts|dictionaries|records) by (a key|key|a given key|a field|"
        "one key|a value)",
        "sort_dicts|sort_by_key",
        "items key|rows field",
        "return sorted($a, key=lambda item: item[$b])",
        'f([{"a": 2}, {"a": 1}], "a") == [{"a": 1}, {"a": 2}]',
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
    known(
        "permutations",
        "permutations;permutations of a list;all permutations;list permutations;permutation generator",
        "{get} (all permutations|all the permutations|every permutation|permutations|the permutations) of "
        "(a list|an array|items|list);(generate|list) (all permutations|permutations|the permutations)"
        "( of a list| of an array|)",
    ),
    known(
        "string_permutations",
        "permutations of a string;string permutations;all permutations of a string",
        "{get} (all permutations|every permutation|permutations|the permutations) of (a string|a word|string);"
        "(generate|list) (all permutations|permutations) of (a string|a word)",
    ),
    new(
        "combinations_n",
        "combinations;combinations of a list;all combinations;combinations of n;combinations of size k;"
        "list combinations;n choose k combinations",
        "{get} (all combinations|every combination|combinations|the combinations) of (a list|n items|k elements|size k|"
        "k items)( of a list|);(generate|list) (all combinations|combinations)( of a list| of k elements|)",
        "combinations",
        "items size|values k",
        "return list(itertools.combinations($a, $b))",
        "f([1, 2, 3], 2) == [(1, 2), (1, 3), (2, 3)]",
        imports="import itertools",
    ),
    known(
        "subsets",
        "subsets;power set;powerset;all subsets;subsets of a list;subsets of a set",
        "{get} (all subsets|every subset|subsets|the power set|the subsets) of (a list|a set|an array);"
        "(generate|list) (all subsets|subsets|the power set)( of a list| of a set|)",
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
