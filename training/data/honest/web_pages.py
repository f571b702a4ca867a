"""Requests for web pages: what to do on a page, parts of pages, and words of the trade, without a language named."""

# ruff: noqa: SIM905 (lists would take one line per word)

from training.data.honest.languages import PLAIN_REPLY
from training.data.honest.topic import Kind, topics_about

ACTIONS = (
    "center a div|make a button blue|change the background color|center text on a page|add a hover effect|"
    "make a page responsive|put two boxes side by side|make a sticky header|round the corners of a box|"
    "hide an element on click|open a link in a new tab|add a background image|make text bold on a page|"
    "style a table with stripes|change the font of a page|add a dropdown menu|make a div scrollable|"
    "validate a form before it is sent|show a popup|close a modal|fade in an image|animate a button|"
    "make an image fill the screen|align a logo to the left|add a drop shadow|underline a link on hover|"
    "disable a submit button|add a dark mode to my site|toggle a sidebar|add a favicon|embed a youtube video|"
    "add a google map|embed a font|load more items on scroll|scroll to the top of a page|make a div full height|"
    "overlap two images|draw a triangle with css|add icons to a menu|style a checkbox|color every second row|"
    "set a cookie in the browser|store data in local storage|get the value of an input field|"
    "listen to a click on a button|add a class to an element|remove a border from a button|change the cursor|"
    "make a footer stay at the bottom|vertically align text|add padding to a paragraph|print a web page|"
    "preview an uploaded image|redirect to another page|refresh the page every minute|"
    "submit a form without reloading|make a link look like a button|zoom an image on hover|blur a background"
).split("|")
ACTION_PATTERNS = (
    "{subject}",
    "how [do i|to|can i|do you|would you] {subject} [||on my website|on a web page|with css|in html]",
    "[write|give me|show me|i need] [code|the code|some code|css|html|a snippet] [to|that can] {subject}",
    "[i want to|help me|can you|could you|please|i need to|i'm trying to|i would like to] {subject}",
    "{subject} [with css|with html|in the browser|on my site|on a page|with javascript]",
    "[what is the best way|what is the code|is there a way|what is the easiest way] to {subject}",
    "why can't i {subject}",
)
PARTS = (
    "landing page|responsive navbar|contact form|form with validation|hero section|signup form|image gallery|"
    "css grid layout|flexbox layout|card layout|two column layout|pricing table|portfolio page|sticky navbar|"
    "hamburger menu|modal dialog|image slider|carousel|accordion|tooltip|progress bar in css|breadcrumb|"
    "footer with links|sidebar menu|dropdown menu|tab bar|search box with suggestions|cookie banner|404 page|"
    "newsletter signup|testimonial section|product page|checkout page|shopping cart page|faq section|about us page|"
    "photo grid|parallax background|gradient button|glowing text|typing animation|loading spinner|toggle switch|"
    "dark mode switch|star rating widget|file upload form|countdown clock for a website|masonry layout|"
    "timeline in html|"
    "video background|responsive table|chat bubble layout|profile card|weather widget|calendar widget|email template|"
    "login modal|admin panel|blog layout|website header|wedding website|restaurant menu page|registration form|"
    "survey form|svg icon|website for my band|website for a bakery|one page website|google maps embed"
).split("|")
PART_PATTERNS = (
    "{subject}",
    "[make|create|write|build|give me|show me|i need|design|code|generate] [a|a simple|a nice|a modern] {subject} "
    "[|for my website|for my shop|please|with animation]",
    "[code|html|css|html and css|source code|an example] for a {subject}",
    "{subject} [code|example|css|html|in html|tutorial|html css|with css]",
    "how [do i|to|can i|would you] [make|build|create|style|code] a {subject}",
    "[simple|responsive|modern|beautiful] {subject}",
    "[can|could] you [make|design|build|code] a {subject}",
)
TERMS = (
    "css grid|flexbox|css flexbox|media queries|css animations|position absolute|z-index|box shadow|border radius|"
    "css variables|the box model|inline block|float left|html tables|html forms|meta tags|the viewport tag|"
    "event listeners|the dom|query selector|fetch api|local storage|css selectors|pseudo classes|keyframes|"
    "linear gradients|web components|semantic html|html5 canvas|svg paths|web fonts|css transitions|iframes|"
    "aria labels|service workers|single page apps|server side rendering|seo tags|open graph tags|display none"
).split("|")
TERM_PATTERNS = (
    "{subject}",
    "{subject} [example|tutorial|explained|not working|cheat sheet|layout|code|generator]",
    "how [do i|to|can i] [use|write|debug|learn] {subject}",
    "[can you|could you|please] [use|explain|show me] {subject}",
    "[give me|show me|write|i need] [an example of|code with|some] {subject}",
    "[explain|help me with|teach me] {subject}",
)
KINDS = (
    Kind("web_action", 0.033, PLAIN_REPLY, topics_about(ACTIONS, ACTION_PATTERNS)),
    Kind("web_part", 0.033, PLAIN_REPLY, topics_about(PARTS, PART_PATTERNS)),
    Kind("web_term", 0.01, PLAIN_REPLY, topics_about(TERMS, TERM_PATTERNS)),
)
