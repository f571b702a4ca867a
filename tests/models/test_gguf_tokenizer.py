"""Tokenizers that are rebuilt from GGUF files: the ids of the original, or a refusal that names the setting."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from transformers import PreTrainedTokenizerFast

from app.errors import CheckpointError
from app.models.families import read_diffusion
from app.models.gguf_source import GgufFile
from app.models.sources import read_tokenizer
from app.text.tokenizer import Tokenizer
from tests.gguf_files import F16, UNUSED, vocabulary, write
from tests.models.test_gguf_weights import random_model
from tests.reference import CHECKPOINT

SDAR = F16.parent.parent / "sdar" / "checkpoint"

NASTY = [
    "",
    " ",
    "  \t\n\r\n \n\n   x",
    "def f(a, b):\n    return a+b  # sum\n\n\n",
    "I'm, you'RE, we'Ve, it'S, they'll, he'd 'tis",
    "1 22 333 4444 55555 3.14159 1e-6 0xFF 1_000_000 ١٢٣ ½ ²",
    "naïve café déjà vu e\u0301 \u00e9 \u1e9b\u0323 ﬁ Å",
    "日本語のテキスト 中文 한국어 עברית العربية ไทย",
    "👩‍👩‍👧‍👦 🏳️‍🌈 🚀\ufe0f\u200d\u200b\u00a0\u2003\u3000",
    "!!!???...---===///\\\\[[]]{{}}<<>>``~~@@##$$%%^^&&**",
    "a\x00b\x01c\x7f\x85\u2028\u2029d",
    "x" * 300 + " " * 300 + "\n" * 40,
    "<[begin_of_sentence]>user\nhello<[end_of_sentence]>",
    "<[MASK_TOKEN]><[MASK_TOKEN]> <[fim-prefix]>a<[fim-suffix]>b<[fim-middle]>",
    "<|im_start|>user\n<think>\n</think><tool_call><|MASK|><|endoftext|>",
    "<[MASK_TOKEN] ]> <|im_start |> <|IM_START|>",
    'for (let i = 0; i < n; ++i) { console.log(`${i}: "${a[i]}"`); }\r\n',
    "SELECT * FROM t WHERE x = 'it''s' AND y <> \"z\";",
]


def texts() -> list[str]:
    choose = random.Random(5)
    alphabet = "ab Zé1²\n\r\t '\"<>[]|_-.,日👍\u0301\u00a0\u200d\ud7ff\x00"
    mixed = ["".join(choose.choices(alphabet, k=choose.randint(1, 40))) for _ in range(300)]
    numbers = choose.sample([*range(0xD800), *range(0xE000, 0x110000)], 3000)
    points = [chr(number) for number in numbers]
    return [*NASTY, *mixed, *("".join(points[start : start + 10]) for start in range(0, 3000, 10))]


def rebuilt(tmp_path: Path, original: Any, pre: str, **metadata: Any) -> Any:
    """The tokenizer of a GGUF file that was made from `original`, with a few rows more than it has tokens."""
    rows = len(original) + 8
    _, tensors, shape = random_model("qwen3", vocab_size=rows)
    path = write(tmp_path / "a.gguf", {**shape, **vocabulary(original, pre, rows), **metadata}, tensors)
    return GgufFile(str(path)).tokenizer()


def check_same(one: Any, other: Any) -> None:
    plain, other_plain = Tokenizer(one), Tokenizer(other)
    for text in texts():
        ids = other.encode(text, add_special_tokens=False)
        assert one.encode(text, add_special_tokens=False) == ids, text
        assert plain.encode_plain(text) == other_plain.encode_plain(text), text
        assert one.decode(ids) == other.decode(ids)
        assert one.decode(ids, skip_special_tokens=True) == other.decode(ids, skip_special_tokens=True)
    assert one.get_vocab() == other.get_vocab()
    assert one.get_added_vocab() == other.get_added_vocab()
    assert plain.special_ids == other_plain.special_ids


def test_the_fixture_has_the_ids_of_its_checkpoint() -> None:
    source, original = GgufFile(str(F16)), read_tokenizer(CHECKPOINT)
    tokenizer = source.tokenizer()

    check_same(tokenizer, original)
    assert source.tokenizer() is tokenizer
    roles = ("bos_token_id", "eos_token_id", "pad_token_id", "mask_token_id")
    assert [getattr(tokenizer, role) for role in roles] == [getattr(original, role) for role in roles] == [0, 2, 1, 5]
    messages = [{"role": "user", "content": "hi <b>"}, {"role": "assistant", "content": "ho"}]
    assert Tokenizer(tokenizer).encode_chat(messages, {}) == Tokenizer(original).encode_chat(messages, {})


def test_qwen2(tmp_path: Path) -> None:
    original = read_tokenizer(SDAR)
    tokenizer = rebuilt(tmp_path, original, "qwen2")

    check_same(tokenizer, original)
    assert "e\u0301" not in tokenizer.decode(tokenizer.encode("e\u0301"))  # normalized
    assert tokenizer.chat_template == original.chat_template


def test_llama_3(tmp_path: Path) -> None:
    """Longer numbers, no normalization, and words of the vocabulary without merges."""
    state = json.loads(read_tokenizer(SDAR).backend_tokenizer.to_str())
    state["normalizer"] = None
    state["model"]["ignore_merges"] = True
    state["model"]["merges"] = state["model"]["merges"][::2]
    split = state["pre_tokenizer"]["pretokenizers"][0]["pattern"]
    split["Regex"] = split["Regex"].replace(r"|\p{N}|", r"|\p{N}{1,3}|")
    file = tmp_path / "tokenizer.json"
    file.write_text(json.dumps(state))
    original = PreTrainedTokenizerFast(tokenizer_file=str(file), bos_token="<|im_start|>", eos_token="<|im_end|>")
    tokenizer = rebuilt(tmp_path, original, "llama-bpe")

    check_same(tokenizer, original)
    start = original.bos_token_id
    assert tokenizer.encode("x = 1", add_special_tokens=True) == [start, *original.encode("x = 1")]


def test_start_and_end_tokens_where_the_file_wants_them(tmp_path: Path) -> None:
    original = read_tokenizer(CHECKPOINT)
    keys = {"tokenizer.ggml.add_bos_token": True, "tokenizer.ggml.add_eos_token": True}
    tokenizer = rebuilt(tmp_path, original, "gpt-2", **keys)

    assert tokenizer.encode("x") == [0, *original.encode("x"), 2]
    assert tokenizer.encode("x", add_special_tokens=False) == original.encode("x", add_special_tokens=False)


@pytest.mark.parametrize(
    ("model", "pre"), [("gpt2", "seed-coder"), ("gpt2", "default"), ("gpt2", None), ("llama", "gpt-2")]
)
def test_an_uncertain_one_is_refused(model: str, pre: str | None, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError) as error:
        rebuilt(tmp_path, read_tokenizer(CHECKPOINT), pre or "", **{"tokenizer.ggml.model": model})
    assert f"(model {model!r}, pre-tokenizer {pre or ''!r})" in str(error.value)
    assert "set ELBARTO_TOKENIZER to the original one" in str(error.value)
    assert "\n" not in str(error.value)


def uncertain(tmp_path: Path, **metadata: Any) -> Path:
    _, tensors, shape = random_model("llama", vocab_size=1024)
    own = vocabulary(read_tokenizer(CHECKPOINT), "seed-coder", 1024)
    return write(tmp_path / "a.gguf", {**shape, **own, **metadata}, tensors)


def test_the_named_tokenizer_is_used(tmp_path: Path) -> None:
    source = GgufFile(str(uncertain(tmp_path)), str(CHECKPOINT))

    check_same(source.tokenizer(), read_tokenizer(CHECKPOINT))
    assert read_diffusion(source).mask_token_id == 5


def test_the_files_chat_template_helps_out(tmp_path: Path) -> None:
    bare = Path(shutil.copytree(CHECKPOINT, tmp_path / "bare", ignore=shutil.ignore_patterns("*.jinja", "model*")))

    tokenizer = GgufFile(str(uncertain(tmp_path)), str(bare)).tokenizer()

    assert tokenizer.chat_template == read_tokenizer(CHECKPOINT).chat_template


def test_another_models_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"whose token 7 is .*; in .*a\.gguf it is .*not this model's tokenizer"):
        GgufFile(str(uncertain(tmp_path)), str(SDAR)).tokenizer()


def test_a_named_tokenizer_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"ELBARTO_TOKENIZER is 'no such folder': neither a directory here nor"):
        GgufFile(str(uncertain(tmp_path)), "no such folder").tokenizer()


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("tokens", ["a", "b"], "has 2 tokens and 1024 token types"),
        ("tokens", "text", r"has no list of tokens \(tokenizer\.ggml\.tokens\)"),
        ("tokens", ["a"] * 1024, "has the same token twice"),
        ("token_type", [1], "has 1024 tokens and 1 token types"),
        ("merges", ["a b c"], "has no list of merges"),
        ("merges", ["nosuch token"], "its tokenizer cannot be built: "),
        ("merges", [1.5], "has no list of merges"),
        ("eos_token_id", "2", r"tokenizer\.ggml\.eos_token_id must be an integer, got '2'"),
        ("mask_token_id", [5], r"tokenizer\.ggml\.mask_token_id must be an integer, got \[5\]"),
    ],
)
def test_damaged_vocabularies(key: str, value: Any, expected: str, tmp_path: Path) -> None:
    damaged = uncertain(tmp_path, **{"tokenizer.ggml.pre": "gpt-2", f"tokenizer.ggml.{key}": value})

    with pytest.raises(CheckpointError, match=expected) as error:
        GgufFile(str(damaged)).tokenizer()
    assert "\n" not in str(error.value)


def test_more_tokens_than_rows(tmp_path: Path) -> None:
    _, tensors, shape = random_model("llama", vocab_size=1000)
    path = write(tmp_path / "a.gguf", {**shape, **vocabulary(read_tokenizer(CHECKPOINT), "gpt-2", 1024)}, tensors)

    with pytest.raises(CheckpointError, match=r"more tokens than rows of its embedding \(1000\)"):
        GgufFile(str(path)).tokenizer()


def test_names_of_unused_rows_are_no_tokens(tmp_path: Path) -> None:
    original = read_tokenizer(CHECKPOINT)
    metadata = vocabulary(original, "gpt-2", 1032)
    tokenizer = rebuilt(tmp_path, original, "gpt-2")

    assert metadata["tokenizer.ggml.token_type"][-8:] == [UNUSED] * 8
    assert len(tokenizer) == 1024
    assert tokenizer.encode("[PAD1024]") == original.encode("[PAD1024]")
