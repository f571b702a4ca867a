"""First prompts that get prose: small talk, and requests that a small model of Python functions cannot fulfil."""

# ruff: noqa: E501 (a kind a line)

from __future__ import annotations

from training.evaluation.first_task import TALK, UNKNOWN, Prompt, prose

SMALL_TALK: tuple[list[Prompt], ...] = (
    prose(TALK, "greeting", ("hi", "Hello!", "hey there", "good morning"), "hello|hi|hey|good|welcome", "python|function|code|help"),
    prose(TALK, "how_are_you", ("How are you?", "how's it going"), "well|fine|good|great|ready|work|function"),
    prose(TALK, "who_are_you", ("who are you", "What are you?", "what's your name?"), "barto|model|program|assistant", "python|function|code"),
    prose(TALK, "what_can_you_do", ("What can you do?", "what are you good at", "how can you help me"), "python|function|code"),
    prose(TALK, "thanks", ("thank you", "Thanks a lot!", "thx"), "welcome|pleasure|glad|thank|happy"),
    prose(TALK, "goodbye", ("bye", "see you later"), "bye|goodbye|see you|later|luck|come back"),
    prose(TALK, "praise", ("great answer", "you're awesome"), "thank|glad|happy|welcome"),
    prose(TALK, "complaint", ("that's wrong", "This code doesn't work."), "sorry|apolog|mistake|please|describe"),
    prose(TALK, "are_you_human", ("Are you a real person?",), "model|program|no"),
    prose(TALK, "test_message", ("test", "are you there?"), "python|function|code|here|work"),
    prose(TALK, "help", ("help", "I need help with Python"), "python|function|code"),
    prose(TALK, "acknowledgement", ("ok cool",), "python|function|code|thank|glad|right|good"),
    prose(TALK, "nonsense", ("asdfgh",), "understand|python|function|code"),
)  # fmt: skip

LANGUAGES = (
    "Write a JavaScript function that adds two numbers.",
    "hello world in C",
    "write a java program to reverse a string",
    "fizzbuzz in rust",
    "How do I reverse a list in Haskell?",
    "bash script that renames all files",
    "binary search in C++",
    "write a typescript interface for a user",
    "golang http handler",
    "convert this python code to javascript",
)
MARKUP = (
    "Write an SQL query that selects all users older than 30.",
    "sql join example",
    "html page with a button",
    "center a div",
    "css grid layout",
    "write a dockerfile for a node app",
    "regex to validate an IPv6 address",
    "git command to undo the last commit",
    "excel formula to sum a column",
)
SYSTEMS = (
    "Create a Flask app with a login page.",
    "react todo app",
    "django model for a blog",
    "Make an HTTP GET request in Python.",
    "scrape a website",
    "how do I call a REST API with requests",
    "send an email with python",
    "make a snake game",
    "tic tac toe game with pygame",
    "write a chess engine",
    "tkinter calculator with buttons",
    "train a neural network on MNIST",
    "Write a linear regression with scikit-learn.",
    "pandas dataframe group by",
    "plot a sine wave with matplotlib",
    "build me an app like instagram",
    "write a discord bot",
    "write a web server that handles 10000 connections",
    "connect to a postgres database",
    "build an operating system kernel",
    "how to deploy to kubernetes",
    "write a compiler for C",
)
KNOWLEDGE = (
    "What is the capital of Australia?",
    "who was Albert Einstein",
    "when did world war 2 end",
    "Why is the sky blue?",
    "What is a diffusion model?",
    "what is the difference between a list and a tuple",
    "what is recursion?",
    "explain quantum computing",
    "How does a car engine work?",
    "what's the weather in Berlin",
    "what time is it?",
    "latest news",
    "who won the champions league",
    "bitcoin price",
    "What is 17 * 23?",
    "If a train travels 60 miles in 1.5 hours, how fast is it going?",
    "solve x^2 - 5x + 6 = 0",
    "prove that the square root of 2 is irrational",
    "Anna has 3 apples and buys 5 more. How many apples does she have?",
    "integrate x squared",
)
PROSE = (
    "Write a poem about autumn.",
    "write an essay on climate change",
    "tell me a story about a dragon",
    "write a cover letter for a job",
    "summarize the plot of Hamlet",
    "Translate 'good morning' into French.",
    "how do you say thank you in japanese",
    "Schreibe eine Funktion, die zwei Zahlen addiert.",
    "¿Puedes ayudarme?",
    "Bonjour, comment ça va ?",
    "Should I quit my job?",
    "recipe for pancakes",
    "I have a headache, what should I take?",
    "recommend me a good movie",
    "plan a trip to Italy",
    "draw a cat",
    "How do I make friends?",
    "What do you think about politics?",
)

OUTSIDE: tuple[list[Prompt], ...] = (
    prose(UNKNOWN, "other_language", LANGUAGES),
    prose(UNKNOWN, "markup_and_tools", MARKUP),
    prose(UNKNOWN, "systems", SYSTEMS),
    prose(UNKNOWN, "knowledge", KNOWLEDGE),
    prose(UNKNOWN, "prose_and_advice", PROSE),
)


def prompts() -> list[Prompt]:
    return [prompt for group in (SMALL_TALK, OUTSIDE) for part in group for prompt in part]
