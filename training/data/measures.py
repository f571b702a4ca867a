"""Templates that measure: geometry, units, money."""

from training.data.template import Template, template

SMALL = range(2, 100)


def geometry() -> list[Template]:
    return [
        template(
            "circle_area",
            "compute the area of a circle|return the area of a circle with radius $a|"
            "calculate the area of a circle from its radius|find the area of a circle",
            "circle_area|area_of_circle",
            "radius|r",
            "return math.pi * $a ** 2",
            "round(f(1), 2) == 3.14",
            "f(0) == 0",
            types="float -> float",
            imports="import math",
        ),
        template(
            "circumference",
            "compute the circumference of a circle|return the circumference of a circle with radius $a|"
            "find the perimeter of a circle",
            "circumference|circle_circumference",
            "radius|r",
            "return 2 * math.pi * $a",
            "round(f(1), 2) == 6.28",
            "f(0) == 0",
            types="float -> float",
            imports="import math",
        ),
        template(
            "rectangle_area",
            "compute the area of a rectangle|return the area of a rectangle with sides $a and $b|"
            "calculate the area of a rectangle from width and height",
            "rectangle_area|area",
            "width height|w h|a b",
            "return $a * $b",
            "f(2, 3) == 6",
            "f(0, 3) == 0",
            types="float; float -> float",
        ),
        template(
            "rectangle_perimeter",
            "compute the perimeter of a rectangle|return the perimeter of a rectangle with sides $a and $b|"
            "calculate the perimeter of a rectangle from width and height",
            "rectangle_perimeter|perimeter",
            "width height|w h|a b",
            "return 2 * ($a + $b)",
            "f(2, 3) == 10",
            "f(0, 0) == 0",
            types="float; float -> float",
        ),
        template(
            "square_area",
            "compute the area of a square|return the area of a square with side $a|find the area of a square",
            "square_area|area_of_square",
            "side|length",
            "return $a * $a",
            "f(3) == 9",
            "f(0) == 0",
            types="float -> float",
        ),
        template(
            "square_perimeter",
            "compute the perimeter of a square|return the perimeter of a square with side $a|"
            "find the perimeter of a square",
            "square_perimeter",
            "side|length",
            "return 4 * $a",
            "f(3) == 12",
            "f(0) == 0",
            types="float -> float",
        ),
        template(
            "triangle_area",
            "compute the area of a triangle|return the area of a triangle with base $a and height $b|"
            "calculate the area of a triangle from base and height",
            "triangle_area|area_of_triangle",
            "base height|b h",
            "return $a * $b / 2",
            "f(2, 3) == 3",
            "f(0, 3) == 0",
            types="float; float -> float",
        ),
        template(
            "heron",
            "compute the area of a triangle from its three sides|"
            "return the area of a triangle with sides $a, $b and $c|"
            "calculate the area of a triangle with the formula of Heron",
            "heron|triangle_area_from_sides",
            "a b c|x y z",
            "half = ($a + $b + $c) / 2\nreturn math.sqrt(half * (half - $a) * (half - $b) * (half - $c))",
            "f(3, 4, 5) == 6",
            "f(1, 1, 2) == 0",
            types="float; float; float -> float",
            imports="import math",
        ),
        template(
            "valid_triangle",
            "check if three sides can form a triangle|return True if $a, $b and $c can be the sides of a triangle|"
            "tell whether a triangle with sides $a, $b and $c exists",
            "is_triangle|is_valid_triangle",
            "a b c|x y z",
            "return $a + $b > $c and $a + $c > $b and $b + $c > $a",
            "f(3, 4, 5)",
            "not f(1, 1, 2)",
            "not f(0, 1, 1)",
            types="float; float; float -> bool",
        ),
        template(
            "triangle_kind",
            'return "equilateral", "isosceles" or "scalene" for the sides of a triangle|'
            'tell if the triangle with sides $a, $b and $c is "equilateral", "isosceles" or "scalene"|'
            'name the kind of a triangle from its sides: "equilateral", "isosceles" or "scalene"',
            "triangle_kind|triangle_type",
            "a b c|x y z",
            'if $a == $b == $c:\n    return "equilateral"\nif $a == $b or $b == $c or $a == $c:\n'
            '    return "isosceles"\nreturn "scalene"',
            'f(2, 2, 2) == "equilateral"',
            'f(2, 3, 2) == "isosceles"',
            'f(2, 3, 4) == "scalene"',
            types="int; int; int -> str",
        ),
        template(
            "hypotenuse",
            "compute the hypotenuse of a right triangle|return the hypotenuse of a right triangle with legs $a and $b|"
            "find the longest side of a right triangle",
            "hypotenuse",
            "a b|x y",
            "return math.sqrt($a ** 2 + $b ** 2)",
            "f(3, 4) == 5",
            "f(0, 2) == 2",
            types="float; float -> float",
            imports="import math",
        ),
        template(
            "distance",
            "compute the distance between two points|return the distance between the points $a and $b|"
            "calculate the Euclidean distance of two points",
            "distance|point_distance",
            "p q|a b",
            "return math.sqrt(($a[0] - $b[0]) ** 2 + ($a[1] - $b[1]) ** 2)",
            "f((0, 0), (3, 4)) == 5",
            "f((1, 1), (1, 1)) == 0",
            types="tuple[int, int]; tuple[int, int] -> float",
            imports="import math",
        ),
        template(
            "manhattan",
            "compute the Manhattan distance between two points|return the Manhattan distance of $a and $b|"
            "calculate the taxicab distance between two points",
            "manhattan_distance|manhattan",
            "p q|a b",
            "return abs($a[0] - $b[0]) + abs($a[1] - $b[1])",
            "f((0, 0), (3, -4)) == 7",
            "f((1, 1), (1, 1)) == 0",
            types="tuple[int, int]; tuple[int, int] -> int",
        ),
        template(
            "midpoint",
            "return the midpoint of two points|compute the point halfway between $a and $b|"
            "find the middle of two points",
            "midpoint",
            "p q|a b",
            "return ($a[0] + $b[0]) / 2, ($a[1] + $b[1]) / 2",
            "f((0, 0), (2, 4)) == (1, 2)",
            "f((-1, 1), (1, -1)) == (0, 0)",
            types="tuple[int, int]; tuple[int, int] -> tuple[float, float]",
        ),
        template(
            "sphere_volume",
            "compute the volume of a sphere|return the volume of a sphere with radius $a|"
            "calculate the volume of a ball from its radius",
            "sphere_volume|volume_of_sphere",
            "radius|r",
            "return 4 / 3 * math.pi * $a ** 3",
            "round(f(1), 2) == 4.19",
            "f(0) == 0",
            types="float -> float",
            imports="import math",
        ),
        template(
            "cylinder_volume",
            "compute the volume of a cylinder|return the volume of a cylinder with radius $a and height $b|"
            "calculate the volume of a cylinder from radius and height",
            "cylinder_volume|volume_of_cylinder",
            "radius height|r h",
            "return math.pi * $a ** 2 * $b",
            "round(f(1, 2), 2) == 6.28",
            "f(0, 5) == 0",
            types="float; float -> float",
            imports="import math",
        ),
        template(
            "cube_volume",
            "compute the volume of a cube|return the volume of a cube with side $a|find the volume of a cube",
            "cube_volume|volume_of_cube",
            "side|length",
            "return $a ** 3",
            "f(3) == 27",
            "f(0) == 0",
            types="float -> float",
        ),
        template(
            "box_volume",
            "compute the volume of a box|return the volume of a box with sides $a, $b and $c|"
            "calculate the volume of a box from width, height and depth",
            "box_volume|volume_of_box",
            "width height depth|a b c",
            "return $a * $b * $c",
            "f(2, 3, 4) == 24",
            "f(2, 0, 4) == 0",
            types="float; float; float -> float",
        ),
        template(
            "radians",
            "convert degrees to radians|convert an angle from degrees to radians|convert $a degrees to radians",
            "degrees_to_radians|to_radians",
            "degrees|angle",
            "return math.radians($a)",
            "round(f(180), 2) == 3.14",
            "f(0) == 0",
            types="float -> float",
            imports="import math",
        ),
    ]


