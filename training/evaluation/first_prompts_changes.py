"""First prompts about code: pasted in the first turn, or the model's own answer of the turn before."""

# ruff: noqa: E501 (a check a line)

from __future__ import annotations

from training.evaluation.first_task import EXPLAIN, TALK, Prompt, change

ADD = "def add(a, b):\n    return a + b"
EVENS = "def evens(numbers):\n    result = []\n    for n in numbers:\n        if n % 2 == 0:\n            result.append(n)\n    return result"
FACTORIAL = "def factorial(n):\n    result = 1\n    for i in range(2, n + 1):\n        result *= i\n    return result"
AVERAGE = "def average(values):\n    return sum(values) / len(values)"
TOTAL = "def total(numbers):\n    result = 0\n    for number in numbers:\n        result += number\n    return result"
AREA = "def area(w, h):\n    return w * h"
GREET = 'def greet(name):\n    return "Hello, " + name + "!"'
IS_ADULT = "def is_adult(age):\n    if age >= 18:\n        return True\n    else:\n        return False"
COUNT = (
    "def count(text, letter):\n    n = 0\n    for c in text:\n        if c == letter:\n            n += 1\n    return n"
)
REVERSED = "def reverse(text):\n    return text[::-1]"
DIVIDE = "def divide(a, b):\n    return a / b"
LARGEST = "def largest(numbers):\n    best = numbers[0]\n    for n in numbers:\n        if n > best:\n            best = n\n    return best"
FENCED = "```python\nCODE\n```"
ADDS = ("f(2, 3) == 5", "f(-1, 1) == 0")
FACTORIALS = ("[f(n) for n in (0, 1, 5)] == [1, 1, 120]",)
AVERAGES = ("f([1, 2]) == 1.5",)


def asked(first: str, then: str) -> tuple[str, str, str]:
    return (first, FENCED, then)


PASTED = (
    change("explain", "Explain this code:\n\nCODE", ADD, "add|sum|plus", "two|both|a and b|arguments|numbers|values", kind=EXPLAIN),
    change("explain", f"what does this do?\n{FENCED}", FACTORIAL, "factorial|product|multipl", kind=EXPLAIN),
    change("explain", f"explain this function\n{FENCED}", EVENS, "even", "list|number", kind=EXPLAIN),
    change("explain", "Can you explain what the following Python function does?\n\nCODE", REVERSED, "revers|backward", kind=EXPLAIN),
    change("explain", f"What does this function return?\n{FENCED}", LARGEST, "large|max|big|great|high", kind=EXPLAIN),
    change("fix_syntax", "fix this: def add(a, b) return a + b", "", *ADDS, name="add"),
    change("fix_syntax", "Fix the syntax error:\n\ndef add(a, b):\n    retrun a + b", "", *ADDS, name="add"),
    change("fix_syntax", "Why does this not work?\n```python\ndef is_even(n)\n    return n % 2 == 0\n```\nPlease fix it.", "", "f(2) is True", "f(3) is False", name="is_even"),
    change("fix_syntax", "there is a syntax error here, please correct it\n\ndef square(x):\n    return (x * x", "", "f(3) == 9", name="square"),
    change("fix_logic", "This should return the product but does not. Fix it.\n\ndef product(a, b):\n    return a + b", "", "f(3, 4) == 12", name="product"),
    change("fix_logic", "find the bug\n```python\ndef total(numbers):\n    result = 1\n    for n in numbers:\n        result += n\n    return result\n```", "", "f([1, 2, 3]) == 6", "f([]) == 0", name="total"),
    change("fix_logic", "fix the bug: is_adult(18) should be True\n\ndef is_adult(age):\n    return age > 18", "", "f(18) is True", "f(17) is False", name="is_adult"),
    change("rename_function", f"rename the function to plus\n{FENCED}", ADD, *ADDS, name="plus"),
    change("rename_function", "Rename this function to `rectangle_area`:\n\nCODE", AREA, "f(2, 3) == 6", name="rectangle_area"),
    change("rename_variable", f"Rename the variable `w` to `width`.\n{FENCED}", AREA, "f(2, 3) == 6", "'width' in names() and 'w' not in names()"),
    change("rename_variable", f"rename result to total\n{FENCED}", FACTORIAL, *FACTORIALS, "'total' in names() and 'result' not in names()"),
    change("add_docstring", f"Add a docstring to this function.\n{FENCED}", AVERAGE, *AVERAGES, "documented()"),
    change("add_docstring", "add a docstring\n\nCODE", REVERSED, "f('ab') == 'ba'", "documented()"),
    change("add_type_hints", f"add type hints\n{FENCED}", ADD, *ADDS, "typed()"),
    change("add_type_hints", "Please add type annotations to the following function:\n\nCODE", GREET, "f('Ann') == 'Hello, Ann!'", "typed()"),
    change("add_comments", f"add comments to this code\n{FENCED}", EVENS, "f([1, 2]) == [2]", "num_comments() > 0"),
    change("write_test", f"Write a unit test for this function:\n{FENCED}", ADD, "finds('def add(a, b):\\n    return 99')"),
    change("write_test", "write tests for\n\nCODE", REVERSED, "finds('def reverse(text):\\n    return 99')"),
    change("make_recursive", f"make it recursive\n{FENCED}", FACTORIAL, *FACTORIALS, "is_recursive()"),
    change("handle_empty", f"Make this handle an empty list by returning 0.\n{FENCED}", AVERAGE, *AVERAGES, "f([]) == 0"),
    change("handle_zero", f"handle division by zero\n{FENCED}", DIVIDE, "f(6, 3) == 2", "has('If', 'Try', 'IfExp')"),
    change("loop_to_comprehension", f"Rewrite this as a list comprehension\n{FENCED}", EVENS, "f([1, 2, 4]) == [2, 4]", "has('ListComp')", "not has('For')"),
    change("simplify", f"simplify this\n{FENCED}", IS_ADULT, "f(18) is True", "f(17) is False", "not has('If')"),
    change("use_builtin", f"Make this shorter:\n{FENCED}", TOTAL, "f([3, 3]) == 6", "num_lines() <= 3"),
    change("add_parameter", f"add a parameter greeting with default Hello\n{FENCED}", GREET, "f('Ann') == 'Hello, Ann!'", "f('Ann', 'Hi') == 'Hi, Ann!'"),
)  # fmt: skip

