"""Templates that read and write files. Those that write have no types, so that no boundary value is used as a path."""

from training.data.template import Template, template

PATH = "path|filename|file_name|file_path"
READ = "(lambda p: (f(p, {value}), __import__('pathlib').Path(p).read_text())[1] == {text})(tmp({before}))"


def _wrote(value: str, text: str, before: str = "''") -> str:
    """A check that a call with a file and a value writes that text to the file."""
    return READ.format(value=value, text=text, before=before)


def reading() -> list[Template]:
    return [
        template(
            "read_file",
            "read a text file|return the contents of the file $a|read the whole file $a as a string|"
            "open a file to read its text|load the text of a file",
            "read_file|read_text|load_text",
            PATH,
            "with open($a) as file:\n    return file.read()",
            'f(tmp("a\\nb\\n")) == "a\\nb\\n"',
            'f(tmp("")) == ""',
            types="str -> str",
        ),
        template(
            "read_file_pathlib",
            "read a text file with pathlib|return the contents of the file $a using pathlib|"
            "use Path to read a text file",
            "read_file|read_text",
            PATH,
            "return Path($a).read_text()",
            'f(tmp("a\\nb\\n")) == "a\\nb\\n"',
            'f(tmp("")) == ""',
            types="str -> str",
            imports="from pathlib import Path",
        ),
        template(
            "read_or_empty",
            "load the text of a file, or an empty string if there is no such file|"
            "read a text file, or an empty string if it does not exist|"
            "return the contents of the file $a, or an empty string if it is missing",
            "read_or_empty|read_safely",
            PATH,
            'try:\n    with open($a) as file:\n        return file.read()\nexcept FileNotFoundError:\n    return ""',
            'f(tmp("abc")) == "abc"',
            'f(tmp("") + "x") == ""',
            types="str -> str",
        ),
        template(
            "read_lines",
            "read the lines of a file|return a list of the lines of the file $a|read a file line by line into a list|"
            "load the lines of a text file without their newlines",
            "read_lines|load_lines",
            PATH,
            "with open($a) as file:\n    return file.read().splitlines()",
            'f(tmp("a\\nb\\n")) == ["a", "b"]',
            'f(tmp("")) == []',
            types="str -> list[str]",
            idioms={
                "using a loop": "lines = []\nwith open($a) as file:\n    for line in file:\n"
                '        lines.append(line.rstrip("\\n"))\nreturn lines'
            },
        ),
        template(
            "read_first_lines",
            "read the first $k lines of a file|return a list of the first $k lines of the file $a|"
            "get the first $k lines of a text file without their newlines",
            "first_lines|head_$k",
            PATH,
            "with open($a) as file:\n    return file.read().splitlines()[:$k]",
            'f(tmp("a\\n" * 40)) == ["a"] * k',
            'f(tmp("")) == []',
            types="str -> list[str]",
            constants=range(2, 30),
        ),
        template(
            "read_last_lines",
            "read the last $k lines of a file|return a list of the last $k lines of the file $a|"
            "get the last $k lines of a text file without their newlines",
            "last_lines|tail_$k",
            PATH,
            "with open($a) as file:\n    return file.read().splitlines()[-$k:]",
            'f(tmp("b\\n" + "a\\n" * 40)) == ["a"] * k',
            'f(tmp("")) == []',
            types="str -> list[str]",
            constants=range(2, 30),
        ),
        template(
            "read_first_line",
            "read the first line of a file|return the first line of the file $a without its newline|"
            "get the first line of a text file, or an empty string if it is empty",
            "first_line|read_first_line",
            PATH,
            'with open($a) as file:\n    return file.readline().rstrip("\\n")',
            'f(tmp("a\\nb\\n")) == "a"',
            'f(tmp("")) == ""',
            types="str -> str",
        ),
        template(
            "file_lines",
            "count the lines of a file|return the number of lines in the file $a|count how many lines the file $a has|"
            "count lines in a text file",
            "count_lines|count_file_lines",
            PATH,
            "with open($a) as file:\n    return sum(1 for line in file)",
            'f(tmp("a\\nb\\n")) == 2',
            'f(tmp("")) == 0',
            types="str -> int",
            idioms={
                "using a loop": "count = 0\nwith open($a) as file:\n    for line in file:\n        count += 1\n"
                "return count"
            },
        ),
        template(
            "file_blank_lines",
            "count the blank lines of a file|return the number of empty lines in the file $a|"
            "count lines with nothing but white space in a file",
            "count_blank_lines",
            PATH,
            'with open($a) as file:\n    return sum(1 for line in file if line.strip() == "")',
            'f(tmp("a\\n\\n \\nb\\n")) == 2',
            'f(tmp("")) == 0',
            types="str -> int",
        ),
        template(
            "file_words",
            "count the words in a file|return the number of words in the file $a|count how many words a text file has",
            "count_words|count_file_words",
            PATH,
            "with open($a) as file:\n    return len(file.read().split())",
            'f(tmp("a b\\nc\\n")) == 3',
            'f(tmp("")) == 0',
            types="str -> int",
        ),
        template(
            "file_characters",
            "count how many characters a text file has|count the characters of a file|"
            "return the number of characters in the file $a",
            "count_characters|count_file_characters",
            PATH,
            "with open($a) as file:\n    return len(file.read())",
            'f(tmp("a b\\n")) == 4',
            'f(tmp("")) == 0',
            types="str -> int",
        ),
        template(
            "file_word_counts",
            "count how often each word occurs in a file|return a dictionary of the word counts of the file $a|"
            "count the words of a text file in a dictionary",
            "file_word_counts|count_each_word",
            PATH,
            "counts = {}\nwith open($a) as file:\n    for word in file.read().split():\n"
            "        counts[word] = counts.get(word, 0) + 1\nreturn counts",
            'f(tmp("a b\\na\\n")) == {"a": 2, "b": 1}',
            'f(tmp("")) == {}',
            types="str -> dict[str, int]",
        ),
        template(
            "file_find",
            "find the lines of a file that contain a word|return the lines of the file $a that contain $b|"
            "search a text file for a word, returning the lines that have it",
            "find_lines|grep",
            "path word|filename text|file_path pattern",
            "with open($a) as file:\n    return [line for line in file.read().splitlines() if $b in line]",
            'f(tmp("a b\\nc\\n"), "b") == ["a b"]',
            'f(tmp(""), "b") == []',
            types="str; str -> list[str]",
        ),
        template(
            "file_has",
            "check if a file contains a text|return True if the file $a contains $b|tell whether a word is in a file",
            "file_contains",
            "path word|filename text|file_path pattern",
            "with open($a) as file:\n    return $b in file.read()",
            'f(tmp("a b\\n"), "b")',
            'not f(tmp(""), "b")',
            types="str; str -> bool",
        ),
        template(
            "file_longest_line",
            "get the longest line of a text file, or an empty string if it has none|find the longest line of a file|"
            "return the longest line of the file $a, or an empty string if it is empty",
            "longest_line",
            PATH,
            'with open($a) as file:\n    return max(file.read().splitlines(), key=len, default="")',
            'f(tmp("a\\nbcd\\n")) == "bcd"',
            'f(tmp("")) == ""',
            types="str -> str",
        ),
        template(
            "file_sum",
            "add the numbers in a file with one number per line|"
            "return the sum of the numbers in the file $a, one on each line|"
            "sum the integers of a text file that has one per line",
            "sum_file|sum_numbers_in_file",
            PATH,
            "with open($a) as file:\n    return sum(int(line) for line in file)",
            'f(tmp("1\\n-2\\n30\\n")) == 29',
            'f(tmp("")) == 0',
            types="str -> int",
        ),
        template(
            "file_numbers",
            "read a list of integers from a file with one number per line|"
            "return the integers in the file $a, one on each line|"
            "load the numbers of a text file that has one per line",
            "read_numbers|load_numbers",
            PATH,
            "with open($a) as file:\n    return [int(line) for line in file]",
            'f(tmp("1\\n-2\\n")) == [1, -2]',
            'f(tmp("")) == []',
            types="str -> list[int]",
        ),
    ]


