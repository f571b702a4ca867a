"""Templates over lists of lists and matrices."""

from training.data.compose_parts import SMALL
from training.data.list_groups import TWO
from training.data.template import Template, template

NESTED = "lists|nested|items|rows"
MATRIX = "matrix|grid|rows|table"


def nested() -> list[Template]:
    return [
        template(
            "list/flatten",
            "flatten a list of lists|flatten $a into one list|turn a list of lists into one list|"
            "join all lists in $a into one list",
            "flatten",
            NESTED,
            "result = []\nfor part in $a:\n    result.extend(part)\nreturn result",
            "f([[1], [2, 3]]) == [1, 2, 3]",
            "f([]) == []",
            "f([[]]) == []",
            idioms={
                "in one line": "return [item for part in $a for item in part]",
                "with a list comprehension": "return [item for part in $a for item in part]",
            },
            types="list[list[int]] -> list[int]",
        ),
        template(
            "list/flatten_deep",
            "flatten a list nested to any depth|flatten a nested list recursively|flatten the deeply nested list $a",
            "deep_flatten|flatten_nested",
            NESTED,
            "result = []\nfor item in $a:\n    if isinstance(item, list):\n        result.extend($f(item))\n"
            "    else:\n        result.append(item)\nreturn result",
            "f([1, [2, [3, []]]]) == [1, 2, 3]",
            "f([]) == []",
            types="list[list[int]] -> list[int]",
        ),
        template(
            "list/depth",
            "return the depth of a nested list|compute how deep the lists in $a are nested|find the "
            "maximum nesting depth of $a",
            "depth|nesting_depth",
            NESTED,
            "if not isinstance($a, list):\n    return 0\nreturn 1 + max([$f(item) for item in $a], default=0)",
            "f([1, [2, [3]]]) == 3",
            "f([]) == 1",
            types="list[list[int]] -> int",
        ),
        template(
            "list/longest_list",
            "return the longest list in a list of lists, or None|find the longest list in $a, or None",
            "longest_list",
            NESTED,
            "return max($a, key=len, default=None)",
            "f([[1], [2, 3]]) == [2, 3]",
            "f([]) is None",
            types="list[list[int]] -> list[int] | None",
        ),
        template(
            "list/list_lengths",
            "return the lengths of the lists in a list|list the length of each list in $a",
            "list_lengths",
            NESTED,
            "return [len(part) for part in $a]",
            "f([[1], [2, 3], []]) == [1, 2, 0]",
            "f([]) == []",
            types="list[list[int]] -> list[int]",
        ),
        template(
            "list/count_nested",
            "count the items in a list of lists|return the total number of items in the lists of $a",
            "count_all|total_items",
            NESTED,
            "return sum(len(part) for part in $a)",
            "f([[1], [2, 3], []]) == 3",
            "f([]) == 0",
            types="list[list[int]] -> int",
        ),
        template(
            "list/sort_by_sum",
            "sort a list of lists by their sum|sort the lists in $a by the sum of their numbers",
            "sort_by_sum|sort_lists_by_sum",
            NESTED,
            "return sorted($a, key=sum)",
            "f([[5], [1, 2]]) == [[1, 2], [5]]",
            "f([]) == []",
            types="list[list[int]] -> list[list[int]]",
        ),
    ]


