"""`elbarto inspect` and `elbarto pull`, over a hub on this machine."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from app.cli import main
from app.inspection.inspect import inspect
from app.inspection.text import to_text
from app.messages.params import ModelSource
from app.models.licence import read_licence
from app.models.packed_linear import can_pack
from app.paths import EMBEDDED_MODEL, ROOT
from app.text.template_facts import TemplateFacts, read_template
from tests.doubles.hub import COMMIT, FakeHub, running_hub
from tests.reference import CHECKPOINT

SMALL = ["--device", "cpu", "--dtype", "float32", "--max-sequences", "2", "--max-model-len", "256"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CHECKPOINT, tmp_path / "copy"))


def edit(directory: Path, *remove: str, **changes: Any) -> None:
    path = directory / "config.json"
    values = json.loads(path.read_text())
    path.write_text(json.dumps({key: value for key, value in values.items() if key not in remove} | changes))


def shown(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert main(["inspect", *SMALL, *arguments]) == code
    return capsys.readouterr().out


def rows(text: str) -> dict[str, str]:
    """The rows of a report by their labels; values over several lines are joined."""
    found: dict[str, str] = {}
    label = ""
    for line in text.splitlines():
        if line.startswith("  "):
            label = line[2:18].strip() or label
            found[label] = f"{found.get(label, '')} {line[18:]}".strip()
    return found


def program(*arguments: str, code: int, **environ: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == code, done.stderr
    return done


@pytest.mark.process
def test_the_embedded_model_is_inspected_without_an_argument(capsys: pytest.CaptureFixture[str]) -> None:
    found = rows(shown(capsys))
    num_parameters = sum(tensor.numel() for tensor in load_file(EMBEDDED_MODEL / "model.safetensors").values())

    assert found["path"] == str(EMBEDDED_MODEL)
    assert found["parameters"] == f"{num_parameters:,}"
    assert found["stored as"].startswith(f"BF16: {2 * num_parameters / 1e6:.1f} MB")
    assert found["licence"] == "mit"
    assert found["mask token"] == "5 <[MASK_TOKEN]>"
    assert found["infill routes"] == "both (default), canvas, fim, chat"
    assert found["KV cache"].endswith("for 2 sequences of 256 tokens")
    assert found["can be served"] == "yes"
    assert "missing" not in found


@pytest.mark.process
def test_json_has_the_same_in_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    report = json.loads(shown(capsys, str(CHECKPOINT), "--json"))

    assert report["can_be_served"] is True
    assert report["denoising"] == {
        "family": "stable-diffcoder",
        "recognised_by": "the architecture StableDiffcoderForCausalLM",
        "attention": "block_causal",
        "shift": False,
        "block_length": 4,
        "mask_token": {"id": 5, "text": "<[MASK_TOKEN]>"},
        "end_tokens": [{"id": 2, "text": "<[end_of_sentence]>"}],
        "delete_token": None,
    }
    assert report["stored"] == {
        "parameters": 590_688,
        "num_bytes": 590_688 * 2,
        "num_tensors": 39,
        "kinds": {"BF16": 590_688 * 2},
    }
    assert report["shape"]["num_layers"] == 4
    assert (report["memory"]["max_sequences"], report["memory"]["max_model_len"]) == (2, 256)
    assert report["memory"]["device_total"] > 0


@pytest.mark.process
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"architectures": ["SomethingElse"]}, "architectures is SomethingElse"),
        ({"hidden_size": 192}, "shape"),
        ({"diffusion_shift": "yes"}, "diffusion_shift"),
        ({"rms_norm_eps": -1}, "rms_norm_eps"),
    ],
)
def test_why_a_checkpoint_cannot_be_served(
    copy: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, Any], why: str
) -> None:
    edit(copy, **changes)

    found = rows(shown(capsys, str(copy), code=1))

    assert found["can be served"] == "no"
    assert why in found["because"]
    assert found["stored as"] == "BF16: 1.2 MB in 39 tensors"  # what does not depend on it is there all the same
    assert found["licence"] == "not named"


@pytest.mark.process
def test_settings_that_cannot_be_met_are_a_reason_too(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = rows(shown(capsys, str(copy), "--max-model-len", "4096", code=1))

    assert found["because"] == "ELBARTO_MAX_MODEL_LEN is 4096; copy has 2048 positions at most."


@pytest.mark.process
def test_several_problems_are_all_told(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "model.safetensors").unlink()
    (copy / "chat_template.jinja").write_text("{{ 2 ** 3 }}")

    report = json.loads(shown(capsys, str(copy), "--json", code=1))

    assert [problem.rpartition("/")[2][:30] for problem in report["problems"]] == [
        "model.safetensors is missing.",
        "The checkpoint's chat template",
    ]
    assert (report["stored"], report["text"], report["denoising"]["family"]) == (None, None, "stable-diffcoder")


@pytest.mark.process
def test_what_is_missing_is_no_reason(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "chat_template.jinja").unlink()

    found = rows(shown(capsys, str(copy)))

    assert found["can be served"] == "yes"
    assert found["chat template"] == "none"
    assert found["missing"].startswith("a chat template: completions and infills are served, chats are refused")


@pytest.mark.parametrize("path", ["/nowhere", "./nowhere", str(CHECKPOINT / "config.json"), str(ROOT / "docs")])
def test_what_is_no_checkpoint_is_one_line_and_exit_code_2(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", path]) == 2
    error = capsys.readouterr().err
    assert error.startswith("elbarto: error: ")
    assert error.count("\n") == 1


@pytest.mark.process
def test_a_file_does_not_write_to_the_terminal(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "README.md").write_text("---\nlicense: \x1b]0;owned\x07mit\n---\n")
    edit(copy, architectures=["Other\x1b[2J"])

    text = shown(capsys, str(copy), code=1)

    assert "\x1b" not in text
    assert "\x07" not in text


@pytest.mark.process
def test_no_flask_and_no_gunicorn() -> None:
    code = (
        "import sys; from app.cli import main; code = main(['inspect']); "
        "print(code, [name for name in ('flask', 'gunicorn', 'werkzeug') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)

    assert done.stdout.splitlines()[-1] == "0 []"
    assert done.stderr == ""


# --- 16 GB in seconds ---


def write_sparse_shards(directory: Path, num_shards: int) -> int:
    """Weights of 8 billion parameters without a value, which take no room on the disk. Returns their bytes."""
    hidden, inner, layers, vocab, heads, kv_heads, head_dim = 4096, 14336, 32, 155136, 32, 8, 128
    edit(
        directory,
        hidden_size=hidden,
        intermediate_size=inner,
        num_hidden_layers=layers,
        vocab_size=vocab,
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        head_dim=head_dim,
    )
    shapes = {"model.embed_tokens": [vocab, hidden], "lm_head": [vocab, hidden], "model.norm": [hidden]}
    for layer in range(layers):
        ours = {
            "input_layernorm": [hidden],
            "post_attention_layernorm": [hidden],
            "self_attn.q_proj": [heads * head_dim, hidden],
            "self_attn.k_proj": [kv_heads * head_dim, hidden],
            "self_attn.v_proj": [kv_heads * head_dim, hidden],
            "self_attn.o_proj": [hidden, heads * head_dim],
            "mlp.gate_proj": [inner, hidden],
            "mlp.up_proj": [inner, hidden],
            "mlp.down_proj": [hidden, inner],
        }
        shapes |= {f"model.layers.{layer}.{name}": shape for name, shape in ours.items()}
    weight_map, total = {}, 0
    for shard in range(num_shards):
        file, end = f"model-{shard + 1:05}-of-{num_shards:05}.safetensors", 0
        header = {}
        for name in list(shapes)[shard::num_shards]:
            start, end = end, end + 2 * torch.Size(shapes[name]).numel()
            header[f"{name}.weight"] = {"dtype": "BF16", "shape": shapes[name], "data_offsets": [start, end]}
            weight_map[f"{name}.weight"] = file
        text = json.dumps(header).encode()
        with (directory / file).open("wb") as content:
            content.write(struct.pack("<Q", len(text)) + text)
            content.truncate(8 + len(text) + end)
        total += end
    (directory / "model.safetensors").unlink()
    (directory / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))
    return total


@pytest.mark.process
def test_a_model_of_16_gb_is_described_from_its_headers(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    num_bytes = write_sparse_shards(copy, 4)

    report = json.loads(shown(capsys, str(copy), "--json", "--quantization", "int4", "--max-sequences", "1"))

    assert report["stored"]["num_bytes"] == num_bytes > 16e9
    assert report["stored"]["parameters"] == num_bytes // 2
    assert report["memory"]["weights"] < num_bytes / 2
    assert report["memory"]["loading"] > 2 * num_bytes  # float32, before it is quantized
    assert report["memory"]["kv_cache"] == 2 * 32 * 8 * 128 * 4 * (256 + 65)


# --- the hub ---


@pytest.fixture
def hub(copy: Path, tmp_path: Path) -> Iterator[FakeHub]:
    with running_hub({"owner/some-coder": copy}) as hub:
        yield hub


@pytest.mark.process
def test_a_hub_id_is_inspected_without_its_weights_and_pulled_with_them(hub: FakeHub, tmp_path: Path) -> None:
    """A shard larger than what the hub client reads at once for its header."""
    environ = hub.environ(tmp_path / "home")
    seen = rows(program("inspect", "owner/some-coder", *SMALL, code=0, **environ).stdout)

    assert seen["stored as"] == "BF16: 1.2 MB in 39 tensors"
    assert seen["missing"].startswith("weights on this machine: `elbarto pull` downloads them")
    assert 0 < hub.sent["model.safetensors"] < 200_000

    pulled = program("pull", "owner/some-coder", code=0, **environ)

    assert f"snapshots/{COMMIT}\n39 tensors, 1.2 MB, headers and sizes agree\nServe it: " in pulled.stdout
    assert pulled.stdout.endswith(" serve owner/some-coder\n")
    assert "100%" in pulled.stderr

    assert hub.sent["model.safetensors"] > 1_100_000
    sent = dict(hub.sent)
    again = rows(program("inspect", "owner/some-coder", *SMALL, code=0, **{**environ, "HF_HUB_OFFLINE": "1"}).stdout)
    assert not again.get("missing", "").startswith("weights")
    assert hub.sent == sent


@pytest.mark.process
def test_a_download_that_is_damaged_is_told(hub: FakeHub, copy: Path, tmp_path: Path) -> None:
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])

    pulled = program("pull", "owner/some-coder", "--revision", "v1", code=1, **hub.environ(tmp_path / "home"))

    assert "It cannot be served: " in pulled.stdout
    assert "its tensors have 1181376 bytes, the file has 1181276 for them." in pulled.stdout
    assert "Serve it" not in pulled.stdout


@pytest.mark.process
def test_serve_looks_at_the_small_files_of_a_hub_id_first(hub: FakeHub, copy: Path, tmp_path: Path) -> None:
    edit(copy, architectures=["Qwen3MoeForCausalLM"])

    done = program("serve", "owner/some-coder", "--port", "0", code=2, **hub.environ(tmp_path / "home"))

    last = done.stderr.splitlines()[-1]  # after the progress of the download
    assert last.startswith("elbarto: error: owner/some-coder: config.json: architectures is Qwen3MoeForCausalLM")
    assert "config.json" in hub.sent
    assert "model.safetensors" not in hub.sent


@pytest.mark.process
def test_pickles_are_not_even_downloaded(hub: FakeHub, copy: Path, tmp_path: Path) -> None:
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    (copy / "modeling_custom.py").write_text("raise RuntimeError")
    environ = hub.environ(tmp_path / "home")

    pulled = program("pull", "owner/some-coder", code=1, **environ)
    seen = rows(program("inspect", "owner/some-coder", *SMALL, code=1, **environ).stdout)

    assert "model.safetensors is missing." in pulled.stdout
    assert "it has no safetensors files; others may run code when they are loaded" in seen["because"]
    assert not any(name.endswith((".bin", ".py")) for name in hub.sent)


@pytest.mark.process
@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        ({}, "there is no such repository, or it is private: log in with HF_TOKEN or hf auth login."),
        ({"HF_HUB_OFFLINE": "1"}, "it is not on this machine, and "),
        ({"HF_ENDPOINT": "http://127.0.0.1:9"}, "it is not on this machine, and the hub could not be reached."),
    ],
)
@pytest.mark.parametrize("command", ["inspect", "pull", "serve"])
def test_what_the_hub_does_not_have_is_one_line(
    hub: FakeHub, tmp_path: Path, command: str, environ: dict[str, str], reason: str
) -> None:
    done = program(command, "owner/none", code=2, **{**hub.environ(tmp_path / "home"), **environ})

    expected = "elbarto: error: owner/none (revision main) could not be read from the Hugging Face hub: "
    assert done.stderr.startswith(expected + reason)
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("path", ["weights/elbarto-mini", "not an id", "a/b/c"])
def test_pull_wants_an_id(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pull", path]) == 2
    assert capsys.readouterr().err.startswith(f"elbarto: error: ELBARTO_MODEL_PATH is {path!r}")


# --- parts ---


@pytest.mark.parametrize(
    ("files", "licence"),
    [
        ({}, None),
        ({"README.md": "---\nlicense: apache-2.0\ntags: [x]\n---\n# x\nlicense: mit\n"}, "apache-2.0"),
        ({"README.md": '---\nlicense: other\nlicense_name: "apple-amlr"\n---\n'}, "apple-amlr"),
        ({"README.md": "---\nlicense: other\n---\n"}, "other"),
        ({"README.md": "# x\nlicense: mit\n", "LICENSE": "\n  MIT License\n\nCopyright"}, "MIT License (LICENSE)"),
        ({"LICENSE.txt": "\x1b[2J\nApache License\n"}, "Apache License (LICENSE.txt)"),
        ({"README.md": "---\n" + "a: &a [*a, *a]\n" * 100_000}, None),
    ],
)
def test_the_licence(tmp_path: Path, files: dict[str, str], licence: str | None) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)

    assert read_licence(tmp_path) == licence


def test_what_a_template_reads() -> None:
    source = (
        "{% if messages[0].role == 'system' %}{{ messages[0].content }}{% endif %}{% for m in messages %}"
        '{% if m["role"] == "tool" %}{{ bos_token }}{% endif %}{% endfor %}'
        "{{ tools | tojson }}{% if enable_thinking %}x{% endif %}"
    )

    assert read_template(source) == TemplateFacts(("system", "tool"), True, ("enable_thinking",))
    assert read_template("{% if %}") == TemplateFacts((), False, ())


@pytest.mark.process
@pytest.mark.skipif(not can_pack(torch.empty(0)), reason="the page has an x86 machine's memory")
def test_the_page_shows_what_is_printed() -> None:
    spec = importlib.util.spec_from_file_location("inspect_page", ROOT / "docs" / "inspect_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    assert module.PAGE.read_text(encoding="utf-8") == module.inspected_page(), "run python docs/inspect_page.py"


@pytest.mark.process
def test_the_report_names_tokens_beyond_the_first_few(tmp_path: Path) -> None:
    report = inspect(ModelSource(path=str(CHECKPOINT), device="cpu", dtype="float32"))
    assert report.text is not None
    many: Sequence[str] = [f"<{number}>" for number in range(40)]
    report.text.special_tokens[:] = many

    assert " <11> and 28 more" in " ".join(to_text(report).split())
