"""Requests in other human languages, and what is not language at all."""

from training.data.honest.topic import Kind, topics
from training.data.patterns import as_typed

REQUESTS = {
    "German": (
        "[Schreibe|Schreib|Programmiere|Erstelle|Zeig mir|Ich brauche] eine Funktion, die [zwei Zahlen addiert|"
        "einen Text umdreht|eine Liste sortiert|die Vokale zählt|das Maximum findet|prüft, ob eine Zahl gerade ist]",
        "[Wie kann ich|Kannst du] [eine Liste sortieren|eine Datei lesen|einen Text umdrehen|mir helfen|das erklären]",
        "[Hallo|Guten Tag|Guten Morgen|Servus|Moin] [|, wie geht es dir|, wer bist du|, was kannst du]",
        "[Was ist|Erkläre mir] [die Hauptstadt von Frankreich|Rekursion|eine Funktion|das Wetter|eine Liste]",
        "[Danke|Vielen Dank|Bitte hilf mir|Sprichst du Deutsch|Erzähl mir einen Witz|Auf Wiedersehen]",
    ),
    "French": (
        "[Écris|Écrivez|Donne-moi|Crée|Je veux] une fonction qui [additionne deux nombres|inverse une chaîne|"
        "trie une liste|compte les voyelles|calcule la moyenne|vérifie si un nombre est pair]",
        "[Comment|Peux-tu|Pouvez-vous] [trier une liste|lire un fichier|inverser un texte|m'aider|expliquer cela]",
        "[Bonjour|Salut|Bonsoir|Coucou] [|, comment ça va|, qui es-tu|, que sais-tu faire]",
        "[Quelle est|C'est quoi] [la capitale de l'Italie|la récursivité|une liste|la météo|une fonction]",
        "[Merci|Merci beaucoup|Parlez-vous français|Raconte une blague|Au revoir|S'il te plaît, aide-moi]",
    ),
    "Spanish": (
        "[Escribe|Crea|Dame|Necesito|Haz] una función que [sume dos números|invierta una cadena|ordene una lista|"
        "cuente las vocales|calcule el promedio|diga si un número es par]",
        "[Cómo puedo|Puedes] [ordenar una lista|leer un archivo|invertir un texto|ayudarme|explicar esto]",
        "[Hola|Buenos días|Buenas tardes|Qué tal] [|, cómo estás|, quién eres|, qué puedes hacer]",
        "[Cuál es|Qué es] [la capital de España|la recursividad|una lista|el tiempo|una función]",
        "[Gracias|Muchas gracias|Hablas español|Cuéntame un chiste|Adiós|Ayúdame por favor]",
    ),
    "Italian": (
        "[Scrivi|Crea|Dammi|Mi serve] una funzione che [somma due numeri|inverte una stringa|ordina una lista|"
        "conta le vocali|calcola la media]",
        "[Ciao|Buongiorno|Buonasera|Salve] [|, come stai|, chi sei|, cosa sai fare]",
        "[Grazie|Parli italiano|Che tempo fa|Arrivederci|Puoi aiutarmi|Come si legge un file]",
    ),
    "Portuguese": (
        "[Escreva|Crie|Faça|Preciso de] uma função que [some dois números|inverta um texto|ordene uma lista|"
        "conte as vogais|calcule a média]",
        "[Olá|Oi|Bom dia|Boa noite] [|, tudo bem|, quem é você|, o que você faz]",
        "[Obrigado|Você fala português|Qual é a capital do Brasil|Tchau|Como ler um arquivo]",
    ),
    "Dutch": (
        "[Schrijf|Maak|Geef me] een functie die [twee getallen optelt|een tekst omkeert|een lijst sorteert|"
        "de klinkers telt]",
        "[Hallo daar|Goedemorgen|Dag] [|, hoe gaat het|, wie ben jij|, wat kun je]",
        "[Dank je wel|Spreek je Nederlands|Wat is het weer|Tot ziens|Hoe lees ik een bestand]",
    ),
    "Polish": (
        "[Napisz|Stwórz|Daj mi] funkcję, która [dodaje dwie liczby|odwraca tekst|sortuje listę|liczy samogłoski]",
        "[Cześć|Dzień dobry|Dobry wieczór|Witaj|Dziękuję|Kim jesteś|Jak się masz|Mówisz po polsku|Do widzenia]",
    ),
    "Swedish": (
        "[Skriv|Skapa|Ge mig] en funktion som [adderar två tal|vänder en sträng|sorterar en lista|räknar vokaler]",
        "[Hej|God morgon|Tack|Vem är du|Hur mår du|Talar du svenska|Hej då|Kan du hjälpa mig]",
    ),
    "Turkish": (
        "[iki sayıyı toplayan|metni ters çeviren|listeyi sıralayan|sesli harfleri sayan] bir fonksiyon [yaz|yazar "
        "mısın]",
        "[Merhaba|Selam|Günaydın|Nasılsın|Teşekkürler|Sen kimsin|Türkçe biliyor musun|Hoşça kal]",
    ),
    "Czech": (
        "[Napiš|Vytvoř] funkci, která [sečte dvě čísla|otočí řetězec|seřadí seznam|spočítá samohlásky]",
        "[Ahoj|Dobrý den|Děkuji|Kdo jsi|Jak se máš|Mluvíš česky|Na shledanou]",
    ),
    "Indonesian": (
        "[Tulis|Buat|Buatkan] fungsi yang [menjumlahkan dua angka|membalik teks|mengurutkan daftar]",
        "[Halo|Selamat pagi|Apa kabar|Terima kasih|Siapa kamu|Bisa bantu saya]",
    ),
    "Russian": (
        "[Напиши|Создай] функцию, которая [складывает два числа|переворачивает строку|сортирует список]",
        "[Привет|Здравствуйте|Как дела|Кто ты|Спасибо|Пока|Что ты умеешь|Ты говоришь по-русски]",
    ),
    "Chinese": (
        "[写一个|帮我写一个|请写一个] [加法函数|排序函数|反转字符串的函数|判断素数的函数]",
        "[你好|早上好|你是谁|谢谢|再见|你会做什么|你会说中文吗|今天天气怎么样]",
    ),
    "Japanese": (
        "[二つの数を足す|文字列を逆にする|リストをソートする] 関数を[書いて|書いてください]",
        "[こんにちは|おはよう|ありがとう|あなたは誰ですか|何ができますか|さようなら]",
    ),
    "Korean": (
        "[두 수를 더하는|문자열을 뒤집는|리스트를 정렬하는] 함수를 [써줘|작성해줘]",
        "[안녕하세요|안녕|감사합니다|누구세요|도와주세요]",
    ),
    "Arabic": ("[اكتب|أريد] دالة [تجمع عددين|تعكس نصا|ترتب قائمة]", "[مرحبا|شكرا|من أنت|كيف حالك|صباح الخير]"),
    "Hindi": ("[दो संख्याओं को जोड़ने का|सूची को क्रम में लगाने का] फंक्शन लिखो", "[नमस्ते|धन्यवाद|आप कौन हैं|आप कैसे "
    "हैं]"),
    "Greek": ("[Γράψε|Φτιάξε] μια συνάρτηση που [προσθέτει δύο αριθμούς|ταξινομεί μια λίστα]", "[Γεια σου|Καλημέρα|"
    "Ευχαριστώ|Ποιος είσαι]"),
    "Ukrainian": ("[Напиши|Створи] функцію, яка [додає два числа|сортує список]", "[Привіт|Добрий день|Дякую|Хто ти]"),
    "Latin": ("[Scribe functionem|Salve|Quis es|Gratias ago|Quid agis|Ubi est Roma|Cogito ergo sum]",),
}  # fmt: skip
NONSENSE = {
    "one run of keys": "{mash}",
    "two runs of keys": "{mash} {mash}",
    "many keys": "{mash} {mash} {mash}",
    "syllables": "{made_up} {made_up} {made_up}",
    "digits": "{n}{n} [|{n}]",
    "signs": "[???|...|!!!|@#$%|;;;|---|:)|:(|<3|/|*|=|#|&&|>>>|()|{}|??!|$$$|~]",
    "one word": "{odd_word}",
    "two words": "{odd_word} {odd_word}",
    "three words": "{odd_word} {odd_word} {odd_word}",
    "sentence": "[the|a|my|every] {odd_word} [eats|is|sees|likes|wants|sings to] [the|a|my] {odd_word}",
    "colored": "[purple|green|invisible|electric|tiny|seven|sad|frozen] {odd_word}",
    "the word": "[a|the|no|some|this] {odd_word}",
    "laughter": "[haha|hahaha|lol|rofl|hehe|lmao|xd|omg|wtf|ugh|meh|huh|hmm|aaah|brr] [|{mash}|!]",
    "repeated": "[bla bla|la la la|blah blah blah|aaaa|zzzz|hahahaha|dadada|foo bar baz|lorem ipsum|qwerty|asdf]",
}
ENGLISH_REPLY = "I only understand English; ask me in English for a short Python function."
NONSENSE_REPLY = "I did not understand that; ask me for a short Python function."
KINDS = (
    Kind("foreign", 0.06, ENGLISH_REPLY, topics(REQUESTS), as_typed),
    Kind("nonsense", 0.05, NONSENSE_REPLY, topics(NONSENSE), as_typed),
)
