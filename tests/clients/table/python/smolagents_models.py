"""smolagents: its model alone, in a stream, and in an agent whose model has to call a tool."""

from __future__ import annotations

from checks import CODE, run
from smolagents import ChatMessage, MessageRole, OpenAIServerModel, ToolCallingAgent

MESSAGES = [ChatMessage(role=MessageRole.USER, content=[{"type": "text", "text": CODE}])]


def model(url: str) -> OpenAIServerModel:
    return OpenAIServerModel(model_id="any", api_base=f"{url}/v1", api_key="none", max_tokens=64)


def chat(url: str) -> None:
    assert "def " in model(url).generate(MESSAGES).content


def stream(url: str) -> None:
    assert "def " in "".join(delta.content or "" for delta in model(url).generate_stream(MESSAGES))


def tool_calling_agent(url: str) -> None:
    """It ends, with whatever the model made of its tools."""
    ToolCallingAgent(tools=[], model=model(url), max_steps=2, verbosity_level=0).run("How much is 6 times 7?")


if __name__ == "__main__":
    run(chat, stream, tool_calling_agent)
