from __future__ import annotations

import pytest
from transformers import AutoTokenizer

from app.text.tokenizer import Tokenizer
from tests.fakes import ByteTokenizer
from tests.tiny import CHECKPOINT


@pytest.fixture(scope="session")
def real_tokenizer() -> Tokenizer:
    """Byte-level BPE; whatever is not ASCII falls apart into single bytes."""
    return Tokenizer(AutoTokenizer.from_pretrained(CHECKPOINT))


@pytest.fixture(params=["real", "byte"])
def tokenizer(request: pytest.FixtureRequest, real_tokenizer: Tokenizer) -> Tokenizer:
    return real_tokenizer if request.param == "real" else Tokenizer(ByteTokenizer())
