"""The words of other languages, as people type them: "c++ vector sort", "java hello world", "as a bash one-liner"."""

# ruff: noqa: SIM905 (lists would take one line per word)

from training.data.honest.languages import PLAIN_REPLY
from training.data.honest.topic import Kind, Topic, topics, topics_about

WORDS = (
    "c++ vector sort|java hello world|javascript promise|bash for loop over files|java arraylist|c pointers|"
    "js array map|typescript interface|rust ownership|golang goroutine|c++ unique_ptr|java streams|c# linq|"
    "javascript async await|php mysql connection|ruby each|kotlin data class|swift optionals|r dataframe|"
    "matlab plot|haskell monad|perl hash|c printf|c malloc|c++ templates|java hashmap|javascript closure|"
    "node express server|bash if else|awk print column|sed replace|powershell get-process|vba loop over rows|"
    "scala case class|dart future|lua table|go struct|go channel|rust match|rust vec|java interface|java scanner|"
    "c# async task|c++ cout|c struct|javascript fetch|jquery ajax|react hook|typescript generics|elixir pipe|"
    "erlang process|clojure map|lisp defun|prolog facts|fortran do loop|cobol hello world|assembly hello world|"
    "solidity contract|verilog counter|objective-c string|visual basic msgbox|groovy closure|ocaml pattern matching|"
    "f# pipeline|julia matrix|zig allocator|arduino sketch|shell variables|batch file loop|c++ map iterate|"
    "java string reverse|javascript reverse string|c++ fibonacci|js factorial|java palindrome|c prime numbers|"
    "java bubble sort|c++ binary search|rust fizzbuzz|go fizzbuzz|js fizzbuzz|bash fibonacci|php factorial|"
    "javascript sort array|c# sort list|java read file|c read file|bash read file|node read file|java linked list|"
    "c linked list|c++ class|java class|js class|typescript class|c++ calculator|java calculator|js date format"
).split("|")
WORD_PATTERNS = (
    "{subject}",
    "{subject} [example|tutorial|code|please|program|explained|for beginners]",
    "[give me|show me|i need|write|explain|do] [a|an example of a|the code for a] {subject}",
    "[how do i use|how to write|help with|can you show me] {subject}",
)
# Python is told from another language by its name, wherever it stands.
NAMES = (
    "bash|JavaScript|Java|C++|Golang|Rust|PHP|Ruby|PowerShell|Perl|C#|Kotlin|Swift|TypeScript|awk|Haskell|Lua|shell|"
    "Scala|SQL"
).split("|")
# With a task only, so that they also serve for Python.
ORDER_PATTERNS = (
    "[i need it in|give it to me in|i want it in|do it in|make it] {subject}[:|,] {do}",
    "{do}, [in {subject} please|and use {subject}|{subject} only|i use {subject}]",
    "[i only know|i work with|i use|we use|my teacher wants] {subject}[, how do i {do}|, please {do}|: {do}]",
    "[how would|how does] a {subject} [programmer|developer] {do}",
    "{do} - {subject}",
    "{subject}: {do}",
)
NAME_PATTERNS = (
    *ORDER_PATTERNS,
    "{do} as a {subject} one-liner",
    "{bare} as a {subject} [one-liner|script|program|function|class]",
    "[i need it in|but in|do it in|make it] {subject}[:|,] {bare}",
    "[not|no] python[,|: i want|, give me|, only] {subject}[: {do}|: {bare}|]",
    "[show me|give me|write] {bare}, [in {subject}|{subject}|the {subject} way]",
    "[i use|we use|i only know] {subject}: {bare}",
)
CONTAINERS = {
    "sort in c++": "[sort|reverse|print|fill|copy] a [std::vector|std::string|std::map|char array|linked list in c]",
    "java things": "[create|sort|loop over|print] [an ArrayList|a HashMap|an int array in java|a List<String>|"
    "a TreeMap|an enum in java]",
    "js things": "[sort|map over|filter|log] [an array in js|a json object in javascript|a NodeList|the console]",
    "main": "public static void main [string args|explained|error|hello world]",
    "include": "[#include <iostream>|using namespace std|import java.util|require 'json'|use strict|package main|"
    "fn main|console.log|system.out.println|printf|std::cout|document.ready|$_GET] "
    "[|error|meaning|explained|does not work|example]",
}
KINDS = (
    Kind("language_words", 0.017, PLAIN_REPLY, topics_about(WORDS, WORD_PATTERNS)),
    Kind(
        "language_order",
        0.017,
        PLAIN_REPLY,
        tuple(Topic(name.lower(), NAME_PATTERNS, name) for name in NAMES) + topics(CONTAINERS),
    ),
)
