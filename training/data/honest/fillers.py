"""What fills the fields of the wordings: `{country}`, `{do}`, `{mash}`."""

# ruff: noqa: SIM905 (lists would take one line per word)

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache

from training.data import names
from training.data.groups import BY_HAND
from training.data.holdout import is_held_out_template
from training.data.tasks import allowed_constants, third_person
from training.data.template import Constant, Template, fill

FIELD = re.compile(r"\{([a-z_]+)\}")
# Small tasks that it can do in Python, as long as no other language is named.
KNOWN = tuple(
    item for _, group in BY_HAND for item in group if not item.is_class and not is_held_out_template(item.key)
)
# How people name the ones that everybody asks for.
BARE = (
    "fizzbuzz|fizz buzz|fibonacci|factorial|gcd|lcm|is prime|prime numbers|palindrome|palindrome check|reverse a "
    "string|"
    "string reverse|reverse list|bubble sort|quicksort|merge sort|insertion sort|binary search|linear search|anagram|"
    "two sum|linked list|stack|queue|binary tree|sum of a list|add two numbers|max of a list|count vowels|"
    "word count|leap year|celsius to fahrenheit|even or odd|swap two variables|multiplication table|sort an array|"
    "remove duplicates|flatten a list|roman numerals|caesar cipher|tower of hanoi|bank account|calculator|matrix "
    "multiplication|read a file|csv parser|email validation|password check|armstrong number|power of two|decimal to "
    "binary|sieve of eratosthenes|for loop|while loop|dictionary|list comprehension|recursion"
).split("|")
WORDS = {
    "country": "France|Germany|Spain|Italy|Peru|Kenya|Japan|China|India|Brazil|Canada|Norway|Egypt|Turkey|Poland|Chile|"
    "Mexico|Iceland|Ghana|Nepal|Cuba|Vietnam|Greece|Ireland|Austria|Australia|Finland|Russia|the USA|England|Portugal|"
    "Sweden|Denmark|Hungary|Thailand|Iran|Israel|Mali|Laos|Fiji|Belgium|Switzerland|Argentina|Morocco|New Zealand",
    "city": "Paris|London|Berlin|Rome|Tokyo|New York|Vienna|Madrid|Lisbon|Cairo|Oslo|Boston|Delhi|Sydney|Prague|Dublin|"
    "Chicago|Seoul|Lima|Zurich|Munich|Toronto|Istanbul|Athens|Warsaw|Amsterdam|Bangkok|Hamburg|Seattle|Milan",
    "person": "Albert Einstein|Napoleon|Barack Obama|Cleopatra|Elon Musk|Marie Curie|Isaac Newton|Mozart|Beethoven|"
    "Gandhi|"
    "Shakespeare|Alan Turing|Ada Lovelace|Donald Trump|Julius Caesar|Leonardo da Vinci|Nelson Mandela|Taylor Swift|"
    "Lionel Messi|Guido van Rossum|Linus Torvalds|Bill Gates|Steve Jobs|Picasso|Charles Darwin|Galileo|Aristotle|"
    "Joan of Arc|Queen Victoria|Bart Simpson|Harry Potter|Batman|Madonna|Roger Federer|Kant|Lincoln|Churchill",
    "first": "Anna|Bob|Tom|Maria|Peter|Lisa|John|Sara|Ali|Emma|Max|Nina|Paul|Eva|Tim|Julia|Omar|Ben|Clara|Leo",
    "invention": "telephone|light bulb|wheel|printing press|internet|steam engine|computer|airplane|radio|television|"
    "transistor|microscope|bicycle|camera|refrigerator|battery|laser|penicillin|compass|rocket|jet engine|vaccine|"
    "toilet",
    "work": "Hamlet|the Mona Lisa|Moby Dick|Faust|Titanic|The Matrix|Star Wars|The Odyssey|The Hobbit|Don Quixote|"
    "Swan Lake|The Magic Flute|Guernica|War and Peace|Dracula|Pulp Fiction|Inception|The Bible|The Scream|Frankenstein",
    "event": "the French Revolution|World War II|World War I|the moon landing|the fall of Rome|the Cold War|the plague|"
    "the Vietnam war|the American civil war|the fall of the Berlin wall|the big bang|the industrial revolution|"
    "the Renaissance|the Titanic disaster|the gold rush|the first crusade|Brexit|the Great Depression",
    "planet": "the moon|the sun|Mars|Venus|Jupiter|Saturn|Neptune|Uranus|Mercury|Pluto|the earth|Sirius|the Milky Way",
    "place": "the Eiffel tower|Mount Everest|the Nile|the Pacific|the Great Wall|Big Ben|the Colosseum|the Amazon|"
    "the Sahara|Stonehenge|the Taj Mahal|the Grand Canyon|Mont Blanc|the Rhine|the Statue of Liberty|Lake Geneva|Etna",
    "animals": "dogs|cats|bears|whales|ants|bees|elephants|tigers|snakes|penguins|bats|sharks|owls|horses|spiders|"
    "frogs|"
    "wolves|giraffes|dolphins|eagles|turtles|kangaroos|hedgehogs|swallows|octopuses|camels",
    "science": "photosynthesis|gravity|quantum mechanics|evolution|DNA|relativity|electricity|a black hole|an atom|"
    "magnetism|osmosis|entropy|climate change|inflation|a virus|the ozone layer|plate tectonics|democracy|philosophy|"
    "psychology|a rainbow|nuclear fusion|string theory|capitalism|love|time|the immune system|an eclipse|metabolism|"
    "a volcano|sound|light|the placebo effect|game theory|supply and demand|a recession|dark matter|the water cycle",
    "topic": "love|the sea|autumn|my cat|war|friendship|robots|the moon|history|winter|trains|football|music|Paris|"
    "climate change|freedom|a dragon|school|coffee|rain|death|artificial intelligence|space travel|cooking|my mother|"
    "the future|money|politics|flowers|a lost key|dinosaurs|bitcoin|summer holidays|health|taxes|video games|religion|"
    "education|a haunted house|time travel|immigration|social media|programming|a knight|Christmas|mountains|bicycles",
    "dish": "pancakes|pizza|lasagna|soup|curry|bread|sushi|apple pie|risotto|chili|pasta|tacos|goulash|salad|a cake|"
    "omelette|paella|ramen|dumplings|hummus|burgers|cookies|tiramisu|fried rice|stew",
    "goods": "movie|book|phone|laptop|car|restaurant|hotel|song|game|series|bike|camera|podcast|wine|album|school|bank|"
    "insurance|dog breed|holiday|present|sport|hobby|university|perfume|headphones|city to live in",
    "symptom": "headache|fever|cough|back pain|rash|cold|toothache|stomach ache|insomnia|sore throat|high blood "
    "pressure|"
    "nausea|allergy|migraine|flu|chest pain|dizziness|knee pain|diabetes|anxiety",
    "human_language": "French|German|Spanish|Italian|Portuguese|Dutch|Polish|Russian|Chinese|Japanese|Korean|Arabic|"
    "Hindi|"
    "Turkish|Swedish|Greek|Latin|Hebrew|Czech|Danish|Finnish|Esperanto|Klingon",
    "phrase": "good evening|where is the station|i love you|how much is it|the house is red|my name is John|thank you|"
    "see you tomorrow|i am hungry|happy birthday|the dog is asleep|i would like a coffee|cheers|excuse me|two beers",
    "thing": "users|orders|all customers|employees|products|the newest orders|students|invoices|the average salary|a "
    "table|"
    "two tables|duplicate rows|the ten largest cities|sales by month|a login form|a contact form|a navigation bar|a "
    "button|"
    "an image|a blog|a price list|the address|articles|a header|a footer|all books|emails|a red box|payments|countries",
    "data": "a csv file|an image|a dataframe|a bar chart|a histogram|a line chart|sales data|a neural network|the "
    "iris data|"
    "two columns|missing values|an array|a matrix|a classifier|time series|a scatter plot|mnist|text|the titanic data|"
    "a regression|stock prices|a heatmap|customer data|a pie chart|weather data|a decision tree",
    "web": "a login page|a rest api|a todo app|a blog|a form|a website|user accounts|a navbar|a counter|a shop|a chat|"
    "a file upload|an endpoint|a dashboard|a landing page|authentication|a database model|a button|a search bar|a "
    "profile",
    "gadget": "a window|a snake game|a web scraper|a clock|a server|a client|a bot|a game|a timer|a chat|a button|"
    "a calculator with buttons|a downloader|an http request|a login script|a screenshot|a database table|a form|a "
    "player|"
    "a moving ball|a text box|a crawler|a notification|a thread pool|a keyboard shortcut|a progress window",
    "chore": "undo a commit|list files|delete a branch|rename a folder|restart a service|copy files|find a file|"
    "show running processes|create a branch|open a port|mount a disk|change the password|merge branches|stop "
    "everything|"
    "install a package|create a user|show the logs|compress a folder|kill a process|set a variable|push an image|"
    "make a backup|schedule a job|check disk space|connect to a server|run a container|split a window|create a table",
    "format": "email addresses|a phone number|a zip code|dates|urls|an ip address|html tags|credit card numbers|"
    "a strong password|hex colors|times|prices|hashtags|quoted strings|a uuid|two words|whitespace|file names|iban",
    # Programs that are small as long as nothing is added to them.
    "small": "password generator|calculator|todo list|number guessing game|dice roller|coin flip|unit converter|"
    "tip calculator|bmi calculator|age calculator|timer|countdown|stopwatch|word counter|multiplication table|"
    "prime checker|caesar cipher|palindrome checker|shopping list|bank account|contact book|temperature converter|"
    "quiz|random number generator|roman numeral converter|fibonacci program|hello world|guessing game|note taker|"
    "text analyzer|password checker|loan calculator|birthday reminder|grade calculator|binary converter|"
    "fizzbuzz|sorting program|csv viewer|file renamer|anagram finder|address book",
    "regex": r"^\d+$|^[a-z]+@|(\w+)\s\1|a{2,5}|^(?=.*\d).+$|\bfoo\b|(a|b)*c|^\s*#|(?<!x)y",
    "odd_word": "banana|giraffe|potato|cheese|umbrella|moon|pizza|elephant|sofa|unicorn|trousers|spoon|volcano|"
    "pineapple|"
    "cactus|helicopter|marmalade|penguin|submarine|broccoli|carpet|dragon|guitar|hamster|igloo|jungle|kangaroo|lemon|"
    "mushroom|noodle|octopus|pillow|raccoon|sandwich|teapot|violin|walrus|yogurt|zebra|avocado|blanket|candle|donkey|"
    "envelope|flamingo|goblin|hedgehog|jelly|koala|lobster|mustard|napkin|onion|pirate|rhubarb|saxophone|toaster|"
    "vampire|waffle|xylophone|bicycle|cabbage|dentist|eyebrow|fireman|garlic|haircut|kettle|lipstick|meatball|oyster",
}  # fmt: skip
MAX_CODE_LENGTH = 180
FILE_ENDINGS = "py txt docx pdf png jpg mp3 xlsx zip csv html ipynb mp4 log".split()


