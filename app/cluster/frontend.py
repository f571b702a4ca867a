"""What the front needs of a checkpoint, without its weights."""

from __future__ import annotations

from app.errors import CheckpointError
from app.messages.defaults import Defaults
from app.messages.options import Overrides
from app.messages.params import ModelSource
from app.models.facts import read_facts
from app.models.families import Hints, family_defaults
from app.models.files import naming
from app.models.generation_config import read_own_defaults, read_request_defaults
from app.models.opening import open_source
from app.serving.backend import Frontend
from app.text.chat_template import check_chat_template
from app.text.grammars import GrammarLimits, Grammars
from app.text.tokenizer import Tokenizer


def load_frontend(options: ModelSource) -> Frontend:
    """As `load_backend` makes it. Raises CheckpointError."""
    try:
        return _load(options)
    except CheckpointError as error:
        raise naming(options.path, error) from error


def _load(options: ModelSource) -> Frontend:
    source = open_source(options)
    facts = read_facts(source, Hints(options.family, options.mask_token_id, options.block_length))
    diffusion = facts.diffusion
    defaults: Overrides[Defaults] = Overrides()
    if options.generation_config == "auto":
        read = read_request_defaults if facts.family.reads_generation_config else read_own_defaults
        defaults = read(source.generation_config(), source.generation_config_path)
    defaults = Overrides({**family_defaults(facts.family, diffusion.block_length).values, **defaults.values})
    loaded = source.tokenizer()
    grammars = None
    if diffusion.attention == "block_causal" and not diffusion.commits_alone:
        limits = GrammarLimits(options.grammar_max_bytes, options.grammar_compile_ms)
        grammars = Grammars(loaded, facts.config.vocab_size, diffusion.eos_token_ids, limits)
    tokenizer = Tokenizer(loaded)
    check_chat_template(tokenizer.chat_template)
    return Frontend(tokenizer, defaults, grammars)
