"""Baselines for finding a hole's length, which the server does not offer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from app.messages.events import Filled, Probed
from app.serving.service import Service
from bench.infill.canvases import CanvasRunner
from bench.infill.problems import Problem
from bench.infill.scores import Filling
from bench.infill.served import Method

FIXED = (8, 16, 24, 32)
SEVERAL = (4, 8, 12, 16, 24, 32)
CAL_START, CAL_PATIENCE, CAL_CAP = 8, 4, 64
FAR = 4  # the fitted bias uses lengths that differ from the true one by more than this
WORST = -1e9

Bias = Callable[[int], float]


def baselines(service: Service, calibration: Sequence[Problem]) -> dict[str, Method]:
    """None if the model was not trained on canvases. CAL's bias is fitted on `calibration`, if it is not empty."""
    if "canvas" not in service.infill_capabilities.modes:
        return {}
    methods: dict[str, Method] = {f"{length} masks, deletes": fixed(service, length) for length in FIXED}
    methods["several canvases with deletes, mean log p"] = several(service, scores_suffix=False)
    methods["several canvases with deletes, suffix score"] = several(service, scores_suffix=True)
    methods["CAL, published bias"] = cal(service, published_bias)
    if calibration:
        fitted = fit_bias(service, calibration)
        methods["CAL, fitted bias"] = cal(service, lambda length: fitted[length])
    return methods


def fixed(service: Service, length: int) -> Method:
    """One canvas of fixed length, from which the model deletes surplus masks; it never grows."""

    def fill(problem: Problem, true_length: int) -> Filling:
        canvas = CanvasRunner(service, problem)
        return canvas.filling(canvas.fill([length], may_delete=True)[0])

    return fill


def several(service: Service, scores_suffix: bool) -> Method:
    """Canvases of several lengths in one batch, ranked by the mean log probability of their tokens, optionally with
    that of the text after the hole."""

    def fill(problem: Problem, true_length: int) -> Filling:
        canvas = CanvasRunner(service, problem)
        filled = canvas.fill(SEVERAL, may_delete=True)
        scores = [mean_log(tuple(token.confidence or 0.0 for token in item.tokens)) for item in filled]
        if scores_suffix:
            fits = canvas.probe_fits(filled)
            scores = [score + (mean_log(fit.targets) if fit else 0.0) for score, fit in zip(scores, fits, strict=True)]
        return canvas.filling(best(filled, scores))

    return fill


def best(filled: Sequence[Filled], scores: Sequence[float]) -> Filled:
    """The filling with the highest score, the first of equals."""
    return filled[max(range(len(filled)), key=lambda place: scores[place])]


def mean_log(probabilities: Sequence[float]) -> float:
    """The mean of the logarithms; -inf if there are none, so that an empty filling never wins."""
    return sum(math.log(max(item, 1e-12)) for item in probabilities) / len(probabilities) if probabilities else WORST


def cal(service: Service, bias: Bias) -> Method:
    """CAL: the length with the highest ratio of the first forward's mean confidence to its usual value (the bias)."""

    def fill(problem: Problem, true_length: int) -> Filling:
        canvas = CanvasRunner(service, problem)
        length = climb(lambda length: confidence(canvas.probe([length])[0]) / bias(length))
        return canvas.filling(canvas.fill([length], may_delete=False)[0])

    return fill


def climb(value: Callable[[int], float]) -> int:
    """Search up and down from 8 in steps of 1, each way until 4 in a row are no better; at most 64."""
    top, highest = CAL_START, value(CAL_START)
    for step in (1, -1):
        length, fruitless = CAL_START + step, 0
        while 1 <= length <= CAL_CAP and fruitless < CAL_PATIENCE:
            current = value(length)
            fruitless = 0 if current > highest else fruitless + 1
            if current > highest:
                top, highest = length, current
            length += step
    return top


def published_bias(length: int) -> float:
    return 1.00 * math.exp(-1.77 * length) + 0.56 * math.exp(-0.06 * length) + 0.24


def confidence(probed: Probed) -> float:
    """The mean over the masks of the most likely token's probability. CAL's models have no delete token, so it does not
    count: any other token has at most the probability that the delete token leaves."""
    confidences = [min(best, 1 - delete) for best, delete in zip(probed.best, probed.deletes, strict=True)]
    return sum(confidences) / len(confidences)


def fit_bias(service: Service, problems: Sequence[Problem]) -> Mapping[int, float]:
    """By length: the mean confidence over holes whose true length is different."""
    confidences: dict[int, list[float]] = {length: [] for length in range(1, CAL_CAP + 1)}
    encode = service.tokenizer.encode_plain
    for problem in problems:
        canvas, true_length = CanvasRunner(service, problem), len(encode(problem.middle))
        lengths = [length for length in confidences if abs(length - true_length) > FAR]
        for first in range(0, len(lengths), service.max_running):
            chunk = lengths[first : first + service.max_running]
            for length, probed in zip(chunk, canvas.probe(chunk), strict=True):
                confidences[length].append(confidence(probed))
    overall = [value for values in confidences.values() for value in values]
    return {
        length: sum(values) / len(values) if values else sum(overall) / len(overall)
        for length, values in confidences.items()
    }
