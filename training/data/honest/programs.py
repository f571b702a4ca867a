"""Requests for what is too large: programs, services, and algorithms that do not fit into a few lines."""

# ruff: noqa: SIM905 (lists would take one line per word)

from training.data.honest.topic import Kind, Topic, topics_about

# Without an article, as people type them.
PROGRAMS = (
    "web server|chess engine|chess game|compiler|snake game|chatbot|operating system|todo app|web scraper|tetris|"
    "pong game|tic tac toe game|hangman game|sudoku solver|minesweeper|platformer|text adventure|card game|poker bot|"
    "blackjack game|space invaders|flappy bird clone|rock paper scissors game|number guessing game|maze game|"
    "mobile app|desktop app|website|blog|online shop|login page|login system|rest api|social network|search engine|"
    "web browser|text editor|spreadsheet program|paint program|music player|video player|file manager|"
    "password manager|chat application|messenger|email client|calendar app|weather app|alarm clock app|"
    "neural network|machine learning model|image classifier|spam filter|language model|"
    "recommendation system|voice assistant|face recognition program|object detector|speech recognizer|"
    "translation program|trading bot|discord bot|telegram bot|twitter bot|slack bot|web crawler|download manager|"
    "database|database engine|sql parser|programming language|interpreter|parser for c|regex engine|virtual machine|"
    "emulator|game engine|ray tracer|physics simulation|3d renderer|file system|device driver|kernel|shell|"
    "load balancer|proxy server|dns server|mail server|ftp client|vpn|firewall|port scanner|keylogger|virus|ransomware|"
    "password cracker|blockchain|cryptocurrency|smart contract|payment system|inventory management system|"
    "school management system|hospital management system|library management system|hotel booking system|"
    "banking application|ticket system|parking system|quiz game|flashcard app|typing test|habit tracker|"
    "expense tracker|budget planner|url shortener|image editor|photo gallery|video converter|pdf converter|"
    "qr code generator|screen recorder|backup tool|system monitor|crm|erp system|dashboard|game of life|"
    "multiplayer game|dungeon game|racing game|battleship game|connect four game|checkers game|2048 game|wordle clone|"
    "netflix clone|facebook clone|uber clone|amazon clone|youtube downloader|instagram scraper|news aggregator|"
    "gui|graphical user interface|microservice|message queue|thread pool server|websocket server|chat server|"
    "async downloader|http client|tcp server|udp client|unit test framework|package manager|static site generator|"
    "markdown editor|self driving car|robot controller|drone software|stock predictor|sentiment analyzer|"
    "gpt|transformer|large language model|gan|autonomous agent|plagiarism checker|resume builder|survey tool"
).split("|")
PROGRAM_PATTERNS = (
    "[write|create|make|build|code|program|develop|implement|generate] [|me ][a|my own|a simple|a small|a complete|a "
    "full|a basic] {subject} [|in python|with python|for me|from scratch|please]",
    "[can you|could you|help me] [write|make|build|create|code] [a|a simple|a working] {subject} [|in python|for me]",
    "{subject} [|in python|with python|python|code|source code|program|project|python code]",
    "[simple|basic|python|a|full|complete] {subject} [|code|in python]",
    "[code|python code|source code|program|script] for a {subject}",
    "how [do i|to|would you|can i] [write|make|build|create|code|program] [a|a simple|my own] {subject} [|in python]",
    "i [want|need|would like] [a|to build a|to make a|a simple] {subject} [|in python]",
    "[give me|show me] [a|the code of a|the source code of a] {subject}",
    "[let's|let us] [build|make|write] a {subject}",
)
ALGORITHMS = (
    "Dijkstra|Dijkstra's algorithm|A* search|red-black tree|n queens|knapsack problem|AVL tree|B-tree|segment tree|"
    "Fenwick tree|suffix tree|suffix array|trie|skip list|splay tree|"
    "A star|Bellman-Ford|Floyd-Warshall|Kruskal|Prim's algorithm|"
    "minimum spanning tree|max flow|Ford-Fulkerson|topological sort|strongly connected components|union find|"
    "traveling salesman|sudoku backtracking|Huffman coding|LZ77 compression|"
    "fast Fourier transform|FFT|Gaussian elimination|matrix inversion|eigenvalues of a matrix|singular value "
    "decomposition|gradient descent|backpropagation|k-means clustering|decision tree|random forest|linear regression|"
    "logistic regression|naive Bayes|support vector machine|genetic algorithm|simulated annealing|minimax|alpha-beta "
    "pruning|Monte Carlo tree search|Markov chain text generator|RSA encryption|AES encryption|Diffie-Hellman|"
    "elliptic curve cryptography|MD5 from scratch|radix sort on strings|timsort|introsort|heap sort|"
    "bloom filter|hash table from scratch|LRU cache from scratch|LFU cache|consistent hashing|Raft|Paxos|"
    "longest common subsequence|Knuth-Morris-Pratt|Rabin-Karp|Boyer-Moore|Aho-Corasick|"
    "convex hull|Delaunay triangulation|Voronoi diagram|quadtree|kd-tree|Perlin noise|Mandelbrot set|"
    "Runge-Kutta|Newton's method for systems|simplex algorithm|PageRank|Kalman filter|PID controller|JPEG compression|"
    "regular expression matcher|recursive descent parser|garbage collector|memory allocator|CRDT|Merkle tree"
).split("|")
ALGORITHM_PATTERNS = (
    "{subject} [|in python|python|algorithm|implementation|code|solver|python code]",
    "[write|implement|code|create|show me|give me|program] [|a |the |an implementation of ]{subject} [|in python|"
    "please]",
    "[write|give me|show me|i need] [python code|code|a function|a program|a python function|a class] for {subject}",
    "how [do i|to|would you] [implement|write|code|program] {subject} [|in python]",
    "[can|could] you [implement|write|code] {subject} [|for me|in python]",
    "[python|implement] {subject}",
)
NETWORK = {
    "http request": "{bare} [a|some] [http|https|get|post|http get|http post] request{somewhere}",
    "api": "[call|query|use|fetch data from|get json from|connect to] [a|the|a rest|a weather|the github|a public] "
    "api{somewhere}",
    "download": "[download|fetch|scrape|crawl|open] [a|the] [web page|website|url|file from the internet|page|"
    "image from a url]{somewhere}",
    "e-mail": "[send|receive|read] [an email|emails|e-mails|mail|a text message|an sms]{somewhere}",
    "socket": "[open|create|connect to|listen on] [a|a tcp|a udp] [socket|port|connection]{somewhere}",
    "database": "[connect to|query|create|set up|read from|write to] [a database|a sql database|the database|a table "
    "in "
    "a database]{somewhere}",
    "parallel": "[run|start|create|use] [two threads|threads|several processes|a thread pool|tasks in parallel|"
    "async tasks|coroutines]{somewhere}",
    "camera": "[record|capture|play|stream|edit] [the webcam|audio|a video|sound|the screen|music|an mp3]{somewhere}",
    "picture": "[resize|crop|blur|open|show|rotate|edit] [an image|a photo|a picture|a png|a jpg]{somewhere}",
    "window": "[open|create|show|make] [a window|a gui window|a button|a dialog|a form]{somewhere}",
    "mouse": "[move|click|control|automate] [the mouse|the keyboard|my browser|my computer|a browser]{somewhere}",
    "plot": "[plot|draw|make|create|show] [a chart|a graph|a histogram|a bar chart|a line plot|a pie chart]{somewhere}",
    "train": "[train|fine-tune|evaluate|build] [a neural network|a classifier|a model|an LLM|a machine learning model|"
    "a deep learning model]{somewhere}",
    "long": "[write|make|build|create] [a program|a project|an app|a script|something] [with 500 lines|with 1000 lines|"
    "with many classes|that does everything|as complex as possible|with 50 functions]{somewhere}",
    "pdf": "[read|create|merge|split|convert] [a pdf|pdf files|an excel file|a word document|a spreadsheet]{somewhere}",
}


def _wrapped(pattern: str) -> tuple[str, ...]:
    """As a command, a question and a program."""
    command = pattern.replace("{bare}", "[make|send|do|write]").replace("{somewhere}", " [|in python|with python]")
    return (
        command,
        f"[how do i|how to|how can i|can you|could you] {command}",
        "[write|give me|i need|create|make] [a function|a program|a script|code|python code|a python script] "
        f"to {command}",
        f"python [|code to |script to |program to ]{command.replace(' [|in python|with python]', '')}",
    )


BIG_REPLY = "That is too big for me; I only write short Python functions, so ask for one small piece of it."
KINDS = (
    Kind("program", 0.1, BIG_REPLY, topics_about(PROGRAMS, PROGRAM_PATTERNS)),
    Kind("algorithm", 0.05, BIG_REPLY, topics_about(ALGORITHMS, ALGORITHM_PATTERNS)),
    Kind("outside", 0.06, BIG_REPLY, tuple(Topic(key, _wrapped(pattern)) for key, pattern in NETWORK.items())),
)