SECOND = (
    change("add_type_hints", asked("Write a function that adds two numbers.", "Now add type hints."), ADD, *ADDS, "typed()"),
    change("add_docstring", asked("write an average function", "add a docstring please"), AVERAGE, *AVERAGES, "documented()"),
    change("explain", asked("factorial function", "explain it"), FACTORIAL, "factorial|product|multipl", kind=EXPLAIN),
    change("explain", asked("Write a function that reverses a string", "How does it work?"), REVERSED, "revers|backward|slic", kind=EXPLAIN),
    change("make_recursive", asked("Write a factorial function in Python", "Can you make it recursive?"), FACTORIAL, *FACTORIALS, "is_recursive()"),
    change("rename_function", asked("add two numbers", "Rename it to sum_two."), ADD, *ADDS, name="sum_two"),
    change("write_test", asked("area of a rectangle", "now write a test for it"), AREA, "finds('def area(w, h):\\n    return 99')"),
    change("handle_empty", asked("find the largest number in a list", "What if the list is empty? Return None then."), LARGEST, "f([1, 3]) == 3", "f([]) is None", "has('If', 'IfExp', 'Try') or 'default' in names()"),
    change("loop_to_comprehension", asked("Filter the even numbers of a list", "use a list comprehension"), EVENS, "f([1, 2, 4]) == [2, 4]", "has('ListComp')"),
    change("ignore_case", asked("count a letter in a text", "make it case insensitive"), COUNT, "f('aAb', 'a') == 2", "f('aab', 'b') == 1"),
    change("second_turn_other", asked("Write a function that adds two numbers.", "Now write one that multiplies them."), ADD, "f(3, 4) == 12"),
    change("second_turn_other", asked("reverse a string", "and now check if it is a palindrome"), REVERSED, "f('level') is True", "f('ab') is False"),
    change("second_turn_thanks", asked("Write a greeting function", "thanks, that works"), GREET, "welcome|pleasure|glad|thank|happy|great", kind=TALK),
    change("second_turn_example", asked("divide two numbers", "show me how to call it"), DIVIDE, "has('Call') and 'divide' in names()"),
)  # fmt: skip


def prompts() -> list[Prompt]:
    return [*PASTED, *SECOND]
