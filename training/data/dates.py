"""Templates over dates and times of day."""

from training.data.template import Template, template

SMALL = range(2, 100)
DATE = "from datetime import date"
DATE_DELTA = "from datetime import date, timedelta"
DATETIME = "from datetime import datetime"
DAY = "day|start|current"
TEXT = "text|s|iso"


def days() -> list[Template]:
    return [
        template(
            "days_between",
            "count the days between two dates|return the number of days from $a to $b|"
            "compute the days between $a and $b|"
            "find how many days lie between two dates",
            "days_between",
            "start end|first second|a b",
            "return ($b - $a).days",
            "f(date(2024, 2, 28), date(2024, 3, 1)) == 2",
            "f(date(2024, 1, 1), date(2024, 1, 1)) == 0",
            "f(date(2024, 1, 2), date(2024, 1, 1)) == -1",
            types="date; date -> int",
            imports=DATE,
        ),
        template(
            "iso_days_between",
            "count the days between two ISO dates|return the number of days from the ISO date $a to the ISO date $b|"
            "compute the days between two dates given as YYYY-MM-DD",
            "iso_days_between|days_between",
            "start end|first second|a b",
            "return (date.fromisoformat($b) - date.fromisoformat($a)).days",
            'f("2024-02-28", "2024-03-01") == 2',
            'f("2023-01-01", "2023-01-01") == 0',
            types="str; str -> int",
            imports=DATE,
        ),
        template(
            "weekday_name",
            "return the name of the weekday of a date|return the weekday name of the date $a|"
            "get the day of the week of a date as a name",
            "weekday_name|day_name",
            DAY,
            'return $a.strftime("%A")',
            'f(date(2024, 1, 1)) == "Monday"',
            'f(date(2024, 2, 29)) == "Thursday"',
            types="date -> str",
            imports=DATE,
        ),
        template(
            "iso_weekday_name",
            "return the name of the weekday of an ISO date|return the weekday name of the ISO date $a|"
            "get the day of the week of a date given as YYYY-MM-DD",
            "iso_weekday_name|weekday_name",
            TEXT,
            'return date.fromisoformat($a).strftime("%A")',
            'f("2024-01-01") == "Monday"',
            'f("2024-02-29") == "Thursday"',
            types="str -> str",
            imports=DATE,
        ),
        template(
            "weekend",
            "check if a date is on a weekend|return True if the date $a is a Saturday or Sunday|"
            "tell whether a date falls on a weekend",
            "is_weekend",
            DAY,
            "return $a.weekday() >= 5",
            "f(date(2024, 1, 6))",
            "f(date(2024, 1, 7))",
            "not f(date(2024, 1, 5))",
            types="date -> bool",
            imports=DATE,
        ),
        template(
            "iso_weekend",
            "check if an ISO date is on a weekend|return True if the ISO date $a is a Saturday or Sunday|"
            "tell whether a date given as YYYY-MM-DD falls on a weekend",
            "iso_is_weekend|is_weekend",
            TEXT,
            "return date.fromisoformat($a).weekday() >= 5",
            'f("2024-01-06")',
            'not f("2024-01-05")',
            'not f("2024-01-08")',
            types="str -> bool",
            imports=DATE,
        ),
        template(
            "workday",
            "check if a date is a working day|return True if the date $a is from Monday to Friday|"
            "tell whether a date falls on a weekday",
            "is_workday|is_weekday",
            DAY,
            "return $a.weekday() < 5",
            "f(date(2024, 1, 5))",
            "not f(date(2024, 1, 6))",
            types="date -> bool",
            imports=DATE,
        ),
        template(
            "parse_date",
            "parse an ISO date|parse the ISO date $a|turn a string like 2024-01-31 into a date|"
            "convert a date given as YYYY-MM-DD to a date object",
            "parse_date|to_date",
            TEXT,
            "return date.fromisoformat($a)",
            'f("2024-01-31") == date(2024, 1, 31)',
            'f("2024-02-29") == date(2024, 2, 29)',
            types="str -> date",
            imports=DATE,
        ),
        template(
            "format_date",
            "format a date as ISO text|return the date $a as text like 2024-01-31|"
            "convert a date to a YYYY-MM-DD string",
            "format_date|to_iso",
            DAY,
            "return $a.isoformat()",
            'f(date(2024, 1, 31)) == "2024-01-31"',
            'f(date(999, 1, 1)) == "0999-01-01"',
            types="date -> str",
            imports=DATE,
        ),
        template(
            "european_date",
            "format a date as DD.MM.YYYY|return the date $a as text like 31.01.2024|"
            "convert a date to a DD.MM.YYYY string",
            "european_date|format_european",
            DAY,
            'return $a.strftime("%d.%m.%Y")',
            'f(date(2024, 1, 31)) == "31.01.2024"',
            'f(date(2000, 2, 3)) == "03.02.2000"',
            types="date -> str",
            imports=DATE,
        ),
        template(
            "us_date_to_iso",
            "convert a date from MM/DD/YYYY to YYYY-MM-DD|turn the date $a from MM/DD/YYYY into ISO format|"
            "rewrite a US date as an ISO date",
            "us_to_iso|convert_date",
            TEXT,
            'return datetime.strptime($a, "%m/%d/%Y").strftime("%Y-%m-%d")',
            'f("01/31/2024") == "2024-01-31"',
            'f("2/3/2000") == "2000-02-03"',
            types="str -> str",
            imports=DATETIME,
        ),
        template(
            "add_days_k",
            "add $k days to a date|return the date $k days after $a|return the date $a plus $k days",
            "add_$k_days|in_$k_days",
            DAY,
            "return $a + timedelta(days=$k)",
            "f(date(2024, 2, 28)) == date(2024, 2, 28) + timedelta(days=k)",
            "(f(date(2023, 12, 31)) - date(2023, 12, 31)).days == k",
            constants=SMALL,
            types="date -> date",
            imports=DATE_DELTA,
        ),
        template(
            "subtract_days_k",
            "subtract $k days from a date|return the date $k days before $a|return the date $a minus $k days",
            "subtract_$k_days|days_ago_$k",
            DAY,
            "return $a - timedelta(days=$k)",
            "f(date(2024, 3, 1)) == date(2024, 3, 1) - timedelta(days=k)",
            "(date(2024, 1, 1) - f(date(2024, 1, 1))).days == k",
            constants=SMALL,
            types="date -> date",
            imports=DATE_DELTA,
        ),
        template(
            "add_days",
            "add a number of days to a date|return the date $b days after $a|add $b days to the date $a",
            "add_days",
            "day count|start amount",
            "return $a + timedelta(days=$b)",
            "f(date(2024, 2, 28), 2) == date(2024, 3, 1)",
            "f(date(2024, 1, 1), -1) == date(2023, 12, 31)",
            "f(date(2024, 1, 1), 0) == date(2024, 1, 1)",
            types="date; int -> date",
            imports=DATE_DELTA,
        ),
        template(
            "add_weeks_k",
            "add $k weeks to a date|return the date $k weeks after $a|return the date $a plus $k weeks",
            "add_$k_weeks|in_$k_weeks",
            DAY,
            "return $a + timedelta(weeks=$k)",
            "f(date(2024, 2, 29)) == date(2024, 2, 29) + timedelta(weeks=k)",
            "(f(date(2023, 12, 31)) - date(2023, 12, 31)).days == 7 * k",
            constants=range(2, 54),
            types="date -> date",
            imports=DATE_DELTA,
        ),
        template(
            "next_day",
            "return the day after a date|return the date one day after $a|get the next day of a date",
            "next_day|tomorrow_of",
            DAY,
            "return $a + timedelta(days=1)",
            "f(date(2024, 2, 28)) == date(2024, 2, 29)",
            "f(date(2023, 12, 31)) == date(2024, 1, 1)",
            types="date -> date",
            imports=DATE_DELTA,
        ),
        template(
            "previous_day",
            "return the day before a date|return the date one day before $a|get the previous day of a date",
            "previous_day|day_before",
            DAY,
            "return $a - timedelta(days=1)",
            "f(date(2024, 3, 1)) == date(2024, 2, 29)",
            "f(date(2024, 1, 1)) == date(2023, 12, 31)",
            types="date -> date",
            imports=DATE_DELTA,
        ),
        template(
            "dates_in_range",
            "list all dates from $a to $b, both included|return every day from $a to $b, both included|"
            "list the dates between two dates, both included",
            "date_range|dates_between",
            "start end|first last",
            "return [$a + timedelta(days=i) for i in range(($b - $a).days + 1)]",
            "f(date(2024, 2, 28), date(2024, 3, 1)) == [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)]",
            "f(date(2024, 1, 2), date(2024, 1, 1)) == []",
            types="date; date -> list[date]",
            imports=DATE_DELTA,
        ),
    ]


