"""What is found before anything slow is imported, and before gunicorn starts."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app import create_service
from app.cli import main
from app.errors import CheckpointError, ConfigError
from app.inspection import preflight
from app.inspection.preflight import check_before_loading
from app.messages.params import ModelSource
from app.models import torch_build
from app.models.tokenizer_vocabulary import Vocabulary
from app.models.torch_build import check_device
from app.paths import EMBEDDED_MODEL, ROOT
from app.settings import Settings
from tests.doubles.app import fake_backend, fake_frontend
from tests.doubles.tokenizer import ByteTokenizer
from tests.reference import CHECKPOINT

LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 8925912\n"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EMBEDDED_MODEL, tmp_path / "copy"))


def change(file: Path, *remove: str, **values: Any) -> None:
    content = json.loads(file.read_text())
    file.write_text(json.dumps({key: value for key, value in content.items() if key not in remove} | values))


def refusal(path: Path | str, **options: Any) -> str:
    with pytest.raises((CheckpointError, ConfigError)) as caught:
        check_before_loading(ModelSource(path=str(path), **options))
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize("checkpoint", [EMBEDDED_MODEL, CHECKPOINT])
def test_a_good_checkpoint_passes(checkpoint: Path) -> None:
    check_before_loading(ModelSource(path=str(checkpoint)))


def test_no_tokenizer(copy: Path) -> None:
    """Such a server said that it was ready, and failed with every chat."""
    (copy / "tokenizer.json").unlink()
    (copy / "tokenizer_config.json").unlink()
    assert refusal(copy) == f"The tokenizer in {copy} cannot be loaded: tokenizer.json is missing."


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_git_lfs_pointer(copy: Path, name: str) -> None:
    (copy / name).write_text(LFS)
    message = refusal(copy)
    assert f"{copy / name}" in message
    assert "is a Git LFS pointer, not the file itself: run git lfs pull." in message


def test_a_causal_model_is_refused_by_name(copy: Path) -> None:
    change(copy / "config.json", "mask_token_id", architectures=["Qwen2ForCausalLM"])
    change(copy / "tokenizer_config.json", "mask_token")
    assert refusal(copy).startswith(f"{copy}: This is an ordinary causal qwen2 checkpoint: it has no mask token")


def test_no_config(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path} has no config.json: it is not a model directory."


def test_no_weights(copy: Path) -> None:
    (copy / "model.safetensors").unlink()
    assert refusal(copy) == f"{copy}/model.safetensors is missing."


def test_a_file_of_a_checkpoint(copy: Path) -> None:
    path = copy / "config.json"
    assert refusal(path) == f"{path} is a file of a checkpoint; name its folder, {copy}."


@pytest.mark.parametrize("path", ["./absent", "../absent", "/absent", "~absent/x", "./owner/name"])
def test_a_path_is_never_a_hub_id(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "download_card", lambda *arguments: pytest.fail("the hub is asked"))
    assert refusal(path) == f"ELBARTO_MODEL_PATH is {path!r}: there is no such file or folder."


def test_too_many_positions(copy: Path) -> None:
    assert refusal(copy, max_model_len=4096) == "ELBARTO_MAX_MODEL_LEN is 4096; copy has 2048 positions at most."


def test_a_bad_generation_config(copy: Path) -> None:
    change(copy / "generation_config.json", temperature=-1)
    assert refusal(copy).startswith(f"{copy}/generation_config.json: ")
    check_before_loading(ModelSource(path=str(copy), generation_config="none"))


def test_the_tokenizer_has_the_last_word(copy: Path) -> None:
    """Its special tokens may be where the quick look does not find them."""
    values = json.loads((copy / "tokenizer_config.json").read_text())
    change(copy / "tokenizer_config.json", "mask_token", extra_special_tokens={"mask_token": values["mask_token"]})
    change(copy / "config.json", "mask_token_id")
    assert Vocabulary(copy).mask_token_id is None
    check_before_loading(ModelSource(path=str(copy)))


def test_the_vocabulary_is_that_of_the_tokenizer() -> None:
    from app.models.tokenizers import load_tokenizer

    quick, real = Vocabulary(EMBEDDED_MODEL), load_tokenizer(EMBEDDED_MODEL)
    assert quick.get_vocab() == real.get_vocab()
    assert (quick.mask_token_id, quick.eos_token_id) == (real.mask_token_id, real.eos_token_id)


@pytest.mark.parametrize("content", [{}, {"model": []}, {"model": {"vocab": [["a", 0.1]]}, "added_tokens": [1, {}]}])
def test_a_vocabulary_in_another_layout_is_left_to_the_tokenizer(copy: Path, content: Any) -> None:
    (copy / "tokenizer.json").write_text(json.dumps(content))
    assert Vocabulary(copy).get_vocab() == {}


@pytest.mark.parametrize(
    ("build", "is_refused"),
    [
        ({"__version__": "'2.13.0+cpu'", "cuda": "None", "hip": "None"}, True),
        ({"__version__": "'2.13.0'", "cuda": "'13.0'", "hip": "None"}, False),
        ({"__version__": "'2.13.0'", "cuda": "None", "hip": "'7.0'"}, False),
        ({}, False),
    ],
)
def test_cuda_needs_a_build_with_it(build: dict[str, str], is_refused: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch_build, "_build", lambda: build)
    check_device("cpu")
    if not is_refused:
        check_device("cuda:0")
        return
    with pytest.raises(ConfigError, match=r"ELBARTO_DEVICE is 'cuda:0', but PyTorch 2\.13\.0\+cpu was built without"):
        check_device("cuda:0")


def test_the_build_is_read_from_torch() -> None:
    import torch

    build = torch_build._build()
    assert build["__version__"] == repr(str(torch.__version__))
    assert build["cuda"] == repr(torch.version.cuda)


def test_a_checkpoint_without_a_chat_template_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    loaded = fake_backend(), fake_frontend(ByteTokenizer(chat_template=None))
    service = create_service(Settings(), load=lambda: loaded)
    service.wait_until_ready()
    service.close()
    assert "the checkpoint has no chat template: chats are refused; /v1/completions continues texts" in caplog.text


@pytest.mark.process
def test_neither_torch_nor_transformers_is_imported() -> None:
    code = (
        "import sys\nfrom app.inspection.preflight import check_before_loading\n"
        "from app.messages.params import ModelSource\ncheck_before_loading(ModelSource(path=sys.argv[1]))\n"
        "print([name for name in ('torch', 'transformers', 'gunicorn', 'flask') if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, str(EMBEDDED_MODEL)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "[]\n", done.stderr


def test_serve_ends_before_gunicorn(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "tokenizer.json").unlink()
    assert main(["serve", str(copy), "--port", "0"]) == 2
    assert capsys.readouterr().err == (
        f"elbarto: error: The tokenizer in {copy} cannot be loaded: tokenizer.json is missing.\n"
    )


@pytest.mark.parametrize(
    ("shared_memory", "complaint"),
    [
        ("/absent/shm", "may write neither to /tmp nor to /absent/shm; mount one of them, or set TMPDIR"),
        (".", "'/absent/model': there is no such file or folder"),  # it is used instead, and the start goes on
    ],
)
def test_no_folder_for_temporary_files(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    shared_memory: str,
    complaint: str,
) -> None:
    def find() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr("tempfile.gettempdir", find)
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("TMPDIR", "/absent")
    monkeypatch.setattr("app.front.resources.SHARED_MEMORY", str(tmp_path / shared_memory))
    assert main(["serve", "/absent/model", "--port", "0"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert complaint in line
