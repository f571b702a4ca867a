"""crewai: its language model, called once and by a crew of one agent."""

from __future__ import annotations

from checks import CODE, run
from crewai import LLM, Agent, Crew, Task


def llm(url: str) -> LLM:
    return LLM(model="openai/any", base_url=f"{url}/v1", api_key="none", max_tokens=64)


def chat(url: str) -> None:
    assert "def " in llm(url).call(CODE)


def crew(url: str) -> None:
    agent = Agent(role="programmer", goal="code", backstory="none", llm=llm(url), max_iter=1)
    task = Task(description=CODE, expected_output="code", agent=agent)
    assert Crew(agents=[agent], tasks=[task]).kickoff().raw


if __name__ == "__main__":
    run(chat, crew)