def parts() -> list[Template]:
    return [
        template(
            "age",
            "compute the age in years of a person|return the age in years on the day $b of someone born on $a|"
            "calculate how old someone is from the birth date and a day",
            "age|age_on",
            "born today|birthday current",
            "had_birthday = ($b.month, $b.day) >= ($a.month, $a.day)\n"
            "return $b.year - $a.year - (0 if had_birthday else 1)",
            "f(date(2000, 5, 10), date(2024, 5, 9)) == 23",
            "f(date(2000, 5, 10), date(2024, 5, 10)) == 24",
            "f(date(2000, 5, 10), date(2000, 5, 10)) == 0",
            types="date; date -> int",
            imports=DATE,
        ),
        template(
            "days_in_month",
            "return the number of days in a month of a year|return how many days the month $b of the year $a has|"
            "count the days of the month $b in the year $a",
            "days_in_month",
            "year month|y m",
            "return calendar.monthrange($a, $b)[1]",
            "f(2024, 2) == 29",
            "f(2023, 2) == 28",
            "f(2023, 12) == 31",
            types="int; int -> int",
            imports="import calendar",
        ),
        template(
            "month_name",
            "return the name of a month from its number|return the English name of the month $a|"
            "convert a month number to its name",
            "month_name",
            "month|m",
            "return calendar.month_name[$a]",
            'f(1) == "January"',
            'f(12) == "December"',
            types="int -> str",
            imports="import calendar",
        ),
        template(
            "weekday_from_number",
            "return the name of a weekday from its number, 0 for Monday|return the weekday name for $a, 0 being Monday|"
            "convert a weekday number to its name, 0 being Monday",
            "weekday_from_number",
            "number|n",
            "return calendar.day_name[$a]",
            'f(0) == "Monday"',
            'f(6) == "Sunday"',
            types="int -> str",
            imports="import calendar",
        ),
        template(
            "iso_year",
            "return the year of an ISO date as a number|get the year of the ISO date $a|"
            "extract the year from a date given as YYYY-MM-DD",
            "year_of|get_year",
            TEXT,
            "return date.fromisoformat($a).year",
            'f("2024-01-31") == 2024',
            'f("0999-12-31") == 999',
            types="str -> int",
            imports=DATE,
        ),
        template(
            "iso_month",
            "return the month of an ISO date as a number|get the month of the ISO date $a|"
            "extract the month from a date given as YYYY-MM-DD",
            "month_of|get_month",
            TEXT,
            "return date.fromisoformat($a).month",
            'f("2024-01-31") == 1',
            'f("2024-12-01") == 12',
            types="str -> int",
            imports=DATE,
        ),
        template(
            "valid_date",
            "check if a string is a valid ISO date|return True if $a is a valid date like 2024-01-31|"
            "tell whether a string is a valid date in YYYY-MM-DD format",
            "is_valid_date|is_iso_date",
            TEXT,
            "try:\n    date.fromisoformat($a)\nexcept ValueError:\n    return False\nreturn True",
            'f("2024-02-29")',
            'not f("2023-02-29")',
            'not f("")',
            types="str -> bool",
            imports=DATE,
        ),
        template(
            "day_of_year",
            "return the day of the year of a date|return which day of the year the date $a is|"
            "compute the number of a date in its year",
            "day_of_year",
            DAY,
            "return $a.timetuple().tm_yday",
            "f(date(2024, 3, 1)) == 61",
            "f(date(2023, 1, 1)) == 1",
            types="date -> int",
            imports=DATE,
        ),
        template(
            "month_start",
            "return the first day of the month of a date|return the first day of the month of $a|"
            "get the start of the month for a date",
            "month_start|first_of_month",
            "current|start",
            "return $a.replace(day=1)",
            "f(date(2024, 2, 29)) == date(2024, 2, 1)",
            "f(date(2024, 1, 1)) == date(2024, 1, 1)",
            types="date -> date",
            imports=DATE,
        ),
        template(
            "quarter",
            "return the quarter of a month as a number from 1 to 4|return the quarter of the year for the month $a|"
            "compute which quarter a month belongs to",
            "quarter|quarter_of",
            "month|m",
            "return ($a - 1) // 3 + 1",
            "f(1) == 1",
            "f(3) == 1",
            "f(12) == 4",
            types="int -> int",
        ),
        template(
            "same_month",
            "check if two dates are in the same month of the same year|return True if $a and $b lie in the same month|"
            "tell whether two dates share year and month",
            "same_month",
            "a b|first second",
            "return ($a.year, $a.month) == ($b.year, $b.month)",
            "f(date(2024, 1, 1), date(2024, 1, 31))",
            "not f(date(2024, 1, 1), date(2023, 1, 1))",
            types="date; date -> bool",
            imports=DATE,
        ),
        template(
            "century",
            "return the century of a year|compute the century of the year $a|find which century a year belongs to",
            "century|century_of",
            "year|y",
            "return ($a - 1) // 100 + 1",
            "f(1900) == 19",
            "f(1901) == 20",
            types="int -> int",
        ),
    ]


