"""Prompts as real clients write them out, and texts that only look like such prompts."""

from __future__ import annotations

import random
import time

import pytest

from app.text.fim_dialects import DIALECTS, ContextFile, FimPrompt, parse_fim

PREFIX = "import math\r\n\ndef área(r):\n\treturn "
SUFFIX = " * r ** 2  # 日本 😀\n\n"

# Continue gives models without a file mark the other files as comments: they are part of the prefix.
CONTINUE_PREFIX = (
    "# Path: utils/add.py\n# def add(a, b):\n#     return a + b\n# src/main.py\nfrom utils import add\n\nx = "
)
FILES = (ContextFile("utils.py", "def f():\n    pass"), ContextFile("my lib/b.py", "B = 1"))


def fim(
    dialect: str,
    prefix: str = PREFIX,
    suffix: str = SUFFIX,
    context: tuple[ContextFile, ...] = (),
    filename: str | None = None,
) -> FimPrompt:
    return FimPrompt(prefix, suffix, context, filename, dialect)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        pytest.param(
            f"<fim_prefix>{CONTINUE_PREFIX}<fim_suffix>\n<fim_middle>",
            fim("starcoder", CONTINUE_PREFIX, "\n"),
            id="Continue, any other model, empty suffix",
        ),
        pytest.param(
            f"<|fim_prefix|>{PREFIX}<|fim_suffix|>{SUFFIX}<|fim_middle|>", fim("qwen"), id="Continue, Qwen; minuet; Zed"
        ),
        pytest.param(
            "<|repo_name|>shop\n<|file_sep|>utils.py\ndef f():\n    pass\n<|file_sep|>my lib/b.py\nB = 1\n"
            f"<|file_sep|>src/main.py\n<|fim_prefix|>{PREFIX}<|fim_suffix|>{SUFFIX}<|fim_middle|>",
            fim("qwen", context=FILES, filename="src/main.py"),
            id="Continue, Qwen, several files",
        ),
        pytest.param(
            "<|repo_name|>shop\n<|file_sep|>utils.py\ndef f():\n    pass"
            f"<|fim_prefix|>{PREFIX}<|fim_suffix|>{SUFFIX}<|fim_middle|>",
            fim("qwen", context=FILES[:1]),
            id="an older Continue, Qwen: the hole's file has no name",
        ),
        pytest.param(
            "<|file_sep|>utils.py\ndef f():\n    pass\n<|file_sep|>my lib/b.py\nB = 1"
            f"<|fim_prefix|>{PREFIX}<|fim_suffix|>{SUFFIX}<|fim_middle|>",
            fim("qwen", context=FILES),
            id="minuet with VectorCode",
        ),
        pytest.param(
            f"<|file_sep|>\n<|fim_prefix|>{PREFIX}<|fim_suffix|>{SUFFIX}<|fim_middle|>",
            fim("qwen"),
            id="minuet with VectorCode that has found nothing",
        ),
        pytest.param(
            f"<|repo_name|>shop\n<|file_sep|>src/main.py\n<|fim_prefix|>{PREFIX}<|fim_suffix|>{SUFFIX}<|fim_middle|>",
            fim("qwen", filename="src/main.py"),
            id="Cody",
        ),
        pytest.param(
            "<|file_sep|>b/notes.ts\n<|fim_prefix|><|fim_suffix|>\n<|fim_middle|>",
            fim("qwen", "", "\n", filename="b/notes.ts"),
            id="Continue, Mercury, empty file",
        ),
        pytest.param(
            f"<[fim-prefix]>{CONTINUE_PREFIX}<[fim-suffix]>{SUFFIX}<[fim-middle]>",
            fim("seed-coder", CONTINUE_PREFIX),
            id="Continue, Seed-Coder",
        ),
        pytest.param(
            f"<[fim-suffix]>{SUFFIX}<[fim-prefix]>{PREFIX}<[fim-middle]>",
            fim("seed-coder"),
            id="Seed-Coder's report",
        ),
        pytest.param(f"[SUFFIX]{SUFFIX}[PREFIX]{PREFIX}", fim("codestral"), id="Continue and Zed, Codestral"),
        pytest.param(
            f"[SUFFIX]{SUFFIX}[PREFIX]+++++ utils.py \ndef f():\n    pass\n\n+++++ my lib/b.py \nB = 1\n\n"
            f"+++++ main.py\n{PREFIX}",
            fim("codestral", context=FILES, filename="main.py"),
            id="Continue, Codestral, several files",
        ),
        pytest.param(
            "[SUFFIX]\n[PREFIX]+++++ src/main.py\n",
            fim("codestral", "", "\n", filename="src/main.py"),
            id="Continue, Codestral, empty file",
        ),
        pytest.param(f"\n\n[SUFFIX]{SUFFIX}[PREFIX]{PREFIX}", fim("codestral"), id="twinny, Codestral"),
        pytest.param(
            f"<PRE> {CONTINUE_PREFIX} <SUF>{SUFFIX} <MID>",
            fim("codellama", CONTINUE_PREFIX),
            id="Continue and Zed, Code Llama",
        ),
        pytest.param(f"<PRE> \n{PREFIX} <SUF>{SUFFIX} <MID>", fim("codellama", "\n" + PREFIX), id="twinny, Code Llama"),
        pytest.param(f"<PRE>{PREFIX} <SUF>{SUFFIX} <MID>", fim("codellama"), id="collama"),
        pytest.param(f"<PRE>{PREFIX}<SUF>{SUFFIX}<MID>", fim("codellama"), id="Code Llama without spaces"),
        pytest.param(f"<PRE> <SUF>{SUFFIX} <MID> {PREFIX}", fim("codellama"), id="Code Llama, suffix first"),
        pytest.param(f"<PRE> <SUF>{SUFFIX} <MID>{PREFIX}", fim("codellama"), id="the same, without the last space"),
        pytest.param(
            f"<｜fim▁begin｜>{CONTINUE_PREFIX}<｜fim▁hole｜>{SUFFIX}<｜fim▁end｜>",
            fim("deepseek", CONTINUE_PREFIX),
            id="Continue and Zed, DeepSeek",
        ),
        pytest.param(
            f"<s><｜fim▁begin｜>{PREFIX}<｜fim▁hole｜>{SUFFIX}<｜fim▁end｜>",
            fim("deepseek"),
            id="DeepSeek with a beginning written out",
        ),
        pytest.param(f"<|code_prefix|>{PREFIX}<|code_suffix|>{SUFFIX}<|code_middle|>", fim("glm"), id="Zed, GLM"),
        pytest.param(
            f"<|file_separator|>utils.py\ndef f():\n    pass\n<|file_separator|>main.py\n"
            f"<|fim_prefix|>{PREFIX}<|fim_suffix|>{SUFFIX}<|fim_middle|>",
            fim("codegemma", context=FILES[:1], filename="main.py"),
            id="CodeGemma, several files",
        ),
        pytest.param(
            "<repo_name>shop<file_sep>utils.py\ndef f():\n    pass<file_sep>main.py"
            f"<fim_prefix>{PREFIX}<fim_suffix>{SUFFIX}<fim_middle>",
            fim("starcoder", context=FILES[:1], filename="main.py"),
            id="StarCoder 2",
        ),
        pytest.param(
            f"<file_sep>import os\nx = 1\n<file_sep><fim_prefix>{PREFIX}<fim_suffix>{SUFFIX}<fim_middle>",
            fim("starcoder", context=(ContextFile(None, "import os\nx = 1"),)),
            id="StarCoder 2, files without names",
        ),
        pytest.param(
            f"<fim_prefix><reponame>shop<filename>main.py\n{PREFIX}<fim_suffix>{SUFFIX}<fim_middle>",
            fim("starcoder", filename="main.py"),
            id="StarCoder, name in the prefix",
        ),
        pytest.param(
            "<filename>utils.py\ndef f():\n    pass\n<filename>main.py\n"
            f"<fim_suffix>{SUFFIX}<fim_prefix>{PREFIX}<fim_middle>",
            fim("starcoder", context=FILES[:1], filename="main.py"),
            id="Mellum",
        ),
        pytest.param(f"<fim_prefix><fim_suffix>{SUFFIX}<fim_middle>{PREFIX}", fim("starcoder"), id="BigCode's SPM"),
    ],
)
def test_as_clients_send_them(prompt: str, expected: FimPrompt) -> None:
    assert parse_fim(prompt) == expected


