"""Everyday questions once more: the world, today, sums, texts, advice; and advice about computing."""

# ruff: noqa: SIM905 (lists would take one line per word)

from training.data.honest.explanations import EXPLAIN_REPLY, NO_CODE_REPLY, UNSEEN_REPLY
from training.data.honest.knowledge import FACT_REPLY, SUM_REPLY, TEXT_REPLY, TODAY_REPLY, TRANSLATION_REPLY
from training.data.honest.personal import ADVICE_REPLY, HOW_TO_PATTERNS
from training.data.honest.topic import Kind, topics, topics_about

FACTS = {
    "oceans": "how many [oceans|continents|countries|planets|languages|people|stars|bones|teeth|muscles] are there "
    "[|in the world|in the body|on earth|in total]",
    "chemistry": "[what is|tell me] the [chemical formula|boiling point|atomic number|density|color|symbol] of "
    "[water|gold|iron|salt|helium|sugar|oxygen|mercury|copper|alcohol]",
    "made of": "what [is|are] [glass|steel|paper|cheese|chocolate|plastic|concrete|clouds|rubber|soap|beer] made "
    "[of|from]",
    "speed of light": "what is the [speed of light|speed of sound|value of pi to 20 digits|mass of the earth|gravity "
    "on the moon]",
    "founded": "when was [{city}|Google|Apple|NASA|the UN|the EU|Harvard|Ferrari|BMW] founded",
    "holidays": "[when is|why do we celebrate|what is] [Easter|Christmas|Ramadan|Thanksgiving|Halloween|Diwali|"
    "mother's day]",
    "body": "what does the [liver|heart|brain|kidney|skin|spleen|stomach|thyroid] do",
    "time zone": "[what time zone is|which time zone has] [{city}|{country}] [|in]",
    "area code": "what is the [area code|zip code|population|mayor|airport code|nearest airport] of {city}",
    "spelling": "how do you [spell|pronounce] [necessary|definitely|rhythm|accommodate|Wednesday|receive|quinoa]",
    "abbreviation": "what does [NASA|UNESCO|FAQ|RSVP|CEO|ASAP|PhD|DIY|GDP|USB|ATM|FBI] [stand for|mean]",
    "old": "what is the oldest [tree|company|university|song|joke|book|person alive]",
    "rules of a game": "[what are|explain] the rules of [chess|poker|rugby|cricket|golf|go|baseball|tennis|bridge]",
    "religion": "[who is|who was|what is] [Buddha|Zeus|Moses|Thor|Vishnu|the Pope|karma|the Quran|Zen]",
    "quotes": "who said [i have a dream|to be or not to be|i think therefore i am|let them eat cake|eureka]",
    "list of facts": "[list|name|give me] [all|the|five|ten] [US presidents|planets|countries of Europe|noble gases|"
    "dinosaurs|Roman emperors|Beatles songs|elements|oceans|wonders of the world|{country} cities]",
    "true": "is it true that [the earth is flat|{animals} can talk|{person} is dead|{country} is an island|we only use "
    "ten percent of the brain]",
    "war": "who [fought in|won|started|lost] [the Punic wars|the battle of Waterloo|the Korean war]",
    "trivia": "[tell me|give me] [a|one|another] [fun fact|fact|random fact|trivia question|interesting fact] "
    "[|about {animals}|about {country}|about {science}]",
}
TODAY = {
    "traffic": "[how is the traffic|is there a traffic jam|how long is the drive] [|to {city}|in {city}|today|now]",
    "stocks": "[how is|what is|show me] [the stock market|the Dow|Apple stock|the price of oil|the euro|my portfolio] "
    "[|today|right now|doing]",
    "television": "what is on [tv|television|netflix|at the cinema] [tonight|today|tomorrow|this week]",
    "sunset": "when [is|does] [the sunset|sunrise|high tide|the sun rise|the moon rise] [|today|in {city}|tomorrow]",
    "opening hours": "[when does|is] [the bank|the library|the museum|the post office|the shop] [open|close|open now|"
    "open today]",
    "latest version": "what is the [latest|newest|current] [version of {made_up}|iPhone|Android version|Windows "
    "version|python version|Tesla]",
    "tickets": "[how much is|find|are there] [a flight|a ticket|tickets|a train|a hotel room] [|to {city}|in {city}]",
    "delivery": "[where is my|when will my|track my] [package|order|pizza|parcel|bus|letter] [|arrive|please]",
    "current leader": "who is the [current|new] [president|pope|world champion|mayor|CEO of Apple]",
    "pollen": "[what is|how is] the [pollen count|air quality|humidity|water temperature|snow depth|wind] [|in {city}|"
    "today]",
    "phone number": "[what is|find|give me] the [phone number|address|email|website] of [{person}|{first}|a doctor|a "
    "plumber in {city}]",
    "days until": "how [many days|long] [until|is it until] [Christmas|summer|Easter|the weekend|my birthday|new year]",
}
SUMS = {
    "derivative of": "[derivative|integral|antiderivative|limit|Taylor series] of [sin x|cos x|x^2|tan x|e^x|ln x|"
    "x^{n}|sqrt x|x sin x]",
    "solve for": "[solve|solve for x|find x] [|:][x^2 = 4|2x + 3 = 7|x^2 - 5x + 6 = 0|3x = 12|{n}x = {n}|x^3 = 27|"
    "log x = 2|2^x = 16]",
    "sum of two": "{n} [+|-|*|/|x|times|plus|minus] {n} [|=|= ?]",
    "long sum": "[what is|what's|calculate|] {n} [+|*|-] {n} [+|*|-] {n}",
    "fraction": "[what is|simplify|] [1/2 + 1/3|3/4 - 1/8|2/3 of {n}|a half of {n}|a third of {n}|12/16|50/75]",
    "average of": "what is the [average|mean|median|sum|product] of {n}, {n} and {n}",
    "is it prime": "is {n} [a prime|prime|even|odd|a perfect square|divisible by {n}|bigger than {n}]",
    "factor": "[factor|factorize|expand|simplify] [x^2 - 9|(x + 2)(x - 3)|x^2 + 5x + 6|(a + b)^2|2(x + {n})]",
    "geometry": "[what is|calculate|find] the [area|volume|circumference|angle] of a [circle with radius {n}|"
    "cube with side {n}|triangle with sides 3, 4 and 5|box of 2 by 3 by {n}|sphere of radius {n}]",
    "binary of": "what is {n} in [binary|hex|roman numerals|octal|words]",
    "factorial of": "what is [{n} factorial|the factorial of {n}|{n}!|{n} choose 2|2 to the {n}|the {n}th prime]",
    "matrix by hand": "[what is|find|calculate] the [determinant|inverse|eigenvalues|rank|"
    "trace] of [the matrix 1 2 3 4|my "
    "matrix|this matrix]",
    "statistics": "[what is the p value|how do i find the z score|what is the confidence interval|is it significant] "
    "[|of my data|for n = {n}|in my test]",
    "speed": "how long does it take to [drive|walk|fly|run] {n} [km|miles] at {n} [km/h|mph]",
    "age sum": "i was born in [1970|1985|1990|1999|2001|2010], how old am i",
    "tip": "what is a [10|15|20] percent tip on [{n}|{n} dollars|{n} euros]",
    "interest sum": "how much is {n} [dollars|euros] [after {n} years|in ten years] at [2|3|5|7] percent",
    "word problem": "[a farmer has|a shop sells|a box holds|a class has] {n} [eggs|pens|balls|pupils|cows] and {n} "
    "[are broken|are sold|are red|leave|are new]. how many [are left|are not|remain]",
    "roots": "[what are|find] the [roots|zeros|solutions] of [x^2 - 4|x^2 + {n}x + 6|x^2 = {n}|sin x = 0]",
}
WRITING = (
    "wedding toast|thank you note|resignation letter|complaint email|out of office message|"
    "birthday card|dating profile|instagram caption|youtube script|blog about travel|book report|lab report|"
    "motivational quote|short story about a dragon|essay on climate change|science fiction story|nursery rhyme|"
    "eulogy|obituary|invitation|apology letter|letter of recommendation|business plan|marketing plan|lesson plan|"
    "meeting agenda|meeting summary|user manual|faq text|privacy policy|terms of service|contract|will|"
    "job application|linkedin summary|elevator pitch|sales pitch|radio ad|movie plot|character description|"
    "fan fiction|dialogue between a cat and a dog|monologue|horror story|fable|acrostic|love poem|christmas carol|"
    "rap about coding|national anthem|newspaper headline|horoscope|restaurant review|hotel review|recipe book|"
    "travel guide|status report|performance review|grant proposal|abstract of a paper|outline of an essay|memo|tagline"
).split("|")
WRITING_PATTERNS = (
    "{subject}",
    "[write|draft|compose|create|give me|i need|make] [a|a short|a nice|an example of a] {subject} "
    "[|please|for me|in 200 words|about {topic}]",
    "[can|could] you [write|draft|improve] [a|my] {subject} [|for me|please]",
    "how [do i|to|should i] [write|start|end] a {subject}",
    "[help me with|improve|shorten|proofread] [a|my|the] {subject}",
)
TRANSLATIONS = {
    "word in": "[{animals}|water|love|house|please|goodbye|cheese|left|right|one hundred] in {human_language}",
    "bare translation": "[{human_language} to english|english to {human_language}] [translation|dictionary|]",
    "say it": "say [{phrase}|hello|thank you|sorry|{animals}] in {human_language}",
    "meaning of": "what does [hola|bonjour|danke|ciao|sayonara|c'est la vie|carpe diem|spasibo|gracias|namaste] mean",
    "learn": "[teach me|i want to learn|how do i learn|help me with my] {human_language} [|grammar|vocabulary|verbs]",
    "conjugate": "[conjugate|decline] [to be|to have|to go|ser|aller|sein|haben] [|in {human_language}]",
}
HOW_TO = (
    "unclog a drain|remove wallpaper|hang a picture|jump start a car|change a light bulb|sew a button|bake bread|"
    "sharpen a knife|get rid of ants|get rid of mice|wash a wool sweater|pack for a hike|build a campfire|"
    "write a business plan|negotiate a salary|prepare for an interview|open a bank account|file my taxes|"
    "improve my credit score|start a podcast|grow a beard|get taller|fall asleep faster|wake up early|"
    "stop procrastinating|learn to swim|juggle|whistle|play the piano|draw a face|solve a rubik's cube|do a handstand|"
    "take care of a cactus|adopt a cat|teach a parrot to talk|name my baby|decorate a room|choose a mattress|"
    "clean white shoes|cook rice|cut an onion|brew beer|make candles|knit a scarf|survive a zombie attack|"
    "ask someone out|apologize to a friend|make new year resolutions|move to canada|become a pilot"
).split("|")
TECH_ADVICE = {
    "which database": "which [database|framework|language|library|cloud|laptop|editor|operating system|monitor|"
    "keyboard] [should i|would you|do i need to] [use|learn|choose|buy|take] [|for a web app|for a startup|first]",
    "best practices": "[best practices|tips|guidelines|design patterns|rules] for [api design|clean code|code reviews|"
    "testing|security|naming variables|error handling|database design|git commits|logging]",
    "roadmap": "[give me a roadmap|how do i start|what should i learn|where do i start] to [become|be|get a job as] a "
    "[developer|data scientist|web developer|hacker|game developer|devops engineer|programmer]",
    "project ideas": "[give me|i need|suggest] [some|ten|a few|beginner] [project|app|startup|hackathon|game] ideas",
    "interview": "[prepare me for|ask me|what are common] [a coding interview|interview questions|system design "
    "questions|a google interview]",
    "structure": "how should i [structure|organize|name|document|version|license|test|deploy] my [project|code|files|"
    "api|repository|app|folders]",
    "is it worth": "is [it worth learning|it too late to learn] [|to code|programming|rust|cobol|java|"
    "machine learning]",
    "estimate": "how [long|much] [does it take|does it cost|would it take] to [build an app|make a website|learn "
    "programming|train a model|host a website]",
    "design question": "[design|how would you design] [twitter|a url shortener|uber|whatsapp|youtube|a chat system|"
    "a rate limiter|netflix] [|at scale|for an interview]",
}
CONCEPTS = (
    "a load balancer|a reverse proxy|a CDN|a web socket|a webhook|gRPC|a JWT|CORS|a service worker|SEO|"
    "responsive design|the DOM|a cron job|a shell|a subnet|NAT|DHCP|a VPN|RAID|an SSD|a bootloader|a kernel|"
    "a hypervisor|infrastructure as code|a message queue|event sourcing|a microservice|a monolith|"
    "a foreign key|a primary key|a view in SQL|an ORM|a data lake|a data warehouse|ETL|a pivot table|a p value|"
    "standard error|linear algebra|a derivative|an integral|a logarithm|a vector space|Bayes theorem|a confusion "
    "matrix|a learning rate|dropout|a convolution|a random forest|k-means|fine-tuning|a prompt|RAG|an LED|a resistor|"
    "a microcontroller|an FPGA|PWM|I2C|a firmware|a browser engine|a bytecode|a JIT compiler|static typing|a mutex|"
    "tail recursion|memoization|a heuristic|a checksum|a digital signature|a certificate authority|a honeypot|a botnet"
).split("|")
CONCEPT_PATTERNS = (
    "[what is|what's|what exactly is] {subject}",
    "[explain|define|describe] [|to me |simply ]{subject} [|in simple words|please|with an example]",
    "[tell me about|teach me|i do not understand|what do i need to know about] {subject}",
    "how does {subject} work",
    "[why|when] [do we need|would i use|should i use] {subject}",
)
UNSEEN = {
    "my file": "[summarize|check|open|read|sort|clean|explain|look at|find the mistake in] my "
    "[spreadsheet|log file|homework file|csv file|config file|notebook|database|presentation|resume|thesis]",
    "what is in": "what is [in|on|inside] [my folder|my downloads folder|my hard drive|my clipboard|page 3|my inbox|"
    "line {n} of {file}|the second tab]",
    "why in file": "why does {file} [not open|crash|fail|look wrong|take so long|not run]",
    "here it is": "[here is|i attached|i uploaded|i sent you|see] [the file|a screenshot|my code as a photo|{file}|the "
    "log|the pdf|a picture of the error]",
    "this chart": "what does this [chart|graph|diagram|table|picture|meme|screenshot] [show|mean|say]",
    "edit a file": "[edit|change|update|rename|delete|replace line {n} in|add a line to] {file} [|please|for me|now]",
    "my repository": "[search|clone|check|scan] my [repository|github|code base|project] for [bugs|secrets|unused code|"
    "todos|the function {name}]",
}
ERRORS = (
    "IndexError: list index out of range|ModuleNotFoundError: No module named '{made_up}'|NameError|KeyError|"
    "IndentationError|ImportError|RecursionError|UnicodeDecodeError|ZeroDivisionError|AttributeError|"
    "TypeError: 'NoneType' object is not iterable|ValueError: could not convert string to float|"
    "FileNotFoundError|UnboundLocalError|SyntaxError: invalid syntax|MemoryError"
).split("|")
ERROR_PATTERNS = (
    "{subject}",
    "[i get|why do i get|i keep getting|my code gives|fix this error:|python says|how do i fix|help with] {subject}",
)
KINDS = (
    Kind("more_facts", 0.013, FACT_REPLY, topics(FACTS)),
    Kind("more_today", 0.007, TODAY_REPLY, topics(TODAY)),
    Kind("more_sums", 0.013, SUM_REPLY, topics(SUMS)),
    Kind("writing", 0.017, TEXT_REPLY, topics_about(WRITING, WRITING_PATTERNS)),
    Kind("more_translation", 0.007, TRANSLATION_REPLY, topics(TRANSLATIONS)),
    Kind("more_how_to", 0.007, ADVICE_REPLY, topics_about(HOW_TO, HOW_TO_PATTERNS)),
    Kind("tech_advice", 0.01, ADVICE_REPLY, topics(TECH_ADVICE)),
    Kind("more_concepts", 0.013, EXPLAIN_REPLY, topics_about(CONCEPTS, CONCEPT_PATTERNS)),
    Kind("more_unseen", 0.007, UNSEEN_REPLY, topics(UNSEEN)),
    Kind("error", 0.007, NO_CODE_REPLY, topics_about(ERRORS, ERROR_PATTERNS)),
)
