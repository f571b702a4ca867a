// Prompts that the embedded model answers well.
export const MARKER = "___";

export const EXAMPLES = {
  chat: [
    "Write a Python function that checks whether a number is prime.",
    "Write a Python function that returns the largest number in a list.",
    "Write a function that counts how often each word occurs in a text.",
    "Write a function keep_above_7(items) that keeps the numbers greater than 7. Use type hints.",
    "Write a class to represent a bank account.",
  ],
  infill: [
    "class BankAccount:\n    def __init__(self, balance=0):\n        ___\n\n    def deposit(self, amount):\n        ___\n\n    def withdraw(self, amount):\n        ___\n",
    "class Stack:\n    def __init__(self):\n        ___\n\n    def push(self, item):\n        ___\n",
    "def is_even(n):\n    return ___\n",
    "def is_palindrome(text):\n    return ___\n",
  ],
};