QWEN = "<|fim_prefix|>a<|fim_suffix|>b<|fim_middle|>"


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "def f():\n    return ",
        "<|fim_prefix|>a<|fim_suffix|>b",  # a marker is missing
        "a<|fim_suffix|>b<|fim_middle|>",
        "<|fim_prefix|>a<|fim_middle|>",
        "<|fim_prefix|>a<|fim_middle|>b<|fim_suffix|>",  # the order is wrong
        "<|fim_middle|>a<|fim_prefix|>b<|fim_suffix|>",
        "[PREFIX]a[SUFFIX]b",
        QWEN + "c",  # the middle has begun: not ours to guess
        QWEN + QWEN,
        QWEN.replace("a", "x = '<|fim_middle|>'"),  # a sentinel in the code that is edited
        QWEN.replace("b", "x = '<|fim_prefix|>'"),
        "Explain this prompt: " + QWEN,
        "# comment\n" + QWEN,
        "<|file_sep|>a.py\nx = '<|fim_prefix|>'\n" + QWEN,
        "<file_sep>a.py\n" + QWEN,  # another family's file mark
        "<|repo_name|>shop\nx = 1\n<|file_sep|>a.py\n" + QWEN,
        "<file_sep>a.py\nx = 1\n<PRE> a <SUF>b <MID>",  # this family has none
        "<fim_prefix>a<|fim_suffix|>b<fim_middle>",  # two families mixed
        "<|fim_prefix|>a<fim_suffix>b<|fim_middle|>",
        "<|FIM_PREFIX|>a<|FIM_SUFFIX|>b<|FIM_MIDDLE|>",
        "<|fim▁begin|>a<|fim▁hole|>b<|fim▁end|>",  # ASCII bars: no tokenizer has these
        'PRE, SUF, MID = "<PRE>", "<SUF>", "<MID>"\n',
        "usage: rename [PREFIX] [SUFFIX]",
        "usage: rename [SUFFIX] [PREFIX]",
        "<html><PRE>a</PRE></html>",
        'FIM = {\n    "prefix": "<fim_prefix>",\n    "suffix": "<fim_suffix>",\n    "middle": "<fim_middle>",\n}\n',
        '<fim_prefix>TOKENS = ["<fim_prefix>", "<fim_suffix>"]<fim_suffix>\n<fim_middle>',
    ],
)
def test_ordinary_text(prompt: str) -> None:
    assert parse_fim(prompt) is None


