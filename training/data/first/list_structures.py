"""Matrices, lists of dictionaries, permutations."""

from training.data.first.entry import known, new

ENTRIES = (
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
)
