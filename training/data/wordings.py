"""Wordings of requests. `{do}`, `{does}`: the function's task; `{sig}`: its signature; `{name}`: its name."""

WITH_SIGNATURE = (
    "Write a Python function `{sig}` that {does}.",
    "Write a function `{sig}` that {does}.",
    "Write a Python function {sig} that {does}.",
    "Implement `{sig}`: {do}.",
    "Define a Python function `{sig}` to {do}.",
    "Write `{sig}`, which {does}.",
    "Please write a function `{sig}` that {does}.",
    "Create a Python function `{sig}` that {does}.",
    "Write a Python function `{sig}` to {do}.",
    "def {sig}: {do}",
    "def {sig}:  # {do}",
    "Complete `def {sig}:`. It should {do}.",
    "I need `{sig}`. It should {do}.",
    "`{sig}` should {do}. Write it.",
    "Implement the function {sig}, which {does}.",
    "Give me the code of `{sig}`, a function that {does}.",
)
WITH_NAME = (
    "Write a Python function called `{name}` that {does}.",
    "Write a function named {name} that {does}.",
    "Write a Python function `{name}` that {does}.",
    "Create a function {name} that {does}.",
    "Define a function called {name} to {do}.",
    "Implement `{name}`, a function that {does}.",
    "write a function {name} to {do}",
    "Please implement `{name}`. It {does}.",
    "Can you write a function `{name}` which {does}?",
    "I need a Python function named `{name}` to {do}.",
)
WITHOUT_NAME = (
    "Write a Python function that {does}.",
    "Write a function that {does}.",
    "Write a Python function to {do}.",
    "Write a function to {do}.",
    "Write Python code to {do}.",
    "How do I {do} in Python?",
    "How can I {do}?",
    "{Do}.",
    "{Do} in Python.",
    "{do}",
    "Can you write a function that {does}?",
    "Please write a Python function that {does}.",
    "python function to {do}",
    "python {do}",
    "I need a function that {does}.",
    "I want to {do}. Show me the code.",
    "Create a function that {does}.",
    "Give me a Python function that {does}.",
    "Help me write a function to {do}.",
    "Implement a function that {does}.",
    "What is the code to {do}?",
    "Show me how to {do} in Python.",
    "# {do}",
    "Could you {do}?",
)
CLASS_WITH_NAME = (
    "Write a Python class `{name}` to {do}.",
    "Write a class called {name} to {do}.",
    "Define a class `{name}` to {do}.",
    "Create a class named {name} that can {do}.",
    "Implement a class `{name}` to {do}.",
)
CLASS_WITHOUT_NAME = (
    "Write a Python class to {do}.",
    "Write a class to {do}.",
    "Create a Python class to {do}.",
    "I need a class to {do}.",
    "python class to {do}",
)
TEST = (
    "Write a test for `{sig}`, which {does}.",
    "Write a pytest test for `{name}`. It {does}.",
    "Test the function `{sig}` that {does}.",
    "Write tests for {name}, a function that {does}.",
    "Write a unit test for `{name}`, which {does}.",
)
# Appended to a request.
TYPED = (" Use type hints.", " Add type hints.", " with type hints", " Include type annotations.")
DOCUMENTED = (" Add a docstring.", " Include a docstring.", " with a docstring", " Document it with a docstring.")
TYPED_AND_DOCUMENTED = (" Add type hints and a docstring.", " Use type hints and write a docstring.")
IDIOM = (" Do it {how}.", " {How}.", " ({how})", " Please do it {how}.")
