"""First prompts for classes and for tiny programs, and for tasks that no new data was written for."""

# ruff: noqa: E501 (a check a line)

from __future__ import annotations

from training.evaluation.first_checks import COLLATZ, LINKED, NODE, SHAPES, TREE
from training.evaluation.first_task import Prompt, code

CLASSES: tuple[list[Prompt], ...] = (
    code(
        "stack",
        ("stack class", "Implement a stack in Python.", "write a class Stack with push and pop"),
        "s = C(); s.push(1); s.push(2)",
        "s.pop() == 2 and s.pop() == 1",
    ),
    code(
        "queue",
        ("queue", "implement a queue class with enqueue and dequeue"),
        "q = C(); put = getattr(q, 'enqueue', None) or getattr(q, 'push', None) or getattr(q, 'put', None) or q.add",
        "put(1); put(2)",
        "take = getattr(q, 'dequeue', None) or getattr(q, 'pop', None) or getattr(q, 'get', None) or q.remove",
        "take() == 1 and take() == 2",
    ),
    code("node", ("node class for a linked list",), NODE),
    code(
        "linked_list",
        ("linked list", "Implement a singly linked list", "How do I make a linked list in Python?"),
        LINKED,
    ),
    code("binary_tree", ("binary search tree with insert",), TREE),
    code(
        "bank_account",
        ("bank account class", "Write a BankAccount class with deposit and withdraw methods."),
        "try:\n    a = C()\nexcept TypeError:\n    try:\n        a = C(0)\n    except TypeError:\n        a = C('Ann', 0)",
        "a.deposit(50); a.withdraw(20)",
        "30 in vars(a).values() or get(a, 'balance', 'get_balance') == 30",
    ),
    code(
        "person",
        ("person class with name and age", "Create a class Person with a name and an age."),
        "p = C('Ann', 30)",
        "p.name == 'Ann' and p.age == 30",
    ),
    code(
        "dog",
        ("make a Dog class with a bark method",),
        "d = C('Rex') if 'name' in names() else C()",
        "'oo' in str(got(d.bark)).lower() or 'bark' in str(got(d.bark)).lower()",
    ),
    code(
        "dataclass_point",
        ("dataclass for a point with x and y", "point dataclass"),
        "p = C(1, 2)",
        "(p.x, p.y) == (1, 2) and C(1, 2) == p",
    ),
    code(
        "rectangle",
        ("Write a Rectangle class with area and perimeter.",),
        "r = C(3, 4)",
        "get(r, 'area', 'get_area') == 12 and get(r, 'perimeter', 'get_perimeter') == 14",
    ),
    code("circle", ("circle class",), "c = C(2)", "get(c, 'area', 'get_area') in (12.566, 12.56)"),
    code(
        "counter", ("counter class with increment",), "c = C(); c.increment(); c.increment()", "2 in vars(c).values()"
    ),
    code("custom_exception", ("how do I define a custom exception",), "issubclass(C, Exception)"),
    code("inheritance", ("example of inheritance in python",), SHAPES),
    code("enum_color", ("enum for colors",), "import enum", "issubclass(C, enum.Enum) and len(C) >= 2"),
)

