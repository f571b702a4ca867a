"""Requests for libraries, frameworks and tools, of which the model knows only the name in the request."""

# ruff: noqa: SIM905 (lists would take one line per word)

from training.data.honest.languages import PLAIN_REPLY
from training.data.honest.topic import Kind, topics, topics_about

WEB = (
    "Django|Flask|FastAPI|React|Angular|Vue|Svelte|Next.js|Express|Spring Boot|Laravel|Ruby on Rails|WordPress|"
    "Bootstrap|Tailwind|Streamlit|Gradio|Dash|Tornado|aiohttp|Pyramid|Bottle|ASP.NET|Electron|React Native|Flutter|"
    "Symfony|Nuxt|Ember|Shopify|htmx|Jinja|Celery|gunicorn|starlette"
).split("|")
WEB_TASKS = (
    "[write|create|make|build|show me|give me|i need] [a|the|a simple|a small|a basic] {subject} "
    "[app|application|page|server|project|website|site|component|view|route|endpoint|api|form|example]",
    "[write|create|build|make] {web} [in|with|using] {subject}",
    "{subject} [app|route|login|login page|hello world|form|component|example|tutorial|project|api|rest api|server]",
    "{subject} {web}",
    "how [do i|to|can i] [use|start|install|deploy|run|learn|set up|test] {subject}",
    "how [do i|to|can i] [make|build|add|create] {web} [in|with|using] {subject}",
    "[do you know|can you use|explain|teach me|what is|help me with] {subject}",
    "[simple|minimal|basic|hello world] {subject} [app|application|example|server]",
    "python {subject} [app|example|api|server|tutorial|]",
    "{web} [in|with|using] {subject}",
)
DATA = (
    "pandas|numpy|matplotlib|seaborn|plotly|scipy|scikit-learn|sklearn|tensorflow|pytorch|keras|xgboost|opencv|"
    "transformers|huggingface|spark|pyspark|polars|dask|bokeh|networkx|nltk|spacy|statsmodels|jax|lightgbm|sympy|"
    "langchain|openpyxl|torchvision|geopandas|altair|gensim|torch"
).split("|")
DATA_TASKS = (
    "[write|show me|give me|i need] [a|some|the] {subject} [code|script|example|snippet|function] [for|to plot|to "
    "train|"
    "to load|to filter|with] {data}",
    "[use|using|with] {subject} [to|] [plot|load|train|filter|group|normalize|visualize|analyze|read|fit] {data}",
    "[plot|load|train|filter|group|normalize|visualize|analyze|read|fit|predict|merge|clean] {data} "
    "[with|using|in] {subject}",
    "how [do i|to|can i] [plot|load|train|filter|group|normalize|visualize|analyze|fit|merge] {data} "
    "[with|using|in] {subject}",
    "{subject} [plot|dataframe|array|model|example|tutorial|for beginners|cheat sheet|training loop|groupby|merge]",
    "{subject} [to|] [plot|load|train|filter|group|normalize|visualize|fit] {data}",
    "python {subject} [{data}|example|code|tutorial|script]",
    "{do} [with|using|in] {subject}",
    "[do you know|can you use|explain|teach me|what is|help me with|how do i install|import] {subject}",
)
PYTHON = (
    "tkinter|pygame|PyQt|kivy|selenium|requests|beautifulsoup|scrapy|sqlalchemy|asyncio|multiprocessing|threading|"
    "socket|playwright|turtle|pillow|discord.py|telegram|boto3|paramiko|websockets|smtplib|sqlite3|psycopg2|pyautogui|"
    "wxPython|pyinstaller|cython|numba|pydantic|twisted|zeromq|grpc|protobuf|rabbitmq|kafka|httpx|urllib|ctypes|"
    "peewee|arcade|ursina|manim|speech_recognition|pyaudio|scapy|mysql-connector|pymongo|customtkinter|tweepy|ffmpeg"
).split("|")
PYTHON_TASKS = (
    "[write|create|make|build|show me|give me|i need] [a|the|a simple|a small|some] {subject} "
    "[app|program|script|window|example|code|project|client]",
    "[write|create|make|build] {gadget} [in|with|using] [|python and |the library ]{subject}",
    "{gadget} [in|with|using] {subject}",
    "{subject} {gadget}",
    "{subject} [example|tutorial|script|code|app|window|for beginners|please|help|hello world]",
    "python {subject} [example|code|script|tutorial|{gadget}|]",
    "how [do i|to|can i] [use|install|learn|import|start with] {subject} [|in python]",
    "how [do i|to|can i] [make|build|write|create] {gadget} [with|in|using] {subject}",
    "[do you know|can you use|explain|teach me|what is|help me with] {subject}",
    "[use|using] {subject} [to|] [make|build|write|create] {gadget}",
)
TOOLS = (
    "docker|kubernetes|git|GitHub|GitLab|Jenkins|terraform|ansible|nginx|apache|AWS|Azure|linux|Ubuntu|Windows|macOS|"
    "vim|emacs|VS Code|PyCharm|Jupyter|Word|PowerPoint|Photoshop|Blender|Unity|Unreal|Godot|Arduino|Raspberry Pi|ssh|"
    "cron|systemd|cmake|npm|webpack|conda|helm|Grafana|Prometheus|Elasticsearch|Firebase|Heroku|Android Studio|Xcode|"
    "Figma|Slack|Outlook|Jira|Salesforce|SAP|Tableau|Power BI|tmux|ethereum|MQTT|Home Assistant|makefile|"
    "docker compose|GitHub Actions|the command line|the terminal|Notion|grep|curl|rsync|iptables"
).split("|")
TOOL_TASKS = (
    "how [do i|to|can i] [use|install|configure|set up|update|uninstall|open|fix|learn|start|quit|exit] {subject}",
    "how [do i|to|can i] {chore} [in|with|on|using] {subject}",
    "{chore} [in|with|on|using] {subject}",
    "{subject} [command|commands|config|setting|example|tutorial|script|file|error|help|cheat sheet|setup]",
    "{subject} [command|] to {chore}",
    "[write|give me|show me|create|i need] [a|the] {subject} [file|config|script|command|setup|example|pipeline|"
    "plugin|template] [|for my project|to {chore}|please]",
    "[which|what] {subject} [command|setting|option] [can|lets me|do i need to] {chore}",
    "[explain|what is|help me with|teach me|do you know|tell me about] {subject}",
    "my {subject} [does not work|is broken|is slow|crashes|shows an error]",
)
REGEX = {
    "regex for": "[regex|regular expression|regexp] [for|to match|that matches|to find|to validate] {format}",
    "write a regex": (
        "[write|give me|i need|create|make|show me] [a|the] [regex|regular expression|regexp] [for|to match|that "
        "matches|to find|to validate|to extract] {format}",
        "what [is|would be] [a|the] [regex|regular expression] [for|to match|to validate] {format}",
    ),
    "named format regex": "[license plate|postal code|ipv6|mac address|hex color|latitude|isbn|credit card|us phone|"
    "domain name|xml tag|file path|german date|log line|bible verse|time of day] [regex|regexp|regular expression|"
    "regex pattern|pattern matching regex]",
    "regex tricks": "[lookahead|non greedy match|capture group|named group|word boundary|negative lookbehind|"
    "backreference|multiline flag|case insensitive match|recursive pattern] [regex|in regex|regex example|in a regex]",
    "match lines": "[regex|regular expression|regex pattern] that [matches|finds|accepts|rejects|skips] [lines without "
    "a word|only whole words|text in quotes|everything after a colon|nested brackets|two digits in a row|empty lines]",
    "explain a regex": (
        "[explain|what does] [this|the] [regex|regular expression|pattern] [mean|do|please|] {regex}",
        "what does {regex} [match|mean]",
        "how do [regular expressions|regexes|lookaheads|capture groups] work",
    ),
}
KINDS = (
    Kind("web_framework", 0.05, PLAIN_REPLY, topics_about(WEB, WEB_TASKS)),
    Kind("data_library", 0.05, PLAIN_REPLY, topics_about(DATA, DATA_TASKS)),
    Kind("python_library", 0.05, PLAIN_REPLY, topics_about(PYTHON, PYTHON_TASKS)),
    Kind("tool", 0.05, PLAIN_REPLY, topics_about(TOOLS, TOOL_TASKS)),
    Kind("regex", 0.02, "I cannot work out regular expressions; I only write short Python functions.", topics(REGEX)),
)
