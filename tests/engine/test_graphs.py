"""Denoising forwards of fixed shapes, recorded and replayed, give the same tokens.

Here a recording is the forward itself, run again. Real CUDA graphs are covered by the test marked gpu."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from app.engine import engine as engine_module
from app.engine.engine import Engine
from app.engine.graphs import Run, Shape, find_shape, lay_out
from app.engine.layout import Forward, Rows, Span
from app.errors import ConfigError
from app.messages.params import GenerationParams, ModelSource
from tests.reference import CHECKPOINT, Case
from tests.tiny import committed, drain, load_engine, run

MakeEngine = Callable[..., Engine]


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """What was recorded."""
    runs: list[Run] = []

    def record(run: Run) -> Run:
        run()  # as a CUDA graph does, before
        runs.append(run)
        return run

    monkeypatch.setattr(engine_module, "cuda_graph", record)
    return runs


def test_every_published_case_comes_out_the_same(
    recorded: list[Run], make_engine: MakeEngine, cases: list[Case]
) -> None:
    engine = make_engine(max_sequences=3, cuda_graphs=True)

    assert [tuple(run(engine, case.prompt, case.params)[0]) for case in cases] == [case.output for case in cases]
    assert 0 < len(recorded) < 20


def test_so_do_all_side_by_side(recorded: list[Run], make_engine: MakeEngine, cases: list[Case]) -> None:
    """Slots between the running ones are empty, or being prefilled in chunks."""
    engine = make_engine(max_sequences=5, prefill_chunk=16, cuda_graphs=True)
    ids = [engine.add(case.prompt, case.params) for case in cases]

    events = drain(engine)

    assert [tuple(committed(events[sequence_id])) for sequence_id in ids] == [case.output for case in cases]
    assert len(recorded) > 1


def test_what_cannot_be_recorded_runs_without(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, make_engine: MakeEngine, cases: list[Case]
) -> None:
    def record(run: Run) -> Run:
        raise RuntimeError("operation not permitted when stream is capturing\nand more")

    monkeypatch.setattr(engine_module, "cuda_graph", record)
    engine = make_engine(cuda_graphs=True)

    with caplog.at_level(logging.WARNING):
        assert tuple(run(engine, cases[0].prompt, cases[0].params)[0]) == cases[0].output

    shapes = [record.message for record in caplog.records]
    assert len(shapes) == len(set(shapes)) > 0  # each is tried once
    assert shapes[0].endswith("operation not permitted when stream is capturing")


def test_without_cuda_it_is_an_error() -> None:
    with pytest.raises(
        ConfigError, match="ELBARTO_CUDA_GRAPHS is true; it is for CUDA, and the model would run on cpu"
    ):
        load_engine(ModelSource(path=str(CHECKPOINT), device="cpu", cuda_graphs=True))


@pytest.mark.gpu
def test_the_cases_on_a_cuda_device(cases: list[Case]) -> None:
    source = ModelSource(path=str(CHECKPOINT), device="cuda", dtype="float32", max_sequences=3, cuda_graphs=True)
    engine = load_engine(source)

    assert [tuple(run(engine, case.prompt, case.params)[0]) for case in cases] == [case.output for case in cases]
    ids = [engine.add(case.prompt, case.params) for case in cases]
    events = drain(engine)
    assert [tuple(committed(events[sequence_id])) for sequence_id in ids] == [case.output for case in cases]


def rows_of(spans: list[Span]) -> Rows:
    return Rows.of([Forward("denoise", span, (50,) * span.num_rows) for span in spans])


@pytest.mark.parametrize(
    ("spans", "shape"),
    [
        ([Span(0, 96, 4)], Shape(1, 4, 512)),
        ([Span(0, 96, 5)], Shape(1, 8, 512)),
        ([Span(0, 508, 4)], Shape(1, 4, 512)),
        ([Span(0, 509, 4)], Shape(1, 4, 768)),
        ([Span(2, 0, 3)], Shape(4, 4, 512)),
        ([Span(0, 8, 4), Span(4, 40, 8)], Shape(5, 8, 512)),
        ([Span(0, 8, 33)], Shape(1, 40, 512)),
        ([Span(1, 900, 60)], Shape(2, 64, 1000)),
        ([Span(0, 8, 97)], None),
    ],
)
def test_the_shape_with_room_for_spans(spans: list[Span], shape: Shape | None) -> None:
    assert find_shape(rows_of(spans), 5, 1000) == shape


def test_no_shape_that_would_be_mostly_padding() -> None:
    alone, crowd = [Span(15, 6000, 8)], [Span(slot, 6000, 8) for slot in range(16)]

    assert find_shape(rows_of(alone), 16, 8192) is None
    assert find_shape(rows_of(crowd), 16, 8192) == Shape(16, 8, 6144)


def test_padding_rows_write_to_the_spare_place() -> None:
    forwards = [
        Forward("denoise", Span(1, 8, 2), (50, 51), logit_rows=(1,), positions=(9,)),
        Forward("denoise", Span(0, 4, 3, (6, 6, 7)), (60, 61, 62), logit_rows=(0, 2), positions=(4, 6)),
    ]

    columns, logit_rows = lay_out(Rows.of(forwards), Shape(2, 4, 512), 999)

    token_ids, positions, slots, places, limits, hidden_starts, hidden_stops = columns

    assert token_ids == [60, 61, 62, 50, 50, 51, 50, 50]
    assert positions == [4, 5, 6, 0, 8, 9, 0, 0]
    assert slots == [0, 0, 0, 0, 1, 1, 0, 0]
    assert places == [4, 5, 6, 999, 8, 9, 999, 999]
    assert limits == [6, 6, 7, 1, 10, 10, 1, 1]
    assert hidden_starts == hidden_stops == [0] * 8
    assert logit_rows == [5, 0, 2]


def test_long_blocks_go_by_graphs_too(recorded: list[Run], make_engine: MakeEngine) -> None:
    params = GenerationParams(gen_length=32, steps=8, block_length=32, ignore_eos=True)
    plain, graphs = make_engine(), make_engine(cuda_graphs=True)

    assert run(graphs, (40, 41, 42), params)[0] == run(plain, (40, 41, 42), params)[0]
    assert recorded
