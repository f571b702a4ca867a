"""Dictionaries, files, formats, dates."""

from training.data.first.entry import known, new

ENTRIES = (
    known(
        "dict_merge",
        "merge dicts;merge two dictionaries;merge dictionaries;combine dicts;merge two dicts;dict merge;join "
        "dictionaries",
        "(merge|combine|join) (two dictionaries|two dicts|dictionaries|dicts|2 dicts)( into one|)",
    ),
    known(
        "invert",
        "invert dict;invert a dictionary;swap keys and values;reverse dictionary;inverse dict;dict inversion;flip dict",
        "(invert|reverse|flip) {dict};(swap|exchange) (the keys and values|keys and values|keys with values) "
        "(of|in) {dict}",
    ),
    known(
        "sort_by_value",
        "sort dict by value;sort dictionary by value;sort dictionary by values;sort by value;dict sorted by value",
        "{sort} {dict} by (value|values|its values)",
    ),
    known(
        "dict_sorted",
        "sort dict by key;sort dictionary by key;sort dictionary by keys;dict sorted by key",
        "{sort} {dict} by (key|keys|its keys)",
    ),
    known(
        "dict_zip",
        "dict from two lists;lists to dict;two lists to dictionary;dictionary from two lists;zip lists into dict;"
        "dict from keys and values;map two lists to dict",
        "(make|create|build) (a dict|a dictionary) from (two lists|a list of keys and a list of values|keys and "
        "values);"
        "{convert} two lists (to|into) (a dict|a dictionary);(combine|zip|merge) two lists into a (dict|dictionary)",
    ),
    known(
        "best_key",
        "key with max value;key with largest value;max value key;key of max value;key with highest value;"
        "dict max key by value",
        "{get} the key with the {max} value( in {dict}| of {dict}|)",
    ),
    known(
        "worst_key",
        "key with min value;key with smallest value;min value key;key with lowest value",
        "{get} the key with the {min} value( in {dict}| of {dict}|)",
    ),
    known(
        "item_counts",
        "count items;item counts;frequency count;count each element;element frequency;"
        "frequency of elements;list to counts;frequency of elements in a list",
        "count (how often each element occurs|how often each item occurs|each element|each item|the frequency of each "
        "element|the occurrences of each element|the frequency of elements|how many times each element occurs|"
        "how many times each item appears) in {list}",
    ),
    new(
        "nested_path",
        "nested dict get;get nested value;nested value;nested dictionary lookup;safe nested get;get nested",
        "{get} (a nested value|a value from a nested dict|a value in a nested dictionary|a nested key|"
        "a value at a path of keys)( from a dict|);(access|look up) a nested (dictionary|dict)( safely| value|)",
        "get_nested",
        "data keys|tree path",
        "for key in $b:\n    if not isinstance($a, dict):\n        return None\n    $a = $a.get(key)\nreturn $a",
        'f({"a": {"b": 1}}, ["a", "b"]) == 1',
        'f({"a": {"b": 1}}, ["a", "c"]) is None',
        'f({"a": 1}, ["a", "b"]) is None',
    ),
    new(
        "filter_dict",
        "filter dict;filter dictionary by value;filter dictionary;dict filter;filter dict by value;"
        "filter dict by limit",
        "filter {dict} by (value|values|a limit|a minimum value|a threshold);(keep|get|return) (dict entries|"
        "the entries of a dictionary|dictionary items) (above a limit|above a threshold|with a value above a limit|"
        "greater than a limit)",
        "filter_dict",
        "data limit|scores minimum",
        "return {key: value for key, value in $a.items() if value > $b}",
        'f({"a": 1, "b": 5}, 2) == {"b": 5}',
        "f({}, 1) == {}",
    ),
    known(
        "remove_key",
        "remove key;remove key from dict;delete key from dictionary;remove a key from a dictionary;dict without key",
        "{remove} (a key|key|one key) from {dict}",
    ),
    known(
        "has_key",
        "key in dict;has key;check key exists;key exists in dictionary",
        "{check} (a key|key) (exists in|is in) {dict};{check} {dict} (has|contains) a key",
    ),
    known(
        "keys",
        "dict keys;keys of a dictionary;list of keys;dictionary keys",
        "{get} (the keys|all keys|a list of keys) (of|from) {dict}",
    ),
    known(
        "values",
        "dict values;values of a dictionary;list of values;dictionary values",
        "{get} (the values|all values|a list of values) (of|from) {dict}",
    ),
    known(
        "sum_values",
        "sum of dict values;sum dictionary values;sum values of a dictionary",
        "(sum|add up|add) (the values|all values) (of|in) {dict}",
    ),
    known(
        "group_anagrams",
        "group anagrams;anagram groups;group words by anagram",
        "group (anagrams|words that are anagrams|the anagrams|words by anagrams)( in a list|)",
    ),
    known(
        "read_file",
        "read file;read a file;read text file;file reader;read file content;read whole file;file to string",
        "(read|open|load) {file};read the (content|contents|text) of {file};open and read {file};"
        "(read|load) {file} (into a string|as a string)",
    ),
    known(
        "read_lines",
        "read lines;read lines of a file;file lines;list of lines;read file lines;readlines;file to list of lines",
        "(read|get) (the lines|lines|all lines) (of|from) {file};read {file} (line by line|into a list|into a list "
        "of lines|"
        "as a list of lines)",
    ),
    known(
        "write_file",
        "write file;write to file;write a file;write text to file;save to file;save text;write string to file",
        "(write|save) (text|a string|a text|some text|data) (to|into) {file};write (to|) {file};save {file}",
    ),
    known(
        "append_file",
        "append to file;append text to file;file append;append to a file;append string to file;append text",
        "(append|add) (text|a text|a string|some text) to {file};append to {file}",
    ),
    known(
        "append_line",
        "append line to file;add line to file;append a line;add a line to a file",
        "(append|add) (a line|a new line|line|one line) to {file};add a line at the end of a file",
    ),
    known(
        "file_lines",
        "count lines in a file;line count of a file;number of lines in a file;file line count;count lines of file",
        "{count} (the lines|lines) (in|of) {file};count how many lines {file} has",
        owns_name=False,
    ),
    known(
        "file_words",
        "count words in a file;word count of a file;number of words in a file;file word count;count words of file",
        "{count} (the words|words) (in|of) {file};count how many words {file} has",
        owns_name=False,
    ),
    known(
        "read_csv",
        "read csv;csv reader;read csv file;load csv;parse csv;csv to list;csv to list of lists;open csv",
        "(read|load|parse|open) (a csv|a csv file|csv|csv file|csv files)( into a list| as a list of lists|);"
        "(read|get) the rows of a csv( file|)",
    ),
    known(
        "read_csv_dicts",
        "csv to list of dicts;csv to dict;read csv as dicts;csv to dictionaries;csv dictreader",
        "(read|load|parse) a csv( file|) (into a list of dicts|as dicts|as a list of dictionaries|as dictionaries|"
        "into dictionaries|into a list of dictionaries)",
        owns_name=False,
    ),
    known(
        "write_csv",
        "write csv;csv writer;write csv file;save csv;list to csv;export csv;write to csv",
        "(write|save|export) (rows|data|a list|a list of rows|a list of lists) (to|into|as) (a csv|a csv file|csv);"
        "(write|create|save) a csv( file|)",
    ),
    known(
        "read_json",
        "read json;read json file;load json file;load json;json file reader;open json file;json from file",
        "(read|load|open|parse) (a json file|json file|json from a file|data from a json file);open a json",
    ),
    known(
        "write_json",
        "write json;write json file;save json;save as json;json file writer;dump json to file;dict to json file",
        "(write|save|dump) (data|a dict|a dictionary|json|an object) (to|into|as) (a json file|json file|json in a "
        "file);"
        "(write|save|create) a json file",
    ),
    known(
        "from_json",
        "parse json;json to dict;json parser;parse json string;json string to dict;json loads;decode json",
        "parse (json|a json string|a json text|json text);{convert} (a json string|json|a json text) (to|into) "
        "(a dict|a dictionary);decode (json|a json string)",
    ),
    known(
        "to_json",
        "dict to json;to json;json dumps;dictionary to json string;object to json;json string from dict;encode json",
        "{convert} (a dict|a dictionary|data|an object) (to|into) (json|a json string);encode (a dict|data) as json",
    ),
    known(
        "list_files",
        "list files;list files in a folder;list files in directory;files in folder;directory listing;all files in a "
        "directory",
        "(list|get|find) (files|all files|the files|file names) (in|of) (a folder|a directory|a dir)",
    ),
    known(
        "list_extension",
        "list txt files;txt files in a folder;find txt files",
        "(list|get|find) (all txt files|txt files|the txt files) in a (folder|directory)",
        constant="txt",
    ),
    known(
        "file_exists",
        "file exists;check file exists;does file exist;file existence check;path exists",
        "{check} (a file|a path|file|the file) exists;check for a file",
    ),
    known(
        "copy_text_file",
        "copy file;copy a file;file copy;copy files",
        "copy (a file|file|a file to another|one file to another|a file to a new location)",
    ),
    known(
        "delete_file",
        "delete file;remove file;delete a file",
        "(delete|remove) (a file|file)( if it exists|)",
    ),
    new(
        "current_date",
        "current date;today's date;todays date;date today;current date as string;get date;date of today",
        "(get|return|show) (the current date|today's date|the date|todays date|the date of today|current date)"
        "( as a string| as text|)",
        "current_date|today",
        "",
        "return date.today().isoformat()",
        'f() == __import__("datetime").date.today().isoformat()',
        imports="from datetime import date",
    ),
    known(
        "days_between",
        "days between two dates;days between dates;date difference;difference between two dates;number of days "
        "between dates",
        "{calc} the (number of days|days|difference) between two dates;count (the days|days) between two dates;"
        "{calc} (days between dates|the difference of two dates in days)",
    ),
    new(
        "age_in_years",
        "age calculator;age from birth date;calculate age;age from birthday",
        "{calc} (the age|an age|someone's age|my age) from (a birth date|a birthday|the birth date|a date of birth)",
        "calculate_age",
        "birthday|born",
        "today = date.today()\n"
        "had_birthday = (today.month, today.day) >= ($a.month, $a.day)\n"
        "return today.year - $a.year - (not had_birthday)",
        'f(__import__("datetime").date.today()) == 0',
        'f(__import__("datetime").date(2000, 1, 1)) == __import__("datetime").date.today().year - 2000',
        imports="from datetime import date",
    ),
)
