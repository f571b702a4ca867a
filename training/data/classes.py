"""Templates that are small classes. They take no arguments from the request; only the class name varies."""

from training.data.template import template


def _class(*methods: str) -> str:
    lines = "\n\n".join(methods).split("\n")
    return "class $f:\n" + "\n".join(f"    {line}" if line else "" for line in lines)


TEMPLATES = (
    template(
        "counter",
        "count up from zero|keep a counter",
        "Counter",
        "",
        _class("def __init__(self):\n    self.count = 0", "def increment(self):\n    self.count += 1"),
        "f().count == 0",
    ),
    template(
        "stack",
        "implement a stack|work as a stack",
        "Stack",
        "",
        _class(
            "def __init__(self):\n    self.items = []",
            "def push(self, item):\n    self.items.append(item)",
            "def pop(self):\n    return self.items.pop()",
        ),
        "(lambda s: (s.push(1), s.pop()))(f())[1] == 1",
    ),
    template(
        "queue",
        "implement a queue|work as a queue",
        "Queue",
        "",
        _class(
            "def __init__(self):\n    self.items = []",
            "def put(self, item):\n    self.items.append(item)",
            "def get(self):\n    return self.items.pop(0)",
        ),
        "(lambda s: (s.put(1), s.put(2), s.get()))(f())[2] == 1",
    ),
    template(
        "point",
        "represent a point with x and y|hold two coordinates",
        "Point",
        "",
        _class("def __init__(self, x, y):\n    self.x = x\n    self.y = y"),
        "f(1, 2).y == 2",
    ),
    template(
        "rectangle",
        "represent a rectangle with an area|represent a rectangle",
        "Rectangle",
        "",
        _class(
            "def __init__(self, width, height):\n    self.width = width\n    self.height = height",
            "def area(self):\n    return self.width * self.height",
        ),
        "f(2, 3).area() == 6",
    ),
    template(
        "circle",
        "represent a circle with an area|represent a circle",
        "Circle",
        "",
        _class(
            "def __init__(self, radius):\n    self.radius = radius",
            "def area(self):\n    return 3.14159 * self.radius ** 2",
        ),
        "f(1).area() == 3.14159",
    ),
    template(
        "account",
        "represent a bank account|represent a bank account with deposit and withdraw",
        "BankAccount",
        "",
        _class(
            "def __init__(self, balance=0):\n    self.balance = balance",
            "def deposit(self, amount):\n    self.balance += amount",
            "def withdraw(self, amount):\n    self.balance -= amount",
        ),
        "(lambda s: (s.deposit(5), s.withdraw(2), s.balance))(f())[2] == 3",
    ),
    template(
        "person",
        "represent a person with a name and an age|store a name and an age",
        "Person",
        "",
        _class(
            "def __init__(self, name, age):\n    self.name = name\n    self.age = age",
            'def greet(self):\n    return f"Hello, I am {self.name}"',
        ),
        'f("Bart", 10).age == 10',
    ),
    template(
        "dog",
        "represent a dog that barks|represent a dog",
        "Dog",
        "",
        _class("def __init__(self, name):\n    self.name = name", 'def bark(self):\n    return "Woof!"'),
        'f("Rex").bark() == "Woof!"',
    ),
)
