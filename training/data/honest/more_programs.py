"""Requests for programs again: what it knows, but with windows, servers or devices; apps, games, data and projects."""

# ruff: noqa: SIM905 (lists would take one line per word)

from training.data.honest.programs import BIG_REPLY
from training.data.honest.topic import Kind, topics_about

# After a small program that it could write: `fillers.py` names them.
EXTRAS = (
    "with a gui|with gui|as a web app|with buttons|as a mobile app|with a graphical interface|for android|"
    "with a login|with a database|with a nice interface|as a website|for iphone|as a desktop app|for the browser|"
    "with sound|with animations|with graphics|with user accounts|online for two players|as a telegram bot|"
    "as a discord bot|as a chrome extension|with voice input|with a leaderboard|that saves to the cloud|"
    "with a rest api|with email notifications|with machine learning|as an exe|with a window|with drag and drop|"
    "with charts|that runs on a server|with google login|with plugins|as a microservice|with a dark theme|"
    "with a 3d view|with a touch screen|for my smart watch|with a progress window|with payments|on a web page|"
    "with a chat function|with a settings menu|that speaks|with an admin page|with push notifications"
).split("|")
EXTRA_PATTERNS = (
    "{small} {subject}",
    "[write|make|create|build|code|give me|i need|i want|develop|program] a {small} {subject} [|in python|please]",
    "how [do i|to|can i] [make|build|write|create|code] a {small} {subject} [|in python]",
    "[can|could] you [make|build|write|code] a {small} {subject} [|for me]",
    "[a|simple|python|a simple] {small} {subject}",
    "[code|python code|program|source code] for a {small} {subject}",
)
FRONTS = (
    "gui|graphical|web based|mobile|android|online|multiplayer|3d|voice controlled|browser based|desktop|ios|"
    "cloud based|touch screen|animated|real time|networked|full stack|ai powered|smart watch|react|tkinter based"
).split("|")
FRONT_PATTERNS = (
    "{subject} {small}",
    "[write|make|create|build|code|give me|i need] a {subject} {small} [|in python|please]",
    "how [do i|to|can i] [make|build|create] a {subject} {small}",
    "[code|python code] for a {subject} {small}",
)
THEMES = (
    "recipe|fitness|dating|flight booking|food delivery|pet adoption|job search|real estate|language learning|"
    "meditation|sleep tracking|running|grocery list|car rental|taxi|movie streaming|podcast|photo sharing|"
    "event ticket|doctor appointment|online exam|e-learning|attendance|payroll|invoice|warehouse|auction|"
    "crowdfunding|donation|voting|newsletter|forum|wiki|travel planning|bus tracking|stock trading|crypto wallet|"
    "barcode scanning|plant care|baby names|horoscope|karaoke|fantasy football|homework|classroom|gym membership|"
    "restaurant booking|laundry|wedding planning|second hand|price comparison|coupon|customer support|help desk|"
    "bug tracking|project management|time tracking|team chat|document signing|insurance|tax|loan|smart home"
).split("|")
THEME_PATTERNS = (
    "{subject} [app|website|platform|system|web app|portal|mobile app]",
    "[write|make|create|build|develop|design|code] [a|a simple] {subject} [app|website|platform|system|portal] "
    "[|in python|for android|please|for my company]",
    "how [do i|to|can i] [make|build|create|start] a {subject} [app|website|system|platform]",
    "[i want|i need] [a|to build a|to make a] {subject} [app|website|system|platform]",
    "[python|full stack|complete] {subject} [app|project|system]",
)
GAMES = (
    "asteroids|breakout|pac-man|super mario|doom|tower defense|solitaire|bejeweled|match three|candy crush|"
    "bomberman|frogger|galaga|pinball|bowling|billiards|air hockey|golf|soccer|basketball|boxing|fishing|farming|"
    "zombie survival|first person shooter|role playing|rpg|dress up|cooking|trivia|memory card|jigsaw puzzle|"
    "sliding puzzle|crossword|word search|mahjong|reversi|go board|backgammon|dominoes|ludo|snakes and ladders|"
    "monopoly|risk|uno|poker|bridge|roulette|slot machine|lunar lander|flight simulator|city builder|minecraft|"
    "roguelike|visual novel|escape room|dinosaur runner|endless runner|whack a mole|simon says|lights out|mastermind"
).split("|")
GAME_PATTERNS = (
    "{subject} game",
    "[write|make|create|build|code|program|develop] [a|a simple|a little] {subject} [game|clone] "
    "[|in python|with graphics|please|for kids]",
    "how [do i|to|can i] [make|build|create|code|program] a {subject} [game|clone]",
    "[simple|python|2d|3d|multiplayer] {subject} [game|clone]",
    "{subject} [game|clone] [in python|code|source code]",
    "[code|python code] for a {subject} game",
)
DATA = (
    "plot sales by month|draw a bar chart|predict house prices|train a model on images|make a scatter plot|"
    "classify flowers|detect spam with machine learning|cluster customers|forecast the sales|clean a dataset|"
    "remove outliers from a dataset|fill missing values in a column|make a heatmap of correlations|fit a curve|"
    "fit a regression line|do a t test|test a hypothesis|do a principal component analysis|make a word cloud|"
    "draw a network graph|plot a function|draw a map of cities|make a box plot|compare two models|tune a model|"
    "recognize handwritten digits|detect faces in a photo|count cars in a video|read text from an image|"
    "transcribe speech|generate images from text|fine tune a language model|answer questions about documents|"
    "build a vector search|recommend movies to users|detect fraud|predict churn|segment an image|track an object|"
    "simulate the stock market|backtest a trading strategy|simulate planets|animate a pendulum|"
    "merge two dataframes|group a dataframe by month|load a big dataset|scrape product prices|"
    "compute a confusion matrix for a model|split data into train and test sets for a model|normalize the features|"
    "translate text with a model|summarize articles with a model|play chess with a neural network"
).split("|")
DATA_PATTERNS = (
    "{subject}",
    "how [do i|to|can i|would you] {subject} [||in python|with python]",
    "[write|give me|show me|i need] [code|python code|a program|a script|a notebook] [to|that can] {subject}",
    "[help me|i want to|can you|please|i need to] {subject} [||in python]",
    "[python|python code to|python script to|program to|script to] {subject}",
)
PROJECTS = (
    "port this project to rust|rewrite the whole app in typescript|migrate my project to python 3|"
    "split the monolith into services|add tests to my whole project|refactor the code base|upgrade all dependencies|"
    "convert my website to react|add a login to my app|make my app faster|add a database to my project|"
    "make my program run in parallel|port my game to android|turn my script into a web service|"
    "document the whole project|add type hints to the whole project|set up the project structure|"
    "translate my app into three languages|review my pull request|fix all warnings in the project|"
    "find the memory leak in my app|design the architecture of my app|add logging to all modules|"
    "make my site accessible|add dark mode to my app|move everything to the cloud|publish my package|"
    "package my program as an installer|make an api for my app|profile my application|secure my application|"
    "scale my app to a million users|integrate payments into my shop|connect my app to a printer|"
    "build the backend|finish my project|build a startup|write the frontend|clone the twitter website"
).split("|")
PROJECT_PATTERNS = (
    "{subject}",
    "[please|can you|could you|help me|i want you to|i need you to|you should] {subject} [||for me|by tomorrow]",
    "how [do i|to|can i|should i|would you] {subject}",
    "[i want to|i have to|we need to|my boss wants me to] {subject}",
    "[what is the best way|what do i need|give me a plan] to {subject}",
)
ALGORITHMS = (
    "Gale-Shapley|Hungarian algorithm|Edmonds-Karp|Tarjan's algorithm|Kosaraju|Johnson's algorithm|Floyd cycle "
    "detection on a stream|treap|HyperLogLog|count-min sketch|Bresenham|flood fill|maze generation|word ladder|"
    "n-body simulation|rubik's cube solver|crossword solver|LU decomposition|QR decomposition|cubic splines|"
    "Viterbi|hidden Markov model|principal component analysis|DBSCAN|Gaussian blur|Sobel edge detection|"
    "SHA-256 from scratch|Blowfish|arithmetic coding|Burrows-Wheeler transform|LZW compression|DEFLATE|"
    "Earley parser|shunting yard|LR parser|NFA to DFA conversion|unification|SAT solver|ant colony optimization|"
    "particle swarm|tabu search|negamax|Zobrist hashing|soundex|coin change with all solutions|"
    "longest increasing subsequence|subset sum|bin packing|job scheduling|graph coloring|Hamiltonian path|"
    "Euler tour|bipartite matching|articulation points|Manacher|Z algorithm|rope data structure|interval tree|"
    "van Emde Boas tree|R-tree|octree|marching cubes|wave function collapse|reaction diffusion|boids|"
    "double pendulum|Metropolis-Hastings|Gibbs sampling|Black-Scholes|Monte Carlo option pricing|Lagrange "
    "interpolation|Gram-Schmidt|power iteration|Strassen|Karatsuba|Miller-Rabin|Pollard rho|Chinese remainder "
    "theorem|discrete logarithm|zero knowledge proof|Shamir secret sharing|beam search|word2vec|attention layer|"
    "convolution layer|Q-learning|policy gradient|AdaBoost|isolation forest"
).split("|")
ALGORITHM_PATTERNS = (
    "{subject}",
    "{subject} [in python|python|algorithm|implementation|code|python code]",
    "[write|implement|code|show me|give me|program] {subject} [|in python|please|for me]",
    "[write|give me|show me|i need] [python code|code|a function|a program|a python function|a class] for {subject}",
    "how [do i|to|would you] [implement|write|code|program] {subject} [|in python]",
    "[can|could] you [implement|write|code] {subject}",
)
KINDS = (
    Kind("with_extras", 0.03, BIG_REPLY, topics_about(EXTRAS, EXTRA_PATTERNS) + topics_about(FRONTS, FRONT_PATTERNS)),
    Kind("theme", 0.02, BIG_REPLY, topics_about(THEMES, THEME_PATTERNS)),
    Kind("game", 0.013, BIG_REPLY, topics_about(GAMES, GAME_PATTERNS)),
    Kind("data_task", 0.02, BIG_REPLY, topics_about(DATA, DATA_PATTERNS)),
    Kind("project", 0.013, BIG_REPLY, topics_about(PROJECTS, PROJECT_PATTERNS)),
    Kind("more_algorithms", 0.01, BIG_REPLY, topics_about(ALGORITHMS, ALGORITHM_PATTERNS)),
)
