"""The shipped tokenizer: ids that the engine relies on, and text that comes back unchanged."""

from pathlib import Path

import pytest
from transformers import AutoTokenizer

from training.tokenizer import chat_prompt, conversation_prompt

WEIGHTS = Path(__file__).parents[2] / "weights" / "elbarto-mini"
SPECIAL_TOKENS = [
    "<[begin_of_sentence]>",
    "<[PAD]>",
    "<[end_of_sentence]>",
    "<[fim-suffix]>",
    "<[fim-prefix]>",
    "<[MASK_TOKEN]>",
    "<[fim-middle]>",
    "<[fim-end]>",
    "<[delete]>",
]


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(WEIGHTS)


def test_special_tokens_have_stable_diffcoders_ids(tokenizer):
    assert tokenizer.convert_tokens_to_ids(SPECIAL_TOKENS) == list(range(9))
    assert (tokenizer.bos_token_id, tokenizer.pad_token_id, tokenizer.eos_token_id) == (0, 1, 2)
    assert tokenizer.mask_token_id == 5


@pytest.mark.parametrize(
    "text",
    [
        "",
        "def f(a, b):\n    return a + 12 ** 3\n\n\nclass A:\n\tpass",
        " a , b . ! 's",
        "ü€😀\r\n\x00  \t \n",
        "it 's n't",
    ],
)
def test_text_round_trips_and_nothing_is_added(tokenizer, text):
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_newline_with_indent_is_one_token_and_digits_stand_alone(tokenizer):
    assert tokenizer.tokenize("):\n    return 12")[-3:] == ["return", "Ġ1", "2"]
    assert len(tokenizer.encode("\n        ")) == 1


def test_chat_template_renders_roles_and_bears_empty_content(tokenizer):
    messages = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": None}]
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    assert text == (
        "<[begin_of_sentence]>user\nhi<[end_of_sentence]><[begin_of_sentence]>assistant\n<[end_of_sentence]>"
        "<[begin_of_sentence]>assistant\n"
    )


def test_prompts_of_training_are_those_of_the_chat_template(tokenizer):
    def rendered(*messages):
        turns = [{"role": role, "content": content} for role, content in messages]
        return tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)

    assert chat_prompt("add", "Be kind.") == rendered(("system", "Be kind."), ("user", "add"))
    conversation = rendered(("user", "add"), ("assistant", "a + b"), ("user", "explain it"))
    assert conversation_prompt(("add", "a + b", "explain it")) == conversation