def formats() -> list[Template]:
    return [
        template(
            "read_json",
            "read a JSON file|load the JSON file $a|return the data of a JSON file|parse a JSON file",
            "read_json|load_json",
            PATH,
            "with open($a) as file:\n    return json.load(file)",
            "f(tmp('{\"a\": [1, null]}')) == {'a': [1, None]}",
            'f(tmp("[]")) == []',
            types="str -> object",
            imports="import json",
        ),
        template(
            "write_json",
            "write data to a JSON file|save $b as JSON to the file $a|dump a dictionary to a JSON file|"
            "store data in a JSON file",
            "write_json|save_json",
            "path data|filename values|file_path settings",
            'with open($a, "w") as file:\n    json.dump($b, file)',
            _wrote("{'a': [1]}", "'{\"a\": [1]}'"),
            _wrote("{}", "'{}'", "'old text'"),
            imports="import json",
        ),
        template(
            "write_json_pretty",
            "write data to a JSON file with an indent of $k|save $b as JSON to the file $a, indented by $k spaces|"
            "dump data to a JSON file with indent $k",
            "write_json|save_pretty_json",
            "path data|filename values|file_path settings",
            'with open($a, "w") as file:\n    json.dump($b, file, indent=$k)',
            _wrote("{'a': 1}", "'{\\n' + ' ' * k + '\"a\": 1\\n}'"),
            _wrote("[]", "'[]'"),
            imports="import json",
            constants=range(1, 9),
        ),
        template(
            "read_csv",
            "read a CSV file|return the rows of the CSV file $a|load a CSV file as a list of rows|"
            "parse a CSV file into lists",
            "read_csv|load_csv",
            PATH,
            "with open($a) as file:\n    return list(csv.reader(file))",
            'f(tmp("a,b\\n1,2\\n")) == [["a", "b"], ["1", "2"]]',
            'f(tmp("")) == []',
            types="str -> list[list[str]]",
            imports="import csv",
        ),
        template(
            "read_csv_dicts",
            "read a CSV file as a list of dictionaries|return the rows of the CSV file $a as dictionaries|"
            "load a CSV file with a header into dictionaries",
            "read_csv|read_records",
            PATH,
            "with open($a) as file:\n    return list(csv.DictReader(file))",
            'f(tmp("a,b\\n1,2\\n")) == [{"a": "1", "b": "2"}]',
            'f(tmp("")) == []',
            types="str -> list[dict[str, str]]",
            imports="import csv",
        ),
        template(
            "csv_header",
            "read the header of a CSV file|return the column names of the CSV file $a|"
            "get the first row of a CSV file, or an empty list if it is empty",
            "read_header|column_names",
            PATH,
            "with open($a) as file:\n    return next(csv.reader(file), [])",
            'f(tmp("a,b\\n1,2\\n")) == ["a", "b"]',
            'f(tmp("")) == []',
            types="str -> list[str]",
            imports="import csv",
        ),
        template(
            "csv_column",
            'return the column "$k" of a CSV file|list the values of the column "$k" in the CSV file $a|'
            'read the column "$k" of a CSV file with a header',
            "read_$k|column_$k",
            PATH,
            'with open($a) as file:\n    return [row["$k"] for row in csv.DictReader(file)]',
            'f(tmp("id," + k + "x," + k + "\\n1,2,3\\n")) == ["3"]',
            'f(tmp("")) == []',
            types="str -> list[str]",
            imports="import csv",
            constants=("name", "price", "age", "score", "city", "title", "total", "email", "level", "color", "date"),
        ),
        template(
            "write_csv",
            "write rows to a CSV file|save the rows $b to the CSV file $a|store a list of rows in a CSV file",
            "write_csv|save_csv",
            "path rows|filename data|file_path table",
            'with open($a, "w", newline="") as file:\n    csv.writer(file).writerows($b)',
            _wrote("[['a', 'b'], [1, 2]]", "'a,b\\n1,2\\n'"),
            _wrote("[]", "''", "'old text'"),
            imports="import csv",
        ),
    ]


