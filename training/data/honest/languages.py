"""Requests for other programming languages: the same small tasks that it can do in Python, so the language decides."""

# ruff: noqa: SIM905 (lists would take one line per word)

from training.data.honest.topic import Kind, Topic, topics_about

# As people type them. The reply copies the spelling, so that it need not be known.
LANGUAGES = (
    "JavaScript|JS|TypeScript|Java|C|C++|C#|Rust|Go|Golang|Ruby|PHP|Swift|Kotlin|Bash|PowerShell|R|Haskell|Lua|Perl|"
    "Assembly|Scala|Dart|Julia|MATLAB|Fortran|COBOL|Objective-C|Visual Basic|VBA|Elixir|Erlang|Clojure|F#|OCaml|Lisp|"
    "Scheme|Prolog|Pascal|Delphi|Ada|Zig|Nim|Crystal|Groovy|Solidity|Verilog|VHDL|cpp|csharp|nodejs|Node.js|ts|"
    "shell script|assembler|Scratch|Smalltalk|Tcl|awk|sed|jQuery|CoffeeScript|Elm|PureScript|Racket|D|APL|Forth|"
    "Mathematica|SAS|Stata|ABAP|Apex|GDScript|GLSL|CUDA|WebAssembly|LabVIEW|AutoHotkey|Raku|Haxe|Vala|Eiffel|Logo|"
    "BASIC|QBasic|x86 assembly|ARM assembly|Java 17|C11|ES6|VB.NET|ActionScript|Hack|Reason|Mojo|Odin|V"
).split("|")
TASK_PATTERNS = (
    "{do} in {subject}",
    "[write|show me|give me|i need|make|create|code] [a|the|one] [|short|simple|small] {subject} "
    "[function|method|program|snippet] [that|which] {does}",
    "[write|create|make|implement|define|code] a [|small|simple] [function|method|program] [that|which] {does} "
    "in {subject}",
    "[write|create|implement|make] a [function|method] [to|in {subject} to] {do} [in|using|with] {subject}",
    "[write|implement|code] a [function|method] to {do} in {subject}",
    "[write|give me|show me|i want] [the|some|] {subject} code [to|that can|for a function to] {do}",
    "how [do i|can i|do you|to|would you] {do} in {subject}",
    "[can|could] you [write|show] [me|] {subject} code to {do}",
    "{subject} [function|code|program|method|script|example|] to {do}",
    "{subject} {do}",
    "{do} {subject}",
    "{do} [using|with] {subject}",
    "in {subject} [|please] {do}",
    "using {subject} {do}",
    "[write|define] a {subject} function `{name}({argument})` that {does}",
    "[write|implement] `{name}({argument})` in {subject} [which|that] {does}",
    "[write|create] a function called {name} in {subject} that {does}",
    "// {subject}: {do}",
    "i have to {do} in {subject}",
    "[what is|what's] the {subject} code [to|which can] {do}",
    "[is there a way to|help me] {do} in {subject}",
)
BARE_PATTERNS = (
    "{bare} in {subject}",
    "{bare} {subject}",
    "{subject} {bare}",
    "{bare} [using|with] {subject}",
    "{bare} [function|program|code|example|implementation|algorithm] [in|for] {subject}",
    "{subject} [function|program|code|example|solution] [for|of] {bare}",
    "[write|implement|code|show me|give me|do|make|create|i need|solve] {bare} in {subject}",
    "[write|show me|give me|i need] [the|a] {subject} [version|implementation|code|function] of {bare}",
    "[can|could] you [write|do|show me] {bare} in {subject}",
    "how [do i|to|would i] [write|do|implement|code] {bare} in {subject}",
    "{bare} but in {subject}",
    "[same|the same|this|now] in {subject}",
)
ABOUT_PATTERNS = (
    "[do|can] you [know|write|speak|understand|do|code|use|program in] {subject}",
    "[write|show me|give me|generate] [some|a little|] {subject} [code|program|]",
    "[translate|convert|port|rewrite|change] [this|it|my function|the code|this python code|my script] "
    "[to|into|in] {subject}",
    "[translate|convert|port|rewrite] [this|my|the] {subject} [code|function|program|] [to|into|in] python",
    "[python to {subject}|{subject} to python] [converter|please|]",
    "[explain|fix|debug|review|refactor|optimize] [this|my|the] {subject} [code|function|program|error|bug]",
    "how [do i|to] [learn|install|compile|run] {subject}",
    "[teach me|i want to learn|help me with|what is] {subject}",
    "{subject} [tutorial|hello world|cheat sheet|course|syntax|help|please|for beginners]",
    "[write|print|show] hello world in {subject}",
    "hello world [{subject}|in {subject}|program in {subject}]",
    "[how do|how can] i [declare|create|define|use|write] [a variable|a loop|an array|a class|a map|a struct|a pointer|"
    "a string|an interface|an enum|a for loop|an if statement] in {subject}",
    "{subject} [for loop|array|class|struct|string|pointer|if else|switch|interface|map|hash table|linked list]",
    "[for loop|while loop|array|class|linked list|hash map|switch|try catch|lambda|stack|queue|binary search tree] "
    "in {subject}",
    "[write|create] a [class|linked list|stack|queue|person class|rectangle class|binary tree] in {subject}",
)
CODE_PATTERNS = (
    "[translate|convert|port|rewrite|change|turn] this [|python ][function|code] [|in]to {subject}[|:]\n{python_code}",
    "[write|show me|give me|what is] this [function|code] in {subject}[|:]\n{python_code}",
    "[the same|this] in {subject} please:\n{python_code}",
    "[explain|fix|translate to python|convert to python|what does] this {subject} [code|function] [|do][|:]\n"
    "{foreign_code}",
)
MARKUP = (
    "SQL|HTML|CSS|XML|YAML|LaTeX|Markdown|MySQL|PostgreSQL|SQLite|MongoDB|Oracle|T-SQL|PL/SQL|GraphQL|Cypher|Sass|"
    "SVG|TOML|Mermaid|Redis|NoSQL|XSLT|XPath|SPARQL|Excel|Google Sheets|HTML5|CSS3|SCSS|DAX|Power Query"
).split("|")
MARKUP_TASKS = (
    "[write|give me|show me|create|make|i need] [a|some|the] {subject} [query|file|statement|code|template|example|"
    "snippet|formula|document] [for|to get|that shows|with|to select|to find] {thing}",
    "{subject} [query|code|template|example|file|snippet|formula] [for|to get|with|to find] {thing}",
    "how [do i|to|can i] [select|show|insert|update|delete|sort|filter|center|align|count|sum|join|group|format|"
    "create] "
    "{thing} [in|with|using] {subject}",
    "[select|insert|update|delete|join|group|count|filter|order] {thing} in {subject}",
    "{subject} [to|that] [select|show|insert|update|delete|list|count|join] {thing}",
    "[write|generate] {subject} [for|to show|with] {thing}",
    "[create|make|design] [a table|a page|a form|a list|a heading|a button|a menu|a layout] [for|of] {thing} "
    "[in|with|using] {subject}",
    "[do you know|can you write|teach me|explain|help me with|what is|how do i learn] {subject}",
)
SHORT = frozenset("c r d v go ts hack reason logo scratch basic apex".split())  # as bare words they say too little


def _patterns(language: str) -> tuple[str, ...]:
    patterns = TASK_PATTERNS + BARE_PATTERNS + ABOUT_PATTERNS + CODE_PATTERNS
    if language.lower() in SHORT:
        return tuple(p for p in patterns if "in {subject}" in p or "{subject} [code|function|program" in p)
    return patterns


MADE_UP_PATTERNS = tuple(p for p in TASK_PATTERNS + BARE_PATTERNS if p.endswith("in {subject}"))
# Without the name: a small model copies unknown words wrongly.
PLAIN_REPLY = "I only know plain Python; ask me for a short Python function."
KINDS = (
    Kind(
        "language",
        0.2,
        PLAIN_REPLY,
        tuple(Topic(language.lower(), _patterns(language), language) for language in LANGUAGES),
    ),
    # Names that nobody knows.
    Kind("made_up_language", 0.02, PLAIN_REPLY, (Topic("made up", MADE_UP_PATTERNS, "{made_up}"),)),
    Kind("markup", 0.06, PLAIN_REPLY, topics_about(MARKUP, MARKUP_TASKS)),
)