def test_dialects_can_be_chosen() -> None:
    starcoder = "<fim_prefix>a<fim_suffix>b<fim_middle>"

    assert parse_fim(starcoder, ()) is None
    assert parse_fim(starcoder, ["qwen"]) is None
    assert parse_fim(starcoder, {"qwen", "starcoder"}) == fim("starcoder", "a", "b")
    assert parse_fim(QWEN, ["codegemma"]) == fim("codegemma", "a", "b")


def test_other_families_sentinels_are_content() -> None:
    content = 'A = "<fim_prefix>", "<fim_suffix>", "<fim_middle>", "[SUFFIX]", "[PREFIX]", "<PRE>"\n'

    assert parse_fim(QWEN.replace("a", content)) == fim("qwen", content, "b")
    assert parse_fim(QWEN.replace("b", content)) == fim("qwen", "a", content)


# The simplest form of each family, written out once more.
FORMS = {
    "starcoder": "<fim_prefix>{}<fim_suffix>{}<fim_middle>",
    "qwen": "<|fim_prefix|>{}<|fim_suffix|>{}<|fim_middle|>",
    "codellama": "<PRE> {} <SUF>{} <MID>",
    "deepseek": "<｜fim▁begin｜>{}<｜fim▁hole｜>{}<｜fim▁end｜>",
    "codestral": "[SUFFIX]{1}[PREFIX]{0}",
    "seed-coder": "<[fim-prefix]>{}<[fim-suffix]>{}<[fim-middle]>",
    "glm": "<|code_prefix|>{}<|code_suffix|>{}<|code_middle|>",
}


