"""The model card in Ollama's formats, and the names by which its clients call a model."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from app.api.context import service
from app.errors import ModelNotFound

Json = dict[str, Any]

TAG = ":latest"  # Ollama's clients add it to names without a tag
QUANTIZATION = {"float32": "F32", "bfloat16": "BF16", "float16": "F16"}
FOREVER = timedelta(days=365)


def listed_name(model_id: str) -> str:
    return model_id if ":" in model_id else model_id + TAG


def check_model(name: str | None) -> None:
    """Raises ModelNotFound, if the operator requires the right name."""
    served = service().model.id
    service().check_model(served if name == listed_name(served) else name)


def tag() -> Json:
    """The model in a list. The server does not know the files' size, and the digest is only that of the name."""
    model = service().model
    modified = datetime.fromtimestamp(service().created, UTC)
    return {
        **names(),
        "modified_at": modified.isoformat().replace("+00:00", "Z"),
        "size": 0,
        "digest": hashlib.sha256(model.id.encode()).hexdigest(),
        "details": details(),
    }


def running() -> Json:
    """The same in the list of loaded models."""
    card = tag()
    del card["modified_at"]
    expires = datetime.now(UTC) + FOREVER
    more = {"expires_at": expires.isoformat().replace("+00:00", "Z"), "size_vram": 0}
    return {**card, **more, "context_length": service().model.max_model_len}


def shown(name: str | None) -> Json:
    """The model's card. Raises ModelNotFound, whatever names requests may use: clients ask whether there is a model."""
    model, modes = service().model, service().infill_capabilities.modes
    if name is not None and name not in (model.id, listed_name(model.id)):
        raise ModelNotFound(name, model.id)
    return {
        "modelfile": "",
        "parameters": f"num_ctx {model.max_model_len}",
        # Continue looks here for .Suffix, which says that holes can be filled. The real template is not in Go's format.
        "template": "{{ .Prompt }}{{ .Suffix }}" if modes else "{{ .Prompt }}",
        "details": details(),
        "model_info": {
            "general.architecture": model.family,
            "general.basename": model.id,
            f"{model.family}.context_length": model.max_model_len,
            f"{model.family}.block_length": model.block_length,
        },
        "capabilities": ["completion", "tools", *(["insert"] if modes else [])],
        "modified_at": tag()["modified_at"],
    }


def names() -> Json:
    name = listed_name(service().model.id)
    return {"name": name, "model": name}


def details() -> Json:
    model = service().model
    return {
        "parent_model": "",
        "format": "",
        "family": model.family,
        "families": [model.family],
        "parameter_size": "",
        "quantization_level": QUANTIZATION.get(model.dtype, model.dtype),
    }
