"""Names for requests: natural and made-up ones, so that a model must copy them and cannot know them."""

# ruff: noqa: SIM905 (lists would take one line per word)

from __future__ import annotations

import keyword
import random
from collections.abc import Callable

from training.data.holdout import is_held_out_name

WORDS = (
    "add age answer apply area array base bell big bird block blue board book box build bulk calc call card case "
    "cat cell check city class clean clear clock close cloud code coin color compute copy core cost count cup "
    "data date day deal deep desk dog door draw drop easy edge end entry event face fast field file fill find "
    "fire first fish fix flag flat flow food form frame free fruit game gate get give glass goal gold good grade "
    "green grid group hand hard head heat help hill home hour house ice index info input iron item jump key kind "
    "king lake land last law leaf left level life light limit line link list load local lock log long look loop "
    "lost love low main make map mark match max mean meet menu mid mile milk mind mix mode moon more move name "
    "near net new next night node note number object odd oil old one open order outer pack page pair paper parse "
    "part pass path pay pen pick pixel plan plant play plus point pool port post power press price print proc "
    "pull push query queue quick rain range rate raw read real record red report reset result review right ring "
    "river road rock role roll room root round row rule run safe sample save scale scan score sea search second "
    "seed select send series set shape share shift ship shop short show side sign simple size slot small snow "
    "soft solve song sort sound source space speed split spot square stack star start state step stone stop store "
    "story stream street strong sum sun swap sweet switch table tag take talk task team temp test text thing "
    "thread tick time token tool top total town track trade train tree trim try turn two type unit update use "
    "user util valid value view visit voice wait walk wall want warm wash water wave way week weight west wheel "
    "white wide wild win wind window wood word work world wrap write year yellow young zero zone "
).split()
ONSETS = (
    "b bl br c ch cl cr d dr f fl fr g gl gr h j k kl l m n p pl pr qu r s sh sk sl sn sp st t th tr v w y z "
).split()
VOWELS = "a e i o u a e i o ai ea oo ou".split()
CODAS = ["", "", "", "b", "ck", "d", "g", "l", "m", "n", "nd", "p", "r", "rt", "s", "sh", "st", "t", "x", "z"]


def made_up_word(rng: random.Random) -> str:
    """One or two syllables that are rarely a word."""
    syllables = rng.choice((1, 2, 2))
    return "".join(rng.choice(ONSETS) + rng.choice(VOWELS) + rng.choice(CODAS) for _ in range(syllables))


def any_word(rng: random.Random) -> str:
    return made_up_word(rng) if rng.random() < 0.45 else rng.choice(WORDS)


def random_function_name(rng: random.Random) -> str:
    """A random name, never a held-out one."""
    return _draw(rng, _function_name, held_out=False)


def held_out_function_name(rng: random.Random) -> str:
    """A name that is held out of training."""
    return _draw(rng, _function_name, held_out=True)


def random_class_name(rng: random.Random) -> str:
    return "".join(any_word(rng).capitalize() for _ in range(rng.choice((1, 2, 2))))


def random_argument_name(rng: random.Random) -> str:
    if rng.random() < 0.3:
        return rng.choice("abcdeghjmnpqrstuvwxyz")
    name = any_word(rng)
    if rng.random() < 0.2:
        name += "_" + any_word(rng)
    return name if not keyword.iskeyword(name) else name + "_value"


def _function_name(rng: random.Random) -> str:
    words = [any_word(rng) for _ in range(rng.choice((1, 2, 2, 2, 3)))]
    if rng.random() < 0.12:
        words.append(str(rng.randrange(1, 100)))
    return "_".join(words)


def _draw(rng: random.Random, make: Callable[[random.Random], str], held_out: bool) -> str:
    while True:
        name = make(rng)
        if is_held_out_name(name) == held_out and not keyword.iskeyword(name):
            return name
