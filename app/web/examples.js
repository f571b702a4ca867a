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
    "def mean(values):\n    total = ___\n    return total / ___\n",
    "def is_even(n):\n    return ___\n",
    "def largest(numbers):\n    best = numbers[0]\n    for number in numbers:\n        if ___:\n            best = number\n    return ___\n",
  ],
};