def fill_fields(text: str, rng: random.Random) -> str:
    """Replace the fields, one draw each; a task's forms in one text come from the same task."""
    item: Template | None = None

    def value(field: re.Match[str]) -> str:
        nonlocal item
        name = field[1]
        if name in CHOICES:
            return rng.choice(CHOICES[name])
        if name in DRAWN:
            return DRAWN[name](rng)
        if name not in ("do", "does"):
            return field[0]
        item = item or rng.choice(KNOWN)
        return _task(item, rng, third=name == "does")

    return FIELD.sub(value, text)


def say(item: Template, constant: Constant, rng: random.Random) -> str:
    """What the function does, with its usual arguments."""
    return fill(rng.choice(item.says), item.names[0], item.arguments[0], constant)


def _task(item: Template, rng: random.Random, third: bool) -> str:
    says = say(item, rng.choice(allowed_constants(item, "train")), rng)
    return third_person(says) if third else says


def _bare(rng: random.Random) -> str:
    """A task as few words: what people say, or a usual function name."""
    if rng.random() < 0.6:
        return rng.choice(BARE)
    item = rng.choice(KNOWN)
    return item.names[0].replace("_$k", "").replace("$k", "").replace("_", rng.choice((" ", " ", "_")))


@cache
def _short_codes() -> tuple[str, ...]:
    """Python code with its usual names, to be translated."""
    codes = (
        item.code(item.names[0].replace("_$k", ""), item.arguments[0], allowed_constants(item, "train")[0])
        for item in KNOWN
    )
    return tuple(code for code in codes if len(code) <= MAX_CODE_LENGTH)


