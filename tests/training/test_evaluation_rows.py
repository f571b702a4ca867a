"""Rows, tables and files; overlap; holes; answers over HTTP."""

import json
import random

import httpx
import pytest

from training import evaluate
from training.data.tasks import draw_task
from training.evaluation import infill
from training.evaluation.answers import copy_rates, judge, pass_rates, tokens_per_forward
from training.evaluation.checks import Checker
from training.evaluation.endpoint import Endpoint, Reply, ServerFailed
from training.evaluation.overlap import OverlapIndex, Run, rates, without_padding
from training.evaluation.questions import held_out_tasks
from training.evaluation.report import Column, Measurement, Section, as_markdown, run


def fails():
    raise RuntimeError("no luck | none")


SECTION = Section(
    "Things",
    "How they are.",
    (Column("n", "n", "{:.0f}"), Column("share", "share")),
    (
        Measurement("things/good", "good", lambda: {"n": 3, "share": 12.34, "share_error": 1.26, "text": "kept"}),
        Measurement("things/bad", "bad", fails),
        Measurement("things/bare", "bare", lambda: {"n": 4}),
    ),
)
OTHER = Section("Others", "None.", (Column("n", "n"),), (Measurement("others/one", "one", lambda: {"n": 1}),))


def test_a_failed_row_does_not_stop_the_others():
    results = run([SECTION])
    assert [(result.key, bool(result.error)) for result in results] == [
        ("things/good", False),
        ("things/bad", True),
        ("things/bare", False),
    ]
    assert as_markdown([SECTION, OTHER], results) == (
        "### Things\n\nHow they are.\n\n"
        "|      |   n |      share |\n"
        "| ---- | --: | ---------: |\n"
        "| good |   3 | 12.3 ± 1.3 |\n"
        "| bad  | failed: RuntimeError: no luck \\| none |            |\n"
        "| bare |   4 |          – |\n"
    )


def test_only_some_rows():
    assert [result.key for result in run([SECTION, OTHER], ["things/bare", "others"])] == ["things/bare", "others/one"]


@pytest.mark.parametrize(("only", "status"), [(["things/good", "others"], 0), (["things"], 1)])
def test_command_writes_its_files_and_tells_failure(monkeypatch, tmp_path, capsys, only, status):
    monkeypatch.setattr(evaluate, "all_sections", lambda context: [SECTION, OTHER])
    assert evaluate.main(["model", "--out", str(tmp_path / "new"), "--only", *only]) == status
    assert (tmp_path / "new" / "evaluation.md").read_text("utf-8") == capsys.readouterr().out
    written = json.loads((tmp_path / "new" / "evaluation.json").read_text("utf-8"))
    assert written[0]["values"] == {"n": 3, "share": 12.34, "share_error": 1.26, "text": "kept"}


