"""Statistics, units, bases, geometry and money."""

from training.data.first.entry import known, new

ENTRIES = (
    known(
        "list/average",
        "average;average of a list;mean;average of numbers;mean of a list;average of a list of numbers;"
        "average function;arithmetic mean",
        "{calc} the (average|mean|arithmetic mean) of (a list|a list of numbers|an array|numbers|a list of integers|"
        "the numbers in a list);average (a list|numbers|a list of numbers);{calc} (the mean|the average)",
    ),
    known(
        "list/median",
        "median;median of a list;median of numbers;median of a list of numbers;find median",
        "{calc} the median( of (a list|a list of numbers|an array|numbers|the numbers in a list)|)",
    ),
    known(
        "list/mode",
        "mode;mode of a list;most common element;most frequent element;most common value;most common item in a list",
        "{calc} the mode( of (a list|numbers|a list of numbers)|);{get} the most (common|frequent) (element|item|value|"
        "number) (in|of) (a list|an array)",
    ),
    new(
        "standard_deviation",
        "standard deviation;std;std dev;stdev;standard deviation of a list;std deviation",
        "{calc} the (standard deviation|std|std dev) of (a list|a list of numbers|numbers|an array);"
        "{calc} standard deviation",
        "standard_deviation|std",
        "numbers|values",
        "mean = sum($a) / len($a)\nvariance = sum((x - mean) ** 2 for x in $a) / len($a)\nreturn variance ** 0.5",
        "f([2, 4, 4, 4, 5, 5, 7, 9]) == 2",
        "f([1, 1]) == 0",
    ),
    new(
        "variance",
        "variance;variance of a list;variance of numbers;variance of a list of numbers",
        "{calc} the variance of (a list|a list of numbers|numbers|an array);{calc} (variance|the variance)",
        "variance",
        "numbers|values",
        "mean = sum($a) / len($a)\nreturn sum((x - mean) ** 2 for x in $a) / len($a)",
        "f([2, 4, 4, 4, 5, 5, 7, 9]) == 4",
        "f([1, 1]) == 0",
    ),
    known(
        "fahrenheit",
        "celsius to fahrenheit;celsius to fahrenheit converter;c to f;celsius to fahrenheit conversion;"
        "celsius in fahrenheit;temperature converter",
        "{convert} (celsius|a temperature in celsius|degrees celsius|celsius temperature|a celsius temperature|c) "
        "(to|into)"
        " (fahrenheit|f);{calc} fahrenheit from celsius",
    ),
    known(
        "celsius",
        "fahrenheit to celsius;fahrenheit to celsius converter;f to c;fahrenheit to celsius conversion;"
        "fahrenheit in celsius",
        "{convert} (fahrenheit|a temperature in fahrenheit|degrees fahrenheit|a fahrenheit temperature|f) (to|into)"
        " (celsius|c);{calc} celsius from fahrenheit",
    ),
    known(
        "celsius_to_kelvin",
        "celsius to kelvin;c to k;celsius to kelvin converter",
        "{convert} (celsius|a temperature in celsius|degrees celsius|c) (to|into) kelvin",
    ),
    known(
        "kilometers_to_miles",
        "km to miles;kilometers to miles;kilometres to miles;km to miles converter;km in miles;kilometers to miles "
        "conversion",
        "{convert} (kilometers|km|kilometres|a distance in km) (to|into) (miles|mi)",
    ),
    known(
        "miles_to_kilometers",
        "miles to km;miles to kilometers;miles to kilometres;miles to km converter;miles in km",
        "{convert} (miles|mi|a distance in miles) (to|into) (kilometers|km|kilometres)",
    ),
    known(
        "hours_to_minutes",
        "hours to minutes;hours to minutes converter",
        "{convert} hours (to|into) minutes",
    ),
    known(
        "to_binary",
        "decimal to binary;int to binary;number to binary;binary conversion;integer to binary;decimal to binary "
        "converter;"
        "to binary",
        "{convert} (a number|an integer|a decimal number|decimal|an int|a decimal|n) (to|into) (binary|a binary "
        "string);"
        "{get} the binary (representation|form) of (a number|an integer)",
    ),
    known(
        "from_binary",
        "binary to decimal;binary to int;binary to number;binary string to int;binary to integer;"
        "binary to decimal converter",
        "{convert} (binary|a binary number|a binary string|a binary) (to|into) (decimal|a number|an integer|an int|"
        "a decimal number)",
    ),
    known(
        "to_hex",
        "decimal to hex;int to hex;number to hex;decimal to hexadecimal;integer to hex;to hex;hex conversion",
        "{convert} (a number|an integer|a decimal number|decimal|an int|a decimal) (to|into) (hex|hexadecimal);"
        "{get} the hex (representation|form) of a number",
    ),
    known(
        "from_hex",
        "hex to decimal;hex to int;hexadecimal to decimal;hex string to int",
        "{convert} (hex|a hex string|a hexadecimal number|hexadecimal) (to|into) (decimal|an integer|an int|a number)",
    ),
    known(
        "to_roman",
        "int to roman;integer to roman;number to roman numeral;roman numerals;to roman;decimal to roman;"
        "integer to roman numeral;roman numeral converter",
        "{convert} (a number|an integer|an int|a decimal number|integers|numbers) (to|into) (roman numerals|"
        "a roman numeral|roman)",
    ),
    known(
        "from_roman",
        "roman to int;roman to integer;roman numeral to int;roman numeral to number;roman numerals to integer;from "
        "roman",
        "{convert} (a roman numeral|roman numerals|roman|a roman number) (to|into) (a number|an integer|an int|"
        "integers|"
        "numbers|decimal)",
    ),
    known(
        "circle_area",
        "area of a circle;circle area;area of circle;area circle;circle area calculator",
        "{calc} the area of (a circle|a circle from its radius|a circle with radius r|circle);{calc} circle area",
    ),
    known(
        "circumference",
        "circumference of a circle;circle circumference;circumference;perimeter of a circle",
        "{calc} the (circumference|perimeter) of (a circle|circle)",
    ),
    known(
        "rectangle_area",
        "area of a rectangle;rectangle area;area of rectangle;area rectangle",
        "{calc} the area of (a rectangle|rectangle|a rectangle from width and height)",
    ),
    known(
        "rectangle_perimeter",
        "perimeter of a rectangle;rectangle perimeter;perimeter of rectangle",
        "{calc} the perimeter of (a rectangle|rectangle)",
    ),
    known(
        "triangle_area",
        "area of a triangle;triangle area;area of triangle;area triangle",
        "{calc} the area of (a triangle|triangle|a triangle from base and height|a triangle with base and height)",
    ),
    known(
        "hypotenuse",
        "hypotenuse;pythagoras;pythagorean theorem;pythagoras theorem;hypotenuse of a right triangle;length of "
        "hypotenuse",
        "{calc} the (hypotenuse|length of the hypotenuse)( of a right triangle| of a triangle|);"
        "(use|apply|implement) (the pythagorean theorem|pythagoras)",
    ),
    known(
        "distance",
        "distance between two points;distance;euclidean distance;distance of two points;point distance;distance "
        "formula",
        "{calc} the (distance|euclidean distance) (between|of) (two points|2 points|points)",
    ),
    known(
        "interest",
        "simple interest;simple interest calculator;interest;simple interest formula",
        "(calculate|compute|find|get) (simple interest|the simple interest|interest)",
    ),
    known(
        "compound_interest",
        "compound interest;compound interest calculator;compound interest formula;compounded interest",
        "(calculate|compute|find|get) (compound interest|the compound interest)",
    ),
    known(
        "bmi",
        "bmi;bmi calculator;body mass index;calculate bmi;bmi calculation",
        "(calculate|compute|find|get) (bmi|the bmi|the body mass index|body mass index|my bmi)( from weight and "
        "height|)",
    ),
    known(
        "percent_of",
        "percentage of a number;percent of a number",
        "{calc} (a percentage|x percent|a percent) of a number",
    ),
    known(
        "discounted",
        "discount;price with discount;discount calculator;discounted price",
        "(apply|subtract) a discount (to|from) a price;{calc} (the discounted price|a price after discount|"
        "the price after a discount)",
    ),
    known(
        "to_int",
        "string to int;str to int;string to integer;int from string;parse int;text to int",
        "{convert} (a string|string|a str|text) (to|into) (an int|an integer|int|integer);parse an (int|integer)( "
        "from a string|)",
    ),
    known(
        "round_k",
        "round to 2 decimals;round to two decimal places;round number to 2 decimal places",
        "round (a number|a float|number) to (2|two) (decimals|decimal places)",
        constant=2,
    ),
    known(
        "divisible",
        "divisible by 3;is divisible by 3;divisibility by 3",
        "{check} {num} is (divisible by 3|a multiple of 3)",
        constant=3,
    ),
)
