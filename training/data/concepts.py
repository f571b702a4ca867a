"""What Python's own words mean: one true sentence each, and that no more is to be had."""

CANNOT_EXPLAIN = " I cannot explain more; I only write short Python functions."
PATTERNS = (
    "[what is|what's|what exactly is] {a} [|in python|in programming]",
    "[explain|describe] [|to me |what is ]{a} [|in python|please|to me|simply]",
    "[what does {term} mean|what do you mean by {term}] [|in python]",
    "[can you explain|tell me] what {a} is [|in python]",
    "what is the meaning of {term} [|in python]",
)
COMPARED = (
    "what is the difference between {one} and {other} [|in python]",
    "[explain the difference between|difference between|compare] {one} and {other} [|in python|please]",
    "{one} [vs|versus|or] {other} [|in python]",
    "how [is|does] {one} [different|differ] from {other}",
)
# The term, with its article, and what it is.
TERMS = (
    ("recursion", "recursion", "Recursion means that a function calls itself."),
    ("list comprehension", "a list comprehension", "A list comprehension builds a list from a loop in one expression."),
    ("decorator", "a decorator", "A decorator is a function that takes a function and returns a changed one."),
    ("dictionary", "a dictionary", "A dictionary maps keys to values."),
    ("dict", "a dict", "A dictionary maps keys to values."),
    ("list", "a list", "A list is an ordered collection that can be changed."),
    ("tuple", "a tuple", "A tuple is an ordered collection that cannot be changed."),
    ("set", "a set", "A set is a collection without order and without duplicates."),
    ("function", "a function", "A function is named code that takes arguments and returns a value."),
    ("variable", "a variable", "A variable is a name for a value."),
    ("class", "a class", "A class describes objects by their data and methods."),
    ("method", "a method", "A method is a function that belongs to a class."),
    ("object", "an object", "An object is a value with data and methods, made from a class."),
    ("lambda", "a lambda", "A lambda is a function without a name, written as one expression."),
    ("generator", "a generator", "A generator is a function that yields its values one at a time."),
    ("for loop", "a for loop", "A for loop runs its body once for each item."),
    ("while loop", "a while loop", "A while loop runs its body as long as its condition is true."),
    ("exception", "an exception", "An exception signals an error and can be caught with try and except."),
    ("module", "a module", "A module is a file of Python code that can be imported."),
    ("f-string", "an f-string", "An f-string is a string with expressions in curly brackets."),
    ("docstring", "a docstring", "A docstring is the string at the start of a function that describes it."),
    ("type hint", "a type hint", "A type hint states which type a value should have."),
    ("inheritance", "inheritance", "Inheritance means that a class takes over the methods of another class."),
    ("boolean", "a boolean", "A boolean is a value that is either True or False."),
    ("None", "None", "None is the value that stands for no value."),
)
PAIRS = (
    ("a list", "a tuple", "A list can be changed, a tuple cannot."),
    ("list", "tuple", "A list can be changed, a tuple cannot."),
    ("tuples", "lists", "A list can be changed, a tuple cannot."),
    ("a list", "a set", "A list has an order and keeps duplicates, a set does not."),
    ("a list", "a dictionary", "A list finds values by position, a dictionary by key."),
    ("return", "print", "A return gives a value to the caller, a print only shows it."),
    ("==", "is", "The operator == compares values, is compares identity."),
    ("append", "extend", "The method append adds one item, extend adds all items of another list."),
    ("a function", "a method", "A method is a function that belongs to a class."),
    ("a class", "an object", "A class describes objects, an object is made from a class."),
    (
        "a for loop",
        "a while loop",
        "A for loop runs once for each item, a while loop as long as its condition is true.",
    ),
    ("sort", "sorted", "The method sort changes a list, sorted returns a new list."),
)
PYTHON = (
    ("[what is|what's|explain|define|can you explain|tell me about] python [|to me|please|exactly]",),
    "Python is a programming language that is easy to read.",
)


def concepts() -> tuple[tuple[tuple[str, ...], str], ...]:
    """Wordings with their replies."""
    alone = ((tuple(p.replace("{a}", a).replace("{term}", term) for p in PATTERNS), said) for term, a, said in TERMS)
    compared = (
        (tuple(p.replace("{one}", one).replace("{other}", other) for p in COMPARED), said) for one, other, said in PAIRS
    )
    return tuple((patterns, said + CANNOT_EXPLAIN) for patterns, said in (*alone, *compared, PYTHON))
