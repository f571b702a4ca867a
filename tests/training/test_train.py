"""The trainer on a very small model: stopping, resuming, extending, and exporting a checkpoint that is served."""

from __future__ import annotations

import csv
import random
import shutil
from dataclasses import replace
from multiprocessing import Process
from pathlib import Path

import pytest
import torch
from transformers import Qwen3ForCausalLM

from app.models.checkpoint import load_checkpoint
from app.models.sources import HuggingFaceFolder
from training.config import CPU, Stage, TrainConfig
from training.data import samples
from training.data.pairs import pairs_of
from training.data.samples import DELETE_WEIGHT, KINDS, SampleSource
from training.data.sources import SourceFile
from training.export import export
from training.model import batch_loss, build_model, compile_layers
from training.noise import collate
from training.tokenizer import DELETE_ID, load_tokenizer
from training.train import Trainer, decay_start, draw_pool, learning_rate, main, stage_at, stream_length

TINY = TrainConfig(
    tokens=6000,
    stages=(
        Stage("copy", {"copy": 0.5, "signature": 0.5, "canvas": 0.1}, 3000, left_to_right=1.0),
        Stage("mixture", {"chat": 0.5, "canvas": 0.5}),
    ),
    workers=1,
    decay_share=0.4,
    hidden=128,
    heads=2,
    layers=1,
    feed_forward=64,
    batch_tokens=400,
    pool_batches=4,
    probe_tokens=10**9,
    probe_tasks=2,
)


WEIGHTS = Path(__file__).parents[2] / "weights" / "elbarto-mini"
PAIRED = SourceFile(
    "package",
    "paired.py",
    'def join_all(parts, mark):\n    """Join all the parts with a mark between them."""\n    text = ""\n'
    "    for part in parts:\n        text += part + mark\n    return text\n",
)
FILE = SourceFile("package", "file.py", "import os\n\n\ndef name():\n    return os.name\n" * 5)


@pytest.fixture(autouse=True)
def small_corpus(monkeypatch):
    """One file instead of two thousand."""
    monkeypatch.setattr(samples, "load_corpus", lambda split: [FILE])
    monkeypatch.setattr(samples, "load_pairs", lambda split: tuple(pairs_of([PAIRED])))


@pytest.fixture
def run(tmp_path):
    """The folder of a run that already has the shipped tokenizer."""
    load_tokenizer(WEIGHTS).save_pretrained(tmp_path / "tokenizer")
    return tmp_path


@pytest.fixture
def source():
    return SampleSource(load_tokenizer(WEIGHTS))


def weights(run, name="checkpoint.pt"):
    return torch.load(run / name, weights_only=True)


def test_stages_follow_one_another_and_the_last_one_begins_when_the_rate_falls():
    config = replace(TINY, stages=(TINY.stages[0], Stage("both", {"chat": 1.0}), TINY.stages[1]))
    names = ["copy", "copy", "both", "both", "mixture", "mixture"]
    assert [stage_at(config, tokens).name for tokens in (0, 2999, 3000, 3599, 3600, 10**6)] == names
    longer = replace(config, tokens=60_000)
    assert [stage_at(longer, tokens).name for tokens in (2999, 3000, 35_999)] == ["copy", "both", "both"]
    short = replace(config, tokens=1000)
    assert stage_at(short, 600).name == "mixture", "also before the early stages have ended"


def test_the_rate_warms_up_stays_and_falls():
    config = replace(TINY, tokens=1000, warm_up_steps=10, learning_rate=1.0, decay_share=0.4, final_rate=0.1)
    rates = [learning_rate(config, step, tokens) for step, tokens in ((0, 0), (9, 0), (50, 600), (50, 800), (50, 1000))]
    assert rates == pytest.approx([0.1, 1.0, 1.0, 0.5, 0.1])
    assert decay_start(config, 1000) == 600


@pytest.mark.parametrize("kind", KINDS)
def test_samples_of_every_kind_have_something_to_learn(kind, source):
    rng = random.Random(3)
    for _ in range(20):
        sample = source.draw(kind, rng)
        assert len(sample.ids) == len(sample.weights) <= source.max_length
        assert any(sample.weights)
        if sample.window is not None:
            assert sample.window % sample.block_length == 0
            assert not any(sample.weights[: sample.window]), "what stands before the canvas is given"


def test_a_canvas_is_the_text_with_padding_in_its_holes(source):
    rng = random.Random(5)
    for _ in range(30):
        sample = source.draw("canvas", rng)
        text = source.tokenizer.decode([i for i in sample.ids if i != DELETE_ID])
        assert "<[" not in text
        for token_id, weight in zip(sample.ids, sample.weights, strict=True):
            assert token_id != DELETE_ID or weight == DELETE_WEIGHT


def test_same_seed_same_pool_and_batches_keep_to_their_size(source):
    def draw():
        return draw_pool(source, CPU.stages[-1], replace(TINY, batch_tokens=1600), random.Random(9))

    pool = draw()
    assert pool == draw()
    assert max(sum(stream_length(sample) for sample in group) for group in pool) <= 1600


