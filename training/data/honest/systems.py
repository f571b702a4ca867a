"""Requests for the shell, servers and devices, without a tool named: what to do, what to write, and what went wrong."""

# ruff: noqa: SIM905 (lists would take one line per word)

from training.data.honest.languages import PLAIN_REPLY
from training.data.honest.personal import ACT_REPLY
from training.data.honest.topic import Kind, Topic, topics_about

ACTIONS = (
    "list open ports|undo the last commit|generate an ssh key|run a job every hour|find which process uses a port|"
    "kill a process by name|check disk usage|show free memory|mount a usb stick|change file permissions|"
    "make a script executable|rename all files in the terminal|search for a word in all files from the terminal|"
    "copy files to a remote server|sync two folders over the network|compress a folder with tar|unpack a tar.gz|"
    "add a user to a group|reset the root password|restart the web server|set up a firewall|block an ip address|"
    "open port 80|renew an ssl certificate|redirect http to https|set up a reverse proxy|add a dns record|"
    "deploy to production|deploy an app to the cloud|roll back a deployment|scale a deployment|restart a pod|"
    "build a docker image|remove unused containers|see container logs|resolve a merge conflict|squash commits|"
    "rebase onto main|revert a commit|create a git tag|delete a remote branch|change the last commit message|"
    "stash my changes|clone a repository|fork a project|set up a ci pipeline|schedule a nightly backup|"
    "restore a database backup|add swap space|update all packages|install a driver|dual boot my laptop|"
    "format a hard drive|clear the dns cache|find my ip address|ping a server|trace a route|set a static ip|"
    "join a windows domain|map a network drive|share a printer|set an environment variable permanently|"
    "write a systemd service|monitor cpu temperature|rotate the logs|follow a log in the terminal|"
    "set up a vpn|forward a port on my router|set up two factor login for ssh|encrypt a disk|overclock my gpu|"
    "root my phone|flash the bios|install a package without internet|run a program at startup|record a terminal session"
).split("|")
ACTION_PATTERNS = (
    "{subject}",
    "how [do i|to|can i|do you|would you] {subject} [|||on linux|on windows|on a mac|on my server|from the terminal]",
    "[what is|give me|show me|tell me|i need] the command to {subject}",
    "[command|command line|shell command|terminal command|script|one-liner] to {subject}",
    "[i want to|help me|can you|please|i need to|i have to|i forgot how to] {subject}",
    "{subject} [on linux|on ubuntu|on windows|on a server|from the command line|with one command]",
    "[what is the best way|is there a way|which command do i use] to {subject}",
)
FILES = (
    "dockerfile for a flask app|cron job every hour|nginx config|deployment for kubernetes|docker compose file|"
    "systemd unit file|github workflow|makefile for c|bash alias|ssh config|gitignore file|apache virtual host|"
    "helm chart|terraform module|ansible playbook|ci pipeline|jenkinsfile|crontab entry|bash prompt|vimrc|"
    "powershell script|batch file|shell script for backups|iptables rule|ssl certificate|htaccess redirect|"
    "yaml config|prometheus alert|load balancer config|s3 bucket policy|lambda function on aws|cloud function|"
    "kubernetes service|ingress rule|env file for production|git hook|pre-commit config|dockerfile for node|"
    "multi stage dockerfile|log rotation config|samba share|dns zone file|registry key|group policy|"
    "virtual machine image|raid setup|mail server setup|wireguard config|grafana dashboard|elasticsearch query"
).split("|")
FILE_PATTERNS = (
    "{subject}",
    "[write|create|give me|show me|i need|make|generate] [a|a simple|a minimal|an example of a] {subject} "
    "[|please|for my project|for production|for my server]",
    "how [do i|to|can i] [write|set up|create|change|test|debug] a {subject}",
    "{subject} [example|template|tutorial|syntax|not working|best practices|explained]",
    "[example|template|minimal example] of a {subject}",
    "[can|could] you [write|set up|check] a {subject}",
)
DEVICES = (
    "blink an led|blink an led on arduino|read a temperature sensor|control a servo|drive a stepper motor|"
    "read a button on a gpio pin|light up an led strip|measure distance with ultrasound|connect a display over i2c|"
    "send data over bluetooth|use the uart|read an analog pin|program an esp32|flash a microcontroller|"
    "make a line following robot|control a relay|read an rfid card|play a tone on a buzzer|dim a lamp with pwm|"
    "log sensor data to an sd card|open a garage door|read a joystick|use a motor driver|wire a potentiometer|"
    "water my plants automatically|control a drone|read gps coordinates|use an interrupt pin|solder a board|"
    "turn on a fan when it is hot|read a barcode scanner|control a 3d printer|write g-code|read the can bus|"
    "talk to a modbus device|print a receipt|control my smart lights|wake on lan|calibrate an accelerometer"
).split("|")
DEVICE_PATTERNS = (
    "{subject}",
    "how [do i|to|can i|would you] {subject} [|||with an arduino|on a raspberry pi|with an esp8266|with a pico]",
    "[write|give me|show me|i need] [code|a sketch|a program|firmware|an arduino sketch] [to|that can] {subject}",
    "[help me|i want to|can you|please|i need to] {subject}",
    "{subject} [with a raspberry pi|with an arduino|with micropython|with a microcontroller|on a pico]",
)
TROUBLES = (
    "my wifi does not work|my computer is slow|permission denied|command not found|segmentation fault|"
    "blue screen of death|404 not found|502 bad gateway|connection refused|connection timed out|disk is full|"
    "out of memory|npm install fails|the build fails|docker will not start|the container keeps restarting|"
    "my site is down|dns does not resolve|ssl handshake failed|certificate expired|cors error|git push rejected|"
    "detached head|merge conflict|fatal: not a git repository|null pointer exception|undefined is not a function|"
    "stack overflow in java|undefined reference to main|cuda out of memory|no space left on device|"
    "port already in use|host key verification failed|the printer does not print|the sound does not work|"
    "my phone does not charge|the screen stays black|access denied|syntax error near unexpected token|kernel panic|"
    "vcruntime is missing|the python command is not recognized|pip is not found|virtualenv does not activate"
).split("|")
COMPLAINT_PATTERNS = (
    "{subject}",
    "{subject}[, what can i do|, how do i fix it|, help| anymore|, please help| since yesterday|, any idea]",
    "[why is it that|help:|problem:|what can i do if|what does it mean if] {subject}",
)
ERROR_PATTERNS = (
    "{subject}",
    "{subject} [- what can i do|how do i fix it|on my server|on my laptop|please help|when i start it|error|fix]",
    "[i get|i get the error|error:|it says|the log says|it only shows] {subject}",
    "[how do i fix|how to solve|what does it mean:|fix this:|what causes|why do i get] {subject}",
)