def test_rows_that_were_not_asked_for_stay_as_they_were(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(evaluate, "all_sections", lambda context: [SECTION, OTHER])
    evaluate.main(["model", "--out", str(tmp_path), "--only", "things/good"])
    evaluate.main(["model", "--out", str(tmp_path), "--only", "others"])
    written = json.loads((tmp_path / "evaluation.json").read_text("utf-8"))
    assert [row["key"] for row in written] == ["others/one", "things/good"]
    assert "Things" in capsys.readouterr().out.rpartition("### ")[0]


def test_unknown_row_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(evaluate, "all_sections", lambda context: [SECTION])
    with pytest.raises(SystemExit):
        evaluate.main(["model", "--out", str(tmp_path), "--only", "thinks"])


def test_picture(tmp_path):
    values = {"n": 3, "passes": 50.0, "parses": 90.0, "ended": 100.0, "trigram": 0.0}
    section = Section("Answers", "", (), (Measurement("answers/name", "names", lambda: values),))
    evaluate.write(tmp_path, "", run([section]))
    assert (tmp_path / "evaluation.png").read_bytes().startswith(b"\x89PNG")


def test_every_row_has_a_key_of_its_own():
    sections = evaluate.all_sections(evaluate.Context(evaluate.Path("none")))
    keys = [item.key for section in sections for item in section.measurements]
    assert len(set(keys)) == len(keys)
    assert {key.partition("/")[0] for key in keys} == {
        *("first", "answers", "copying", "speed", "infill", "inside", "bits", "overlap")
    }


def test_overlap_finds_a_planted_run():
    rng = random.Random(0)
    files = [[rng.randrange(1000) for _ in range(500)] for _ in range(5)]
    index = OverlapIndex(files, window=12)
    fresh = [2000 + number for number in range(40)]
    assert index.longest_run(fresh) == Run()
    assert index.longest_run(fresh + files[3][100:175] + fresh) == Run(40, 75)
    assert index.longest_run(files[1][5:25] + fresh + files[2][-33:] + files[3][:20]) == Run(60, 33)
    assert index.longest_run(fresh[:5] + files[0][40:51] + fresh) == Run()  # shorter than the window
    assert index.longest_run(files[4][:12]) == Run(0, 12)
    assert index.longest_run(files[4][:11]) == Run()


def test_runs_of_blanks_or_of_one_token_are_no_overlap():
    assert without_padding([1, 1, 5, 1, 2, 1, 6, 2, 2], {1, 2}) == [1, 5, 1, 6, 2]
    assert without_padding([7, 7, 7, 5, 7, 7], {1, 2}) == [7, 5, 7]


def test_overlap_rates():
    assert rates([0, 0, 30, 60]) == {"n": 4, "longest": 60, "too_long": 1, "half_as_long": 2, "mean": 22.5}


def test_telling_holes_lie_in_functions_with_their_usual_name():
    holes = infill.cut_telling_holes(infill.single_line, 20, random.Random(0))
    assert len({hole.task.request for hole in holes}) == 20
    assert not any(hole.task.name_given for hole in holes)
    assert all(hole.prefix + hole.middle + hole.suffix == hole.task.code + "\n" for hole in holes)


@pytest.mark.parametrize("cut", [infill.single_line, infill.multi_line, infill.random_span])
def test_holes_lie_behind_the_def_line(cut):
    holes = infill.cut_holes(cut, 30, random.Random(0))
    assert len({hole.task.request for hole in holes}) == 30
    for hole in holes:
        assert hole.prefix + hole.middle + hole.suffix == hole.task.code + "\n"
        assert f"def {hole.task.name}(" in hole.prefix
        assert hole.middle.strip()
        num_lines = hole.middle.count("\n") + 1
        assert cut is infill.random_span or (num_lines == 1 if cut is infill.single_line else num_lines >= 2)


def test_filled_hole_is_judged_by_running_it():
    task = held_out_tasks("name", 1)[0]
    hole = infill.single_line(task, random.Random(0))
    with Checker() as checker:
        assert infill.judge(hole.middle, 0, hole, checker) == infill.Filled(True, 100.0, True, 0)
        wrong = infill.judge(")", 3, hole, checker)
    assert not wrong.is_exact
    assert not wrong.passes
    assert infill.rates([wrong, infill.Filled(True, 100.0, True, 0)])["length_error"] == 1.5


@pytest.mark.parametrize(
    ("one", "other", "similarity"),
    [("", "", 100), ("abc", "abc", 100), ("abc", "", 0), ("abc", "xyz", 0), ("abcd", "acd", 600 / 7), ("ab", "ba", 50)],
)
def test_edit_similarity(one, other, similarity):
    assert infill.edit_similarity(one, other) == pytest.approx(similarity)
    assert infill.edit_similarity(other, one) == pytest.approx(similarity)


def endpoint(handler):
    return Endpoint(httpx.Client(base_url="http://test", transport=httpx.MockTransport(handler)))


def test_reply_over_http():
    asked = []

    def handler(request):
        asked.append(json.loads(request.content))
        choice = {"message": {"content": "x"}, "finish_reason": "stop", "token_ids": [4, 5, 6]}
        made = {"denoise_forwards": 10}
        return httpx.Response(200, json={"choices": [choice], "usage": {"completion_tokens": 3}, "elbarto": made})

    assert endpoint(handler).ask("hi", threshold=0.9) == Reply("x", True, 3, 10, (4, 5, 6))
    assert asked[0]["messages"] == [{"role": "user", "content": "hi"}]
    assert (asked[0]["temperature"], asked[0]["threshold"]) == (0, 0.9)
    endpoint(handler).continue_prompt([7, 8], temperature=0.8)
    assert asked[1]["prompt_token_ids"] == [7, 8]
    assert asked[1]["temperature"] == 0.8


def test_refusal_over_http_is_an_error():
    with pytest.raises(ServerFailed, match="status 429: full"):
        endpoint(lambda request: httpx.Response(429, text="full")).ask("hi")


def test_answers_are_judged_and_counted():
    rng, tasks = random.Random(5), []
    while len(tasks) < 4:
        task = draw_task(rng, "name")
        if task.constant is None:
            tasks.append(task)
    with Checker() as checker:
        right = [judge(Reply(f"```python\n{task.code}\n```", True, 30, 20), task, checker) for task in tasks[:3]]
        wrong = judge(Reply("def", False, 10, 60), tasks[3], checker)
    answers = [*right, wrong]
    rates = pass_rates(answers)
    assert (rates["n"], rates["passes"], rates["parses"], rates["ended"]) == (4, 75, 75, 75)
    assert rates["passes_error"] == pytest.approx(100 * (0.75 * 0.25 / 4) ** 0.5)
    assert copy_rates(answers) == {"name_n": 4, "name": 75, "arguments_n": 4, "arguments": 75, "constant_n": 0}
    assert tokens_per_forward(answers) == pytest.approx(100 / 120)
