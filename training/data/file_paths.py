"""Templates about paths and folders. Those that change or search a folder have no types, so that no boundary value is
used as a path."""

from training.data.files import PATH
from training.data.template import Template, template

FOLDER = "folder|directory|path"
EXTENSIONS = ("txt", "csv", "json", "py", "md", "log", "html", "xml", "png", "jpg", "yaml", "pdf")
IN_FOLDER = "f(__import__('os').path.dirname(tmp('x', {name})))"


def _in_folder(name: str) -> str:
    """A call with a new folder that contains one file of that name."""
    return IN_FOLDER.format(name=name)


def folders() -> list[Template]:
    return [
        template(
            "list_files",
            "list the files in a folder|return the sorted names of what is in the folder $a|"
            "list a directory in sorted order|get the sorted file names in a directory",
            "list_files|list_folder",
            FOLDER,
            "return sorted(os.listdir($a))",
            _in_folder("'a.txt'") + " == ['a.txt']",
            types="str -> list[str]",
            imports="import os",
        ),
        template(
            "list_extension",
            'list the files in a folder that end with ".$k"|return the sorted names of the .$k files in the folder $a|'
            "find all .$k files in a directory, sorted|get the .$k files of the folder $a in sorted order",
            "list_$k_files|find_$k_files",
            FOLDER,
            'return sorted(name for name in os.listdir($a) if name.endswith(".$k"))',
            _in_folder("'a.' + k") + " == ['a.' + k]",
            _in_folder("'a.' + k + 'x'") + " == []",
            types="str -> list[str]",
            imports="import os",
            constants=EXTENSIONS,
        ),
        template(
            "find_recursive",
            "list all .$k files in a folder and its subfolders, sorted|"
            "find the paths of every .$k file below the folder $a, sorted|"
            "search a directory recursively for .$k files, sorted",
            "find_all_$k|walk_$k",
            FOLDER,
            'return sorted(Path($a).rglob("*.$k"))',
            "[p.name for p in " + _in_folder("'a.' + k") + "] == ['a.' + k]",
            _in_folder("'a.x' + k") + " == []",
            imports="from pathlib import Path",
            constants=EXTENSIONS,
        ),
        template(
            "file_size",
            "return the size of a file in bytes|get the size of the file $a|find how many bytes the file $a has",
            "file_size|get_size",
            PATH,
            "return os.path.getsize($a)",
            'f(tmp("abc")) == 3',
            'f(tmp("")) == 0',
            types="str -> int",
            imports="import os",
        ),
        template(
            "file_exists",
            "check if a file exists|return True if the file $a exists|check whether there is a file $a|"
            "test if a path exists",
            "file_exists|path_exists",
            PATH,
            "return os.path.exists($a)",
            'f(tmp("x"))',
            'not f(tmp("x") + "no")',
            'not f("")',
            types="str -> bool",
            imports="import os",
        ),
        template(
            "is_folder",
            "check if a path is a folder|return True if $a is a directory|tell whether $a is a folder",
            "is_folder|is_directory",
            PATH,
            "return os.path.isdir($a)",
            'not f(tmp("x"))',
            'f("/")',
            'not f("")',
            types="str -> bool",
            imports="import os",
        ),
        template(
            "path_name",
            "return the file name of a path|get the file name from the path $a|return the last part of the path $a",
            "file_name|get_name",
            PATH,
            "return os.path.basename($a)",
            'f("/home/bart/a.txt") == "a.txt"',
            'f("") == ""',
            types="str -> str",
            imports="import os",
        ),
        template(
            "path_folder",
            "return the folder of a path|get the directory of the path $a|return the directory part of a path",
            "folder_of|get_folder",
            PATH,
            "return os.path.dirname($a)",
            'f("/home/bart/a.txt") == "/home/bart"',
            'f("a.txt") == ""',
            types="str -> str",
            imports="import os",
        ),
        template(
            "path_extension",
            "return the extension of a file name with its dot|get the file extension of $a, with the dot|"
            "return the extension of the path $a, or an empty string if it has none",
            "extension|get_extension",
            PATH,
            "return os.path.splitext($a)[1]",
            'f("a.tar.gz") == ".gz"',
            'f("a") == ""',
            types="str -> str",
            imports="import os",
        ),
        template(
            "path_stem",
            "return the file name of a path without its extension|get the name of the file $a without its extension|"
            "strip folder and extension from a path",
            "file_stem|get_stem",
            PATH,
            "return Path($a).stem",
            'f("/home/bart/a.txt") == "a"',
            'f("") == ""',
            types="str -> str",
            imports="from pathlib import Path",
        ),
        template(
            "path_has_extension",
            "check if a file name ends with .$k|return True if $a is the name of a .$k file|"
            "tell whether the path $a has the extension .$k",
            "is_$k_file|is_$k",
            PATH,
            'return $a.endswith(".$k")',
            'f("a." + k)',
            'not f("a." + k + "x")',
            'not f("")',
            types="str -> bool",
            constants=EXTENSIONS,
        ),
        template(
            "change_extension",
            "change the extension of a file name to .$k|return the path $a with the extension .$k|"
            "replace the extension of a path by .$k",
            "to_$k|with_$k_extension",
            PATH,
            'return os.path.splitext($a)[0] + ".$k"',
            'f("x/a.old") == "x/a." + k',
            'f("a") == "a." + k',
            types="str -> str",
            imports="import os",
            constants=EXTENSIONS,
        ),
        template(
            "join_path",
            "join a folder and a file name|join the paths $a and $b|build a path from the folder $a and the name $b",
            "join_path|make_path",
            "folder name|directory filename",
            "return os.path.join($a, $b)",
            'f("a", "b.txt") == "a/b.txt"',
            'f("", "b") == "b"',
            types="str; str -> str",
            imports="import os",
        ),
    ]


def changes() -> list[Template]:
    return [
        template(
            "delete_file",
            "delete a file if it exists|remove the file $a if there is one|delete the file $a if it exists",
            "delete_file|remove_file",
            PATH,
            "if os.path.exists($a):\n    os.remove($a)",
            "(lambda p: (f(p), f(p), __import__('os').path.exists(p))[2] is False)(tmp('x'))",
            imports="import os",
        ),
        template(
            "make_folder",
            "create a folder if it does not exist|make the directory $a with its parents|"
            "create the folder $a if it is missing",
            "make_folder|create_folder",
            FOLDER,
            "os.makedirs($a, exist_ok=True)",
            "(lambda p: (f(p), f(p), __import__('os').path.isdir(p))[2])(tmp('x') + '_new/sub')",
            imports="import os",
        ),
    ]


TEMPLATES = (*folders(), *changes())
