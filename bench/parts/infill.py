"""Filling holes: the server's infill modes and length methods and the baselines, compared with the text that was cut
out; agreement of two holes; and the cost of a keystroke."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tqdm import tqdm

from app.serving.service import Service
from bench.context import Context
from bench.infill.baselines import baselines
from bench.infill.consistency import measure_consistency
from bench.infill.held_out import calibration_holes, load_holes
from bench.infill.keystrokes import measure_keystrokes
from bench.infill.problems import SHIPPED, Problem, by_group, load_problems
from bench.infill.sandbox import Sandbox
from bench.infill.scores import Filling, Score, share, share_figure, summary
from bench.infill.served import ORACLE, Method, served_methods, serving, warm_up
from bench.measure import Figure
from training.evaluation.infill import edit_similarity

LIMIT = 30  # problems per group, unless the command line sets it


def measure(context: Context) -> list[Figure]:
    limit = context.options.limit or context.size(LIMIT, 1)
    groups = by_group(find_problems(context, limit), limit, context.options.seed)
    with serving(context) as (service, _):
        if not service.infill_capabilities.modes:
            context.note("infill: this model cannot infill")
            return []
        figures = measure_quality(context, service, groups)
        figures += measure_consistency(context, service)
        modes = [mode for mode in service.infill_capabilities.modes if mode != "chat"]
    return figures + measure_keystrokes(context, modes)


def find_problems(context: Context, limit: int) -> list[Problem]:
    """The shipped problems, those in the command line's files, and the held-out holes. Raises ConfigError."""
    problems = [problem for path in (SHIPPED, *context.options.problems) for problem in load_problems(path)]
    return problems + load_holes(limit)


def measure_quality(context: Context, service: Service, groups: Mapping[str, Sequence[Problem]]) -> list[Figure]:
    seed = context.options.seed
    methods = served_methods(service, seed) | baselines(service, calibration_holes(context.size(24, 1)))
    figures: list[Figure] = []
    with Sandbox() as sandbox:
        if "network" not in sandbox.kept_from:
            context.note("infill: programs were run with limits, but with access to the network")
        for group, problems in groups.items():
            scores: dict[str, list[Score]] = {name: [] for name in methods}
            for problem in tqdm(problems, desc=f"infill: {group}", unit="hole", leave=False, disable=None):
                warm_up(service, problem, seed)
                for name, method in methods.items():
                    scores[name].append(measure_one(service, sandbox, problem, method))
            figures += quality_figures(group, scores)
    return figures


def measure_one(service: Service, sandbox: Sandbox, problem: Problem, method: Method) -> Score:
    encode = service.tokenizer.encode_plain
    num_tokens = len(encode(problem.middle))
    filling: Filling = method(problem, num_tokens)
    return Score(
        problem.is_exact(filling.text),
        edit_similarity(filling.text, problem.middle),
        sandbox.passes(problem, filling.text),
        abs(len(encode(filling.text)) - num_tokens),
        num_tokens,
        filling.forwards,
        filling.ms,
    )


def quality_figures(group: str, scores: Mapping[str, Sequence[Score]]) -> list[Figure]:
    figures = []
    oracle = share([score.is_exact for score in scores[ORACLE]])[0] if ORACLE in scores else 0.0
    for name, method_scores in scores.items():
        facts = summary(method_scores)
        exact = [score.is_exact for score in method_scores]
        if oracle:
            facts["of the true length's exact"] = share(exact)[0] / oracle
        figures.append(share_figure(f"{group}: {name}", "the text cut out", exact, facts))
    return figures
