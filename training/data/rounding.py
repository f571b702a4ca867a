"""Templates that round, take roots or keep a number within bounds."""

from training.data.template import Template, template

ONE = "n|x|number|num|value"
BOUNDS = "x low high|value lower upper|n start stop"


def rounding() -> list[Template]:
    return [
        template(
            "round_nearest",
            "round a number to the nearest integer|round $a to the nearest whole number|round $a to an integer",
            "round_number|nearest_integer",
            ONE,
            "return round($a)",
            "f(2.7) == 3",
            "f(-1.2) == -1",
            types="float -> int",
        ),
        template(
            "round_down",
            "round a number down|round $a down to an integer|return the floor of a number",
            "round_down|floor",
            ONE,
            "return math.floor($a)",
            "f(2.7) == 2",
            "f(-1.2) == -2",
            types="float -> int",
            imports="import math",
        ),
        template(
            "round_up",
            "round a number up|round $a up to an integer|return the ceiling of a number",
            "round_up|ceiling",
            ONE,
            "return math.ceil($a)",
            "f(2.1) == 3",
            "f(-1.2) == -1",
            types="float -> int",
            imports="import math",
        ),
        template(
            "fraction_part",
            "return the part of a number after the decimal point|return the fractional part of $a|"
            "drop the whole part of a number",
            "fractional_part",
            ONE,
            "return $a % 1",
            "f(2.5) == 0.5",
            "f(3.0) == 0",
            types="float -> float",
        ),
        template(
            "square_root",
            "return the square root of a number|compute the square root of $a|find the square root of a number",
            "square_root|root",
            ONE,
            "return math.sqrt($a)",
            "f(16) == 4",
            "f(0) == 0",
            types="float -> float",
            imports="import math",
        ),
        template(
            "integer_root",
            "return the integer square root of a number|return the square root of $a, rounded down|"
            "find the largest integer whose square is at most $a",
            "integer_square_root|int_sqrt",
            ONE,
            "return math.isqrt($a)",
            "f(17) == 4",
            "f(0) == 0",
            types="int -> int",
            imports="import math",
        ),
        template(
            "clamp",
            "clamp a number between two bounds|keep $a between $b and $c|limit $a to the range from $b to $c|"
            "clamp $a to at least $b and at most $c",
            "clamp|limit",
            BOUNDS,
            "return max($b, min($a, $c))",
            "f(5, 1, 3) == 3",
            "f(0, 1, 3) == 1",
            "f(3, 1, 3) == 3",
            types="int; int; int -> int",
            idioms={"using if statements": "if $a > $c:\n    $a = $c\nif $a < $b:\n    $a = $b\nreturn $a"},
        ),
    ]


TEMPLATES = tuple(rounding())