def matrices() -> list[Template]:
    return [
        template(
            "list/transpose",
            "transpose a matrix|return the transpose of $a|swap the rows and columns of a matrix",
            "transpose",
            MATRIX,
            "return [list(row) for row in zip(*$a)]",
            "f([[1, 2], [3, 4]]) == [[1, 3], [2, 4]]",
            "f([]) == []",
            types="list[list[int]] -> list[list[int]]",
        ),
        template(
            "list/row_sums",
            "return the sum of each row of a matrix|compute the row sums of $a|sum each row of $a",
            "row_sums|sum_rows",
            MATRIX,
            "return [sum(row) for row in $a]",
            "f([[1, 2], [3, 4]]) == [3, 7]",
            "f([]) == []",
            types="list[list[int]] -> list[int]",
        ),
        template(
            "list/column_sums",
            "return the sum of each column of a matrix|compute the column sums of $a|sum each column of $a",
            "column_sums|sum_columns",
            MATRIX,
            "return [sum(column) for column in zip(*$a)]",
            "f([[1, 2], [3, 4]]) == [4, 6]",
            "f([]) == []",
            types="list[list[int]] -> list[int]",
        ),
        template(
            "list/matrix_sum",
            "return the sum of all numbers in a matrix|add all numbers in the matrix $a|compute the "
            "sum of a list of lists of numbers",
            "matrix_sum|sum_matrix",
            MATRIX,
            "return sum(sum(row) for row in $a)",
            "f([[1, 2], [3, 4]]) == 10",
            "f([]) == 0",
            idioms={"using loops": "total = 0\nfor row in $a:\n    for x in row:\n        total += x\nreturn total"},
            types="list[list[int]] -> int",
        ),
        template(
            "list/matrix_max",
            "find the largest number in a matrix|return the maximum of the matrix $a",
            "matrix_max|max_in_matrix",
            MATRIX,
            "return max(max(row) for row in $a)",
            "f([[1, 2], [3, 0]]) == 3",
            "f([[-1]]) == -1",
            types="list[list[int]] -> int",
        ),
        template(
            "list/diagonal",
            "return the diagonal of a square matrix|get the main diagonal of $a",
            "diagonal",
            MATRIX,
            "return [$a[i][i] for i in range(len($a))]",
            "f([[1, 2], [3, 4]]) == [1, 4]",
            "f([]) == []",
            types="list[list[int]] -> list[int]",
        ),
        template(
            "list/trace",
            "return the sum of the diagonal of a square matrix|compute the trace of $a|compute the trace of a matrix",
            "trace|diagonal_sum",
            MATRIX,
            "return sum($a[i][i] for i in range(len($a)))",
            "f([[1, 2], [3, 4]]) == 5",
            "f([]) == 0",
            types="list[list[int]] -> int",
        ),
        template(
            "list/column",
            "return a column of a matrix|get column $b of the matrix $a|return the column of $a at index $b",
            "column|get_column",
            "matrix index|grid column|rows i",
            "return [row[$b] for row in $a]",
            "f([[1, 2], [3, 4]], 1) == [2, 4]",
            "f([], 0) == []",
            types="list[list[int]]; int -> list[int]",
        ),
        template(
            "list/matrix_add",
            "add two matrices|return the sum of the matrices $a and $b|add the matrices $a and $b element by element",
            "add_matrices|matrix_add",
            TWO,
            "return [[x + y for x, y in zip(row, other)] for row, other in zip($a, $b)]",
            "f([[1, 2]], [[3, 4]]) == [[4, 6]]",
            "f([], []) == []",
            types="list[list[int]]; list[list[int]] -> list[list[int]]",
        ),
        template(
            "list/matrix_scale",
            "multiply every number in a matrix by $k|multiply the matrix $a by $k|scale a matrix by $k",
            "scale_matrix_by_$k",
            MATRIX,
            "return [[x * $k for x in row] for row in $a]",
            "f([[1, 2], [3, 4]]) == [[k, 2 * k], [3 * k, 4 * k]]",
            "f([]) == []",
            constants=SMALL,
            types="list[list[int]] -> list[list[int]]",
        ),
        template(
            "list/identity",
            "create an identity matrix|return the identity matrix of size $a|make a square identity "
            "matrix with $a rows",
            "identity|identity_matrix",
            "n|size|count",
            "return [[1 if i == j else 0 for j in range($a)] for i in range($a)]",
            "f(2) == [[1, 0], [0, 1]]",
            "f(0) == []",
        ),
        template(
            "list/zero_grid",
            "create a matrix of zeros|create a grid of zeros with $a rows and $b columns|return a "
            "matrix with $a rows and $b columns of zeros",
            "zero_matrix|make_grid",
            "rows columns|n m|height width",
            "return [[0] * $b for _ in range($a)]",
            "f(2, 3) == [[0, 0, 0], [0, 0, 0]]",
            "f(0, 2) == []",
        ),
        template(
            "list/rotate_matrix",
            "rotate a matrix by 90 degrees clockwise|return $a rotated clockwise by 90 degrees|turn "
            "a grid 90 degrees to the right",
            "rotate_matrix|rotate_grid",
            MATRIX,
            "return [list(row) for row in zip(*$a[::-1])]",
            "f([[1, 2], [3, 4]]) == [[3, 1], [4, 2]]",
            "f([]) == []",
            types="list[list[int]] -> list[list[int]]",
        ),
        template(
            "list/flip_rows",
            "mirror every row of a matrix|reverse each row of $a|flip a matrix horizontally",
            "flip_horizontal|mirror",
            MATRIX,
            "return [row[::-1] for row in $a]",
            "f([[1, 2], [3, 4]]) == [[2, 1], [4, 3]]",
            "f([]) == []",
            types="list[list[int]] -> list[list[int]]",
        ),
        template(
            "list/is_square",
            "check if a matrix is square|return True if the matrix $a has as many rows as columns",
            "is_square_matrix",
            MATRIX,
            "return all(len(row) == len($a) for row in $a)",
            "f([[1, 2], [3, 4]])",
            "not f([[1, 2]])",
            "f([])",
            types="list[list[int]] -> bool",
        ),
    ]


TEMPLATES = (*nested(), *matrices())
