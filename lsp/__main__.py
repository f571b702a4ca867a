"""`python -m lsp`: the language server, on stdio or for one connection over TCP."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lsp import __version__
from lsp.options import SERVER_PYTHON, server_python

DESCRIPTION = """\
The language server of El Barto Serve: completions, hole filling and rewriting in your editor.

Your editor starts it; it is not meant to be run by hand. Configure the editor to run

    {python} -m lsp

for the files that you want completions in. Without --server it uses a model server on http://127.0.0.1:8000 if
one answers, and otherwise starts one with the embedded model. docs/start/editor.md shows how to set up Neovim, VS Code,
Helix and Emacs; docs/reference/lsp.md lists all options."""


def main(argv: Sequence[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    try:
        from lsp.model_server.locator import ServerLocator
        from lsp.server import create_server
    except ModuleNotFoundError as error:
        print(
            f"elbarto-lsp: error: {error.name} is not installed for {sys.executable}; "
            f"run: {sys.executable} -m pip install {_requirements()}",
            file=sys.stderr,
        )
        return 2
    _log(args)
    server = create_server(_flags(args), ServerLocator(args.server_python))
    try:
        if args.tcp is None:
            if sys.stdin.isatty():
                print(
                    "elbarto-lsp: waiting for an editor on stdin; press Ctrl-C to stop, or see --help.", file=sys.stderr
                )
            return server.serve_stdio()
        host, port = args.tcp
        try:
            return server.serve_tcp(host, port)
        except OSError as error:
            print(f"elbarto-lsp: error: cannot listen on {host}:{port}: {error.strerror}", file=sys.stderr)
            return 2
    except KeyboardInterrupt:
        return 130


def _flags(args: argparse.Namespace) -> dict[str, Any]:
    return {"serverUrl": args.server} if args.server else {}


def _log(args: argparse.Namespace) -> None:
    """Log to stderr, which editors keep in their own log, or to a file; stdout carries the protocol."""
    logging.basicConfig(
        level=args.log_level.upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        filename=args.log_file,
    )
    for name in ("pygls", "httpx", "httpcore", "asyncio"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
    logging.getLogger("pygls.protocol.json_rpc").addFilter(_without_traceback)
    # pygls warns about every cancellation that arrives after the answer was sent, which is normal.
    logging.getLogger("pygls.protocol.json_rpc").setLevel(logging.ERROR)


def _without_traceback(record: logging.LogRecord) -> bool:
    """Log refused requests in one line: the traceback of a JSON-RPC error response is of no use."""
    from pygls.exceptions import JsonRpcException

    if record.exc_info and isinstance(record.exc_info[1], JsonRpcException):
        record.msg, record.args, record.exc_info = "refused: %s", (record.exc_info[1],), None
    return True


def _requirements() -> str:
    """What to install: a requirements file in the source tree, otherwise the wheel's extra."""
    in_tree = Path(__file__).resolve().parents[1] / "requirements-lsp.txt"
    return f"-r {in_tree.name}" if in_tree.is_file() else "'elbarto-serve[lsp]'"


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"must be HOST:PORT, such as 127.0.0.1:2087, got {text!r}")
    return host.strip("[]") or "127.0.0.1", int(port)


def _url(text: str) -> str:
    from urllib.parse import urlsplit

    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise argparse.ArgumentTypeError(f"must be a URL such as http://127.0.0.1:8000, got {text!r}")
    return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lsp" if Path(sys.argv[0]).name == "__main__.py" else "elbarto-lsp",
        description=DESCRIPTION.format(python=sys.executable),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"El Barto language server {__version__}")
    parser.add_argument("--stdio", action="store_true", help="use stdin and stdout (the default)")
    parser.add_argument("--tcp", type=_address, metavar="HOST:PORT", help="accept one connection there instead")
    parser.add_argument("--server", type=_url, metavar="URL", help="the model server (or ELBARTO_LSP_SERVER_URL)")
    parser.add_argument(
        "--server-python",
        metavar="PATH",
        default=server_python(os.environ),
        help=f"the Python for a model server started by the language server (or {SERVER_PYTHON})",
    )
    parser.add_argument("--log-file", type=Path, metavar="FILE", help="log to this file instead of stderr")
    parser.add_argument(
        "--log-level",
        choices=("debug", "info", "warning", "error"),
        default="warning",
        help="the lowest level that is logged (warning)",
    )
    parser.epilog = "There is no option for the server's API key: set ELBARTO_LSP_API_KEY or elbarto.apiKey."
    return parser


if __name__ == "__main__":
    sys.exit(main())
