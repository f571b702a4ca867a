"""A right answer to each known first prompt's task, by which the checks are checked."""

ANSWERS: dict[str, str] = {}


def _add(text: str) -> None:
    for part in text.split("\n### ")[1:]:
        task, _, code = part.partition("\n")
        ANSWERS[task] = code.rstrip()


_add("""
### fizzbuzz
for i in range(1, 101):
    if i % 15 == 0:
        print("FizzBuzz")
    elif i % 3 == 0:
        print("Fizz")
    elif i % 5 == 0:
        print("Buzz")
    else:
        print(i)
### is_prime
def is_prime(n):
    return n > 1 and all(n % i for i in range(2, int(n**0.5) + 1))
### primes_up_to
def primes(limit):
    return [n for n in range(2, limit + 1) if all(n % i for i in range(2, n))]
### prime_factors
def prime_factors(n):
    result, d = [], 2
    while n > 1:
        while n % d == 0:
            result.append(d)
            n //= d
        d += 1
    return result
### gcd
def gcd(a, b):
    while b:
        a, b = b, a % b
    return a
### lcm
import math


def lcm(a, b):
    return a * b // math.gcd(a, b)
### factorial
def factorial(n):
    result = 1
    for i in range(2, n + 1):
        result *= i
    return result
### factorial_recursive
def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)
### fibonacci_nth
def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a
### fibonacci_list
def fibonacci(n):
    result = [0, 1]
    while len(result) < n:
        result.append(result[-1] + result[-2])
    return result[:n]
### power
def power(base, exponent):
    result = 1
    for _ in range(exponent):
        result *= base
    return result
### sum_digits
def sum_digits(n):
    return sum(int(d) for d in str(n))
### reverse_number
def reverse_number(n):
    return int(str(n)[::-1])
### count_digits
def count_digits(n):
    return len(str(abs(n)))
### is_even
def is_even(n):
    return n % 2 == 0
### even_or_odd
def even_or_odd(n):
    if n % 2 == 0:
        print("Even")
    else:
        print("Odd")
### is_perfect_number
def is_perfect(n):
    return n == sum(d for d in range(1, n) if n % d == 0)
### palindrome_number
def is_palindrome(n):
    return str(n) == str(n)[::-1]
### divisors
def divisors(n):
    return [d for d in range(1, n + 1) if n % d == 0]
### sum_to_n
def sum_to(n):
    return n * (n + 1) // 2
### square
def square(x):
    return x * x
### add
def add(a, b):
    return a + b
### divide
def divide(a, b):
    if b == 0:
        return None
    return a / b
### max_of_three
def largest(a, b, c):
    return max(a, b, c)
### clamp
def clamp(value, low, high):
    return max(low, min(value, high))
### average
def average(numbers):
    return sum(numbers) / len(numbers)
### median
import statistics


def median(numbers):
    return statistics.median(numbers)
### mode
from collections import Counter


def mode(numbers):
    return Counter(numbers).most_common(1)[0][0]
### standard_deviation
def std(numbers):
    mean = sum(numbers) / len(numbers)
    return (sum((n - mean) ** 2 for n in numbers) / len(numbers)) ** 0.5
### celsius_to_fahrenheit
def convert(celsius):
    return celsius * 9 / 5 + 32
### fahrenheit_to_celsius
def convert(fahrenheit):
    return (fahrenheit - 32) * 5 / 9
### decimal_to_binary
def to_binary(n):
    return bin(n)[2:]
### binary_to_decimal
def to_int(text):
    return int(text, 2)
### roman_from_int
def to_roman(n):
    pairs = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL")]
    result = ""
    for value, numeral in [*pairs, (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]:
        while n >= value:
            result += numeral
            n -= value
    return result
### roman_to_int
def roman_to_int(text):
    values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
    total = 0
    for one, following in zip(text, text[1:] + "I"):
        total += -values[one] if values[one] < values[following] else values[one]
    return total
### leap_year
def is_leap_year(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
### is_power_of_two
def is_power_of_two(n):
    return n > 0 and n & (n - 1) == 0
### circle_area
import math


def area(radius):
    return math.pi * radius**2
### distance
def distance(a, b):
    return ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5
### bmi
def bmi(weight, height):
    return weight / height**2
### random_number
import random


def random_number(a, b):
    return random.randint(a, b)
### roll_dice
import random


def roll():
    return random.randint(1, 6)
### simple_calculator
def calculate(a, operator, b):
    if operator == "+":
        return a + b
    if operator == "-":
        return a - b
    if operator == "*":
        return a * b
    return a / b
### pascal_triangle
def pascal(n):
    rows = [[1]]
    while len(rows) < n:
        row = rows[-1]
        rows.append([1, *(a + b for a, b in zip(row, row[1:])), 1])
    return rows
### max_of_two
def maximum(a, b):
    return a if a > b else b
### reverse_string
def reverse_string(text):
    return text[::-1]
### is_palindrome
def is_palindrome(text):
    return text == text[::-1]
### count_vowels
def count_vowels(text):
    return sum(c in "aeiouAEIOU" for c in text)
### remove_vowels
def remove_vowels(text):
    return "".join(c for c in text if c not in "aeiouAEIOU")
### word_count
def count_words(text):
    return len(text.split())
### word_frequency
from collections import Counter


def word_frequency(text):
    return Counter(text.split())
### char_frequency
def char_frequency(text):
    counts = {}
    for c in text:
        counts[c] = counts.get(c, 0) + 1
    return counts
### most_common_word
def most_common_word(text):
    words = text.split()
    return max(words, key=words.count)
### is_anagram
def is_anagram(a, b):
    return sorted(a) == sorted(b)
### capitalize_words
def capitalize_words(text):
    return text.title()
### reverse_words
def reverse_words(text):
    return " ".join(reversed(text.split()))
### longest_word
def longest_word(text):
    return max(text.split(), key=len)
### count_char
def count_letter(text, letter):
    return text.count(letter)
### remove_spaces
def remove_spaces(text):
    return text.replace(" ", "")
### remove_punctuation
import string


def remove_punctuation(text):
    return "".join(c for c in text if c not in string.punctuation)
### first_unique_char
def first_unique(text):
    for c in text:
        if text.count(c) == 1:
            return c
    return None
### is_pangram
def is_pangram(text):
    return set("abcdefghijklmnopqrstuvwxyz") <= set(text.lower())
### caesar_cipher
def caesar(text, shift):
    result = ""
    for c in text:
        if c.isalpha():
            base = ord("A") if c.isupper() else ord("a")
            result += chr((ord(c) - base + shift) % 26 + base)
        else:
            result += c
    return result
### run_length_encode
from itertools import groupby


def encode(text):
    return "".join(f"{c}{len(list(group))}" for c, group in groupby(text))
### is_valid_email
import re


def is_valid_email(text):
    return re.fullmatch(r"[^@ ]+@[^@ ]+[.][a-z]+", text) is not None
### is_valid_password
def is_valid(password):
    return len(password) >= 8 and any(c.isdigit() for c in password) and any(c.isupper() for c in password)
### is_digit_string
def is_number(text):
    return text.isdigit()
### balanced_brackets
def is_balanced(text):
    pairs, stack = {")": "(", "]": "[", "}": "{"}, []
    for c in text:
        if c in pairs.values():
            stack.append(c)
        elif c in pairs and (not stack or stack.pop() != pairs[c]):
            return False
    return not stack
### longest_common_prefix
import os


def longest_common_prefix(words):
    return os.path.commonprefix(words)
### snake_to_camel
def to_camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
### camel_to_snake
import re


def to_snake(name):
    return re.sub("([A-Z])", r"_\\1", name).lower()
### slugify
def slugify(title):
    return "-".join(title.lower().split())
### levenshtein
def levenshtein(a, b):
    if not a or not b:
        return len(a) + len(b)
    if a[0] == b[0]:
        return levenshtein(a[1:], b[1:])
    return 1 + min(levenshtein(a[1:], b), levenshtein(a, b[1:]), levenshtein(a[1:], b[1:]))
### random_password
import random
import string


def password(length):
    return "".join(random.choice(string.ascii_letters + string.digits) for _ in range(length))
### greet
def greet(name):
    print(f"Hello, {name}!")
### to_upper
def upper(text):
    return text.upper()
### is_vowel
def is_vowel(letter):
    return letter.lower() in "aeiou"
### sum_list
def total(numbers):
    return sum(numbers)
### max_list
def largest(numbers):
    best = numbers[0]
    for n in numbers:
        if n > best:
            best = n
    return best
### min_list
def smallest(numbers):
    return min(numbers)
### second_largest
def second_largest(numbers):
    return sorted(set(numbers))[-2]
### linear_search
def linear_search(items, target):
    for i, item in enumerate(items):
        if item == target:
            return i
    return -1
### binary_search
def binary_search(items, target):
    low, high = 0, len(items) - 1
    while low <= high:
        mid = (low + high) // 2
        if items[mid] == target:
            return mid
        if items[mid] < target:
            low = mid + 1
        else:
            high = mid - 1
    return -1
### bubble_sort
def bubble_sort(items):
    for i in range(len(items)):
        for j in range(len(items) - 1 - i):
            if items[j] > items[j + 1]:
                items[j], items[j + 1] = items[j + 1], items[j]
### insertion_sort
def insertion_sort(items):
    return sorted(items)
### selection_sort
def selection_sort(items):
    return sorted(items)
### merge_sort
def merge_sort(items):
    if len(items) < 2:
        return items
    middle = len(items) // 2
    return merge(merge_sort(items[:middle]), merge_sort(items[middle:]))


def merge(left, right):
    result = []
    while left and right:
        result.append(left.pop(0) if left[0] <= right[0] else right.pop(0))
    return result + left + right
### quicksort
def quicksort(items):
    if len(items) < 2:
        return items
    pivot, *rest = items
    return quicksort([x for x in rest if x < pivot]) + [pivot] + quicksort([x for x in rest if x >= pivot])
### merge_sorted
def merge(a, b):
    return sorted(a + b)
### reverse_list
def reverse(items):
    items.reverse()
### dedupe
def dedupe(items):
    return list(dict.fromkeys(items))
### has_duplicates
def has_duplicates(items):
    return len(set(items)) < len(items)
### find_duplicates
def duplicates(items):
    return {item for item in items if items.count(item) > 1}
### flatten
def flatten(lists):
    return [item for inner in lists for item in inner]
### chunk
def chunk(items, n):
    for i in range(0, len(items), n):
        yield items[i : i + n]
### rotate
def rotate(items, k):
    return items[k:] + items[:k]
### intersection
def common(a, b):
    return set(a) & set(b)
### difference
def difference(a, b):
    return [x for x in a if x not in b]
### filter_even
def evens(numbers):
    return list(filter(lambda n: n % 2 == 0, numbers))
### squares
def squares(numbers):
    return [n * n for n in numbers]
### count_occurrences
def count(items, item):
    return items.count(item)
### two_sum
def two_sum(numbers, target):
    seen = {}
    for i, n in enumerate(numbers):
        if target - n in seen:
            return seen[target - n], i
        seen[n] = i
    return None
### max_subarray
def max_subarray(numbers):
    best = current = numbers[0]
    for n in numbers[1:]:
        current = max(n, current + n)
        best = max(best, current)
    return best
### missing_number
def missing(numbers):
    n = len(numbers) + 1
    return n * (n + 1) // 2 - sum(numbers)
### move_zeros
def move_zeros(numbers):
    return [n for n in numbers if n] + [n for n in numbers if not n]
### remove_element
def remove(items, value):
    return [item for item in items if item != value]
### keep_positive
def positive(numbers):
    return [n for n in numbers if n >= 0]
### transpose
def transpose(matrix):
    return zip(*matrix)
### matrix_multiply
def multiply(a, b):
    return [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a]
### sort_dicts
def sort_dicts(items, key):
    return sorted(items, key=lambda item: item[key])
### group_by_key
def group(items, key):
    groups = {}
    for item in items:
        groups.setdefault(item[key], []).append(item)
    return groups
### sort_by_length
def sort_by_length(words):
    return sorted(words, key=len)
### sort_descending
def descending(numbers):
    return sorted(numbers, reverse=True)
### sort_tuples
def sort_tuples(pairs):
    return sorted(pairs, key=lambda pair: pair[1])
### shuffle
import random


def shuffle(items):
    random.shuffle(items)
    return items
### random_choice
import random


def pick(items):
    return random.choice(items)
### permutations
import itertools


def permutations(items):
    return list(itertools.permutations(items))
### subsets
def subsets(items):
    result = [[]]
    for item in items:
        result += [[*subset, item] for subset in result]
    return result
### list_to_string
def join(items):
    return ", ".join(items)
### top_n
def top(numbers, n):
    return sorted(numbers)[-n:]
### merge_dicts
def merge(a, b):
    return {**a, **b}
### invert_dict
def invert(d):
    return {value: key for key, value in d.items()}
### sort_dict_by_value
def sort_dict(d):
    return dict(sorted(d.items(), key=lambda pair: pair[1]))
### dict_from_lists
def make_dict(keys, values):
    return dict(zip(keys, values))
### max_value_key
def best_key(d):
    return max(d, key=d.get)
### count_items
def count(items):
    return {item: items.count(item) for item in items}
### read_file
def read_file(path):
    with open(path) as file:
        return file.read()
### write_file
def write_file(path, text):
    with open(path, "w") as file:
        file.write(text)
### count_lines_file
def count_lines(path):
    with open(path) as file:
        return sum(1 for _ in file)
### read_csv
import csv


def read_csv(path):
    with open(path) as file:
        return list(csv.DictReader(file))
### read_json
import json


def load(path):
    with open(path) as file:
        return json.load(file)
### write_json
import json


def save(data, path):
    with open(path, "w") as file:
        json.dump(data, file)
### list_files
import os


def list_files(folder):
    return os.listdir(folder)
### current_date
from datetime import date

print(date.today())
### timer_decorator
import time


def timer(function):
    def wrapper(*args, **kwargs):
        start = time.time()
        result = function(*args, **kwargs)
        print(time.time() - start)
        return result

    return wrapper
### log_decorator
def log(function):
    def wrapper(*args):
        print(function.__name__)
        return function(*args)

    return wrapper
### memoize
def memoize(function):
    cache = {}

    def wrapper(*args):
        if args not in cache:
            cache[args] = function(*args)
        return cache[args]

    return wrapper
### context_manager
import time
from contextlib import contextmanager


@contextmanager
def timer():
    start = time.time()
    yield
    print(time.time() - start)
### squares_generator
def squares(n):
    for i in range(n):
        yield i * i
### compose
def compose(f, g):
    return lambda x: f(g(x))
### bfs
def bfs(graph, start):
    visited, queue = [start], [start]
    while queue:
        for neighbour in graph[queue.pop(0)]:
            if neighbour not in visited:
                visited.append(neighbour)
                queue.append(neighbour)
    return visited
### stack
class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):
        return self.items.pop()
### queue
class Queue:
    def __init__(self):
        self.items = []

    def enqueue(self, item):
        self.items.append(item)

    def dequeue(self):
        return self.items.pop(0)
### node
class Node:
    def __init__(self, value):
        self.value = value
        self.next = None
### linked_list
class Node:
    def __init__(self, value):
        self.value = value
        self.next = None


class LinkedList:
    def __init__(self):
        self.head = None

    def append(self, value):
        if self.head is None:
            self.head = Node(value)
            return
        node = self.head
        while node.next:
            node = node.next
        node.next = Node(value)
### binary_tree
class Node:
    def __init__(self, value):
        self.value = value
        self.left = self.right = None


class Tree:
    def __init__(self):
        self.root = None

    def insert(self, value):
        self.root = self._insert(self.root, value)

    def _insert(self, node, value):
        if node is None:
            return Node(value)
        if value < node.value:
            node.left = self._insert(node.left, value)
        else:
            node.right = self._insert(node.right, value)
        return node
### bank_account
class BankAccount:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance

    def deposit(self, amount):
        self.balance += amount

    def withdraw(self, amount):
        self.balance -= amount
### person
class Person:
    def __init__(self, name, age):
        self.name = name
        self.age = age
### dog
class Dog:
    def __init__(self, name):
        self.name = name

    def bark(self):
        print("Woof!")
### dataclass_point
from dataclasses import dataclass


@dataclass
class Point:
    x: int
    y: int
### rectangle
class Rectangle:
    def __init__(self, width, height):
        self.width = width
        self.height = height

    def area(self):
        return self.width * self.height

    def perimeter(self):
        return 2 * (self.width + self.height)
### circle
import math


class Circle:
    def __init__(self, radius):
        self.radius = radius

    @property
    def area(self):
        return math.pi * self.radius**2
### counter
class Counter:
    def __init__(self):
        self.value = 0

    def increment(self):
        self.value += 1
### custom_exception
class MyError(Exception):
    pass
### inheritance
class Animal:
    def speak(self):
        return "..."


class Dog(Animal):
    def speak(self):
        return "Woof"
### enum_color
from enum import Enum


class Color(Enum):
    RED = 1
    GREEN = 2
### hello_world
print("Hello, World!")
### print_1_to_10
for i in range(1, 11):
    print(i)
### countdown
for i in range(10, 0, -1):
    print(i)
### print_even_numbers
def print_even(limit):
    for i in range(2, limit + 1, 2):
        print(i)
### squares_comprehension
squares = [n**2 for n in range(1, 11)]
### swap_variables
a = 1
b = 2
a, b = b, a
### sum_of_list_line
numbers = [1, 2, 3, 4]
total = sum(numbers)
### input_name
name = input("Name: ")
print(f"Hello, {name}!")
### input_number
number = int(input("Number: "))
print(number**2)
### multiplication_table
def table(n):
    for i in range(1, 11):
        print(f"{n} x {i} = {n * i}")
### star_triangle
for i in range(1, 6):
    print("*" * i)
### for_loop
for i in range(3):
    print(i)
### while_loop
i = 0
while i < 3:
    print(i)
    i += 1
### try_except
try:
    print(1 / 0)
except ZeroDivisionError:
    print("no")
### f_string
name = "Ann"
print(f"Hello, {name}!")
### loop_dict
ages = {"Ann": 5}
for key, value in ages.items():
    print(key, value)
### read_lines_loop
def show(path):
    with open(path) as file:
        for line in file:
            print(line)
### perfect_square
import math


def is_perfect_square(n):
    return math.isqrt(n) ** 2 == n
### armstrong
def is_armstrong(n):
    digits = str(n)
    return n == sum(int(d) ** len(digits) for d in digits)
### swap_case
def swap_case(text):
    return text.swapcase()
### hamming
def hamming(a, b):
    return sum(x != y for x, y in zip(a, b))
### is_sorted
def is_sorted(items):
    return items == sorted(items)
### product
import math


def product(numbers):
    return math.prod(numbers)
### cumulative
from itertools import accumulate


def cumulative(numbers):
    return list(accumulate(numbers))
### collatz
def collatz(n):
    result = [n]
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        result.append(n)
    return result
### second_smallest
def second_smallest(numbers):
    return sorted(numbers)[1]
### sum_even
def sum_even(numbers):
    return sum(n for n in numbers if n % 2 == 0)
### sum_squares
def sum_squares(numbers):
    return sum(n * n for n in numbers)
### trapezoid_area
def area(a, b, height):
    return (a + b) / 2 * height
### harshad
def is_harshad(n):
    return n % sum(map(int, str(n))) == 0
### bigrams
def bigrams(text):
    words = text.split()
    return list(zip(words, words[1:]))
### abundant
def is_abundant(n):
    return n < sum(d for d in range(1, n) if n % d == 0)
### number_range
def spread(numbers):
    return max(numbers) - min(numbers)
""")