def test_left_to_right_there_are_no_canvases(source):
    stage = Stage("both", {"canvas": 0.9, "chat": 0.1}, left_to_right=0.5)
    assert any(s.window is not None for group in draw_pool(source, stage, TINY, random.Random(1)) for s in group)
    assert all(s.window is None for group in draw_pool(source, stage, TINY, random.Random(1), True) for s in group)


def test_a_missing_compiler_is_named_before_anything_is_trained(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CXX", "no-such-compiler")
    monkeypatch.setattr("sys.argv", ["train", "--run", str(tmp_path / "run")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "C++ compiler" in capsys.readouterr().err
    assert not (tmp_path / "run" / "tokenizer").exists()


@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs a C++ compiler")
@pytest.mark.filterwarnings("ignore")  # warnings are errors here, and the compiler raises some
def test_compiled_layers_compute_the_same(source):
    torch.manual_seed(0)
    model = build_model(2048, hidden=128, layers=1, feed_forward=64, heads=2)
    for parameter in model.model.layers.parameters():
        torch.nn.init.normal_(parameter, std=0.1)  # a new layer is the identity

    def loss_and_gradients():
        model.zero_grad()
        losses = [batch_loss(model, batch) for batch in batches]
        sum(losses).backward()
        return torch.stack(losses).detach(), [parameter.grad.clone() for parameter in model.parameters()]

    groups = draw_pool(source, CPU.stages[-1], TINY, random.Random(2))[:3]
    batches = [collate(group, random.Random(2)) for group in groups]
    loss, gradients = loss_and_gradients()
    compile_layers(model)
    compiled_loss, compiled_gradients = loss_and_gradients()
    torch.testing.assert_close(compiled_loss, loss)
    torch.testing.assert_close(compiled_gradients, gradients, rtol=1e-3, atol=1e-5)


def test_a_run_ends_logs_and_keeps_what_a_longer_one_needs(run):
    Trainer(TINY, run).train()

    first = weights(run)
    assert first["counters"][1] >= TINY.tokens
    assert 3600 <= weights(run, "before_decay.pt")["counters"][1] < TINY.tokens
    with (run / "log.csv").open() as file:
        (line,) = csv.DictReader(file)
    assert line["stage"] == "mixture"
    assert float(line["loss"]) > 0
    assert {"chat_loss", "canvas_loss", "passes", "name_copied"} <= set(line)
    assert (run / "loss.png").stat().st_size > 1000

    longer = Trainer(replace(TINY, tokens=12000), run)
    assert longer.tokens == weights(run, "before_decay.pt")["counters"][1], "from before the rate fell"
    assert Trainer(TINY, run).tokens == first["counters"][1]


def test_a_run_that_cannot_be_lengthened_does_not_begin_anew(run):
    Trainer(TINY, run).train()
    (run / "before_decay.pt").unlink()

    with pytest.raises(FileNotFoundError, match="before_decay"):
        Trainer(replace(TINY, tokens=12000), run)


def test_a_stopped_run_goes_on_where_it_was(run):
    trainer = Trainer(TINY, run)
    batch = next(trainer.batches(0))
    trainer.step(batch)
    trainer.save()

    again = Trainer(TINY, run)

    assert again.tokens == batch.num_tokens
    for name, tensor in trainer.model.state_dict().items():
        assert torch.equal(tensor, again.model.state_dict()[name])
    moments = [state["exp_avg"] for state in trainer.optimizer.state.values()]
    assert all(torch.equal(a, b["exp_avg"]) for a, b in zip(moments, again.optimizer.state.values(), strict=True))


def test_workers_share_weights_and_counters(run):
    trainer = Trainer(replace(TINY, workers=2), run)
    before = {name: tensor.clone() for name, tensor in trainer.model.state_dict().items()}
    trainer.share()
    other = trainer._start(1)
    other.join(timeout=120)

    assert trainer.tokens >= TINY.tokens, "the other worker has trained all of it"
    assert any(not torch.equal(before[name], tensor) for name, tensor in trainer.model.state_dict().items())


def test_a_dead_worker_stops_the_run(run, monkeypatch):
    trainer = Trainer(replace(TINY, workers=2, tokens=10**9), run)
    monkeypatch.setattr(trainer, "_start", lambda number: Process(target=lambda: None))
    with pytest.raises(RuntimeError, match="worker has died"):
        trainer.train()


def test_an_export_is_what_transformers_and_the_server_read(run, tmp_path):
    Trainer(TINY, run).train()
    target = tmp_path / "export"

    size = export(run, target)

    model = Qwen3ForCausalLM.from_pretrained(target)
    assert size == sum(file.stat().st_size for file in target.glob("*.safetensors"))
    assert model.config.block_length == 4
    trained = weights(run)["model"]["model.embed_tokens.weight"]
    assert torch.equal(model.model.embed_tokens.weight, trained.bfloat16().to(model.dtype))
    checkpoint = load_checkpoint(HuggingFaceFolder(str(target)), torch.device("cpu"), torch.float32)
    assert checkpoint.request_defaults.values["temperature"] == 0
