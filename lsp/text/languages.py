"""What differs between languages, by LSP language id: comments, indentation, placeholders for missing code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """The rules of one language id."""

    name: str
    comment: str = "//"
    block_comment: tuple[str, str] | None = ("/*", "*/")
    indent: int = 4
    opens_block: tuple[str, ...] = ("{",)  # a line that ends in one of these is followed by an indented block
    closers: tuple[str, ...] = ("}", ")", "]", "});", "})", "};", "),", "],", "},", ");", "];")
    continues: tuple[str, ...] = ("else", "catch", "finally")  # keywords that continue a block at its own indentation
    hole_words: tuple[str, ...] = ("...",)  # statements that are placeholders for missing code
    is_indented: bool = False  # whether indentation is syntax


_C_LIKE = Language("")
_HASH = Language("", comment="#", block_comment=None)
_PYTHON = Language(
    "python",
    comment="#",
    block_comment=None,
    opens_block=(":", "(", "[", "{"),
    closers=(")", "]", "}", "),", "],", "},", "):", ")]", "})", "])"),
    continues=("else", "elif", "except", "finally", "case"),
    hole_words=("...", "pass", "raise NotImplementedError", "raise NotImplemented", "NotImplemented"),
    is_indented=True,
)
_END = ("end", "end)", "end,", "})", "}", ")", "]")
_LANGUAGES = {
    "python": _PYTHON,
    "ruby": Language(
        "ruby", "#", None, 2, ("do", "then", "{", "|"), _END, ("else", "elsif", "rescue", "ensure", "when")
    ),
    "lua": Language(
        "lua", "--", ("--[[", "]]"), 2, ("do", "then", "else", ")", "{"), _END, ("else", "elseif", "until")
    ),
    "shellscript": Language(
        "shellscript", "#", None, 2, ("then", "do", "{"), ("fi", "done", "}", "esac"), ("else", "elif")
    ),
    "sql": Language("sql", "--", ("/*", "*/"), 2),
    "rust": Language("rust", hole_words=("...", "todo!()", "unimplemented!()", "todo!();", "unimplemented!();")),
    "haskell": Language("haskell", "--", ("{-", "-}"), 2, ("do", "where", "of"), is_indented=True),
    "html": Language("html", "", ("<!--", "-->"), 2),
    "xml": Language("xml", "", ("<!--", "-->"), 2),
    "css": Language("css", "", ("/*", "*/"), 2),
    "lisp": Language("lisp", ";", None, 2),
    "clojure": Language("clojure", ";", None, 2),
    "vim": Language("vim", '"', None, 2),
    "tex": Language("tex", "%", None, 2),
    "latex": Language("latex", "%", None, 2),
}
_HASHED = ("yaml", "toml", "r", "perl", "elixir", "julia", "makefile", "dockerfile", "coffeescript", "cmake", "nix")
_TWO_SPACES = (
    "javascript",
    "typescript",
    "javascriptreact",
    "typescriptreact",
    "json",
    "jsonc",
    "dart",
    "scala",
    "proto",
)
_SAME = {"sh": "shellscript", "bash": "shellscript", "zsh": "shellscript", "py": "python", "make": "makefile"}


# tree-sitter's name of a language, where it is not the id.
_GRAMMARS = {
    "javascriptreact": "javascript",
    "typescriptreact": "tsx",
    "shellscript": "bash",
    "jsonc": "json",
    "csharp": "c_sharp",
    "objective-c": "objc",
}


def grammar(language_id: str) -> str:
    """The name that tree-sitter has for a language."""
    name = _SAME.get(language_id, language_id)
    return _GRAMMARS.get(name, name)


def language(language_id: str | None) -> Language:
    """The rules for an id; unknown ids get the rules of a C-like language."""
    name = _SAME.get(language_id or "", language_id or "")
    if name in _LANGUAGES:
        return _LANGUAGES[name]
    base = _HASH if name in _HASHED else _C_LIKE
    indent = 2 if name in (*_TWO_SPACES, *_HASHED) else 4
    return Language(name or "text", base.comment, base.block_comment, indent)