def units() -> list[Template]:
    items = [
        template(
            "fahrenheit",
            "convert Celsius to Fahrenheit|convert a temperature from Celsius to Fahrenheit|convert "
            "$a degrees Celsius to Fahrenheit|return the temperature $a in Fahrenheit, given in Celsius",
            "celsius_to_fahrenheit|to_fahrenheit",
            "celsius|temperature|degrees",
            "return $a * 9 / 5 + 32",
            "f(100) == 212",
            "f(0) == 32",
            types="float -> float",
        ),
        template(
            "celsius",
            "convert Fahrenheit to Celsius|convert a temperature from Fahrenheit to Celsius|convert "
            "$a degrees Fahrenheit to Celsius|return the temperature $a in Celsius, given in Fahrenheit",
            "fahrenheit_to_celsius|to_celsius",
            "fahrenheit|temperature|degrees",
            "return ($a - 32) * 5 / 9",
            "f(212) == 100",
            "f(32) == 0",
            types="float -> float",
        ),
        template(
            "speed",
            "compute the speed from distance and time|return the average speed for the distance $a in the time $b|"
            "divide a distance by a time to get the speed",
            "speed|average_speed",
            "distance time|meters seconds",
            "return $a / $b",
            "f(100, 20) == 5",
            "f(0, 3) == 0",
            types="float; float -> float",
        ),
        template(
            "bmi",
            "compute the body mass index|return the BMI for the weight $a in kilograms and the height $b in meters|"
            "calculate the BMI from weight and height",
            "bmi|body_mass_index",
            "weight height|kilograms meters",
            "return $a / $b ** 2",
            "f(80, 2) == 20",
            "f(0, 2) == 0",
            types="float; float -> float",
        ),
    ]
    conversions = (
        ("celsius", "Celsius", "kelvin", "Kelvin", "+ 273.15"),
        ("kelvin", "Kelvin", "celsius", "Celsius", "- 273.15"),
        ("minutes", "minutes", "seconds", "seconds", "* 60"),
        ("hours", "hours", "minutes", "minutes", "* 60"),
        ("hours", "hours", "seconds", "seconds", "* 3600"),
        ("days", "days", "hours", "hours", "* 24"),
        ("days", "days", "seconds", "seconds", "* 86400"),
        ("weeks", "weeks", "days", "days", "* 7"),
        ("years", "years", "months", "months", "* 12"),
        ("seconds", "seconds", "minutes", "minutes", "/ 60"),
        ("minutes", "minutes", "hours", "hours", "/ 60"),
        ("days", "days", "weeks", "weeks", "/ 7"),
        ("kilometers", "kilometers", "meters", "meters", "* 1000"),
        ("meters", "meters", "kilometers", "kilometers", "/ 1000"),
        ("meters", "meters", "centimeters", "centimeters", "* 100"),
        ("centimeters", "centimeters", "meters", "meters", "/ 100"),
        ("miles", "miles", "kilometers", "kilometers", "* 1.609344"),
        ("kilometers", "kilometers", "miles", "miles", "/ 1.609344"),
        ("inches", "inches", "centimeters", "centimeters", "* 2.54"),
        ("centimeters", "centimeters", "inches", "inches", "/ 2.54"),
        ("feet", "feet", "inches", "inches", "* 12"),
        ("feet", "feet", "meters", "meters", "* 0.3048"),
        ("kilograms", "kilograms", "grams", "grams", "* 1000"),
        ("grams", "grams", "kilograms", "kilograms", "/ 1000"),
        ("pounds", "pounds", "kilograms", "kilograms", "* 0.45359237"),
        ("kilograms", "kilograms", "pounds", "pounds", "/ 0.45359237"),
        ("kilobytes", "kilobytes", "bytes", "bytes", "* 1024"),
        ("bytes", "bytes", "kilobytes", "kilobytes", "/ 1024"),
        ("dollars", "dollars", "cents", "cents", "* 100"),
        ("cents", "cents", "dollars", "dollars", "/ 100"),
    )
    for source, source_word, target, target_word, change in conversions:
        whole = change.startswith("*") and "." not in change
        kind = "int -> int" if whole else "float -> float"
        items.append(
            template(
                f"{source}_to_{target}",
                f"convert {source_word} to {target_word}|turn {source_word} into {target_word}|"
                f"convert $a from {source_word} to {target_word}|convert a value in {source_word} to {target_word}",
                f"{source}_to_{target}|to_{target}",
                "size|amount|x" if source == "bytes" else f"{source}|amount|x",
                f"return $a {change}",
                f"f(3) == 3 {change}",
                f"f(0) == 0 {change}",
                types=kind,
            )
        )
    return items


