"""Templates over matrices, which are lists of rows."""

from training.data.template import Template, template

FEW = range(2, 22)
MATRIX = "matrix|m|grid|table"
TYPE = "list[list[int]]"


def matrices() -> list[Template]:
    return [
        template(
            "filled_k",
            "create a square matrix filled with $k|return a matrix with $a rows and $a columns, all $k|"
            "build a square matrix of size $a with $k everywhere",
            "filled_with_$k",
            "n|size",
            "return [[$k] * $a for _ in range($a)]",
            "f(2) == [[k, k], [k, k]]",
            "f(0) == []",
            constants=FEW,
            types=f"int -> {TYPE}",
        ),
        template(
            "is_symmetric",
            "check if a matrix is symmetric|return True if the matrix $a equals its transpose|"
            "tell whether a matrix is the same as its transpose",
            "is_symmetric",
            MATRIX,
            "return $a == [list(column) for column in zip(*$a)]",
            "f([[1, 2], [2, 3]])",
            "not f([[1, 2], [3, 4]])",
            "f([])",
            types=f"{TYPE} -> bool",
        ),
        template(
            "matrix_subtract",
            "subtract two matrices|return the difference of the matrices $a and $b|subtract the matrix $b from $a",
            "subtract_matrices|matrix_subtract",
            "a b|first second|left right",
            "return [[x - y for x, y in zip(row, other)] for row, other in zip($a, $b)]",
            "f([[1, 2]], [[3, 4]]) == [[-2, -2]]",
            "f([], []) == []",
            types=f"{TYPE}; {TYPE} -> {TYPE}",
        ),
        template(
            "matrix_multiply",
            "multiply two matrices|return the matrix product of $a and $b|compute the product of two matrices",
            "multiply_matrices|matrix_multiply",
            "a b|first second|left right",
            "return [[sum(x * y for x, y in zip(row, column)) for column in zip(*$b)] for row in $a]",
            "f([[1, 2], [3, 4]], [[5, 6], [7, 8]]) == [[19, 22], [43, 50]]",
            "f([], []) == []",
            types=f"{TYPE}; {TYPE} -> {TYPE}",
        ),
        template(
            "determinant",
            "compute the determinant of a 2 by 2 matrix|return the determinant of the 2 by 2 matrix $a|"
            "calculate the determinant of a matrix with 2 rows and 2 columns",
            "determinant",
            MATRIX,
            "return $a[0][0] * $a[1][1] - $a[0][1] * $a[1][0]",
            "f([[1, 2], [3, 4]]) == -2",
            "f([[0, 0], [0, 0]]) == 0",
            types=f"{TYPE} -> int",
        ),
        template(
            "matrix_vector",
            "multiply a matrix by a vector|return the product of the matrix $a and the vector $b|"
            "compute the product of a matrix and a vector",
            "matrix_times_vector|matrix_vector",
            "matrix vector|m v",
            "return [sum(x * y for x, y in zip(row, $b)) for row in $a]",
            "f([[1, 2], [3, 4]], [5, 6]) == [17, 39]",
            "f([], []) == []",
            types=f"{TYPE}; list[int] -> list[int]",
        ),
        template(
            "anti_diagonal",
            "return the diagonal of a square matrix from the top right corner|"
            "list the numbers of $a from the top right to the bottom left corner|get the anti-diagonal of a matrix",
            "anti_diagonal|other_diagonal",
            MATRIX,
            "return [row[-1 - i] for i, row in enumerate($a)]",
            "f([[1, 2], [3, 4]]) == [2, 3]",
            "f([]) == []",
            types=f"{TYPE} -> list[int]",
        ),
        template(
            "matrix_find",
            "find the row and column of a value in a matrix, or None|"
            "return the row and column of $b in the matrix $a, or None if it is not there|"
            "search a matrix for a value and return its row and column, or None",
            "find_in_matrix|matrix_find",
            "matrix value|grid target",
            "for i, row in enumerate($a):\n    if $b in row:\n        return i, row.index($b)\nreturn None",
            "f([[1, 2], [3, 4]], 3) == (1, 0)",
            "f([], 1) is None",
            types=f"{TYPE}; int -> tuple[int, int] | None",
        ),
        template(
            "matrix_count_k",
            "count how often $k occurs in a matrix|return how many times $k occurs in the matrix $a|"
            "count the number $k in the rows of a matrix",
            "count_in_matrix_$k",
            MATRIX,
            "return sum(row.count($k) for row in $a)",
            "f([[k, 0], [1 - k, k]]) == 2",
            "f([]) == 0",
            constants=range(2, 30),
            types=f"{TYPE} -> int",
        ),
    ]


TEMPLATES = tuple(matrices())