PROGRAMS: tuple[list[Prompt], ...] = (
    code(
        "hello_world",
        ("hello world", "write a hello world program", "print hello world in python", "Hello World program"),
        "printed().lower().replace(',', '').rstrip('!.') == 'hello world'",
    ),
    code(
        "print_1_to_10",
        ("print numbers from 1 to 10", "Print the numbers 1 to 10."),
        "numbers(printed(10)) == list(range(1, 11))",
    ),
    code(
        "countdown", ("countdown from 10",), "numbers(printed(10)) in (list(range(10, 0, -1)), list(range(10, -1, -1)))"
    ),
    code(
        "print_even_numbers",
        ("print even numbers up to 20",),
        "numbers(printed(20)) in (list(range(2, 21, 2)), list(range(0, 21, 2)))",
    ),
    code(
        "squares_comprehension",
        (
            "list comprehension of squares",
            "How do I make a list of the squares from 1 to 10 with a list comprehension?",
        ),
        "any(value in results(10) or value in results([1, 2, 3]) for value in ([n * n for n in range(10)], [n * n for n in range(1, 11)], [1, 4, 9]))",
        "has('ListComp')",
    ),
    code("swap_variables", ("swap two variables", "how to swap a and b in python"), "swapped() or f(1, 2) == [2, 1]"),
    code("sum_of_list_line", ("How do I sum a list?",), "6 in results([1, 2, 3]) or has('Call') and 'sum' in names()"),
    code(
        "input_name",
        ("ask the user for their name and say hello",),
        "'hello 5' in printed().lower().replace(',', '').replace('!', '') or 'hi 5' in printed().lower().replace(',', '')",
    ),
    code("input_number", ("read a number from the user and print its square",), "'25' in printed(5)"),
    code(
        "multiplication_table",
        ("multiplication table of 7", "print the times table for 5"),
        "[n for n in (35, 40, 45, 50) if n in numbers(printed(5))] or [n for n in (49, 56, 63) if n in numbers(printed(7))]",
    ),
    code(
        "star_triangle",
        ("print a triangle of stars",),
        "[line.strip() for line in printed(5).splitlines()][:3] in (['*', '**', '***'], ['*', '* *', '* * *'], ['*', '***', '*****'])",
    ),
    code("for_loop", ("for loop example", "how do I write a for loop"), "has('For')", "printed(3) or results([1, 2])"),
    code("while_loop", ("while loop example",), "has('While')"),
    code("try_except", ("try except example",), "has('Try')"),
    code("f_string", ("f-string example",), "has('JoinedStr')"),
    code(
        "loop_dict",
        ("loop over a dictionary", "How do I iterate over keys and values of a dict?"),
        "has('For')",
        "'items' in names()",
    ),
    code(
        "read_lines_loop",
        ("read a file line by line",),
        "has('For', 'ListComp') or 'readlines' in names()",
        "'open' in names()",
    ),
)

NEW: tuple[list[Prompt], ...] = (
    code(
        "perfect_square",
        ("is perfect square", "check if a number is a perfect square"),
        "f(16) and f(1)",
        "not f(15) and not f(2)",
        is_new_task=True,
    ),
    code(
        "armstrong",
        ("armstrong number", "Write a function that checks for Armstrong numbers."),
        "f(153) and f(370)",
        "not f(154)",
        is_new_task=True,
    ),
    code(
        "swap_case",
        ("swap case of a string", "How do I swap upper and lower case in a string?"),
        "f('aBc') == 'AbC'",
        is_new_task=True,
    ),
    code("hamming", ("hamming distance of two strings",), "f('karolin', 'kathrin') == 3", is_new_task=True),
    code("is_sorted", ("check if a list is sorted", "is sorted"), "f([1, 2, 2])", "not f([2, 1])", is_new_task=True),
    code(
        "product",
        ("product of a list", "Multiply all numbers in a list together."),
        "f([2, 3, 4]) == 24",
        is_new_task=True,
    ),
    code("cumulative", ("running total of a list", "cumulative sum"), "f([1, 2, 3]) == [1, 3, 6]", is_new_task=True),
    code("collatz", ("collatz sequence",), COLLATZ, is_new_task=True),
    code("second_smallest", ("second smallest number",), "f([5, 1, 4]) == 4", is_new_task=True),
    code(
        "number_range",
        ("difference between the largest and the smallest number of a list",),
        "f([3, 9, 4]) == 6",
        is_new_task=True,
    ),
    code(
        "sum_even",
        ("sum of the even numbers in a list", "How do I add up only the even numbers of a list?"),
        "f([1, 2, 3, 4]) == 6",
        is_new_task=True,
    ),
    code(
        "sum_squares",
        ("sum of the squares of a list", "Write a function that returns the sum of squares of a list."),
        "f([1, 2, 3]) == 14",
        is_new_task=True,
    ),
    code("trapezoid_area", ("area of a trapezoid",), "f(2, 4, 3) == 9", is_new_task=True),
    code("harshad", ("harshad number check",), "f(18) and f(7)", "not f(19)", is_new_task=True),
    code(
        "bigrams",
        ("Make a list of all pairs of neighbouring words in a text.",),
        "f('a b c') in ([['a', 'b'], ['b', 'c']], ['a b', 'b c'])",
        is_new_task=True,
    ),
    code(
        "abundant",
        ("check if a number is smaller than the sum of its proper divisors",),
        "f(12) and f(18)",
        "not f(6) and not f(8)",
        is_new_task=True,
    ),
)


def prompts() -> list[Prompt]:
    return [prompt for group in (CLASSES, PROGRAMS, NEW) for part in group for prompt in part]
