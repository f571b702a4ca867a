"""Questions about the world, today, sums and texts: no code is asked for."""

# ruff: noqa: SIM905 (lists would take one line per word)

from training.data.honest.topic import Kind, topics

FACTS = {
    "capital": "[what is|what's|tell me|name|do you know|] the capital [|city ]of {country}",
    "population": "how many [people|inhabitants|citizens] [live in|does] [{country}|{country} have]",
    "leader": "who is the [president|king|prime minister|chancellor|queen] of {country}",
    "language spoken": "[what|which] [language|languages] [do they speak|is spoken|are spoken] in {country}",
    "currency": "[what is|what's] the currency [of|in] {country}",
    "country": ("where is {country}", "tell me about {country}", "is {country} in [Europe|Asia|Africa|America]"),
    "flag": "what [does|colors has] the flag of {country} [look like|]",
    "who is": "who [is|was] {person}",
    "person": (
        "[tell me about|what do you know about|give me the biography of|describe] {person}",
        "[when|where] [was|did] {person} [born|die]",
        "how [old|tall|rich|famous] [is|was] {person}",
        "what did {person} [do|write|invent|say|discover]",
    ),
    "inventor": "who [invented|discovered|built|made|designed] the {invention}",
    "invention": ("when was the {invention} invented", "how does [a|the] {invention} work", "what is a {invention}"),
    "author": "who [wrote|painted|directed|composed] {work}",
    "work": ("what is {work} about", "[summarize|review|explain] {work}", "when was {work} [written|made|released]"),
    "event": (
        "when [was|did] {event} [|happen|start|end]",
        "[why did|what caused|explain] {event} [|happen]",
        "[tell me about|what was|who won] {event}",
    ),
    "space": "how [far|big|hot|old|heavy] is {planet}",
    "planet": ("[what is|tell me about|describe] {planet}", "how many moons has {planet}"),
    "height": "how [tall|high|long|deep|wide|old] is {place}",
    "place": ("where is {place}", "[who built|what is|tell me about|describe] {place}"),
    "animal": (
        "[what do|why do|where do|when do|how long do|how do] {animals} [eat|live|sleep|fly|swim|hunt|sing|migrate]",
        "how [fast|big|old|heavy|clever|dangerous] are {animals}",
        "[tell me about|what are|describe] {animals}",
    ),
    "science": (
        "what is {science}",
        "[explain|describe|define|tell me about] {science} [|to me|simply|please|to a child]",
        "how does {science} work",
        "why is {science} important",
    ),
    "why": "why [is the sky blue|is water wet|do we dream|do cats purr|is the sea salty|do leaves fall|is snow white|"
    "do people yawn|is fire hot|do we age|is ice slippery|do stars twinkle]",
    "history": "[what happened|who ruled {country}|who was famous] in [1066|1492|1789|1848|1914|1945|1969|1989|2001]",
    "sports": "who won the [world cup|olympics|super bowl|champions league|tour de france|oscars] "
    "[|in 1998|in 2010|last year|this year]",
    "records": "what is the [largest|smallest|oldest|fastest|longest|richest] [city|country|animal|river|mountain|"
    "building|company|bird|tree|ocean]",
    "word meaning": "[what does|what is the meaning of|define] [the word|] [serendipity|irony|entropy|karma|ubiquitous|"
    "liberty|melancholy|ephemeral|zeitgeist|paradox] [|mean]",
    "meaning of life": "what is the [meaning of life|purpose of life|secret of happiness]",
    "synonym": "[give me|what is|find] a [synonym|rhyme|antonym] [for|of] {animals}",
    "company": "who [owns|founded|runs] [Google|Apple|Tesla|Amazon|IKEA|Toyota|Netflix|Microsoft|OpenAI|Nokia|Sony]",
}
TODAY = {
    "weather": "[what is|how is|what's|] the weather [|today|tomorrow|now|like] [|in {city}|outside|this week]",
    "rain": "[will it|is it going to|does it] [rain|snow|storm] [|today|tomorrow|in {city}|this weekend]",
    "temperature": "[how hot is it|how cold is it|what is the temperature|do i need an umbrella|is it sunny] "
    "[|in {city}|outside|today]",
    "forecast": "[|give me the |show me the ]weather forecast [|for {city}|for tomorrow|please]",
    "clock": "[what time is it|what is the time|what's the time|tell me the time] [|now|in {city}|please]",
    "day": "[what day is it|what is the date|what's today's date|which year is it|what month is it] [|today|now]",
    "news": "[what is|what's|tell me|show me|any] [the|today's|the latest] news [|today|about {topic}|from {city}]",
    "happened": "what happened [today|yesterday|this week|in the world|in {city}|in politics|on the stock market]",
    "price": "[what is|what's|how much is] the [price|cost|value] of [gold|oil|bitcoin|a Tesla|an iPhone|bread|"
    "a house in {city}|a Google share|silver|ethereum]",
    "score": "[who won|what was the score of|who plays in] the [game|match|race|final] [|today|last night|yesterday]",
    "search": "[search|google|look up|find] [{topic}|{person}|{country}] [|online|on the internet|for me|on the web]",
    "browse": "[can you|could you|] [browse the internet|search the web|go online|use google|visit a page]",
    "open now": "[is there|find] a [restaurant|pharmacy|cinema|supermarket|hotel] [near me|in {city}|open now]",
    "travel times": "when [does|is] the next [train|bus|flight|ferry] to {city} [|leave]",
    "exchange rate": "how many [dollars|euros|yen|pounds] is [10|20|50|100] [francs|dollars|euros|rupees]",
}
SUMS = {
    "plus": "[what is|what's|calculate|how much is|compute|] {n} [+|plus|-|minus|*|times|/|divided by] {n}",
    "words": "what is [one|two|three|four|five|six|ten] [plus|times|minus] [one|two|three|four|five|seven|nine]",
    "percent": "what is {n} [percent|%] of {n}",
    "root": "[what is|calculate] the [square root|cube root|logarithm|sine|cosine] of {n}",
    "powers": "what is {n} [squared|cubed|to the power of 3]",
    "equation": "[solve|find x:|what is x in|solve for x:] [{n}x + {n} = {n}|x^2 - {n}x + {n} = 0|x + {n} = {n}]",
    "system": "solve [the system|] x + y = {n}, [x - y = {n}|2x + 3y = {n}]",
    "calculus": "[what is the derivative of|differentiate|integrate|what is the integral of|find the limit of] "
    "[x^2 + {n}x|sin(x)|{n}x^3|e^x|ln(x)|1/x|x cos(x)]",
    "proof": "[prove that|show that|can you prove that] [the square root of 2 is irrational|there are infinitely many "
    "primes|1 + 1 = 2|n^2 + n is even|the sum of two odd numbers is even|pi is transcendental]",
    "trains": "a [train|car|bike|bus] [travels|drives|goes] {n} [km|miles] in {n} [hours|minutes]. "
    "[how fast is it|what is its speed]",
    "apples": "{first} has {n} [apples|coins|books|marbles] and [buys|gets|loses|eats|gives away] {n}. "
    "how many [are left|does {first} have|are there now]",
    "ages": "{first} is {n} years old and {first} is [twice|three times] as old. how old [are they together|is "
    "{first}]",
    "sharing": "[if|] {n} [children|people|friends] share {n} [sweets|apples|euros] [equally|] how many does each get",
    "shopping": "[if|] a [shirt|book|phone|bag] costs {n} [dollars|euros] and is {n} percent off, what [do i pay|is "
    "the "
    "price]",
    "units": "how many [inches|feet|meters|grams|seconds|hours] are [in|there in] {n} [miles|kilos|years|weeks|yards]",
    "convert number": "[what is|how much is] {n} [degrees celsius in fahrenheit|miles in km|pounds in kilos|feet in "
    "cm]",
    "homework": "[do|help me with|solve] my [maths|math|physics|chemistry|algebra|geometry] homework",
    "sequence": "what [comes next|is the next number]: {n}, {n}, {n}",
    "probability": "[what is the probability|how likely is it] [to roll two sixes|of heads three times|to win the "
    "lottery|to draw an ace|that two people share a birthday]",
}
TEXTS = {
    form: (
        f"[write|write me|compose|create|make|give me] a [|short|long|funny|sad|good] {form} [about|on] {{topic}}",
        f"[write|compose|draft] [|me ]a {form} [|for school|for my friend|for me|please]",
        f"[can|could] you write a {form} [|about {{topic}}|for me]",
        f"[a|short|i need a|] {form} about {{topic}}",
        f"{form} [please|for me|for school|generator]",
    )
    for form in (
        "poem|story|song|essay|letter|blog post|novel|speech|cover letter|tweet|haiku|fairy tale|report|article|"
        "limerick|"
        "rap|screenplay|review|love letter|birthday wish|wedding speech|press release|job description|product "
        "description|bedtime story|sonnet|diary entry|newsletter|slogan|complaint|resume|CV|LinkedIn post|thesis"
    ).split("|")
} | {
    "e-mail": "[write|draft] [|me ]an email to [my boss|my teacher|a customer|my landlord|my mother|HR] "
    "[|about {topic}|please]",
    "summary": "[summarize|shorten|proofread|rewrite|improve|paraphrase] [this text|my essay|the article|my letter|"
    "this paragraph|my cover letter|this email]",
    "grammar": "[correct|check|fix] [my|the] [grammar|spelling|english|essay|punctuation]",
    "ideas": "give me [ideas|names|titles|a title|a name] for [a book|my dog|my company|a party|a band|a blog|a cat]",
    "joke": "[write|tell me|give me] [a|another|some] [riddle|pun|tongue twister|limerick|ghost story|anecdote]",
}
TRANSLATIONS = {
    "translate": "translate [this|hello|good morning|my letter|the text|{animals}|'{phrase}'|{phrase}] "
    "[to|into] {human_language}",
    "how to say": "how do you say [{phrase}|{animals}|thanks|hello|yes] in {human_language}",
    "what is the word": "what is [{phrase}|{animals}|water|bread|house|friend] in {human_language}",
    "can translate": "can you translate [|a text|a letter|this] [|to {human_language}|from {human_language}]",
    "speak": "[do you speak|can you speak|do you know|do you understand|speak|answer in|reply in|talk to me in] "
    "{human_language}",
}

FACT_REPLY = "I know no facts about the world; I only write short Python functions."
TODAY_REPLY = "I cannot look anything up; I only write short Python functions."
SUM_REPLY = "I cannot solve that; I only write short Python functions, such as one that does the calculation."
TEXT_REPLY = "I cannot write texts; I only write short Python functions."
TRANSLATION_REPLY = "I cannot translate, and I only understand English; I only write short Python functions."
KINDS = (
    Kind("facts", 0.08, FACT_REPLY, topics(FACTS)),
    Kind("today", 0.03, TODAY_REPLY, topics(TODAY)),
    Kind("sums", 0.04, SUM_REPLY, topics(SUMS)),
    Kind("texts", 0.04, TEXT_REPLY, topics(TEXTS)),
    Kind("translation", 0.02, TRANSLATION_REPLY, topics(TRANSLATIONS)),
)