def _python_code(rng: random.Random) -> str:
    code = rng.choice(_short_codes())
    return f"```python\n{code}\n```" if rng.random() < 0.5 else code


def _foreign_code(rng: random.Random) -> str:
    """A function as many languages write it."""
    name, argument = names.random_function_name(rng), names.random_argument_name(rng)
    header = rng.choice(
        ("function {}({})", "int {}(int {})", "fn {}({}: i32) -> i32", "func {}({} int) int", "def {}({})")
    )
    body = f"    return {argument} {rng.choice('+-*')} {_number(rng)};"
    end = "end" if header.startswith("def") else "}"
    code = f"{header.format(name, argument)}{' {' if end == '}' else ''}\n{body}\n{end}"
    return f"```\n{code}\n```" if rng.random() < 0.5 else code


def _made_up(rng: random.Random) -> str:
    word = names.made_up_word(rng) + rng.choice(("", "", names.made_up_word(rng)))
    return word.capitalize() if rng.random() < 0.5 else word


def _mash(rng: random.Random) -> str:
    """Keys hit at random, as on one row of the keyboard or anywhere."""
    row = rng.choice(("asdfghjkl", "qwertyuiop", "zxcvbnm", "qwrtpsdfghjklzxcvbnm", "sdfjkl"))
    return "".join(rng.choice(row) for _ in range(rng.randint(3, 9)))


def _number(rng: random.Random) -> str:
    return str(rng.randrange(rng.choice((10, 100, 100, 1000))))


def _url(rng: random.Random) -> str:
    host = f"{rng.choice(('', 'www.'))}{names.any_word(rng)}.{rng.choice(('com', 'org', 'net', 'io', 'de'))}"
    return rng.choice(("https://", "http://", "")) + host + rng.choice(("", f"/{names.any_word(rng)}"))


def _file(rng: random.Random) -> str:
    return f"{names.any_word(rng)}.{rng.choice(FILE_ENDINGS)}"


CHOICES = {field: tuple(words.split("|")) for field, words in WORDS.items()}
DRAWN: dict[str, Callable[[random.Random], str]] = {
    "bare": _bare,
    "python_code": _python_code,
    "foreign_code": _foreign_code,
    "made_up": _made_up,
    "mash": _mash,
    "n": _number,
    "url": _url,
    "file": _file,
    "name": names.random_function_name,
    "argument": names.random_argument_name,
}
