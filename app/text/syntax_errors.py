"""Counts syntax errors in a process of its own: for each line {"package", "language", "texts"} on stdin, a line for
each text on stdout.

Run as a file, so that it imports nothing of the program.
"""

import contextlib
import importlib
import json
import resource
import signal
import sys

from tree_sitter import Language, Node, Parser

ALONE_S = 10  # the server ends this process much sooner, unless it has ended itself


def main() -> None:
    limit = int(sys.argv[1])
    with contextlib.suppress(ValueError, OSError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin:
        given = json.loads(line)
        module, name = importlib.import_module(given["package"]), f"language_{given['language']}"
        parser = Parser(Language(getattr(module, name)() if hasattr(module, name) else module.language()))
        signal.alarm(ALONE_S)
        for text in given["texts"]:
            print(count_errors(parser.parse(text.encode()).root_node), flush=True)
        signal.alarm(0)


def count_errors(root: Node) -> int:
    """The places where the text does not fit the grammar, or something is missing in it."""
    num_errors, nodes = 0, [root]
    while nodes:
        node = nodes.pop()
        num_errors += node.is_error or node.is_missing
        nodes += (child for child in node.children if child.has_error)
    return num_errors


if __name__ == "__main__":
    main()
