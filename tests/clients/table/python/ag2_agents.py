"""ag2: one assistant, asked once."""

from __future__ import annotations

from autogen import ConversableAgent
from checks import CODE, run


def chat(url: str) -> None:
    config = {"model": "any", "base_url": f"{url}/v1", "api_key": "none", "price": [0, 0], "api_type": "openai"}
    agent = ConversableAgent("assistant", llm_config={"config_list": [config], "cache_seed": None})
    assert "def " in str(agent.generate_reply([{"role": "user", "content": CODE}]))


if __name__ == "__main__":
    run(chat)
