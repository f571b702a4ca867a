"""Templates that are small classes. They take no arguments from the request; only the class name varies.

`BY_HAND` are written by hand; the others are combinations of attributes.
"""

from training.data import class_containers, class_records
from training.data.class_parts import class_template, init_text
from training.data.template import Template

# `assertRaises` returns None, or raises itself.
OVERDRAWN = '__import__("unittest").TestCase().assertRaises(ValueError, f(1).withdraw, 2) is None'


def counters() -> list[Template]:
    count = init_text("", "count=0")
    up, down = "def increment(self):\n    self.count += 1", "def decrement(self):\n    self.count -= 1"
    reset = "def reset(self):\n    self.count = 0"
    account = init_text("balance=0")
    deposit = "def deposit(self, amount):\n    self.balance += amount"
    return [
        class_template(
            "counter",
            "count up from zero|keep a counter|represent a counter with increment",
            "Counter",
            (count, up),
            "f().count == 0",
            "(lambda s: (s.increment(), s.increment(), s.count))(f())[2] == 2",
        ),
        class_template(
            "counter_down",
            "represent a counter with increment and decrement|count up and down",
            "Counter",
            (count, up, down),
            "(lambda s: (s.decrement(), s.count, s.increment(), s.count))(f()) == (None, -1, None, 0)",
        ),
        class_template(
            "counter_reset",
            "represent a counter with increment and reset|count up and reset to zero",
            "Counter",
            (count, up, reset),
            "(lambda s: (s.increment(), s.count, s.reset(), s.count))(f()) == (None, 1, None, 0)",
        ),
        class_template(
            "counter_all",
            "represent a counter with increment, decrement and reset",
            "Counter",
            (count, up, down, reset),
            "(lambda s: (s.increment(), s.increment(), s.decrement(), s.count, s.reset(), s.count))(f()) "
            "== (None, None, None, 1, None, 0)",
        ),
        class_template(
            "account",
            "represent a bank account|represent a bank account with deposit and withdraw|keep the "
            "balance of a bank account",
            "BankAccount",
            (account, deposit, "def withdraw(self, amount):\n    self.balance -= amount"),
            "(lambda s: (s.deposit(5), s.withdraw(2), s.balance))(f())[2] == 3",
            "f().balance == 0",
            "f(7).balance == 7",
        ),
        class_template(
            "account_checked",
            "represent a bank account that cannot be overdrawn|represent a bank account that raises "
            "ValueError when the balance is too low",
            "BankAccount",
            (
                account,
                deposit,
                'def withdraw(self, amount):\n    if amount > self.balance:\n        raise ValueError("not '
                'enough money")\n    self.balance -= amount',
            ),
            "(lambda s: (s.deposit(5), s.withdraw(5), s.balance))(f())[2] == 0",
            "f(1).balance == 1",
            OVERDRAWN,
        ),
        class_template(
            "switch",
            "represent a switch that can be turned on and off|turn a light on and off",
            "Switch",
            (
                init_text("", "on=False"),
                "def turn_on(self):\n    self.on = True",
                "def turn_off(self):\n    self.on = False",
            ),
            "(lambda s: (s.on, s.turn_on(), s.on, s.turn_off(), s.on))(f()) == (False, None, True, None, False)",
        ),
        class_template(
            "toggle",
            "represent a switch with a toggle method|toggle between on and off",
            "Switch",
            (init_text("", "on=False"), "def toggle(self):\n    self.on = not self.on"),
            "(lambda s: (s.toggle(), s.on, s.toggle(), s.on))(f()) == (None, True, None, False)",
        ),
        class_template(
            "score",
            "keep the score of a player|represent a player with a name and a score",
            "Player",
            (init_text("name score=0"), "def add_points(self, points):\n    self.score += points"),
            '(lambda s: (s.add_points(5), s.score, s.name))(f("Bart"))[1:] == (5, "Bart")',
            'f("Lisa").score == 0',
        ),
        class_template(
            "meter",
            "keep a running total|add numbers to a running total",
            "RunningTotal",
            (init_text("", "total=0"), "def add(self, number):\n    self.total += number\n    return self.total"),
            "(lambda s: (s.add(2), s.add(-3)))(f()) == (2, -1)",
            "f().total == 0",
        ),
        class_template(
            "calculator",
            "represent a calculator with add, subtract, multiply and divide|calculate sums, differences, "
            "products and quotients",
            "Calculator",
            (
                "def add(self, a, b):\n    return a + b",
                "def subtract(self, a, b):\n    return a - b",
                "def multiply(self, a, b):\n    return a * b",
                "def divide(self, a, b):\n    return a / b",
            ),
            "f().add(2, 3) == 5",
            "f().subtract(2, 3) == -1",
            "f().multiply(2, 3) == 6",
            "f().divide(3, 2) == 1.5",
        ),
        class_template(
            "ids",
            "give out increasing numbers starting with 1|generate ids that count up from 1",
            "IdGenerator",
            (init_text("", "last=0"), "def next_id(self):\n    self.last += 1\n    return self.last"),
            "(lambda s: (s.next_id(), s.next_id()))(f()) == (1, 2)",
        ),
        class_template(
            "countdown",
            "iterate down from a number to 1|count down from a number in a for loop",
            "Countdown",
            (
                init_text("start"),
                "def __iter__(self):\n    for number in range(self.start, 0, -1):\n        yield number",
            ),
            "list(f(3)) == [3, 2, 1]",
            "list(f(0)) == []",
        ),
        class_template(
            "tank",
            "represent a tank with a capacity that can be filled|represent a tank that holds at most its capacity",
            "Tank",
            (
                init_text("capacity", "level=0"),
                "def fill(self, amount):\n    self.level = min(self.capacity, self.level + amount)",
            ),
            "(lambda s: (s.fill(3), s.level, s.fill(9), s.level))(f(5)) == (None, 3, None, 5)",
            "f(5).level == 0",
        ),
    ]


