"""Outputs in pages: comparing them with what a command prints, and renewing them.

"…" stands for anything, and what differs from run to run is not compared.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence

# What differs from run to run, or with what is in the prefix cache, or with the number of drafts that pay here, or (in
# its last digits) with the processor.
COUNTERS = r"(?:cached_tokens|tokens_cached|prefill_\w+|denoise_forwards|fused_commits|tpf)"
VOLATILE = re.compile(
    r'("(?:id|\w+_id)": ?)"[^"]*"'
    rf'|("(?:created|created_at|completed_at|\w+_ms|{COUNTERS}|seed)": ?)[\d.]+'
    r'|("(?:confidence|score|logprob)": ?)-?[\d.e-]+'
    rf"|(\b{COUNTERS} +)[\d.]+"
    r"|([\"'](?:tried|accepted)[\"']: ?)\d+"
    r"|(tokens per (?:forward|second) +)[^\n]+"
)
GAP = re.compile(r"\s*…\s*")
LEXEME = re.compile(rf'{VOLATILE.pattern}|{GAP.pattern}|"(?:[^"\\]|\\.)*"|\w+|\s+|.', re.DOTALL)
END_OF_EVENT = "\n\n"  # in a stream; elsewhere, of a paragraph

# What it costs to replace a lexeme: by another of its kind, by any other. To leave one out costs 1.
REPLACED, OF_ANOTHER_KIND = 0.9, 2.1

Pair = tuple[str, str]  # old, new; "" is nothing
Cost = Callable[[str], float]
CostOfChange = Callable[[str, str], float]


def is_shown(shown: str, printed: str) -> bool:
    pattern = ".*?".join(re.escape(part.strip()) for part in stable(shown).split("…"))
    return re.fullmatch(pattern, stable(printed).strip(), re.DOTALL) is not None


def stable(text: str) -> str:
    return VOLATILE.sub(lambda match: f"{match[match.lastindex or 0]}*", text)


def merged(shown: str, printed: str) -> str:
    """`printed` as far as `shown` shows the like of it: each "…" stays where it is, and ids stay as they are.

    Raises RuntimeError if that does not show what was printed.
    """
    body = shown.strip()
    ids = {stable(lexeme): lexeme for lexeme in lexemes(body) if re.match(r'"\w*id":', lexeme)}
    old, new = body.split(END_OF_EVENT), printed.strip().split(END_OF_EVENT)
    merged = END_OF_EVENT.join(merged_event(*pair, ids) for pair in aligned(old, new, changing_event, size_of_event))
    if not is_shown(merged, printed):
        raise RuntimeError(f"this cannot be renewed, change it by hand:\n{shown}\nPrinted was:\n{printed}")
    begin, _, end = shown.partition(body)
    return begin + merged + end


def merged_event(old: str, new: str, ids: Mapping[str, str]) -> str:
    pairs = aligned(lexemes(old), lexemes(new), changing_lexeme, size_of_lexeme)
    return "".join(old if GAP.fullmatch(old) else ids.get(stable(new), new) for old, new in pairs)


def aligned(old: Sequence[str], new: Sequence[str], changing: CostOfChange, size: Cost) -> list[Pair]:
    """What becomes what, at the least cost. A gap becomes nothing, and takes in anything."""
    costs = table(old, new, changing, size)
    pairs: list[Pair] = []
    i = j = 0
    while i < len(old) or j < len(new):
        here = costs[i][j]
        if i < len(old) and GAP.fullmatch(old[i]):
            if here == costs[i + 1][j]:
                pairs.append((old[i], ""))
                i += 1
            else:
                j += 1
        elif i < len(old) and j < len(new) and here == costs[i + 1][j + 1] + changing(old[i], new[j]):
            pairs.append((old[i], new[j]))
            i, j = i + 1, j + 1
        elif i < len(old) and here == costs[i + 1][j] + size(old[i]):
            i += 1
        else:
            pairs.append(("", new[j]))
            j += 1
    return pairs


def table(old: Sequence[str], new: Sequence[str], changing: CostOfChange, size: Cost) -> list[list[float]]:
    """[i][j]: the least cost of aligning `old` from i on with `new` from j on."""
    costs = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for j in reversed(range(len(new))):
        costs[-1][j] = costs[-1][j + 1] + size(new[j])
    for i in reversed(range(len(old))):
        is_gap = GAP.fullmatch(old[i])
        costs[i][-1] = costs[i + 1][-1] + (0 if is_gap else size(old[i]))
        for j in reversed(range(len(new))):
            if is_gap:
                costs[i][j] = min(costs[i + 1][j], costs[i][j + 1])
            else:
                left_out = min(costs[i + 1][j] + size(old[i]), costs[i][j + 1] + size(new[j]))
                costs[i][j] = min(costs[i + 1][j + 1] + changing(old[i], new[j]), left_out)
    return costs


def size_of_event(event: str) -> float:
    return len(lexemes(event))


def size_of_lexeme(lexeme: str) -> float:
    return 1.0


@functools.cache
def changing_event(old: str, new: str) -> float:
    return table(lexemes(old), lexemes(new), changing_lexeme, size_of_lexeme)[0][0]


def changing_lexeme(old: str, new: str) -> float:
    if stable(old) == stable(new):
        return 0.0
    return REPLACED if kind(old) == kind(new) else OF_ANOTHER_KIND


def kind(lexeme: str) -> str:
    """The first character, where all words are one kind and all numbers another."""
    first = lexeme[0]
    return "0" if first.isdigit() else "a" if first.isalpha() or first == "_" else " " if first.isspace() else first


def lexemes(text: str) -> list[str]:
    return [match[0] for match in LEXEME.finditer(text)]
