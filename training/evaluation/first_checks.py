"""Longer checks of first prompts, in the words of first_harness.py."""

DISTANCE = """
try:
    found = f((0, 0), (3, 4))
except TypeError:
    found = f(0, 0, 3, 4)
assert found == 5
"""
CALCULATOR = """
results_found = []
for arguments in ((8, '{}', 2), ('{}', 8, 2), (8, 2, '{}')):
    try:
        results_found.append([f(*[a.format(sign) if isinstance(a, str) else a for a in arguments]) for sign in '+-*/'])
    except Exception:
        pass
assert [10, 6, 16, 4] in results_found, results_found
"""
WRITE = """
path = tmp('old')
try:
    f(path, 'new text')
except Exception:
    pass
if read(path).strip() != 'new text':
    import os
    os.chdir(os.path.dirname(path))
    f('new text', path)
assert read(path).strip() == 'new text'
"""
CSV = """
found = f(tmp('name,age\\nAnn,5\\nBob,7\\n'))
assert found in (
    [['name', 'age'], ['Ann', '5'], ['Bob', '7']],
    [['Ann', '5'], ['Bob', '7']],
    [{'name': 'Ann', 'age': '5'}, {'name': 'Bob', 'age': '7'}],
    "['name', 'age']\\n['Ann', '5']\\n['Bob', '7']",
), found
"""
JSON = """
import json
path = tmp('old')
try:
    f({'a': [1]}, path)
except Exception:
    f(path, {'a': [1]})
assert json.loads(read(path)) == {'a': [1]}
"""
FOLDER = """
import os
found = f(os.path.dirname(tmp('x', 'one.txt')))
assert 'one.txt' in str(found)
"""
DATE = """
import datetime
today = str(datetime.date.today())
assert any(today in str(value) or today == str(value)[:10] for value in results())
"""
WRAPS = """
def double(x):
    return 2 * x
import io, contextlib
printed_text = io.StringIO()
with contextlib.redirect_stdout(printed_text):
    found = C(double)(4)
assert found == 8 or (isinstance(found, tuple) and found[0] == 8)
assert printed_text.getvalue().strip() or isinstance(found, tuple)
"""
CACHES = """
calls = []
def double(x):
    calls.append(x)
    return 2 * x
cached = C(double)
assert (cached(4), cached(4), cached(5)) == (8, 8, 10)
assert calls == [4, 5], calls
"""
MANAGER = """
import io, contextlib
printed_text = io.StringIO()
with contextlib.redirect_stdout(printed_text):
    try:
        made = C()
    except TypeError:
        made = C('x')
    with made:
        pass
assert printed_text.getvalue().strip() or any(isinstance(value, float) for value in vars(made).values())
"""
SQUARES = """
try:
    found = f(4)
except TypeError:
    found = f()
assert found[:4] in ([0, 1, 4, 9], [1, 4, 9, 16])
assert has('Yield', 'GeneratorExp')
"""
GRAPH = """
graph = {'a': ['b', 'c'], 'b': ['d'], 'c': ['d'], 'd': []}
found = f(graph, 'a')
assert list(found.split() if isinstance(found, str) else found) == ['a', 'b', 'c', 'd']
"""

NODE = """
try:
    one, other = C(1), C(2)
except TypeError:
    one, other = C(1, None), C(2, None)
one.next = other
assert 1 in vars(one).values() and one.next is other
"""

LINKED = """
made = C()
add = next(getattr(made, name) for name in ('append', 'add', 'insert', 'push', 'add_last') if hasattr(made, name))
for value in (1, 2, 3):
    add(value)
names_of_readers = ('to_list', 'display', 'print_list', 'print', 'traverse', 'values', '__iter__', 'show')
reader = next((getattr(made, name) for name in names_of_readers if hasattr(made, name)), None)
if reader is not None:
    found = numbers(str(got(reader)).replace('->', ' '))
else:
    node, found = next(value for key, value in vars(made).items() if hasattr(value, 'next')), []
    while node is not None:
        found.append(next(value for key, value in vars(node).items() if key != 'next'))
        node = node.next
assert found in ([1, 2, 3], [3, 2, 1]), found
"""

TREE = """
try:
    tree = C()
except TypeError:
    tree = C(5)
for value in (5, 3, 8):
    tree.insert(value)
root = getattr(tree, 'root', tree)
assert root.left is not None and root.right is not None
"""

SHAPES = """
made = classes()
children = [item for item in made if any(base in made for base in item.__bases__)]
assert children
"""

COLLATZ = """
found = f(6)
assert found in ([6, 3, 10, 5, 16, 8, 4, 2, 1], 8, '\\n'.join(map(str, [6, 3, 10, 5, 16, 8, 4, 2, 1])))
"""