def clock() -> list[Template]:
    return [
        template(
            "hms",
            "convert seconds to hours, minutes and seconds as HH:MM:SS|format $a seconds as HH:MM:SS|"
            "turn a number of seconds into text like 01:02:03",
            "format_seconds|seconds_to_hms",
            "seconds|total|n",
            'hours, rest = divmod($a, 3600)\nreturn f"{hours:02}:{rest // 60:02}:{rest % 60:02}"',
            'f(3723) == "01:02:03"',
            'f(0) == "00:00:00"',
            types="int -> str",
        ),
        template(
            "hms_tuple",
            "split seconds into hours, minutes and seconds|return hours, minutes and seconds of $a seconds as a tuple|"
            "convert $a seconds to a tuple of hours, minutes and seconds",
            "split_seconds",
            "seconds|total|n",
            "return $a // 3600, $a % 3600 // 60, $a % 60",
            "f(3723) == (1, 2, 3)",
            "f(0) == (0, 0, 0)",
            types="int -> tuple[int, int, int]",
            idioms={
                "using divmod": "hours, rest = divmod($a, 3600)\nminutes, rest = divmod(rest, 60)\n"
                "return hours, minutes, rest"
            },
        ),
        template(
            "minutes_text",
            "convert minutes to hours and minutes as H:MM|format $a minutes as H:MM|"
            "turn a number of minutes into text like 1:05",
            "format_minutes|minutes_to_text",
            "minutes|total|n",
            'return f"{$a // 60}:{$a % 60:02}"',
            'f(65) == "1:05"',
            'f(0) == "0:00"',
            types="int -> str",
        ),
        template(
            "clock_minutes",
            "convert a time like HH:MM to minutes since midnight|return the minutes since midnight of the time $a|"
            "parse a time such as 01:30 as a number of minutes",
            "to_minutes|minutes_since_midnight",
            "time|text|clock",
            'hours, minutes = $a.split(":")\nreturn int(hours) * 60 + int(minutes)',
            'f("01:30") == 90',
            'f("00:00") == 0',
            types="str -> int",
        ),
        template(
            "clock_seconds",
            "convert a time like HH:MM:SS to seconds|return the number of seconds of the time $a given as HH:MM:SS|"
            "parse a duration such as 01:02:03 as a number of seconds",
            "hms_to_seconds|parse_hms",
            "time|text|clock",
            'hours, minutes, seconds = $a.split(":")\nreturn int(hours) * 3600 + int(minutes) * 60 + int(seconds)',
            'f("01:02:03") == 3723',
            'f("00:00:00") == 0',
            types="str -> int",
        ),
        template(
            "total_seconds",
            "compute the total seconds of hours, minutes and seconds|"
            "return the number of seconds in $a hours, $b minutes and $c seconds|"
            "convert hours, minutes and seconds to seconds in all",
            "total_seconds",
            "hours minutes seconds|h m s",
            "return $a * 3600 + $b * 60 + $c",
            "f(1, 2, 3) == 3723",
            "f(0, 0, 0) == 0",
            types="int; int; int -> int",
        ),
        template(
            "twelve_hours",
            "convert an hour from 0 to 23 to text with AM or PM|return the hour $a as text like 3 PM or 12 AM|"
            "format an hour on the 12-hour clock",
            "format_hour|to_twelve_hours",
            "hour|h",
            'suffix = "AM" if $a < 12 else "PM"\nreturn f"{$a % 12 or 12} {suffix}"',
            'f(15) == "3 PM"',
            'f(0) == "12 AM"',
            'f(12) == "12 PM"',
            types="int -> str",
        ),
        template(
            "add_hours_k",
            "add $k hours to an hour of the day|return the hour $k hours after $a on a 24-hour clock|"
            "return the hour $a plus $k hours, going around at 24",
            "hour_plus_$k|add_$k_hours",
            "hour|h",
            "return ($a + $k) % 24",
            "f(0) == k % 24",
            "f(23) == (23 + k) % 24",
            constants=range(2, 24),
            types="int -> int",
        ),
    ]


TEMPLATES = (*days(), *parts(), *clock())
