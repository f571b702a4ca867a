"""The texts of `snippets.py`, between lines of "# %%".

`$thing`, `$things`, `$who`, `$word`, `$file`, `$total`, `$i`, `$k` (2 to 20) and `$m` (above it) stand for words. Lines
that begin with "# run first: " and "# run last: " are not part of the text: they make it a program that can be run.
"""

from __future__ import annotations

_ALL = '''
name = "$who"
print(f"Hello, {name}!")
# %%
def greet(name):
    return f"Hello, {name}!"
# run last: print(greet("$who"))
# %%
def greet(name, greeting="Hello"):
    return f"{greeting}, {name}!"


print(greet("$who"))
print(greet("$who", greeting="Goodbye"))
# %%
name = input("What is your name? ")
print(f"Nice to meet you, {name}.")
# run first: input = lambda prompt: print(prompt) or "$who"
# %%
age = int(input("How old are you? "))
if age >= $k:
    print("You may come in.")
else:
    print("You are too young.")
# run first: input = lambda prompt: print(prompt) or "$m"
# %%
squares = [$i * $i for $i in range($k)]
print(squares)
# %%
squares = {$i: $i ** 2 for $i in range(1, $k + 1)}
print(squares)
# %%
evens = [$i for $i in range($m) if $i % 2 == 0]
print(len(evens), sum(evens))
# %%
$things = ["$word", "pear", "plum"]
for $thing in $things:
    print($thing)
# %%
$things = ["$word", "pear", "plum"]
for index, $thing in enumerate($things):
    print(f"{index}: {$thing}")
# %%
$things = ["$word", "pear", "plum"]
for number, $thing in enumerate($things, start=1):
    print(number, $thing.upper())
# %%
$things = [$k, $m, 7]
$total = 0
for $thing in $things:
    $total += $thing
print($total)
# %%
$things = [$k, $m, 7]
average = sum($things) / len($things)
print(f"average: {average:.2f}")
# %%
$things = [$m, 5, $k]
$things.sort(reverse=True)
print($things[0], $things[-1])
# %%
$things = [$m, 5, $k, 12]
largest = max($things)
smallest = min($things)
print(largest - smallest)
# %%
with open("$file") as file:
    for line in file:
        print(line.strip())
# run first: __import__("pathlib").Path("$file").write_text("one\\n two")
# %%
with open("$file") as file:
    text = file.read()
print(len(text.split()))
# run first: __import__("pathlib").Path("$file").write_text("one two $word")
# %%
with open("$file", "w") as file:
    file.write("$word\\n")
# run last: print(__import__("pathlib").Path("$file").read_text())
# %%
with open("$file", encoding="utf-8") as file:
    lines = file.readlines()
print(f"{len(lines)} lines")
# run first: __import__("pathlib").Path("$file").write_text("one\\n$word")
# %%
def read_lines(path):
    with open(path) as file:
        return [line.strip() for line in file]
# run first: __import__("pathlib").Path("$file").write_text("one\\n$word")
# run last: print(read_lines("$file"))
# %%
def save(path, lines):
    with open(path, "w") as file:
        for line in lines:
            file.write(line + "\\n")
# run last: save("$file", ["$word", "b"]), print(__import__("pathlib").Path("$file").read_text())
# %%
import json

data = {"name": "$who", "age": $k}
print(json.dumps(data, indent=2))
# %%
import json


def load(path):
    with open(path) as file:
        return json.load(file)
# run first: __import__("pathlib").Path("$file").write_text('{"a": [1, 2]}')
# run last: print(load("$file"))
# %%
import json

text = '{"$word": $k}'
data = json.loads(text)
print(data["$word"])
# %%
import os

path = os.path.join("folder", "$file")
print(os.path.basename(path), os.path.exists(path))
# %%
import sys

print(sys.argv[0], file=sys.stderr)
sys.stdout.write("$word\\n")
# %%
import random

random.seed($k)
$things = [random.randint(1, $m) for _ in range(5)]
print(sorted($things))
# %%
import math

radius = $k
area = math.pi * radius ** 2
print(round(area, 2))
# %%
from collections import Counter

counts = Counter("$word".lower())
for letter, count in counts.most_common(3):
    print(letter, count)
# %%
from collections import defaultdict

groups = defaultdict(list)
for word in ["$word", "pear", "bread", "tea"]:
    groups[len(word)].append(word)
print(dict(groups))
# %%
from pathlib import Path

path = Path("$file")
path.write_text("$word")
print(path.read_text(), path.suffix)
# %%
from datetime import date

start = date(2024, 1, $k)
end = date(2024, 3, 1)
print((end - start).days)
# %%
import time

started = time.time()
$total = sum(range($m))
elapsed = time.time() - started
print($total, elapsed < 60)
# run last: started = elapsed = 0
# %%
ages = {"$who": $k, "Zoe": $m}
for name, age in ages.items():
    print(f"{name} is {age} years old.")
# %%
ages = {"$who": $k, "Zoe": $m}
ages["Max"] = 30
if "$who" in ages:
    print(ages["$who"])
# %%
prices = {"$word": $k, "bread": 3}
total = sum(prices.values())
print(prices.get("butter", 0), total)
# %%
prices = {"$word": $m, "bread": $k}
cheapest = min(prices, key=prices.get)
print(cheapest)
# %%
inverted = {value: key for key, value in {"$word": $k, "b": $m}.items()}
print(inverted)
# %%
counts = {}
for letter in "$word":
    counts[letter] = counts.get(letter, 0) + 1
print(counts)
# %%
def count_words(text):
    counts = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return counts
# run last: print(count_words("a b a $word"))
# %%
text = "$word and tea"
for word in text.split():
    print(word.capitalize(), len(word))
# %%
text = "  The $word  "
print(text.strip().lower().replace("the", "a"))
# %%
words = ["$word", "b", "c"]
sentence = ", ".join(words)
print(sentence[::-1])
# %%
line = "$who;$k;$word"
name, number, color = line.split(";")
print(name, int(number) + 1, color)
# %%
def is_even(number):
    return number % 2 == 0
# run last: print([is_even(n) for n in range(-3, $k)])
# %%
def is_odd(n):
    return n % 2 != 0
# run last: print([is_odd(n) for n in range(-3, $k)])
# %%
def add(a, b):
    return a + b


print(add($k, $m))
# run last: print(add(-1, 5), add(2, 3))
# %%
def subtract(a, b):
    return a - b
# run last: print(subtract(7, 2), subtract(2, $k))
# %%
def multiply(x, y):
    """Return the product of two numbers."""
    return x * y
# run last: print(multiply($k, $m), multiply(2, 3))
# %%
def divide(a, b):
    if b == 0:
        raise ValueError("division by zero")
    return a / b
# run last: print(divide(8, 2), divide($m, $k))
# %%
def maximum(a, b):
    if a > b:
        return a
    return b
# run last: print(maximum(1, 2), maximum(5, -1), maximum(3, 3))
# %%
def absolute(x):
    return x if x >= 0 else -x
# run last: print(absolute(-$k), absolute(3), absolute(0))
# %%
def sign(x):
    if x > 0:
        return 1
    elif x < 0:
        return -1
    else:
        return 0
# run last: print(sign($k), sign(-2), sign(0))
# %%
def clamp(value, low, high):
    return max(low, min(value, high))
# run last: print(clamp($k, 5, 10), clamp(-3, 0, 1), clamp($m, 0, 30))
# %%
def factorial(n):
    if n <= 1:
        return 1
    return n * factorial(n - 1)
# run last: print(factorial(5), factorial(0))
# %%
def factorial(n):
    result = 1
    for i in range(2, n + 1):
        result *= i
    return result
# run last: print(factorial(5), factorial(0))
# %%
def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a
# run last: print([fibonacci(i) for i in range($k)])
# %%
for i in range(1, $m):
    if i % 15 == 0:
        print("FizzBuzz")
    elif i % 3 == 0:
        print("Fizz")
    elif i % 5 == 0:
        print("Buzz")
    else:
        print(i)
# %%
def is_prime(n):
    if n < 2:
        return False
    for i in range(2, int(n ** 0.5) + 1):
        if n % i == 0:
            return False
    return True
# run last: print([n for n in range(60) if is_prime(n)])
# %%
def is_palindrome(text):
    cleaned = text.lower().replace(" ", "")
    return cleaned == cleaned[::-1]
# run last: print(is_palindrome("Never odd or even"), is_palindrome("$word"))
# %%
def reverse(text):
    return text[::-1]


print(reverse("$word"))
# %%
def count_vowels(text):
    return sum(1 for letter in text.lower() if letter in "aeiou")
# run last: print(count_vowels("$word"), count_vowels("AxE"))
# %%
def first($things):
    return $things[0] if $things else None
# run last: print(first([$k, 2]), first([]))
# %%
def last_three($things):
    return $things[-3:]
# run last: print(last_three([1, 2, 3, 4, $k]), last_three([1]))
# %%
def average($things):
    if not $things:
        return 0
    return sum($things) / len($things)
# run last: print(average([$k, $m]), average([]))
# %%
def unique($things):
    seen = set()
    result = []
    for $thing in $things:
        if $thing not in seen:
            seen.add($thing)
            result.append($thing)
    return result
# run last: print(unique([3, $k, 3, 1, $k]))
# %%
def flatten(nested):
    return [$thing for inner in nested for $thing in inner]
# run last: print(flatten([[1, $k], [], [$m]]))
# %%
def chunks($things, size):
    for start in range(0, len($things), size):
        yield $things[start:start + size]
# run last: print(list(chunks([1, 2, 3, $k, 5], 2)))
# %%
def binary_search($things, target):
    low, high = 0, len($things) - 1
    while low <= high:
        middle = (low + high) // 2
        if $things[middle] == target:
            return middle
        if $things[middle] < target:
            low = middle + 1
        else:
            high = middle - 1
    return -1
# run last: print(binary_search([1, 4, 6, 9], 6), binary_search([1, 4], 3), binary_search([1, 4], 9))
# %%
def bubble_sort($things):
    for i in range(len($things)):
        for j in range(len($things) - i - 1):
            if $things[j] > $things[j + 1]:
                $things[j], $things[j + 1] = $things[j + 1], $things[j]
    return $things
# run last: print(bubble_sort([3, $m, 1, $k]))
# %%
def gcd(a, b):
    while b:
        a, b = b, a % b
    return a
# run last: print(gcd(12, 18), gcd(7, $k))
# %%
def celsius_to_fahrenheit(celsius):
    return celsius * 9 / 5 + 32
# run last: print(celsius_to_fahrenheit(100), celsius_to_fahrenheit(-$k))
# %%
def fahrenheit_to_celsius(fahrenheit):
    return (fahrenheit - 32) * 5 / 9
# run last: print(fahrenheit_to_celsius(212), fahrenheit_to_celsius($k))
# %%
class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def distance(self):
        return (self.x ** 2 + self.y ** 2) ** 0.5
# run last: print(Point(3, 4).distance(), Point($k, $m).x)
# %%
class Counter:
    def __init__(self, start=0):
        self.count = start

    def increment(self, by=1):
        self.count += by
        return self.count
# run last: print(Counter().increment(), Counter($k).increment(2))
# %%
class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):
        return self.items.pop()

    def is_empty(self):
        return len(self.items) == 0
# run last: s = Stack(); print(s.is_empty()); s.push($k); s.push(2); print(s.is_empty(), s.pop(), s.pop())
# %%
class Queue:
    def __init__(self):
        self.$things = []

    def add(self, $thing):
        self.$things.append($thing)

    def next(self):
        return self.$things.pop(0)
# run last: q = Queue(); q.add($k); q.add(2); print(q.next(), q.next())
# %%
class Rectangle:
    def __init__(self, width, height):
        self.width = width
        self.height = height

    def area(self):
        return self.width * self.height

    def perimeter(self):
        return 2 * (self.width + self.height)
# run last: print(Rectangle($k, $m).area(), Rectangle($k, $m).perimeter())
# %%
class Dog(Animal):
    def __init__(self, name, age):
        super().__init__(name)
        self.age = age

    def speak(self):
        return f"{self.name} says woof."
# run first: Animal = type("Animal", (), {"__init__": lambda self, name: setattr(self, "name", name)})
# run last: print(Dog("$who", $k).speak(), Dog("b", $k).age)
# %%
class User:
    def __init__(self, name, email):
        self.name = name
        self.email = email

    def __repr__(self):
        return f"User({self.name!r}, {self.email!r})"
# run last: print(User("$who", "b"))
# %%
class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        self.balance += amount

    def withdraw(self, amount):
        self.balance -= amount
# run last: a = Account("$who"); a.deposit($m); a.withdraw($k); print(a.balance, a.owner)
# %%
try:
    number = int("$word")
except ValueError:
    number = 0
print(number)
# %%
try:
    $total = $k / 0
except ZeroDivisionError as error:
    print(f"Error: {error}")
# %%
def to_int(text):
    try:
        return int(text)
    except ValueError:
        return None
# run last: print(to_int("$k"), to_int("$word"))
# %%
count = $k
while count > 0:
    print(count)
    count -= 1
print("Lift-off!")
# %%
$total = 0
while $total < $m:
    $total += $k
print(f"{$total} is enough")
# %%
numbers = [1, 2, 3, $k]
doubled = list(map(lambda number: number * 2, numbers))
print(doubled)
# %%
numbers = [5, $k, 12, $m]
small = [number for number in numbers if number < 10]
print(small or "none")
# %%
words = ["$word", "fig", "strawberry"]
longest = max(words, key=len)
print(longest, sorted(words, key=len))
# %%
people = [{"name": "$who", "age": $k}, {"name": "Zoe", "age": $m}]
for person in sorted(people, key=lambda person: person["age"]):
    print(person["name"])
# %%
names = ["$who", "Zoe"]
ages = [$k, $m]
for name, age in zip(names, ages):
    print(name, age)
# %%
matrix = [[1, 2], [3, $k]]
for row in matrix:
    print(" ".join(str(value) for value in row))
# %%
matrix = [[1, 2], [3, $k]]
transposed = [list(column) for column in zip(*matrix)]
print(transposed[0][1])
# %%
# Print the numbers from 1 to $k.
for number in range(1, $k + 1):
    print(number)
# %%
width = $k  # in metres
height = $m  # in metres
area = width * height
print(f"The area is {area} square metres.")
# %%
password = "$word$k"
if len(password) < 8:
    print("The password is too short.")
# %%
year = 2000 + $k
is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
print(year, is_leap)
# %%
import csv

with open("$file", newline="") as file:
    for row in csv.reader(file):
        print(row[0])
# run first: __import__("pathlib").Path("$file").write_text("$who,$k\\nZoe,3")
# %%
import re

text = "Call $m or $k"
numbers = re.findall(r"\\d+", text)
print([int(number) for number in numbers])
# %%
from dataclasses import dataclass


@dataclass
class Product:
    name: str
    price: float
    quantity: int = 1

    def total(self):
        return self.price * self.quantity
# run last: print(Product("$word", 2.5).total(), Product("$word", 2.5, $k).total())
# %%
from functools import lru_cache


@lru_cache(maxsize=None)
def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)
# run last: print(fib($k))
# %%
def main():
    $things = ["$word", "plum"]
    print(f"There are {len($things)} $things.")


if __name__ == "__main__":
    main()
# run last: main()
# %%
def power(base, exponent=2):
    return base ** exponent


print(power($k), power(2, exponent=$k))
# %%
def total_price(prices, discount=0.0):
    return sum(prices) * (1 - discount)
# run last: print(total_price([$k, $m]), total_price([$k], 0.5))
# %%
def apply(function, $things):
    return [function($thing) for $thing in $things]


print(apply(str, [1, 2, $k]))
# %%
def is_valid_email(text):
    return "@" in text and "." in text.split("@")[-1]
# run last: print(is_valid_email("a@b.de"), is_valid_email("$word"), is_valid_email("a@b"))
# %%
def merge(first, second):
    result = dict(first)
    result.update(second)
    return result
# run last: print(merge({"a": 1}, {"b": $k}))
# %%
def word_lengths(text):
    return {word: len(word) for word in text.split()}
# run last: print(word_lengths("$word bb"))
# %%
def starts_with_vowel(word: str) -> bool:
    return word[0].lower() in "aeiou"
# run last: print(starts_with_vowel("$word"), starts_with_vowel("Egg"))
# %%
def swap(a, b):
    return b, a


x, y = swap($k, $m)
print(x, y)
# %%
assert len("$word") > 2, "too short"
assert [1, 2] + [$k] == [1, 2, $k]
print("ok")
# %%
def test_add():
    assert add(2, 3) == 5
    assert add(-1, 1) == 0
# run first: add = lambda a, b: a + b
# run last: test_add()
'''

TEXTS = tuple(text.strip("\n") for text in _ALL.split("# %%\n"))