def writing() -> list[Template]:
    return [
        template(
            "write_file",
            "write a string to a file|write $b to the file $a|save the text $b in the file $a|store a text in a file|"
            "overwrite a file with a string",
            "write_file|save_text|write_text",
            "path text|filename content|file_path data",
            'with open($a, "w") as file:\n    file.write($b)',
            _wrote("'new'", "'new'", "'old text'"),
            _wrote("''", "''", "'old text'"),
        ),
        template(
            "write_file_pathlib",
            "write a string to a file with pathlib|write $b to the file $a using pathlib|use Path to write a text file",
            "write_file|save_text",
            "path text|filename content|file_path data",
            "Path($a).write_text($b)",
            _wrote("'new'", "'new'", "'old text'"),
            _wrote("''", "''", "'old text'"),
            imports="from pathlib import Path",
        ),
        template(
            "append_file",
            "append a string to a file|append $b to the file $a|add $b to the end of the file $a|"
            "add text at the end of a file",
            "append_file|append_text",
            "path text|filename content|file_path data",
            'with open($a, "a") as file:\n    file.write($b)',
            _wrote("'new'", "'old new'", "'old '"),
            _wrote("''", "'old'", "'old'"),
        ),
        template(
            "append_line",
            "append a line to a file|add $b as a line to the end of the file $a|"
            "add a line at the end of a file, with a newline|log a message to a file, one per line",
            "append_line|log_line",
            "path line|filename message|file_path entry",
            'with open($a, "a") as file:\n    file.write($b + "\\n")',
            _wrote("'b'", "'a\\nb\\n'", "'a\\n'"),
            _wrote("''", "'\\n'"),
        ),
        template(
            "write_lines",
            "write a list of lines to a file|write each string of $b on a line of the file $a|"
            "save a list of strings to a file, one per line",
            "write_lines|save_lines",
            "path lines|filename rows|file_path items",
            'with open($a, "w") as file:\n    for line in $b:\n        file.write(line + "\\n")',
            _wrote("['a', 'b']", "'a\\nb\\n'", "'old'"),
            _wrote("[]", "''", "'old'"),
        ),
        template(
            "copy_text_file",
            "copy a file|copy the file $a to $b|make a copy of the file $a named $b",
            "copy_file",
            "source target|src dst|old_path new_path",
            "shutil.copy($a, $b)",
            "(lambda a, b: (f(a, b), __import__('pathlib').Path(b).read_text())[1] == 'x')(tmp('x'), tmp('old'))",
            "(lambda a, b: (f(a, b), __import__('pathlib').Path(b).read_text())[1] == '')(tmp(''), tmp('old'))",
            imports="import shutil",
        ),
    ]


TEMPLATES = (*reading(), *formats(), *writing())
