"""Turns docstrings into requests: one clean imperative sentence, or nothing."""

# ruff: noqa: SIM905 (lists would take one line per word)

from __future__ import annotations

import re

SENTENCE_CHARS = range(20, 201)
VERBS = frozenset(
    "accept access acquire activate add adjust align allocate allow analyze append apply arrange ask assemble assert "
    "assign associate attach attempt average balance bind bound break broadcast build byte-compile cache calculate "
    "call cancel canonicalize capitalize capture cast categorize center change check choose chunk clamp classify "
    "clean clear clip clone close coerce collapse collect combine compare compile compose compress compute "
    "concatenate configure connect construct consume contract convert copy correct count create crop customize cut "
    "deactivate decide declare decode decompose decorate decrement deduce deduplicate define delegate delete dequote "
    "derive deserialize destroy detect determine differentiate disable discard discover display distribute divide "
    "double download draw drop dump duplicate eliminate emit enable encode encrypt end enforce ensure enumerate "
    "escape establish estimate evaluate examine exclude execute expand extend extract factor fetch figure fill filter "
    "find finish fit fix flatten flip flush fold follow force form format fuse generate get give grab group guess "
    "handle hash highlight identify implement import include increment indent index indicate infer initialize inject "
    "insert inspect install instantiate interpolate interpret intersect invert invoke isolate iterate join keep limit "
    "list listen load locate lock log look loop lower make map mark mask match measure merge modify move multiply "
    "name negate normalize obtain open order override pack pad parse partition patch perform permute pick plot "
    "pop populate postprocess predict prefix prepare prepend preprocess preserve print process produce project prompt "
    "provide prune push put query quote raise randomize rank read rearrange rebuild receive reconstruct record "
    "recover redirect reduce refine reformat refresh register reject release reload remove rename render reorder "
    "repeat replace report represent request require rescale reset reshape resize resolve respond restore restrict "
    "retrieve return reverse revert rewrite rotate round run sample sanitize save scale scan schedule search select "
    "send separate serialize set setup shift show shrink shuffle shut sign simplify simulate skip slice smooth solve "
    "sort split squeeze stack standardize start stop store strip subtract suggest sum suppress swap switch "
    "synchronize take tell terminate test tile toggle tokenize trace track train transform translate transpose "
    "traverse trim truncate try turn unescape unify unload unpack unquote unregister unwrap update upload upsample "
    "use validate verify visit wait walk warn wrap write yield zip".split()
)
# Usually nouns at the start of a docstring: they are verbs only if a determiner follows.
NOUNS_TOO = frozenset(
    "access attempt average balance bound break cache call cast change chunk clone count cut double dump end estimate "
    "factor figure filter fit fold force form format group guess hash highlight hook import include increment index "
    "insert limit list load lock log look loop map mark mask match measure name number order override pack pad "
    "patch pick plot pop prefix process product project prompt query quote rank record report request reset reverse "
    "round run sample scale schedule search set setup shift sign slice sort stack start state stop sum switch test "
    "tile trace track train transform turn use visit wait walk wrap".split()
)
DETERMINERS = frozenset(
    "a all an and any as at both each every for from given if in into its on one only out over some that the these "
    "this those through to two up whether".split()
)
ROLE = re.compile(r":[\w:+.-]+:`[~!]?([^`<]+?)(?: ?<[^`]*>)?`")
LINK = re.compile(r"`([^`<]+?) ?<[^`]*>`_{1,2}|`([^`]+)`_{1,2}")
BAD = re.compile(
    r"::|https?:|>>>|\.\.\.|\\|\||@|\$|[{}<>]|`{2}|:\w+:|TODO|XXX|FIXME|[Dd]eprecat|subclass|\bself\b|\bPEP\b|"
    r"\b(this|the) (method|class|instance|object's|module|test|hook|decorator|API)\b|"
    r"\b(internal|private|legacy|obsolete|backwards?)\b|e\.g|i\.e|\betc\b|[Ss]ee (also|the|`)|#\d"
)
ASIDE = re.compile(r" ?\([^()]*(?:e\.g|i\.e|etc\b|[Ss]ee |#\d)[^()]*\)")
NOUN_PHRASE = frozenset("of for that containing with which used".split())
SENTENCE_END = re.compile(r"[.!?](?:\s|$)")
FOLLOWING_VERB = re.compile(r"\b(and|then|or) ([a-z]+)\b")


def imperative(docstring: str) -> str:
    """The first sentence as "return the sum of ..." without its full stop; empty if it is not imperative."""
    paragraph = " ".join(docstring.strip().split("\n\n")[0].split())
    sentence = SENTENCE_END.split(ASIDE.sub("", without_markup(paragraph)))[0].strip()
    first, _, rest = sentence.partition(" ")
    verb = base_form(first.lower())
    if len(sentence) not in SENTENCE_CHARS or not sentence.isascii() or sentence[-1] in ":,;-" or BAD.search(sentence):
        return ""
    if not verb or sentence.count("`") % 2 or sentence.count("(") != sentence.count(")"):
        return ""
    second = rest.split(" ")[0].lower()
    if second in NOUN_PHRASE or (verb == first.lower() and verb in NOUNS_TOO and second not in DETERMINERS):
        return ""
    if verb != first.lower():
        rest = FOLLOWING_VERB.sub(_to_base_form, rest)
    return f"{verb} {rest}"


def without_markup(text: str) -> str:
    """Turn Sphinx roles, links, emphasis and double backticks into plain text with single backticks."""
    text = ROLE.sub(lambda role: f"`{role[1].rpartition('.')[2]}`", text.replace("``", "`"))
    text = LINK.sub(lambda link: link[1] or f"`{link[2]}`", text)
    return re.sub(r"(?<![\w*`])\*{1,2}(\w[\w.]*)\*{1,2}(?![\w*`])", r"`\1`", text)


def base_form(word: str) -> str:
    """ "returns" and "return" -> "return"; empty if it is not a known verb."""
    if word in VERBS:
        return word
    endings = (("ies", "y"), ("es", ""), ("s", ""))
    forms = (word.removesuffix(end) + new for end, new in endings if word.endswith(end))
    return next((form for form in forms if form in VERBS), "")


def third_person(phrase: str) -> str:
    """ "return x and add y" -> "returns x and adds y"."""
    verb, space, rest = phrase.partition(" ")
    return f"{_with_s(verb)}{space}{FOLLOWING_VERB.sub(_to_third_person, rest)}"


def _with_s(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z")) else "s")


def _to_base_form(found: re.Match[str]) -> str:
    base = base_form(found[2])
    return f"{found[1]} {base if base and base not in NOUNS_TOO else found[2]}"


def _to_third_person(found: re.Match[str]) -> str:
    return f"{found[1]} {_with_s(found[2]) if found[2] in VERBS - NOUNS_TOO else found[2]}"
