"""Gives a request the case, punctuation and slips that people type."""

from __future__ import annotations

import random
import re

ARTICLE = re.compile(r"\b(?:an?|the) (?=[a-z])")
QUESTIONS = frozenset(("how", "what", "what's", "can", "could", "is"))
PROPER = {
    "python": "Python",
    "python3": "Python3",
    "i": "I",
    "i'd": "I'd",
    "fibonacci": "Fibonacci",
    "fizzbuzz": "FizzBuzz",
    "celsius": "Celsius",
    "fahrenheit": "Fahrenheit",
    "roman": "Roman",
    "caesar": "Caesar",
    "pascal": "Pascal",
    "hanoi": "Hanoi",
    "kadane": "Kadane",
    "eratosthenes": "Eratosthenes",
    "levenshtein": "Levenshtein",
    "csv": "CSV",
    "json": "JSON",
    "gcd": "GCD",
    "lcm": "LCM",
    "bmi": "BMI",
    "bfs": "BFS",
    "dfs": "DFS",
}
PROPER_WORD = re.compile(r"\b(" + "|".join(map(re.escape, sorted(PROPER, key=len, reverse=True))) + r")\b(?!')")
TYPO_SHARE, UPPER_SHARE, NO_ARTICLES_SHARE = 0.03, 0.015, 0.15


def styled(text: str, rng: random.Random) -> str:
    """A lower-case request as somebody types it: usually lower case without a full stop."""
    if rng.random() < NO_ARTICLES_SHARE:
        text = ARTICLE.sub("", text)
    if rng.random() < TYPO_SHARE:
        text = with_typo(text, rng)
    style = rng.random()
    if style < UPPER_SHARE:
        return text.upper()
    if style < 0.55:
        return text + rng.choice(("", "", "", "", "", "", "?" if is_question(text) else "", "."))
    proper = PROPER_WORD.sub(lambda found: PROPER[found[1]], text)
    if style < 0.65:
        return proper
    sentence = proper[0].upper() + proper[1:]
    if style < 0.75:
        return sentence
    return sentence + ("?" if is_question(text) else rng.choice((".", ".", ".", "!")))


def is_question(text: str) -> bool:
    return text.split()[0] in QUESTIONS


def with_article(title: str) -> str:
    """ "is prime" -> "an is prime"."""
    return f"an {title}" if title[0] in "aeiou" and not title.startswith("uni") else f"a {title}"


def without_articles(text: str) -> str:
    return ARTICLE.sub("", text)


def with_typo(text: str, rng: random.Random) -> str:
    """One slip in one longer word: two letters swapped, one missing, or one twice. Quoted words stay as they are."""
    places = [match.span() for match in re.finditer(r"(?<![`\"'\w])[a-z]{5,}(?![`\"'\w])", text)]
    if not places:
        return text
    start, end = rng.choice(places)
    at = rng.randrange(start + 1, end - 1)
    changed = rng.choice((text[at + 1] + text[at], text[at + 1], text[at] * 2 + text[at + 1]))
    return text[:at] + changed + text[at + 2 :]
