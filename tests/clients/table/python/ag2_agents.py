"""ag2: one agent, asked once, over chat and over responses."""

from __future__ import annotations

import asyncio

from ag2 import Agent
from ag2.config import OpenAIConfig, OpenAIResponsesConfig
from checks import CODE, run


def chat(url: str) -> None:
    config = OpenAIConfig(model="any", base_url=f"{url}/v1", api_key="none")
    assert "def " in asyncio.run(Agent("assistant", config=config).ask(CODE)).body


def responses(url: str) -> None:
    config = OpenAIResponsesConfig(model="any", base_url=f"{url}/v1", api_key="none")
    assert "def " in asyncio.run(Agent("assistant", config=config).ask(CODE)).body


if __name__ == "__main__":
    run(chat, responses)
