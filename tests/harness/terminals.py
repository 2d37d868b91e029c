"""What no text from outside may bring to a terminal, and a text that tries all of it."""

import re

DRIVES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
HOSTILE = (
    "\x1b]0;title\x07\x1b[2J\x1b[31m[red]суд[/red] :smile: "
    + "я".join(char for char in map(chr, range(0x2070)) if DRIVES.fullmatch(char) and char != "\x00")
    + "\nвторая строка"
)