@pytest.mark.parametrize("name", FORMS)
def test_byte_for_byte(name: str) -> None:
    chooser = random.Random(name)
    pieces = [
        " ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        "x",
        "<",
        ">",
        "|",
        "[",
        "é",
        "日",
        "😀",
        "fim_prefix",
        "\x0c",
        "\u2028",
        "\0",
    ]
    for _ in range(300):
        prefix, suffix = ("".join(chooser.choices(pieces, k=chooser.randint(0, 8))) for _ in range(2))
        assert parse_fim(FORMS[name].format(prefix, suffix)) == fim(name, prefix, suffix)


@pytest.mark.parametrize("name", DIALECTS)
def test_every_layout_comes_back(name: str) -> None:
    for layout in DIALECTS[name].layouts:
        assert parse_fim(layout.format(prefix=PREFIX, suffix=SUFFIX), [name]) == fim(name), layout
        assert parse_fim(layout.format(prefix="", suffix=""), [name]) == fim(name, "", ""), layout


@pytest.mark.parametrize("name", DIALECTS)
def test_a_marker_too_few_or_too_many_is_ordinary_text(name: str) -> None:
    for layout in DIALECTS[name].layouts:
        prompt = layout.format(prefix="a", suffix="b")
        for marker in DIALECTS[name].markers:
            assert marker in prompt
            assert parse_fim(prompt.replace(marker, "", 1)) is None
            assert parse_fim(layout.format(prefix="a" + marker, suffix="b")) is None
            assert parse_fim(layout.format(prefix="a", suffix="b" + marker)) is None


def test_files_at_the_beginning_of_the_prefix_only() -> None:
    mark = "+++++ b.py\n"

    assert parse_fim(f"[SUFFIX]s[PREFIX]x = 1\n{mark}y") == fim("codestral", f"x = 1\n{mark}y", "s")
    assert parse_fim("[SUFFIX]s[PREFIX]+++++ a.py") == fim("codestral", "+++++ a.py", "s")  # the name is being typed
    assert parse_fim("[SUFFIX]s[PREFIX]+++++ x = 1;\ny") == fim("codestral", "+++++ x = 1;\ny", "s")
    assert parse_fim("[SUFFIX]s[PREFIX]+++++ a.py\ni = 1 +++++ j\n\n+++++ b.py\ny") == fim(
        "codestral", "y", "s", (ContextFile("a.py", "i = 1 +++++ j"),), "b.py"
    )
    assert parse_fim("[SUFFIX]s[PREFIX]+++++ a.py\r\n\r\ny") == fim("codestral", "\r\ny", "s", filename="a.py")


def test_files_and_names_on_either_side_of_the_first_marker() -> None:
    inner = "<filename>b.py\nB\n<filename>c.py\n"
    code, other = ContextFile(None, "x = 1"), ContextFile("b.py", "B")

    assert parse_fim("<file_sep>x = 1<fim_prefix>p<fim_suffix>s<fim_middle>") == fim("starcoder", "p", "s", (code,))
    assert parse_fim(f"<file_sep>x = 1<file_sep>a.py<fim_prefix>{inner}p<fim_suffix>s<fim_middle>") == fim(
        "starcoder", "p", "s", (code, other), "c.py"
    )


def test_xml_is_not_taken_for_a_file_name() -> None:
    xml = "<filename>a.jpg</filename>\n<folder>b</folder>\n"

    assert parse_fim(f"<fim_prefix>{xml}<fim_suffix><fim_middle>") == fim("starcoder", xml, "")


@pytest.mark.parametrize(
    "text",
    [
        "<|repo_name|>" + " " * 200_000 + "\nx\n" + QWEN,
        "<|file_sep|>" + "a / " * 50_000 + "\nx\n" + QWEN,
        "<|file_sep|>" * 20_000 + QWEN,
        "<|fim_prefix|>" + "<|fim_" * 40_000 + "<|fim_suffix|>" + "<|fim_middle" * 20_000 + "<|fim_middle|>x",
        "<PRE> " + " <SUF" * 40_000 + "<SUF> " + " " * 200_000 + "<MID>",
        "[SUFFIX][PREFIX]" + "+++++ " * 40_000,
    ],
)
def test_long_prompts_take_no_long_time(text: str) -> None:
    started = time.process_time()
    parse_fim(text)
    assert time.process_time() - started < 2
