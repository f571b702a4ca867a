"""How a bare name or a verb phrase becomes a request. Written in lower case; `surface` adds case and punctuation.

`{t}`: a title such as "bubble sort"; `{a}`: the same with its article; `{do}`, `{does}`: a verb phrase.
"""


def _frames(text: str) -> tuple[str, ...]:
    return tuple(text.strip().replace("\n", "|").split("|"))


TITLE = _frames("""
{t} in python|{t} in python|python {t}|python {t}|{t} python|{t} code|{t} python code|code for {t}|python code for {t}
write {t}|write {t} in python|write code for {t}|write python code for {t}|write me {t}|write {a}|implement {t}
implement {t} in python|implement {a}|python implementation of {t}|{t} implementation|{t} implementation in python
how to implement {t}|how to implement {t} in python|how do i implement {t}|how do i write {t} in python|how to write {t}
how to do {t}|how to do {t} in python|how do you do {t} in python|show me {t}|show me {t} in python
show me how to do {t}
show {t}|give me {t}|give me {t} in python|give me the code for {t}|give me code for {t}|{t} please|{t} pls|{t} plz
please write {t}|please implement {t}|please show me {t}|simple {t}|simple {t} in python|a simple {t}|basic {t}
example of {t}|{t} example|python {t} example|an example of {t} in python|{t} using python|{t} with python
{t} code please
can you write {t}|can you code {t}|can you implement {t} in python|can you show me {t}|could you write {t} for me
code {t}|code {t} in python|code me {t}|make {t}|make {a}|make me {t}|create {t}|create {a}|create {a} in python
i need {t}|i need {a}|i want {t} in python|need {t}|i need code for {t}|help me write {t}|help me with {t}
what is the code for {t}|what's the python code for {t}|python3 {t}|{t} snippet|{t} in py|{t}, please|{t} thanks
in python, {t}|python: {t}|{t} (python)|# {t}|do {t}|do {t} in python|let's do {t}|hi, {t} please|hey can you do {t}
quick {t}|{t} source code|{t} solution|solve {t}|{t} solution in python|best way to do {t} in python
""")
TITLE_FUNCTION = _frames("""
{t} function|{t} function|{t} function in python|python {t} function|function for {t}|function for {t}
python function for {t}|function {t}|write a function for {t}|write {a} function|write {a} function in python
make a function for {t}|make {a} function|create {a} function|create a function for {t}|give me {a} function
give me a function for {t}|i need {a} function|i need a function for {t}|can you write {a} function
can you write a function for {t}|show me {a} function|simple {t} function|def for {t}|{t} method|{t} func
please write {a} function|{t} function please|code {a} function|implement {a} function|define {a} function
""")
TITLE_CLASS = _frames("""
{t} class|{t} class in python|python {t} class|class for {t}|class for {a}|python class for {a}|write {a} class
write a class for {a}|make {a} class|create {a} class|create {a} class in python|implement {a} class|define {a} class
simple {t} class|basic {t} class|give me {a} class|i need {a} class|show me {a} class|{t} class example|{t} class please
can you write {a} class|please write {a} class|code {a} class|{t} oop|{t} using a class|example {t} class
""")
TITLE_PROGRAM = _frames("""
{t} program|{t} program in python|python {t} program|program for {t}|python program for {t}|{t} script
python script for {t}|write {a} program|write a program for {t}|simple {t} program|make {a} program|{t} one liner
write a python program for {t}|give me {a} program|show me {a} program|create {a} script
""")

VERB = _frames("""
{do} in python|{do} in python|{do} python|python {do}|how to {do}|how to {do}|how to {do} in python|how do i {do}
how do i {do} in python|how can i {do}|how can i {do} in python|how do you {do}|how would you {do} in python
python how to {do}|code to {do}|code to {do}|python code to {do}|python code to {do}|write code to {do}
write python code to {do}|write code that {does}|write some python to {do}|write python to {do}|i want to {do}
i need to {do}|i need code to {do}|i need python code to {do}|i want code that {does}|i'd like to {do}|need to {do}
give me code to {do}|give me the code to {do}|give me python code that {does}|show me how to {do}
show me how to {do} in python|show me code to {do}|show me code that {does}|can you {do}|can you {do} in python
can you write code to {do}|can you show me how to {do}|could you {do}|could you {do} for me|please {do}|{do} please
{do} pls|{do} plz|{do}, please|help me {do}|help me {do} in python|what is the code to {do}|what's the code to {do}
best way to {do}|best way to {do} in python|easiest way to {do}|simple way to {do}|simple code to {do}
python way to {do}
{do} using python|{do} with python|in python, {do}|using python, {do}|python: {do}|# {do}|example code to {do}
is there a way to {do}|what is the best way to {do}|python script to {do}|python program to {do}|python program to {do}
write a program to {do}|write a program to {do}|write a python program to {do}|write a program that {does}
program to {do}|program to {do} in python|a program that {does}|make a program that {does}|create a program that {does}
write a script that {does}|snippet to {do}|code that {does}|in python how do i {do}|python 3 {do}|hi, how do i {do}
""")
VERB_FUNCTION = _frames("""
write a function to {do}|write a function to {do}|write a function that {does}|write a function that {does}
function to {do}|function to {do}|function that {does}|python function to {do}|python function to {do}
python function that {does}|write a python function to {do}|write a python function that {does}|a function that {does}
a function to {do}|i need a function to {do}|i need a function that {does}|i want a function that {does}
make a function that {does}|make a function to {do}|create a function that {does}|create a function to {do}
give me a function that {does}|give me a function to {do}|can you write a function to {do}|method to {do}
can you write a function that {does}|could you write a function that {does}|please write a function to {do}
please write a function that {does}|def that {does}|def to {do}|help me write a function that {does}
help me write a function to {do}|implement a function that {does}|implement a function to {do}|define a function to {do}
define a function that {does}|need a function that {does}|show me a function that {does}|show me a function to {do}
write me a function that {does}|write me a function to {do}|code a function that {does}|build a function that {does}
function which {does}|write a function which {does}|write a method that {does}
""")

# Requests with the usual name or signature, which say no more than that.
NAME = _frames("""
{sig}|{sig}|{sig}|def {sig}:|def {sig}|def {sig}:|{name}|write {sig}|implement {sig}|write {name}|implement {name}
{sig} in python|python {sig}|{name} function|function {name}|write a function {sig}|write the function {sig}
code for {sig}|complete def {sig}:|define {sig}|write a function called {name}|write a function named {name}
python function {name}|def {name}|please write {sig}|{name} in python|code for {name}|function {sig}
write a python function {sig}|implement the function {sig}|create a function {name}|i need {sig}|{name} python
""")
CLASS_NAME = _frames("""
class {name}|class {name}:|class {name}|write class {name}|{name} class|write a class {name}|implement class {name}
write a class called {name}|define class {name}|create a class {name}|python class {name}|a class named {name}
implement a {name} class|write a {name} class|make a {name} class|create a {name} class|simple {name} class
""")