def shapes() -> list[Template]:
    box = init_text("width height")
    area = "def area(self):\n    return self.width * self.height"
    around = "def perimeter(self):\n    return 2 * (self.width + self.height)"
    round_area = "def area(self):\n    return math.pi * self.radius ** 2"
    round_edge = "def circumference(self):\n    return 2 * math.pi * self.radius"
    point, add = init_text("x y"), "def __add__(self, other):\n    return $f(self.x + other.x, self.y + other.y)"
    celsius = init_text("celsius")
    return [
        class_template(
            "rectangle",
            "represent a rectangle with an area|represent a rectangle with width, height and area|"
            "represent a rectangle",
            "Rectangle",
            (box, area),
            "f(2, 3).area() == 6",
            "f(0, 3).area() == 0",
        ),
        class_template(
            "rectangle_perimeter",
            "represent a rectangle with a perimeter",
            "Rectangle",
            (box, around),
            "f(2, 3).perimeter() == 10",
            "f(0, 3).perimeter() == 6",
        ),
        class_template(
            "rectangle_both",
            "represent a rectangle with an area and a perimeter|represent a rectangle with the methods "
            "area and perimeter",
            "Rectangle",
            (box, area, around),
            "f(2, 3).area() == 6",
            "f(2, 3).perimeter() == 10",
        ),
        class_template(
            "rectangle_square",
            "represent a rectangle that tells if it is a square|represent a rectangle with a method is_square",
            "Rectangle",
            (box, "def is_square(self):\n    return self.width == self.height"),
            "f(2, 2).is_square()",
            "not f(2, 3).is_square()",
        ),
        class_template(
            "square",
            "represent a square with an area|represent a square|represent a square with a side and an area",
            "Square",
            (init_text("side"), "def area(self):\n    return self.side * self.side"),
            "f(3).area() == 9",
            "f(0).area() == 0",
        ),
        class_template(
            "square_both",
            "represent a square with an area and a perimeter|represent a square with the methods area and perimeter",
            "Square",
            (
                init_text("side"),
                "def area(self):\n    return self.side * self.side",
                "def perimeter(self):\n    return 4 * self.side",
            ),
            "f(3).area() == 9",
            "f(3).perimeter() == 12",
        ),
        class_template(
            "circle",
            "represent a circle with an area|represent a circle|represent a circle with a radius and an area",
            "Circle",
            (init_text("radius"), round_area),
            "round(f(1).area(), 4) == 3.1416",
            "f(0).area() == 0",
            imports="import math",
        ),
        class_template(
            "circle_edge",
            "represent a circle with a circumference",
            "Circle",
            (init_text("radius"), round_edge),
            "round(f(1).circumference(), 4) == 6.2832",
            "f(0).circumference() == 0",
            imports="import math",
        ),
        class_template(
            "circle_both",
            "represent a circle with an area and a circumference|represent a circle with the methods "
            "area and circumference",
            "Circle",
            (init_text("radius"), round_area, round_edge),
            "round(f(1).area(), 4) == 3.1416",
            "round(f(1).circumference(), 4) == 6.2832",
            imports="import math",
        ),
        class_template(
            "triangle",
            "represent a triangle with an area|represent a triangle with a base and a height",
            "Triangle",
            (init_text("base height"), "def area(self):\n    return self.base * self.height / 2"),
            "f(3, 4).area() == 6",
            "f(0, 4).area() == 0",
        ),
        class_template(
            "cube",
            "represent a cube with a volume|represent a cube",
            "Cube",
            (init_text("side"), "def volume(self):\n    return self.side ** 3"),
            "f(2).volume() == 8",
            "f(0).volume() == 0",
        ),
        class_template(
            "box",
            "represent a box with a volume|represent a box with length, width and height",
            "Box",
            (init_text("length width height"), "def volume(self):\n    return self.length * self.width * self.height"),
            "f(2, 3, 4).volume() == 24",
            "f(0, 3, 4).volume() == 0",
        ),
        class_template(
            "point",
            "represent a point with x and y|hold two coordinates|represent a point in the plane",
            "Point",
            (point,),
            "f(1, 2).y == 2",
            "f(0, -1).x == 0",
        ),
        class_template(
            "point_distance",
            "represent a point with a distance to another point|represent a point with x, y and a method distance",
            "Point",
            (
                point,
                "def distance(self, other):\n    return ((self.x - other.x) ** 2 + (self.y - other.y) ** 2) ** 0.5",
            ),
            "f(0, 0).distance(f(3, 4)) == 5",
            "f(1, 1).distance(f(1, 1)) == 0",
        ),
        class_template(
            "point_move",
            "represent a point that can be moved|represent a point with x, y and a method move",
            "Point",
            (point, "def move(self, dx, dy):\n    self.x += dx\n    self.y += dy"),
            "(lambda s: (s.move(1, -1), s.x, s.y))(f(0, 0))[1:] == (1, -1)",
        ),
        class_template(
            "vector",
            "represent a vector that can be added|represent a vector with x and y that supports +",
            "Vector",
            (point, add),
            "(f(1, 2) + f(3, 4)).y == 6",
            "(f(1, 0) + f(2, 0)).x == 3",
        ),
        class_template(
            "vector_length",
            "represent a vector with a length|represent a vector with x, y and a method length",
            "Vector",
            (point, "def length(self):\n    return (self.x ** 2 + self.y ** 2) ** 0.5"),
            "f(3, 4).length() == 5",
            "f(0, 0).length() == 0",
        ),
        class_template(
            "matrix",
            "represent a matrix with rows|represent a matrix with a transpose method",
            "Matrix",
            (init_text("rows"), "def transpose(self):\n    return $f([list(row) for row in zip(*self.rows)])"),
            "f([[1, 2], [3, 4]]).transpose().rows == [[1, 3], [2, 4]]",
            "f([]).transpose().rows == []",
        ),
        class_template(
            "fraction",
            "represent a fraction with a value|represent a fraction with numerator and denominator",
            "Fraction",
            (init_text("numerator denominator"), "def value(self):\n    return self.numerator / self.denominator"),
            "f(1, 2).value() == 0.5",
            "f(0, 2).value() == 0",
        ),
        class_template(
            "temperature",
            "represent a temperature in Celsius that converts to Fahrenheit|represent a temperature "
            "with a method fahrenheit",
            "Temperature",
            (celsius, "def fahrenheit(self):\n    return self.celsius * 9 / 5 + 32"),
            "f(100).fahrenheit() == 212",
            "f(0).fahrenheit() == 32",
        ),
        class_template(
            "temperature_kelvin",
            "represent a temperature in Celsius that converts to Kelvin|represent a temperature with a method kelvin",
            "Temperature",
            (celsius, "def kelvin(self):\n    return self.celsius + 273.15"),
            "f(0).kelvin() == 273.15",
        ),
        class_template(
            "interval",
            "represent an interval with a start and an end|represent an interval with a method contains",
            "Interval",
            (init_text("start end"), "def contains(self, value):\n    return self.start <= value <= self.end"),
            "f(1, 3).contains(3) and f(1, 3).contains(1)",
            "not f(1, 3).contains(4)",
        ),
        class_template(
            "clock",
            "represent a time with hours and minutes|represent a time with hours, minutes and total minutes",
            "Time",
            (init_text("hours minutes"), "def total_minutes(self):\n    return self.hours * 60 + self.minutes"),
            "f(2, 5).total_minutes() == 125",
            "f(0, 0).total_minutes() == 0",
        ),
    ]