# Of changes, by kind: an answer for each function of which it is asked.
CHANGES = {
    "add_type_hints": [
        "def add(a: int, b: int) -> int:\n    return a + b",
        'def greet(name: str) -> str:\n    return "Hello, " + name + "!"',
    ],
    "add_docstring": [
        'def average(values):\n    """The mean."""\n    return sum(values) / len(values)',
        'def reverse(text):\n    """Backwards."""\n    return text[::-1]',
    ],
    "add_comments": ["def evens(numbers):\n    # the even ones\n    return [n for n in numbers if n % 2 == 0]"],
    "rename_function": [
        "def plus(a, b):\n    return a + b",
        "def rectangle_area(w, h):\n    return w * h",
        "def sum_two(a, b):\n    return a + b",
    ],
    "rename_variable": [
        "def area(width, h):\n    return width * h",
        "def factorial(n):\n    total = 1\n    for i in range(2, n + 1):\n        total *= i\n    return total",
    ],
    "write_test": [
        "def test_add():\n    assert add(1, 2) == 3",
        "import unittest\n\n\nclass TestReverse(unittest.TestCase):\n"
        '    def test_reverse(self):\n        self.assertEqual(reverse("ab"), "ba")',
        "assert area(2, 3) == 6",
    ],
    "make_recursive": ["def factorial(n):\n    return 1 if n < 2 else n * factorial(n - 1)"],
    "handle_empty": [
        "def average(values):\n    return sum(values) / len(values) if values else 0",
        "def largest(numbers):\n    if not numbers:\n        return None\n    return max(numbers)",
    ],
    "handle_zero": ["def divide(a, b):\n    if b == 0:\n        return None\n    return a / b"],
    "loop_to_comprehension": ["def evens(numbers):\n    return [n for n in numbers if n % 2 == 0]"],
    "simplify": ["def is_adult(age):\n    return age >= 18"],
    "use_builtin": ["def total(numbers):\n    return sum(numbers)"],
    "add_parameter": ['def greet(name, greeting="Hello"):\n    return f"{greeting}, {name}!"'],
    "ignore_case": ["def count(text, letter):\n    return text.lower().count(letter.lower())"],
    "second_turn_other": [
        "def multiply(a, b):\n    return a * b",
        "def is_palindrome(text):\n    return text == text[::-1]",
    ],
    "second_turn_example": ["print(divide(6, 3))"],
    "fix_syntax": [
        "def add(a, b):\n    return a + b",
        "def is_even(n):\n    return n % 2 == 0",
        "def square(x):\n    return x * x",
    ],
    "fix_logic": [
        "def product(a, b):\n    return a * b",
        "def total(numbers):\n    return sum(numbers)",
        "def is_adult(age):\n    return age >= 18",
    ],
}
PROSE = {
    "explain": "It takes a list of two numbers and multiplies, adds, reverses or keeps the largest even ones.",
    "greeting": "Hello! I write small Python functions.",
    "second_turn_thanks": "You are welcome.",
}
REFUSAL = "I cannot do that. I only write small Python functions."
