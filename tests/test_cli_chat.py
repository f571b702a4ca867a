"""`elbarto chat` with a scripted model, and with a scripted server; tests/e2e/test_commands.py runs the command."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator, Sequence

import pytest

from app.cli import main
from app.cli.chat import Conversation
from app.cli.remote import RemoteError, RemoteModel
from app.cli.replies import End, Item, Message, Piece
from app.errors import ConfigError, PromptTooLong
from tests.doubles import openai_server
from tests.doubles.openai_server import ScriptedServer, answer


class ScriptedModel:
    """Answers with the pieces of `script` in turn; an exception among them is raised at its place."""

    def __init__(self, *script: list[str | BaseException]) -> None:
        self.script = list(script)
        self.asked: list[list[Message]] = []
        self.num_closed = 0

    def follow(self, messages: Sequence[Message], is_watched: bool = False) -> Generator[Item]:
        self.asked.append(list(messages))
        try:
            for piece in self.script.pop(0):
                if isinstance(piece, BaseException):
                    raise piece
                yield Piece(piece)
        finally:
            self.num_closed += 1


def user(text: str) -> Message:
    return {"role": "user", "content": text}


def assistant(text: str) -> Message:
    return {"role": "assistant", "content": text}


def test_the_conversation_goes_along_with_every_question(capsys: pytest.CaptureFixture[str]) -> None:
    model = ScriptedModel(["Hi, ", "there."], ["Bye."])
    conversation = Conversation(model, is_interactive=False)
    conversation.ask("hello")
    conversation.ask("leave")
    assert model.asked == [[user("hello")], [user("hello"), assistant("Hi, there."), user("leave")]]
    assert capsys.readouterr().out == "Hi, there.\nBye.\n"


def test_an_interrupted_answer_stays_as_far_as_it_was_printed(capsys: pytest.CaptureFixture[str]) -> None:
    model = ScriptedModel(["Once ", KeyboardInterrupt(), "upon"], [KeyboardInterrupt()])
    conversation = Conversation(model, is_interactive=True)
    conversation.ask("a story")
    conversation.ask("another")  # nothing was printed, so the message is dropped from the conversation
    assert conversation.messages == [user("a story"), assistant("Once ")]
    assert model.num_closed == 2
    assert capsys.readouterr().out == "Once \n\n"


def test_an_error_leaves_a_terminal_open(capsys: pytest.CaptureFixture[str]) -> None:
    conversation = Conversation(ScriptedModel([PromptTooLong(16, 20)], ["yes"]), is_interactive=True)
    conversation.ask("a long story")
    conversation.ask("still there?")
    assert conversation.messages == [user("still there?"), assistant("yes")]
    assert "elbarto: error: This model's maximum context length is 16 tokens." in capsys.readouterr().err


@pytest.mark.parametrize("problem", [PromptTooLong(16, 20), KeyboardInterrupt()])
def test_without_a_terminal_an_error_or_an_interrupt_ends_the_command(problem: BaseException) -> None:
    conversation = Conversation(ScriptedModel(["a", problem]), is_interactive=False)
    with pytest.raises(type(problem)):
        conversation.ask("a long story")


@pytest.fixture
def server() -> Iterator[openai_server.ScriptedServer]:
    with openai_server.running() as server:
        yield server


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/"])
def test_a_server_is_asked_as_openais_api_has_it(server: ScriptedServer, suffix: str) -> None:
    server.answers.append(answer("Hi, ", "thère."))
    model = RemoteModel(server.url + suffix, "sk-key", max_tokens=9)
    assert list(model.follow([user("hello")])) == [Piece("Hi, "), Piece("thère."), End(None)]
    assert server.requests == [
        {
            "model": "scripted",
            "messages": [user("hello")],
            "stream": True,
            "max_tokens": 9,
            "authorization": "Bearer sk-key",
        }
    ]


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        ((429, b'{"error": {"message": "The queue is full."}}'), "The queue is full."),
        ((502, b"<html>"), "the server answered with status 502"),
        (answer("Hi", end=b'data: {"error": {"message": "The engine failed."}}\n\n'), "The engine failed."),
        (answer("Hi", end=b""), "the connection ended before the answer was complete"),
    ],
)
def test_what_goes_wrong_at_the_server_is_an_error(
    server: ScriptedServer, reply: tuple[int, bytes], message: str
) -> None:
    server.answers.append(reply)
    model = RemoteModel(server.url, None, None)
    with pytest.raises(RemoteError, match=message):
        list(model.follow([user("hello")]))
    assert server.requests[0].keys() == {"model", "messages", "stream", "authorization"}
    assert server.requests[0]["authorization"] is None


def test_a_server_that_is_not_there_is_one_line_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    with ScriptedServer() as closed:
        url = closed.url
    assert main(["chat", "--url", url]) == 2
    assert capsys.readouterr().err.startswith(f"elbarto: error: cannot reach a server at {url}/v1: ")


def test_a_bad_url_is_refused() -> None:
    with pytest.raises(ConfigError, match="--url must be a URL"):
        RemoteModel("127.0.0.1:8000", None, None)


def test_settings_of_an_engine_are_refused_with_a_url(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chat", "--url", "http://127.0.0.1:1", "--dtype", "float32"]) == 2
    assert "--dtype has no effect with --url" in capsys.readouterr().err


def test_a_message_of_several_lines_is_between_quotes(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server.answers += [answer("one"), answer("two")]
    monkeypatch.setattr("sys.stdin", io.StringIO('"""def f():\n    pass"""\n/reset\n""" a\n\nb\n"""\n'))
    assert main(["chat", "--url", server.url, "--system", "Be brief."]) == 0
    assert capsys.readouterr().out == "one\ntwo\n"
    system = {"role": "system", "content": "Be brief."}
    assert [request["messages"] for request in server.requests] == [
        [system, user("def f():\n    pass")],
        [system, user("a\n\nb")],
    ]
