"""Decorators, context managers, generators, functions of functions, graphs."""

from training.data.first.entry import new

ENTRIES = (
    new(
        "timer_decorator",
        "timer decorator;timing decorator;decorator to time a function;time decorator;timer;execution time decorator;"
        "measure time decorator",
        "(time|measure the time of) (a function with a decorator|a function);measure (execution time|the execution "
        "time|"
        "how long a function takes|the runtime of a function);(make|write|create) (a decorator that measures time|"
        "a timer decorator|a decorator that times a function)",
        "timer",
        "function|func",
        "def wrapper(*args, **kwargs):\n"
        "    start = time.perf_counter()\n"
        "    result = $a(*args, **kwargs)\n"
        '    print(f"{$a.__name__}: {time.perf_counter() - start:.3f} s")\n'
        "    return result\n\n"
        "return wrapper",
        "printed(f(len), 'ab').startswith('len: 0.0')",
        imports="import time",
    ),
    new(
        "log_decorator",
        "log decorator;logging decorator;decorator that logs calls;logger decorator;decorator to log calls",
        "log (function calls|calls|calls of a function) with a decorator;(make|write|create) (a decorator that logs "
        "calls|"
        "a logging decorator|a decorator that prints the call)",
        "log_calls|log",
        "function|func",
        "def wrapper(*args, **kwargs):\n"
        '    print(f"{$a.__name__} called with {args} {kwargs}")\n'
        "    return $a(*args, **kwargs)\n\n"
        "return wrapper",
        "printed(f(len), 'ab') == \"len called with ('ab',) {}\"",
    ),
    new(
        "simple_decorator",
        "decorator;decorator example;simple decorator;decorators;python decorator;decorator function",
        "(make|write|create|show) (a decorator|a simple decorator|an example decorator);use a decorator",
        "decorator",
        "function|func",
        "def wrapper(*args, **kwargs):\n"
        '    print("before")\n'
        "    result = $a(*args, **kwargs)\n"
        '    print("after")\n'
        "    return result\n\n"
        "return wrapper",
        "printed(f(len), 'ab') == 'before\\nafter'",
    ),
    new(
        "memoize",
        "memoize;memoize decorator;memoization;cache decorator;caching decorator;memoization decorator;memoise",
        "(memoize|cache) (a function|function results|the results of a function)( with a decorator|);"
        "(make|write|create) (a memoize decorator|a caching decorator|a decorator that caches results|a cache "
        "decorator);"
        "implement memoization",
        "memoize",
        "function|func",
        "cache = {}\n\n"
        "def wrapper(*args):\n"
        "    if args not in cache:\n"
        "        cache[args] = $a(*args)\n"
        "    return cache[args]\n\n"
        "return wrapper",
        "f(abs)(-2) == 2",
        "(lambda calls: (lambda g: (g(1), g(1), calls))(f(lambda x: calls.append(x))))([])[2] == [1]",
    ),
    new(
        "retry_decorator",
        "retry decorator;retry;decorator that retries;retry function;retry n times;decorator to retry",
        "retry (a function|a call|a function n times|a failing function)( with a decorator|);"
        "(make|write|create) (a retry decorator|a decorator that retries|a decorator that retries n times)",
        "retry",
        "times|tries",
        "def decorator(function):\n"
        "    def wrapper(*args, **kwargs):\n"
        "        for attempt in range($a):\n"
        "            try:\n"
        "                return function(*args, **kwargs)\n"
        "            except Exception:\n"
        "                if attempt == $a - 1:\n"
        "                    raise\n\n"
        "    return wrapper\n\n"
        "return decorator",
        "f(3)(abs)(-2) == 2",
        "(lambda fails: f(3)(lambda: fails.pop() / 0 if fails else 7)())([1, 1]) == 7",
    ),
    new(
        "repeat_decorator",
        "repeat decorator;decorator that repeats;decorator to call a function n times;decorator with arguments;"
        "decorator with argument;repeat n times decorator",
        "(repeat|call) a function n times( with a decorator|);(make|write|create) (a repeat decorator|"
        "a decorator that repeats a function|a decorator that calls a function n times|a decorator with arguments)",
        "repeat",
        "times|n",
        "def decorator(function):\n"
        "    def wrapper(*args, **kwargs):\n"
        "        for _ in range($a):\n"
        "            result = function(*args, **kwargs)\n"
        "        return result\n\n"
        "    return wrapper\n\n"
        "return decorator",
        "printed(f(3)(print), 'a') == 'a\\na\\na'",
        "f(2)(abs)(-2) == 2",
    ),
    new(
        "squares_generator",
        "squares generator;generator of squares;square generator;generator for squares;generator example;generator;"
        "generator of square numbers",
        "(yield|generate) (squares|square numbers)( up to n| with a generator| with yield|);"
        "(make|write|create) (a generator of squares|a generator|a generator that yields squares|a square generator)",
        "squares_generator",
        "n|limit",
        "for i in range($a):\n    yield i ** 2",
        "list(f(4)) == [0, 1, 4, 9]",
    ),
    new(
        "count_generator",
        "counting generator;generator that counts up;infinite counter generator;count up generator;infinite generator;"
        "number generator with yield",
        "(count up|count) with (a generator|yield);yield numbers forever;(make|write|create) (a generator that "
        "counts up|"
        "an infinite generator|an infinite counter)",
        "count_up",
        "start",
        "while True:\n    yield $a\n    $a += 1",
        "[x for x, _ in zip(f(3), range(3))] == [3, 4, 5]",
    ),
    new(
        "even_yield",
        "even number generator;generator of even numbers;even generator;generator for even numbers;evens generator",
        "yield even numbers( up to n|);generate even numbers with (yield|a generator);"
        "(make|write|create) (a generator of even numbers|an even number generator|a generator that yields even "
        "numbers)",
        "even_generator",
        "limit|n",
        "for i in range(0, $a + 1, 2):\n    yield i",
        "list(f(6)) == [0, 2, 4, 6]",
    ),
    new(
        "compose_two",
        "compose;compose functions;function composition;compose two functions;composition of functions",
        "compose (two functions|functions|f and g);(implement|do|write) function composition;"
        "(combine|chain) two functions( into one|)",
        "compose",
        "f g|first second",
        "return lambda x: $a($b(x))",
        "f(abs, int)('-3') == 3",
    ),
    new(
        "apply_twice",
        "apply twice;apply a function twice;apply function twice;twice;call function twice",
        "(apply|call) a function (twice|two times)( to a value| on a value|)",
        "apply_twice",
        "function value|func x",
        "return $a($a($b))",
        "f(lambda x: x + 3, 1) == 7",
    ),
    new(
        "map_function",
        "own map;map implementation;implement map;custom map function;my map",
        "apply a function to (every element|each element|all elements) of a list;(implement|write|build) (map|my own "
        "map|"
        "my own map function)",
        "my_map",
        "function items|func values",
        "return [$a(item) for item in $b]",
        "f(abs, [-1, 2]) == [1, 2]",
    ),
    new(
        "bfs",
        "bfs;bfs;breadth first search;breadth-first search;bfs algorithm;bfs traversal;bfs graph;graph bfs",
        "(implement|do|write|code) (bfs|breadth first search|a breadth first search|a bfs)( on a graph| of a graph|);"
        "traverse a graph (breadth first|with bfs)",
        "bfs",
        "graph start|edges source",
        "visited = [$b]\n"
        "queue = deque([$b])\n"
        "while queue:\n"
        "    node = queue.popleft()\n"
        "    for neighbor in $a[node]:\n"
        "        if neighbor not in visited:\n"
        "            visited.append(neighbor)\n"
        "            queue.append(neighbor)\n"
        "return visited",
        'f({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}, "a") == ["a", "b", "c", "d"]',
        "f({1: [1]}, 1) == [1]",
        imports="from collections import deque",
    ),
    new(
        "dfs",
        "dfs;dfs;depth first search;depth-first search;dfs algorithm;dfs traversal;dfs graph;graph dfs",
        "(implement|do|write|code) (dfs|depth first search|a depth first search|a dfs)( on a graph| of a graph|);"
        "traverse a graph (depth first|with dfs)",
        "dfs",
        "graph start|edges source",
        "visited = []\n"
        "stack = [$b]\n"
        "while stack:\n"
        "    node = stack.pop()\n"
        "    if node not in visited:\n"
        "        visited.append(node)\n"
        "        stack.extend(reversed($a[node]))\n"
        "return visited",
        'f({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}, "a") == ["a", "b", "d", "c"]',
        "f({1: [1]}, 1) == [1]",
    ),
)
