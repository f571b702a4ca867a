"""From requests in Ollama's format to those for chats and completions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.api.llama_cpp_schemas import OPTIONS
from app.api.ollama.schemas import OllamaOptionsSchema
from app.api.translation import Translation
from app.messages.decoding import MAX_TEMPERATURE
from app.serving.backend import ModelInfo

Json = dict[str, Any]

# Options of how Ollama loads and runs a model; they change no answer.
LOADING = {
    *("num_keep", "num_batch", "num_gpu", "main_gpu", "num_thread", "use_mmap", "use_mlock", "numa", "low_vram"),
    *("f16_kv", "vocab_only", "logits_all", "embedding_only", "num_gqa"),
}
MAX_NAME = 64  # characters of an unknown one in a warning
KNOWN = LOADING | OllamaOptionsSchema().fields.keys()


def to_chat(sent: Mapping[str, Any], loaded: Mapping[str, Any], model: ModelInfo) -> Translation:
    """From POST /api/chat. `sent` is the body as it came, `loaded` the same validated."""
    chat = _with_options(sent, loaded, model)
    chat.body["messages"] = [_message(message) for message in loaded["messages"]]
    if loaded["messages"][-1]["role"] == "assistant":
        # As with Ollama, the reply goes on from that text.
        chat.body["continue_final_message"] = True
        chat.names["continue_final_message"] = f"messages[{len(loaded['messages']) - 1}]"
    if sent.get("tools"):
        chat.body["tools"] = sent["tools"]
    return chat


def to_question(sent: Mapping[str, Any], loaded: Mapping[str, Any], model: ModelInfo) -> Translation:
    """From POST /api/generate with a prompt that the chat template is for."""
    chat = _with_options(sent, loaded, model)
    chat.names["messages"] = "prompt"
    system = [{"role": "system", "content": loaded["system"]}] if loaded.get("system") else []
    chat.body["messages"] = [*system, {"role": "user", "content": loaded["prompt"]}]
    return chat


def to_completion(sent: Mapping[str, Any], loaded: Mapping[str, Any], model: ModelInfo) -> Translation:
    """From POST /api/generate with `raw` or a `suffix`."""
    completion = _with_options(sent, loaded, model)
    completion.body["prompt"] = loaded["prompt"]
    if loaded.get("suffix"):  # an empty one is none
        completion.body["suffix"] = loaded["suffix"]
    if loaded.get("system"):
        completion.warnings.append("system is ignored: there is no chat template with raw or suffix.")
    return completion


def _message(message: Json) -> Json:
    """A result of a tool has the tool's name in `name`."""
    answer = {name: value for name, value in message.items() if name not in ("images", "tool_name")}
    if "tool_name" in message:
        answer["name"] = message["tool_name"]
    return answer


def _with_options(sent: Mapping[str, Any], loaded: Mapping[str, Any], model: ModelInfo) -> Translation:
    """What both requests have: the options, and the form of the reply."""
    translation = Translation()
    body, options = translation.body, dict(sent.get("options") or {})
    checked = loaded.get("options", {})
    for name in ("num_predict", "num_ctx"):
        options.pop(name, None)
    for name, value in options.items():
        if name not in KNOWN:
            translation.warnings.append(f"options.{name[:MAX_NAME]} is ignored: this server does not have it.")
        elif name not in LOADING and value is not None:
            ours = OPTIONS[name].name if name in OPTIONS else name
            body[ours] = value
            translation.names[ours] = f"options.{name}"
    if body.get("temperature", 0) > MAX_TEMPERATURE:
        body["temperature"] = MAX_TEMPERATURE
        translation.warnings.append(f"options.temperature was lowered to {MAX_TEMPERATURE}.")
    if checked.get("num_predict", 0) > 0:  # others: no limit
        body["max_tokens"] = checked["num_predict"]
        translation.names["max_tokens"] = "options.num_predict"
    if checked.get("num_ctx", 0) > model.max_model_len:
        length = model.max_model_len
        translation.warnings.append(
            f"options.num_ctx is {checked['num_ctx']}; this model's context has {length} tokens."
        )
    if body.get("seed", 0) < 0:
        del body["seed"]  # Ollama's -1: a random one
    if loaded.get("format"):
        _add_form(translation, loaded["format"])
    return translation


def _add_form(translation: Translation, form: str | Json) -> None:
    inner = "response_format.json_schema.schema"
    translation.names |= {"response_format": "format", inner: "format"}
    translation.body["response_format"] = (
        {"type": "json_object"}
        if form == "json"
        else {"type": "json_schema", "json_schema": {"name": "reply", "schema": form}}
    )
