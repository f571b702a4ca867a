"""Explanations that nobody gets, and what a request refers to although it is not there: code, files, links."""

# ruff: noqa: SIM905 (lists would take one line per word)

from training.data.honest.languages import PLAIN_REPLY
from training.data.honest.manner import as_is
from training.data.honest.topic import Kind, topics, topics_about

# Computing, also of what it can write: "quicksort" asks for code, "what is quicksort" does not.
CONCEPTS = (
    "a diffusion model|a transformer|machine learning|deep learning|artificial intelligence|a neural network|attention|"
    "a large language model|gradient descent|overfitting|reinforcement learning|an embedding|tokenization|a GPU|a CPU|"
    "RAM|cache coherence|virtual memory|a process|a thread|a deadlock|a race condition|a semaphore|an operating system|"
    "a compiler|an interpreter|a linker|machine code|a virtual machine|garbage collection|a pointer|the stack and the "
    "heap|TCP|HTTP|HTTPS|DNS|an IP address|a firewall|a proxy|a REST API|an API|JSON|a database|an index|SQL|a "
    "join|"
    "a transaction|ACID|normalization|NoSQL|sharding|replication|the CAP theorem|cloud computing|serverless|"
    "a container|DevOps|continuous integration|agile|scrum|version control|a merge conflict|a pull request|open source|"
    "encryption|hashing|a hash table|public key cryptography|a blockchain|bitcoin|a zero day|phishing|cross-site "
    "scripting|SQL injection|two factor authentication|OAuth|a cookie|a session|functional programming|object oriented "
    "programming|polymorphism|encapsulation|dependency injection|a design pattern|the observer pattern|MVC|SOLID|"
    "technical debt|unit testing|test driven development|mocking|a monad|a closure|currying|a coroutine|async await|"
    "a future|the event loop|the GIL|monkey patching|duck typing|the MRO|a virtual "
    "environment|big O notation|dynamic programming|NP completeness|the halting problem|a Turing machine|lambda "
    "calculus|"
    "automata|quicksort|merge sort|binary search|bubble sort|FizzBuzz|a palindrome|a prime number|the Fibonacci "
    "sequence|"
    "a linked list|a stack|a queue|a binary tree|a graph|Unicode|UTF-8|floating point|two's complement|endianness|"
    "recursion in Haskell|quantum computing|the internet|Wi-Fi|Bluetooth|5G|a pixel|a vector graphic|block diffusion"
).split("|")
CONCEPT_PATTERNS = (
    "[what is|what's|what exactly is] {subject}",
    "[explain|define|describe] [|to me |simply ]{subject} [|in simple words|please|to me|like i am five]",
    "[tell me about|teach me|i do not understand|i want to learn about] {subject}",
    "[how does|why does] {subject} work",
    "[why|when] do [we|you|i] [need|use] {subject}",
    "can you explain [{subject}|{subject} to me|what {subject} is|how {subject} works]",
    "what are the [advantages|disadvantages|basics|uses] of {subject}",
    "what is the [idea behind|point of|history of|purpose of] {subject}",
)
COMPARED = {
    f"{one} or {other}": (
        f"[what is the difference between|compare|difference between|differences of] {one} and {other}",
        f"[what is|which is|is] better[, |: |] {one} or {other}",
        f"{one} [vs|versus] {other}",
    )
    for one, other in (
        ("Python", "Java"),
        ("TCP", "UDP"),
        ("git", "svn"),
        ("SQL", "NoSQL"),
        ("threads", "processes"),
        ("a stack", "a heap"),
        ("supervised", "unsupervised learning"),
        ("diffusion", "autoregressive models"),
        ("Flask", "Django"),
        ("numpy", "lists"),
        ("Linux", "Windows"),
        ("compilers", "interpreters"),
        ("frontend", "backend"),
        ("RAM", "ROM"),
        ("pip", "conda"),
        ("arrays", "linked lists"),
        ("abstract classes", "interfaces"),
        ("merge sort", "quicksort"),
        ("async", "threads"),
        ("a CPU", "a GPU"),
    )
}
PYTHON = {
    "install": "how [do i|to|can i] [install|update|run|download|start|uninstall|exit] python [|on windows|on linux|3]",
    "learn": "[how do i learn|teach me|i want to learn|is it hard to learn|best way to learn] [python|programming|to "
    "code]",
    "about": "[why is|is] python [slow|fast|popular|free|better than java|interpreted|hard|dead|a good language]",
    "course": "python [tutorial|courses|books|documentation|download|certificate|interview questions|jobs|version]",
    "advice": "[which|what] [ide|editor|laptop|book|framework|version] [should i use|is best] for [python|programming]",
}
FILES = {
    "file": "[summarize|explain|check|fix|improve|look at|review|what is in|what does|refactor|document] [the file |"
    "]{file}",
    "attached": "[look at|summarize|check|read|see|fix|explain|what do you think of] the [attached|uploaded|enclosed] "
    "[file|image|screenshot|document|pdf|code|spreadsheet|photo]",
    "picture": "[what is in|describe|what do you see in|who is in|what color is] [this|the|my] [picture|image|photo|"
    "screenshot|drawing|video]",
    "link": "[open|read|summarize|look at|visit|check|explain|what is on] {url}",
    "bare link": "{url}",
    "sound": "[listen to|transcribe|play|what do you hear in] [this|my|the] [recording|audio|song|podcast|voice "
    "message]",
    "project": "[look at|explain|refactor|improve|test|understand|review|document|find bugs in] [my|this|our|the] "
    "[project|repository|repo|codebase|package|folder]",
    "screen": "[can you see|what is on|look at] my [screen|desktop|computer|editor|camera|terminal]",
    "document": "[summarize|read|explain|translate|shorten] [this|the|my] [pdf|book|chapter|document|report|contract]",
}
NO_CODE = {
    "explain": "[explain|describe|comment|what does|tell me about] [this|the|my] [code|function|program|script|"
    "snippet] "
    "[|do|please|to me|line by line]",
    "fix": "[fix|debug|correct|repair|find the bug in|what is wrong with] [this|the|my] "
    "[code|function|bug|error|program|script] [|please|for me]",
    "improve": "[improve|optimize|refactor|simplify|review|clean up|shorten|format] [this|the|my] "
    "[code|function|program|script] [|please]",
    "why": "why [does my|does this|doesn't my] [code|function|program|script|loop] [|not] [work|run|crash|fail|stop|"
    "end]",
    "error": "[i get an error|there is an error|what does this error mean|my code crashes|"
    "i have a bug|i get a syntax error|i get a TypeError|my program hangs]",
    "continue": "[continue|go on|more|keep going|finish it|carry on|next|and then|complete it|what next|resume] "
    "[|please|the code|from there|writing]",
    "again": "[again|once more|another one|try again|redo it|do it again|show it again|repeat that|undo that]",
    "above": "[what did you mean|as above|use the code above|the same as before|change the second one|make it faster|"
    "the previous one|as i said|you know which one]",
    "docs": "[add|write] [docstrings|comments|type hints|tests|documentation] [to|for] [my|this] [code|project|file]",
}
SNIPPETS = {
    "javascript": "[console.log({n});|const {name} = ({argument}) => {argument} * {n};|let {name} = {n};|"
    "function {name}({argument}) { return {argument}; }|document.getElementById('{name}').innerHTML = {n};]",
    "java": "[System.out.println({n});|public static void main(String args) { }|int {name} = {n};|"
    "private String {name};|public class {name} { private int {argument}; }|for (int i = 0; i < {n}; i++) { }]",
    "c": '[#include <stdio.h>|int main() { return {n}; }|printf("%d", {n});|int {name}(int {argument}) { return '
    "{argument} + {n}; }|std::cout << {n} << std::endl;|char *{name} = malloc({n});]",
    "sql": "[SELECT * FROM {name};|SELECT {argument} FROM {name} WHERE {argument} > {n};|INSERT INTO {name} VALUES "
    "({n});|"
    "DELETE FROM {name};|UPDATE {name} SET {argument} = {n};|CREATE TABLE {name} ({argument} INT);]",
    "html": '[<div>{name}</div>|<p>{name}</p>|<a href="{url}">{name}</a>|<body><h1>{name}</h1></body>|.{name} { color: '
    'red; }|<script src="{name}.js"></script>]',
    "shell": "[ls -la {name}|cd {name}|sudo apt install {name}|rm -rf {name}|cat {file}|echo ${name}|git commit -m "
    "'{name}'|pip install {name}|chmod +x {name}.sh|docker run {name}|curl {url}]",
    "rust": "[fn {name}({argument}: i32) -> i32 { {argument} }|let mut {name} = vec!({n});|func {name}() { "
    "fmt.Println({n}) }|"
    'println!("{name}");|match {name} { _ => {n} }|var {name} string]',
    "php": "[<?php echo {n}; ?>|${name} = {n};|puts {n}|{name} <- c({n}, {n})|Write-Host {n}|{name} := {n}]",
}
SNIPPET_PATTERNS = {
    key: (
        code,
        f"[explain|what does|explain this code:|what is|fix|convert to python:|translate to python:|debug] {code}",
        f"what does this do: {code}",
        f"[Explain this|Fix this|Translate this to Python|What does this do|Explain this code]:\n```\n{code}\n```",
    )
    for key, code in SNIPPETS.items()
}

EXPLAIN_REPLY = "I cannot explain that; I only write short Python functions."
UNSEEN_REPLY = "I cannot see files, pictures or links; I only write short Python functions."
NO_CODE_REPLY = "Please paste the code below your request, and I will try."
KINDS = (
    Kind("explain", 0.09, EXPLAIN_REPLY, topics_about(CONCEPTS, CONCEPT_PATTERNS) + topics(COMPARED) + topics(PYTHON)),
    Kind("unseen", 0.03, UNSEEN_REPLY, topics(FILES)),
    Kind("no_code", 0.03, NO_CODE_REPLY, topics(NO_CODE)),
    Kind("snippet", 0.03, PLAIN_REPLY, topics(SNIPPET_PATTERNS), as_is),
)
