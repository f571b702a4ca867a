// Prompts that the embedded model answers well.
export const MARKER = "___";

export const EXAMPLES = {
  chat: [
    "Write a Python function that returns the largest number in a list.",
    "Write a function that checks if a number is even.",
    "Write a Python function that removes duplicates from a list.",
    "Write a function that counts the vowels in a string.",
    "Write a class to represent a bank account.",
  ],
  infill: [
    "def mean(values):\n    total = ___\n    return total / ___\n",
    "def is_even(n):\n    return ___\n",
    "def largest(numbers):\n    best = numbers[0]\n    for number in numbers:\n        if ___:\n            best = number\n    return ___\n",
  ],
};
