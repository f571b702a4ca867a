"""Requests for spreadsheets, office programs and databases in everyday words."""

# ruff: noqa: SIM905 (lists would take one line per word)

from training.data.honest.languages import PLAIN_REPLY
from training.data.honest.topic import Kind, topics_about

SHEETS = (
    "vlookup|pivot table|sumif|countif|xlookup|index match|conditional formatting|nested if formula|"
    "drop down list in a cell|freeze panes|running total in a spreadsheet|excel macro|concatenate cells|"
    "remove duplicate rows in a sheet|split a cell into two columns|lock a cell|percentage formula in a cell|"
    "sum of a column in a sheet|average of the cells in a row|text to columns|date difference between cells|"
    "goal seek|named range|"
    "array formula|chart in a spreadsheet|data validation list|mail merge|importrange|hlookup|sumproduct|"
    "invoice template|budget spreadsheet|timesheet template|gantt chart|absolute cell reference|ref error in a cell"
).split("|")
SHEET_PATTERNS = (
    "{subject}",
    "{subject} [formula|example|tutorial|in excel|in google sheets|with two conditions|not working|explained|for two "
    "sheets]",
    "how [do i|to|can i] [use|make|write|create|do] a {subject} [|in a spreadsheet|in excel]",
    "[write|give me|show me|i need|create] [a|the formula for a|an example of a] {subject}",
    "[help me with|explain|teach me] {subject}",
    "[spreadsheet|excel|sheets]: {subject}",
)
OFFICE = (
    "insert a page number|add a table of contents|make a bullet list in a document|change the margins|"
    "add a footnote|track changes|merge two pdfs|convert a pdf to word|sign a pdf|make a presentation|"
    "add a slide transition|remove the background of a photo|resize a photo|crop a picture|cut a video|"
    "add subtitles to a video|record my screen|set an out of office reply|create a mail rule|share a calendar|"
    "schedule a meeting|recover a deleted file|print double sided|make a poster|design a business card|"
    "make a flow chart|draw a floor plan|edit a podcast|make a mind map|export contacts"
).split("|")
OFFICE_PATTERNS = (
    "{subject}",
    "how [do i|to|can i|do you] {subject} [|in word|in outlook|on my phone|online]",
    "[help me|i want to|can you|please|i need to|show me how to] {subject}",
    "[what is the best way|which program do i need|is there a tool] to {subject}",
)
QUERIES = (
    "join two tables|select all users older than 30|find duplicate rows in a table|"
    "count the rows of each group in a database|"
    "delete all rows older than a year|get the second highest salary|add a column to a table|create an index|"
    "left join three tables|insert a row if it does not exist|update a column from another table|drop a table|"
    "get the latest order of each customer|rank employees by salary|sum sales by month|page through results|"
    "select rows between two dates|find customers without orders|pivot rows to columns|create a view|"
    "create a stored procedure|add a foreign key|rename a column in a table|get the top ten products by revenue|"
    "select distinct cities|group orders by customer|find null values in a column|copy a table to another database|"
    "change a column type|export a table to csv with a query|create a trigger|optimize a slow query|"
    "design a database schema for a shop|normalize a table|import a dump|lock a table|use a subquery|"
    "count users per country from the database|use a window function|use a recursive query|grant access to a table"
).split("|")
QUERY_PATTERNS = (
    "{subject}",
    "how [do i|to|can i|would you] {subject} [|||in a database|with a query|in sql]",
    "[write|give me|show me|i need] [a|the] [query|statement|database query|sql query|select] [to|that can] {subject}",
    "[query|sql|statement|db query] to {subject}",
    "[help me|i want to|can you|please|i need to] {subject}",
    "{subject} [with sql|in the database|in one query|with a join]",
)
KINDS = (
    Kind("sheet", 0.017, PLAIN_REPLY, topics_about(SHEETS, SHEET_PATTERNS)),
    Kind("office", 0.007, PLAIN_REPLY, topics_about(OFFICE, OFFICE_PATTERNS)),
    Kind("query", 0.02, PLAIN_REPLY, topics_about(QUERIES, QUERY_PATTERNS)),
)
