"""The licences that allow a package's code in the training data: an allow-list, so that unknown ones are excluded."""

from __future__ import annotations

import re
from importlib.metadata import PackageMetadata

# The words of a licence's name in any order, without filler words, for SPDX ids and free spellings.
ALLOWED = {
    frozenset(words.split())
    for words in (
        "mit",
        "mit expat",
        "expat",
        "mit 0",
        "x11",
        "bsd",
        "new bsd",
        "modified bsd",
        "revised bsd",
        "simplified bsd",
        "bsd 2 clause",
        "bsd 3 clause",
        "bsd 2",
        "bsd 3",
        "bsd 2 clause simplified",
        "bsd 3 clause new",
        "bsd 3 clause modified",
        "bsd 3 clause new revised",
        "0bsd",
        "bsd zero clause 0bsd",
        "apache",
        "apache 2",
        "apache 2.0",
        "asl 2.0",
        "psf",
        "psf 2.0",
        "psfl",
        "python foundation",
        "psf python foundation",
        "python 2.0",
        "python 2.0.1",
        "cnri python",
        "isc",
        "isc iscl",
        "iscl",
        "zlib",
        "bsl 1.0",
        "boost 1.0",
        "cc0 1.0",
        "unlicense",
    )
}
MEANINGLESS = frozenset({"the", "a", "license", "licence", "licensed", "version", "software", "osi", "approved"})
EXCEPTIONS = frozenset({"llvm-exception"})
LONGEST_NAME = 120  # a longer `License` field is the text of the licence


class LicenceNotAllowed(Exception):
    """The package's metadata names a licence outside the allow-list, or none."""


def licence_of(metadata: PackageMetadata) -> str:
    """The permissive licence in the metadata. Without a License-Expression all statements must be permissive; they are
    joined with "; "."""
    expression = _field(metadata, "License-Expression")
    stated = [expression] if expression else _older_statements(metadata)
    licence = "; ".join(stated)
    if not stated or not is_permissive(licence):
        raise LicenceNotAllowed(f"{_field(metadata, 'Name')}: {licence or 'no licence stated'}")
    return licence


def is_permissive(licence: str) -> bool:
    """Whether an SPDX expression or free spelling is allowed: all operands of `AND`, "/" and ";", one of `OR`."""
    if _words(licence) in ALLOWED and licence.count("(") == licence.count(")"):
        return True  # such as "ISC License (ISCL)", where brackets do not group
    tokens = re.findall(r"[()]|[^\s();/]+|[;/]", licence)
    try:
        allowed, rest = _any_of(tokens)
    except (IndexError, ValueError):
        return False
    return allowed and not rest


def _older_statements(metadata: PackageMetadata) -> list[str]:
    classifiers = [text.split(" :: ") for text in metadata.get_all("Classifier") or []]
    stated = [parts[-1] for parts in classifiers if parts[0] == "License" and parts[-1] != "OSI Approved"]
    field = _field(metadata, "License")
    if field and field != "UNKNOWN" and len(field) <= LONGEST_NAME and "\n" not in field:
        stated.append(field)
    elif field not in ("", "UNKNOWN") and not stated:
        stated.append(field[:LONGEST_NAME])
    return list(dict.fromkeys(stated))


def _field(metadata: PackageMetadata, key: str) -> str:
    return metadata[key].strip() if key in metadata else ""


def _any_of(tokens: list[str]) -> tuple[bool, list[str]]:
    """Whether the expression at the start of `tokens` is allowed, and the tokens after it."""
    allowed, rest = _all_of(tokens)
    while rest and rest[0].upper() == "OR":
        right, rest = _all_of(rest[1:])
        allowed = allowed or right
    return allowed, rest


def _all_of(tokens: list[str]) -> tuple[bool, list[str]]:
    allowed, rest = _operand(tokens)
    while rest and (rest[0].upper() == "AND" or rest[0] in ";/"):
        right, rest = _operand(rest[1:])
        allowed = allowed and right
    return allowed, rest


def _operand(tokens: list[str]) -> tuple[bool, list[str]]:
    if tokens[0] == "(":
        allowed, rest = _any_of(tokens[1:])
        return allowed and rest[0] == ")", rest[1:]
    length = 0
    while length < len(tokens) and not _ends_name(tokens[length]):
        length += 1
    if not length:
        raise ValueError(f"no licence before {tokens[0]}")
    allowed, rest = _words(" ".join(tokens[:length])) in ALLOWED, tokens[length:]
    if rest and rest[0].upper() == "WITH":  # an exception only adds permissions
        return allowed and rest[1].lower() in EXCEPTIONS, rest[2:]
    return allowed, rest


def _ends_name(token: str) -> bool:
    return token in "();/" or token.upper() in ("AND", "OR", "WITH")


def _words(name: str) -> frozenset[str]:
    words = re.sub(r"[^a-z0-9.+]+", " ", name.lower()).split()
    return frozenset(re.sub(r"^v(?=\d)", "", word) for word in words) - MEANINGLESS