def beings() -> list[Template]:
    animals = [
        ("Dog", "bark", "Woof!"),
        ("Cat", "meow", "Meow!"),
        ("Cow", "moo", "Moo!"),
        ("Duck", "quack", "Quack!"),
        ("Lion", "roar", "Roar!"),
        ("Sheep", "bleat", "Baa!"),
        ("Pig", "grunt", "Oink!"),
        ("Bird", "sing", "Tweet!"),
    ]
    items = [
        class_template(
            f"animal_{name.lower()}",
            f"represent a {name.lower()} that can {verb}|represent a {name.lower()} with a name and a method {verb}",
            name,
            (init_text("name"), f'def {verb}(self):\n    return "{sound}"'),
            f'f("Rex").{verb}() == "{sound}"',
            'f("Rex").name == "Rex"',
        )
        for name, verb, sound in animals
    ]
    hello = 'def greet(self):\n    return f"Hello, I am {self.name}"'
    return [
        *items,
        class_template(
            "greeter",
            "greet people by name|say hello to a given name",
            "Greeter",
            ('def greet(self, name):\n    return f"Hello, {name}!"',),
            'f().greet("Bart") == "Hello, Bart!"',
            'f().greet("") == "Hello, !"',
        ),
        class_template(
            "person_greet",
            "represent a person who greets|represent a person with a name, an age and a greeting",
            "Person",
            (init_text("name age"), hello),
            'f("Bart", 10).greet() == "Hello, I am Bart"',
            'f("Bart", 10).age == 10',
        ),
        class_template(
            "person_birthday",
            "represent a person with a birthday method|represent a person who gets a year older on a birthday",
            "Person",
            (init_text("name age"), "def birthday(self):\n    self.age += 1"),
            '(lambda s: (s.birthday(), s.age))(f("Bart", 10))[1] == 11',
        ),
        class_template(
            "person_adult",
            "represent a person with a method is_adult|represent a person who tells if they are an adult",
            "Person",
            (init_text("name age"), "def is_adult(self):\n    return self.age >= 18"),
            'f("Homer", 18).is_adult()',
            'not f("Bart", 10).is_adult()',
        ),
        class_template(
            "employee_raise",
            "represent an employee whose salary can be raised|represent an employee with a method raise_salary",
            "Employee",
            (
                init_text("name salary"),
                "def raise_salary(self, percent):\n    self.salary += self.salary * percent / 100",
            ),
            '(lambda s: (s.raise_salary(10), s.salary))(f("Homer", 100))[1] == 110',
        ),
        class_template(
            "car_drive",
            "represent a car that counts kilometres|represent a car with a method drive",
            "Car",
            (init_text("", "distance=0"), "def drive(self, kilometres):\n    self.distance += kilometres"),
            "(lambda s: (s.drive(5), s.drive(2), s.distance))(f())[2] == 7",
            "f().distance == 0",
        ),
        class_template(
            "product_discount",
            "represent a product with a price and a discount|represent a product with a method discounted",
            "Product",
            (init_text("name price"), "def discounted(self, percent):\n    return self.price * (100 - percent) / 100"),
            'f("a", 50).discounted(10) == 45',
            'f("a", 50).discounted(0) == 50',
        ),
    ]


BY_HAND = (*class_containers.TEMPLATES, *counters(), *shapes(), *beings())
TEMPLATES = (*BY_HAND, *class_records.TEMPLATES)