def money() -> list[Template]:
    return [
        template(
            "discount",
            "apply a discount of $k percent to a price|reduce a price by $k percent|return $a less $k percent|"
            "decrease $a by $k percent",
            "discount_$k|reduce_by_$k_percent",
            "price|amount",
            "return $a * (100 - $k) / 100",
            "f(100) == 100 - k",
            "f(0) == 0",
            constants=SMALL,
            types="float -> float",
        ),
        template(
            "markup",
            "add a tax of $k percent to a price|increase a price by $k percent|return $a plus $k percent|"
            "increase $a by $k percent",
            "add_tax_$k|increase_by_$k_percent",
            "price|amount",
            "return $a * (100 + $k) / 100",
            "f(100) == 100 + k",
            "f(0) == 0",
            constants=SMALL,
            types="float -> float",
        ),
        template(
            "percent_k",
            "return $k percent of a number|compute $k percent of $a|calculate $k % of a number",
            "percent_$k|take_$k_percent",
            "amount|x|number",
            "return $a * $k / 100",
            "f(100) == k",
            "f(0) == 0",
            constants=SMALL,
            types="float -> float",
        ),
        template(
            "percent_of",
            "return $b percent of $a|compute a given percentage of a number|calculate $b percent of the amount $a",
            "percent_of",
            "amount percent|x p",
            "return $a * $b / 100",
            "f(200, 10) == 20",
            "f(0, 10) == 0",
            types="float; float -> float",
        ),
        template(
            "percentage",
            "compute what percentage $a is of $b|return $a as a percentage of $b|"
            "compute what percentage one number is of another",
            "percentage",
            "part whole|a b",
            "return $a / $b * 100",
            "f(1, 4) == 25",
            "f(0, 4) == 0",
            types="float; float -> float",
        ),
        template(
            "percent_change",
            "compute the percentage change from $a to $b|return by how many percent $b is larger than $a|"
            "calculate the percent change between two numbers",
            "percent_change|percentage_change",
            "old new|before after",
            "return ($b - $a) / $a * 100",
            "f(50, 75) == 50",
            "f(4, 4) == 0",
            types="float; float -> float",
        ),
        template(
            "discounted",
            "apply a percentage discount to a price|return the price $a after a discount of $b percent|"
            "reduce the price $a by $b percent",
            "apply_discount|discounted_price",
            "price percent|amount discount",
            "return $a * (100 - $b) / 100",
            "f(200, 10) == 180",
            "f(50, 0) == 50",
            types="float; float -> float",
        ),
        template(
            "interest",
            "compute simple interest|return the simple interest on $a at $b percent for $c years|"
            "calculate the simple interest for principal, rate in percent and years",
            "simple_interest",
            "principal rate years|p r t",
            "return $a * $b * $c / 100",
            "f(100, 5, 2) == 10",
            "f(100, 5, 0) == 0",
            types="float; float; float -> float",
        ),
        template(
            "compound_interest",
            "compute the amount with compound interest|return what $a grows to at $b percent in $c years|"
            "calculate the final amount with compound interest for principal, rate in percent and years",
            "compound_interest|compound_amount",
            "principal rate years|p r t",
            "return $a * (1 + $b / 100) ** $c",
            "f(100, 100, 2) == 400",
            "f(100, 5, 0) == 100",
            types="float; float; int -> float",
        ),
        template(
            "split_bill",
            "split a bill equally, rounded to cents|"
            "return what each of $b people pays of the bill $a, rounded to cents|"
            "divide a bill among people, rounded to 2 decimals",
            "split_bill|share_of_bill",
            "total people|bill count",
            "return round($a / $b, 2)",
            "f(100, 3) == 33.33",
            "f(0, 4) == 0",
            types="float; int -> float",
        ),
        template(
            "price_text",
            "format an amount as dollars with two decimals|return $a as text like $12.50|"
            "turn a price into text with a dollar sign and two decimals",
            "format_price|to_dollars_text",
            "amount|price",
            'return f"${$a:.2f}"',
            'f(12.5) == "$12.50"',
            'f(0) == "$0.00"',
            types="float -> str",
        ),
        template(
            "thousands",
            "format a number with commas between the thousands|return $a as text with thousands separators|"
            "add commas to a large number",
            "format_thousands|with_commas",
            "n|number|amount",
            'return f"{$a:,}"',
            'f(1234567) == "1,234,567"',
            'f(0) == "0"',
            types="int -> str",
        ),
    ]


TEMPLATES = (*geometry(), *units(), *money())
