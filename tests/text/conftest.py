from __future__ import annotations

import pytest
from transformers import PreTrainedTokenizerFast

from app.text.tokenizer import Tokenizer
from tests.doubles.tokenizer import ByteTokenizer
from tests.reference import CHECKPOINT


@pytest.fixture(scope="session")
def real_tokenizer() -> Tokenizer:
    """Byte-level BPE; characters outside ASCII are split into single bytes."""
    return Tokenizer(PreTrainedTokenizerFast.from_pretrained(CHECKPOINT))


@pytest.fixture(params=["real", "byte"])
def tokenizer(request: pytest.FixtureRequest, real_tokenizer: Tokenizer) -> Tokenizer:
    return real_tokenizer if request.param == "real" else Tokenizer(ByteTokenizer())
