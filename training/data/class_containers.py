"""Templates that are classes which hold items: stacks, queues, nodes, lists, books."""

from training.data.class_parts import class_template, init_text
from training.data.template import Template


def containers() -> list[Template]:
    start = init_text("", "items=[]")
    size, empty = (
        "def __len__(self):\n    return len(self.items)",
        "def is_empty(self):\n    return len(self.items) == 0",
    )
    push, pop = "def push(self, item):\n    self.items.append(item)", "def pop(self):\n    return self.items.pop()"
    peek = "def peek(self):\n    return self.items[-1]"
    put, get = "def put(self, item):\n    self.items.append(item)", "def get(self):\n    return self.items.pop(0)"
    linked = init_text("", "head=None")
    return [
        class_template(
            "stack",
            "work as a stack with push and pop",
            "Stack",
            (start, push, pop),
            "(lambda s: (s.push(1), s.push(2), s.pop(), s.pop()))(f())[2:] == (2, 1)",
            "f().items == []",
        ),
        class_template(
            "stack_peek",
            "implement a stack with push, pop and peek|work as a stack with push, pop and peek",
            "Stack",
            (start, push, pop, peek),
            "(lambda s: (s.push(1), s.push(2), s.peek(), s.pop(), s.peek()))(f())[2:] == (2, 2, 1)",
            "f().items == []",
        ),
        class_template(
            "stack_empty",
            "implement a stack with push, pop and is_empty|work as a stack with push, pop and is_empty",
            "Stack",
            (start, push, pop, empty),
            "(lambda s: (s.is_empty(), s.push(1), s.is_empty(), s.pop(), s.is_empty()))(f()) == (True, "
            "None, False, 1, True)",
        ),
        class_template(
            "stack_full",
            "implement a stack with push, pop, peek and is_empty|implement a stack|work as a stack|"
            "implement a stack with push and pop",
            "Stack",
            (start, push, pop, peek, empty),
            "(lambda s: (s.is_empty(), s.push(1), s.push(0), s.peek(), s.pop(), s.pop(), s.is_empty()))(f()) "
            "== (True, None, None, 0, 0, 1, True)",
        ),
        class_template(
            "stack_size",
            "implement a stack with push, pop and a length|implement a stack that knows its length",
            "Stack",
            (start, push, pop, size),
            "(lambda s: (len(s), s.push(5), len(s), s.pop()))(f()) == (0, None, 1, 5)",
        ),
        class_template(
            "queue",
            "implement a queue with put and get|work as a queue with put and get",
            "Queue",
            (start, put, get),
            "(lambda s: (s.put(1), s.put(2), s.get()))(f())[2] == 1",
            "f().items == []",
        ),
        class_template(
            "queue_names",
            "implement a queue with enqueue and dequeue|work as a queue with enqueue and dequeue|"
            "implement a queue|work as a queue",
            "Queue",
            (
                start,
                "def enqueue(self, item):\n    self.items.append(item)",
                "def dequeue(self):\n    return self.items.pop(0)",
            ),
            "(lambda s: (s.enqueue(1), s.enqueue(2), s.dequeue()))(f())[2] == 1",
            "f().items == []",
        ),
        class_template(
            "queue_empty",
            "implement a queue with put, get and is_empty",
            "Queue",
            (start, put, get, empty),
            "(lambda s: (s.is_empty(), s.put(1), s.is_empty(), s.get()))(f()) == (True, None, False, 1)",
        ),
        class_template(
            "queue_size",
            "implement a queue with put, get and a length|implement a queue that knows its length",
            "Queue",
            (start, put, get, size),
            "(lambda s: (len(s), s.put(5), len(s), s.get()))(f()) == (0, None, 1, 5)",
        ),
        class_template(
            "node",
            "represent a node of a linked list|hold a value and a link to the next node",
            "Node",
            (init_text("value next=None"),),
            "f(1).value == 1",
            "f(1).next is None",
            "f(1, f(2)).next.value == 2",
        ),
        class_template(
            "tree_node",
            "represent a node of a binary tree|hold a value with a left and a right child",
            "TreeNode",
            (init_text("value left=None right=None"),),
            "f(1).left is None",
            "f(1, f(2), f(3)).right.value == 3",
        ),
        class_template(
            "linked_stack",
            "implement a linked list with an add method|implement a linked list that adds items at the front",
            "LinkedList",
            (
                linked,
                "def add(self, value):\n    self.head = (value, self.head)",
                "def to_list(self):\n    result = []\n    node = self.head\n    while node:\n    "
                "    result.append(node[0])\n        node = node[1]\n    return result",
            ),
            "(lambda s: (s.add(1), s.add(2), s.to_list()))(f())[2] == [2, 1]",
            "f().to_list() == []",
        ),
        class_template(
            "cart",
            "represent a shopping cart|represent a shopping cart with add and total|keep a shopping cart and its total",
            "ShoppingCart",
            (
                start,
                "def add(self, name, price):\n    self.items.append((name, price))",
                "def total(self):\n    return sum(price for name, price in self.items)",
            ),
            '(lambda s: (s.add("a", 2), s.add("b", 3), s.total()))(f())[2] == 5',
            "f().total() == 0",
        ),
        class_template(
            "todo",
            "keep a todo list|represent a todo list with add, remove and all tasks",
            "TodoList",
            (
                init_text("", "tasks=[]"),
                "def add(self, task):\n    self.tasks.append(task)",
                "def remove(self, task):\n    self.tasks.remove(task)",
            ),
            '(lambda s: (s.add("a"), s.add("b"), s.remove("a"), s.tasks))(f())[3] == ["b"]',
            "f().tasks == []",
        ),
        class_template(
            "history",
            "keep a history with undo|remember values and undo the last one",
            "History",
            (
                start,
                "def add(self, item):\n    self.items.append(item)",
                "def undo(self):\n    if not self.items:\n        return None\n    return self.items.pop()",
            ),
            "(lambda s: (s.add(1), s.undo(), s.undo()))(f()) == (None, 1, None)",
        ),
        class_template(
            "bag",
            "count how often items were added|count items by name",
            "ItemCounter",
            (
                init_text("", "counts={}"),
                "def add(self, item):\n    self.counts[item] = self.counts.get(item, 0) + 1",
                "def count(self, item):\n    return self.counts.get(item, 0)",
            ),
            '(lambda s: (s.add("a"), s.add("a"), s.count("a"), s.count("b")))(f())[2:] == (2, 0)',
        ),
        class_template(
            "phonebook",
            "represent a phone book|store names and phone numbers",
            "PhoneBook",
            (
                init_text("", "numbers={}"),
                "def add(self, name, number):\n    self.numbers[name] = number",
                "def find(self, name):\n    return self.numbers.get(name)",
            ),
            '(lambda s: (s.add("Bart", "555"), s.find("Bart"), s.find("Lisa")))(f())[1:] == ("555", None)',
        ),
        class_template(
            "inventory",
            "represent an inventory|keep an inventory of items and their amounts",
            "Inventory",
            (
                init_text("", "items={}"),
                "def add(self, name, amount=1):\n    self.items[name] = self.items.get(name, 0) + amount",
                "def remove(self, name, amount=1):\n    self.items[name] = max(0, self.items.get(name, 0) - amount)",
            ),
            '(lambda s: (s.add("a", 3), s.remove("a"), s.items))(f())[2] == {"a": 2}',
            '(lambda s: (s.remove("b"), s.items))(f())[1] == {"b": 0}',
        ),
        class_template(
            "library",
            "represent a library of books|keep books that can be borrowed and returned",
            "Library",
            (
                init_text("books"),
                "def borrow(self, title):\n    if title not in self.books:\n        return False\n"
                "    self.books.remove(title)\n    return True",
                "def give_back(self, title):\n    self.books.append(title)",
            ),
            '(lambda s: (s.borrow("a"), s.borrow("a"), s.give_back("a"), s.books))(f(["a"])) == (True, '
            'False, None, ["a"])',
        ),
        class_template(
            "cache",
            "cache values by key|implement a cache with get and set",
            "Cache",
            (
                init_text("", "values={}"),
                "def get(self, key):\n    return self.values.get(key)",
                "def set(self, key, value):\n    self.values[key] = value",
            ),
            '(lambda s: (s.get("a"), s.set("a", 1), s.get("a")))(f()) == (None, None, 1)',
        ),
        class_template(
            "stats",
            "collect numbers and compute their average|add numbers and return their average",
            "Average",
            (
                init_text("", "numbers=[]"),
                "def add(self, number):\n    self.numbers.append(number)",
                "def average(self):\n    if not self.numbers:\n        return 0\n    return sum(self.numbers) "
                "/ len(self.numbers)",
            ),
            "(lambda s: (s.average(), s.add(2), s.add(4), s.average()))(f()) == (0, None, None, 3)",
        ),
        class_template(
            "grades",
            "represent a student with grades and an average|keep the name and the grades of a student",
            "Student",
            (
                init_text("name", "grades=[]"),
                "def add_grade(self, grade):\n    self.grades.append(grade)",
                "def average(self):\n    if not self.grades:\n        return 0\n    return sum(self.grades) "
                "/ len(self.grades)",
            ),
            '(lambda s: (s.average(), s.add_grade(2), s.add_grade(4), s.average(), s.name))(f("Bart")) '
            '== (0, None, None, 3, "Bart")',
        ),
    ]


TEMPLATES = tuple(containers())
