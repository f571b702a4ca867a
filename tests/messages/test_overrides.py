"""What options accept, and how those of a request, the operator and a checkpoint are combined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from app.messages.decoding import DECODING_OPTIONS, Decoding, decide
from app.messages.defaults import DEFAULT_OPTIONS, Defaults
from app.messages.options import Overrides, option, options_of, overrides
from app.messages.params import GenerationParams
from app.messages.rules import IntegerRange, NameOrInteger, NumberRange, OneOf, Rule


@pytest.mark.parametrize(
    ("rule", "allowed", "accepted", "refused"),
    [
        (NumberRange(low=0, high=2), "a number from 0 to 2", [0, 0.5, 2], [-0.1, 2.1, True, "1", None, float("nan")]),
        (NumberRange(above=0, high=100), "a number above 0, up to 100", [1e-9, 100], [0, 100.1, float("inf")]),
        (NumberRange(low=0), "a number from 0", [0, float("inf")], [-1, float("nan")]),
        (IntegerRange(low=-1), "an integer from -1", [-1, 10**9], [-2, 1.0, True, "1"]),
        (IntegerRange(low=1, high=4), "an integer from 1 to 4", [1, 4], [0, 5]),
        (OneOf(("a", "b")), "a or b", ["a", "b"], ["c", 1, [], None]),
        (OneOf(("a", "b", "c")), "a, b or c", ["c"], [""]),
        (
            NameOrInteger(("a", "b"), IntegerRange(low=0, high=4)),
            "a, b or an integer from 0 to 4",
            ["a", "b", 0, 4],
            ["c", "4", -1, 5, 1.0, True, [], None],
        ),
    ],
)
def test_rules(rule: Rule | NameOrInteger, allowed: str, accepted: list[Any], refused: list[Any]) -> None:
    assert rule.allowed == allowed
    assert all(rule.accepts(value) for value in accepted)
    assert not any(rule.accepts(value) for value in refused)


def test_a_field_is_all_that_an_option_needs() -> None:
    @dataclass(frozen=True, kw_only=True)
    class More(Decoding):
        extra: float = option(0.5, NumberRange(low=0, high=1), "Something new.")

    options = options_of(More)

    assert [*DECODING_OPTIONS, "extra"] == [*options]
    assert (options["extra"].default, options["extra"].unset, options["extra"].help) == (0.5, "0.5", "Something new.")
    assert options["extra"].checkpoint_keys == ("elbarto.extra",)
    with pytest.raises(AssertionError, match="extra is 2"):
        More(extra=2)


def test_defaults_begin_with_the_lengths_and_then_have_every_decoding_option() -> None:
    names = list(DEFAULT_OPTIONS)

    assert names[:4] == ["steps", "tokens_per_step", "gen_length", "block_length"]
    assert names[4:17] == list(DECODING_OPTIONS)
    assert all(item.help.endswith(".") for item in DEFAULT_OPTIONS.values())
    assert all(item.accepts(item.default) for item in DEFAULT_OPTIONS.values())


def test_values_are_the_decoding_options_alone() -> None:
    params = GenerationParams(gen_length=4, steps=4, block_length=4, seed=7, temperature=0.5, threshold=0.8)

    assert params.values().keys() == DECODING_OPTIONS.keys()
    assert Decoding(**params.values()) == Decoding(temperature=0.5, threshold=0.8)
    assert params.in_force() == {**params.values(), "decode_mode": "threshold"}


@pytest.mark.parametrize("wrong", [{"temperature": 2.1}, {"top_p": -0.1}, {"factor": None}, {"decode_mode": "best"}])
def test_a_value_that_nobody_checked_is_our_own_mistake(wrong: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        Decoding(**wrong)


def test_overrides_leave_the_rest() -> None:
    given = overrides(Decoding, temperature=0.5, threshold=None)

    assert given == Overrides({"temperature": 0.5})
    assert "temperature" in given
    assert "threshold" not in given
    assert given.over(Decoding(top_k=3, threshold=0.7)) == Decoding(temperature=0.5, top_k=3, threshold=0.7)


def test_a_choice_is_picked_from_more() -> None:
    body = {"temperature": 0, "top_k": None, "messages": [], "steps": 4}

    assert Overrides.pick(Decoding, body) == overrides(Decoding, temperature=0)
    assert Overrides.pick(Defaults, body) == overrides(Defaults, temperature=0, steps=4)


@pytest.mark.parametrize(
    ("requested", "defaults", "mode"),
    [
        ({}, {"decode_mode": "greedy", "threshold": 0.5}, "greedy"),
        ({"threshold": 0.5}, {"decode_mode": "greedy"}, "threshold"),
        ({"threshold": 0.5}, {"decode_mode": "adaptive"}, "adaptive"),
        ({"threshold": 0.5, "decode_mode": "factor"}, {"decode_mode": "greedy"}, "factor"),
        ({"decode_mode": "static"}, {"threshold": 0.5}, "static"),
        ({}, {"threshold": 0.5}, "threshold"),
    ],
)
def test_a_request_with_a_threshold_has_a_mode_that_uses_it(
    requested: dict[str, Any], defaults: dict[str, Any], mode: str
) -> None:
    decoding = decide(Overrides(requested), Defaults(**defaults))

    assert type(decoding) is Decoding
    assert decoding.mode == mode
