"""Classes, from data structures to inheritance."""

from training.data.first.entry import known, new, new_class

TIMER = """class $f:
    def __enter__(self):
        self.start = time.perf_counter()
        return self

    def __exit__(self, *error):
        print(f"{time.perf_counter() - self.start:.3f} s")"""

ENTRIES = (
    known(
        "class/stack_full",
        "stack;stack;stack data structure;stack implementation;stack with push and pop;lifo stack",
        "{implement} (a stack|stack|a stack data structure|a stack with push and pop|the stack data structure)",
    ),
    known(
        "class/queue_names",
        "queue;queue;queue data structure;queue implementation;queue with enqueue and dequeue;fifo queue",
        "{implement} (a queue|queue|a queue data structure|a queue with enqueue and dequeue|the queue data structure)",
    ),
    known(
        "class/node",
        "node;linked list node;list node;node of a linked list",
        "{implement} (a node|a linked list node|a node of a linked list|a list node|a node for a linked list)",
    ),
    new_class(
        "linked_list",
        "linked list;linked list;singly linked list;linked list implementation;linkedlist;linked list data structure",
        "{implement} (a linked list|linked list|a singly linked list|a linked list with append|"
        "a linked list data structure)",
        "LinkedList",
        "class Node:\n"
        "    def __init__(self, value):\n"
        "        self.value = value\n"
        "        self.next = None\n\n\n"
        "class $f:\n"
        "    def __init__(self):\n"
        "        self.head = None\n\n"
        "    def append(self, value):\n"
        "        node = Node(value)\n"
        "        if self.head is None:\n"
        "            self.head = node\n"
        "            return\n"
        "        last = self.head\n"
        "        while last.next:\n"
        "            last = last.next\n"
        "        last.next = node\n\n"
        "    def __iter__(self):\n"
        "        node = self.head\n"
        "        while node:\n"
        "            yield node.value\n"
        "            node = node.next",
        "list(f()) == []",
        "(lambda s: (s.append(1), s.append(2), s.append(3), list(s)))(f())[3] == [1, 2, 3]",
    ),
    new(
        "reverse_linked_list",
        "reverse linked list;reverse a linked list;linked list reversal;linked list reverse",
        "reverse (a linked list|linked list|a singly linked list|the linked list)",
        "reverse_linked_list|reverse_list",
        "head|node",
        "previous = None\nwhile $a:\n    $a.next, previous, $a = previous, $a, $a.next\nreturn previous",
        "f(None) is None",
        "(lambda n: (lambda a, b: (setattr(a, 'next', b), f(a) is b, b.next is a, a.next is None))(n(next=None), "
        "n(next=None)))(__import__('types').SimpleNamespace)[1:] == (True, True, True)",
    ),
    new_class(
        "binary_search_tree",
        "binary search tree;bst;binary tree;binary tree with insert;binary search tree implementation;tree with insert",
        "{implement} (a binary search tree|a binary tree|a bst|a binary tree with insert|binary search tree|"
        "a binary search tree with insert)",
        "Tree",
        "class $f:\n"
        "    def __init__(self, value):\n"
        "        self.value = value\n"
        "        self.left = None\n"
        "        self.right = None\n\n"
        "    def insert(self, value):\n"
        "        if value < self.value:\n"
        "            if self.left:\n"
        "                self.left.insert(value)\n"
        "            else:\n"
        "                self.left = $f(value)\n"
        "        elif self.right:\n"
        "            self.right.insert(value)\n"
        "        else:\n"
        "            self.right = $f(value)",
        "(lambda t: (t.insert(1), t.insert(9), t.insert(2), t.left.value, t.right.value, t.left.right.value))(f(5))"
        "[3:] "
        "== (1, 9, 2)",
        "f(5).value == 5",
    ),
    known(
        "class/tree_node",
        "tree node;binary tree node;node of a binary tree;treenode",
        "{implement} (a tree node|a binary tree node|a node of a binary tree|a node for a binary tree)",
    ),
    new(
        "inorder_traversal",
        "inorder traversal;in order traversal;inorder;tree traversal;binary tree traversal;inorder tree traversal",
        "(do|implement|write) (an inorder traversal|inorder traversal|a tree traversal|in order traversal)"
        "( of a binary tree| of a tree|);(traverse|walk) a (binary tree|tree)( in order| inorder|)",
        "inorder",
        "node|root",
        "if not $a:\n    return []\nreturn $f($a.left) + [$a.value] + $f($a.right)",
        "f(None) == []",
        "(lambda n: f(n(value=2, left=n(value=1, left=None, right=None), right=n(value=3, left=None, right=None))))"
        "(__import__('types').SimpleNamespace) == [1, 2, 3]",
    ),
    known(
        "class/account",
        "bank account;bank account;bankaccount;bank account with deposit and withdraw;simple bank account",
        "{implement} (a bank account|bank account|a bank account with deposit and withdraw|a simple bank account)",
    ),
    known(
        "class/person_greet",
        "person;person;person with name and age;person object",
        "{implement} (a person|a person with name and age|a person with a name and an age|a person with a greeting)",
    ),
    new_class(
        "student_name_grade",
        "student;student;student with name and grade;student with name and grades",
        "{implement} (a student|a student with name and grade|a student with a name and a grade)",
        "Student",
        "class $f:\n    def __init__(self, name, grade):\n        self.name = name\n        self.grade = grade",
        '(f("Ann", 3).name, f("Ann", 3).grade) == ("Ann", 3)',
    ),
    known(
        "class/animal_dog",
        "dog;dog;dog with bark;dog with a bark method;dog that barks",
        "{implement} (a dog|a dog with a bark method|a dog that barks|a dog that can bark|a dog with a name)",
    ),
    new_class(
        "cat_meow",
        "cat;cat;cat with meow;cat with a meow method;cat that meows",
        "{implement} (a cat|a cat with a meow method|a cat that meows|a cat that can meow|a cat with a name)",
        "Cat",
        "class $f:\n"
        "    def __init__(self, name):\n"
        "        self.name = name\n\n"
        "    def meow(self):\n"
        '        return "Meow!"',
        'f("Tom").name == "Tom"',
        'f("Tom").meow() == "Meow!"',
    ),
    new_class(
        "car_make_model",
        "car;car;car with make and model;car object",
        "{implement} (a car|a car with make and model|a car with a make and a model|a car with brand and model)",
        "Car",
        "class $f:\n    def __init__(self, make, model):\n        self.make = make\n        self.model = model",
        '(f("Fiat", "500").make, f("Fiat", "500").model) == ("Fiat", "500")',
    ),
    new_class(
        "employee_salary",
        "employee;employee;employee with name and salary;employee object",
        "{implement} (an employee|an employee with name and salary|an employee with a name and a salary)",
        "Employee",
        "class $f:\n    def __init__(self, name, salary):\n        self.name = name\n        self.salary = salary",
        '(f("Ann", 3).name, f("Ann", 3).salary) == ("Ann", 3)',
    ),
    new_class(
        "book_title_author",
        "book;book;book with title and author",
        "{implement} (a book|a book with a title and an author|a book object)",
        "Book",
        "class $f:\n    def __init__(self, title, author):\n        self.title = title\n        self.author = author",
        '(f("T", "A").title, f("T", "A").author) == ("T", "A")',
    ),
    known(
        "class/point",
        "point;point;point with x and y;2d point;point x y",
        "{implement} (a point|a point with x and y|a 2d point|a point in 2d)",
    ),
    known(
        "class/point_distance",
        "point with distance;point with a distance method;point with distance to another point",
        "{implement} a point (with a distance method|with a distance to another point|"
        "that computes the distance to another point|with distance)",
        owns_name=False,
    ),
    known(
        "class/rectangle",
        "rectangle;rectangle;rectangle with area;rectangle with width and height",
        "{implement} (a rectangle|a rectangle with width and height|a rectangle with an area|a rectangle with an "
        "area method)",
    ),
    known(
        "class/circle",
        "circle;circle;circle with area;circle with radius;circle with radius and area",
        "{implement} (a circle|a circle with a radius|a circle with an area|a circle with an area method)",
    ),
    known(
        "class/vector",
        "vector;vector;2d vector;vector with addition;vector with __add__;vector with operator overloading",
        "{implement} (a vector|a 2d vector|a vector with addition|a vector with __add__|a vector that can be added)",
    ),
    known(
        "class/counter",
        "counter;counter;counter with increment;simple counter",
        "{implement} (a counter|a counter with increment|a counter with an increment method|a simple counter)",
    ),
    known(
        "class/cart",
        "shopping cart;shopping cart;shopping cart with total;cart;shoppingcart",
        "{implement} (a shopping cart|a shopping cart with add and total|a cart|a simple shopping cart)",
    ),
    known(
        "class/todo",
        "todo list;todo list;to do list;to-do list;todolist",
        "{implement} (a todo list|a to do list|a simple todo list|a to-do list)",
    ),
    new_class(
        "dataclass_person",
        "dataclass;person dataclass;dataclass example;dataclass person;dataclass with name and age;data class",
        "{implement} (a dataclass|a dataclass for a person|a dataclass with name and age|a person dataclass|"
        "a dataclass person with name and age|a data class);use a dataclass",
        "Person",
        "@dataclass\nclass $f:\n    name: str\n    age: int",
        'f("Ann", 30) == f("Ann", 30)',
        'f("Ann", 30).age == 30',
        imports="from dataclasses import dataclass",
        owns_name=False,
    ),
    new_class(
        "singleton",
        "singleton;singleton pattern;singleton;singleton design pattern",
        "{implement} (a singleton|the singleton pattern|singleton|a singleton pattern)",
        "Singleton",
        "class $f:\n"
        "    _instance = None\n\n"
        "    def __new__(cls):\n"
        "        if cls._instance is None:\n"
        "            cls._instance = super().__new__(cls)\n"
        "        return cls._instance",
        "f() is f()",
    ),
    new_class(
        "enum_color",
        "enum;color enum;enum of colors;enum example;enumeration;enum colors;colour enum",
        "{implement} (an enum|an enum of colors|an enum for colors|a color enum|an enumeration|an enum with colors);"
        "use an enum",
        "Color",
        "class $f(Enum):\n    RED = 1\n    GREEN = 2\n    BLUE = 3",
        "f.RED.value == 1",
        "len(list(f)) == 3",
        imports="from enum import Enum",
    ),
    new_class(
        "custom_error",
        "custom exception;custom error;own exception;custom exception example;user defined exception;exception",
        "{implement} (a custom exception|my own exception|a custom error|an own exception|a user defined exception)",
        "CustomError",
        "class $f(Exception):\n    pass",
        "issubclass(f, Exception)",
        'str(f("no")) == "no"',
    ),
    new_class(
        "inheritance",
        "inheritance;inheritance example;class inheritance;inheritance animal;animal and dog;animal;subclass example;"
        "animal inheritance",
        "(show|use|demonstrate|explain with code) (inheritance|class inheritance);"
        "{implement} (a base class and a subclass|a subclass|an animal and a dog|classes with inheritance|"
        "an animal with a subclass dog)",
        "Dog",
        "class Animal:\n"
        "    def __init__(self, name):\n"
        "        self.name = name\n\n"
        "    def speak(self):\n"
        '        return "..."\n\n\n'
        "class $f(Animal):\n"
        "    def speak(self):\n"
        '        return "Woof!"',
        'f("Rex").name == "Rex"',
        'f("Rex").speak() == "Woof!"',
        'f.__mro__[1]("Rex").speak() == "..."',
        owns_name=False,
    ),
    new_class(
        "abstract_shape",
        "abstract class;abstract base class;abstract shape;abc example;abstract class example;shape;abstract method",
        "{implement} (an abstract class|an abstract base class|an abstract shape|an abstract class shape|"
        "an abstract base class with a method area|a shape with an abstract method area)",
        "Shape",
        "class $f(ABC):\n    @abstractmethod\n    def area(self):\n        pass",
        "f.__abstractmethods__ == {'area'}",
        imports="from abc import ABC, abstractmethod",
    ),
    new_class(
        "timer_context",
        "context manager;timer context manager;contextmanager;context manager example;context manager timer;"
        "custom context manager",
        "{implement} (a context manager|a timer context manager|a context manager that measures time|"
        "a custom context manager|a context manager for timing);use a context manager to measure time",
        "Timer",
        TIMER,
        "printed(lambda: f().__enter__().__exit__(None, None, None)) == '0.000 s'",
        imports="import time",
    ),
)
