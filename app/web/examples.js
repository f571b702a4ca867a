// Examples that the embedded model answers rightly; tests/e2e/test_page_examples.py runs the code it writes.
export const MARKER = "___";

export const EXAMPLES = {
  chat: [
    "Write a Python function that checks whether a number is prime.",
    "Write a function that counts how often each word occurs in a text.",
    "Write a function keep_above_7(items) that keeps the numbers greater than 7. Use type hints.",
    "Write a Python function that merges two sorted lists.",
    "Write a Python function that sorts a list with bubble sort.",
  ],
  infill: [
    "def fizzbuzz(n):\n    for i in range(1, n + 1):\n        if ___:\n            print(\"FizzBuzz\")\n        elif i % 3 == 0:\n            print(\"Fizz\")\n        elif ___:\n            print(\"Buzz\")\n        else:\n            ___\n",
    "class Stack:\n    def __init__(self):\n        ___\n\n    def push(self, item):\n        ___\n\n    def pop(self):\n        ___\n\n    def is_empty(self):\n        ___\n",
    "def binary_search(items, target):\n    low, high = ___\n    while ___:\n        middle = ___\n        if items[middle] == target:\n            return middle\n        if items[middle] < target:\n            ___\n        else:\n            ___\n    return -1\n",
    "def word_count(text):\n    counts = {}\n    for word in text.split():\n        ___\n    ___\n",
    "def is_palindrome(text):\n    ___\n",
  ],
};