def _trouble(text: str) -> Topic:
    """A sentence, or the words of a message."""
    is_sentence = text.split()[0] in ("my", "the", "npm", "docker", "dns", "pip", "virtualenv")
    return Topic(text, COMPLAINT_PATTERNS if is_sentence else ERROR_PATTERNS, text)


DEEDS = (
    "close all my tabs|clean up my desktop|delete my emails|post on twitter|update my website|restart my router|"
    "book a meeting room|pay my bill|check my bank account|read my messages|send this to my team|commit my changes|"
    "open a pull request|merge the branch|create a ticket|deploy my website|install the update|run the tests for me|"
    "upload the files|download the app|scan my computer for viruses|back up my phone|increase the volume|"
    "take a screenshot|play the next song|charge my phone|lock the door|feed the cat|water the plants|fix my printer"
).split("|")
DEED_PATTERNS = (
    "{subject} [|now|please|for me|right now|tonight]",
    "[can|could|will|would] you {subject} [|for me|please|now]",
    "[i want you to|you should|go and|please] {subject}",
)
KINDS = (
    Kind("shell", 0.04, PLAIN_REPLY, topics_about(ACTIONS, ACTION_PATTERNS)),
    Kind("config", 0.023, PLAIN_REPLY, topics_about(FILES, FILE_PATTERNS)),
    Kind("device", 0.013, PLAIN_REPLY, topics_about(DEVICES, DEVICE_PATTERNS)),
    Kind("trouble", 0.013, PLAIN_REPLY, tuple(_trouble(text) for text in TROUBLES)),
    Kind("deed", 0.007, ACT_REPLY, topics_about(DEEDS, DEED_PATTERNS)),
)
