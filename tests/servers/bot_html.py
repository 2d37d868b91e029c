"""Telegram's HTML as its own server reads it: text, entities, or the very error it answers with.

Rules and wording follow the open-source Bot API server (tdlib's `parse_html`): the tags, the optional
semicolon after an entity name, and *byte* offsets in errors while entities count UTF-16 units.
Illegal nesting is no error there: entities inside `code` and `pre` are dropped, and so is a quote within a quote
(`remove_intersecting_entities`), expandable or not. Other nesting is kept.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

Entity = dict[str, str | int]

_TYPES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "span": "spoiler",
    "tg-spoiler": "spoiler", "tg-emoji": "custom_emoji", "tg-time": "date_time", "a": "text_link",
    "pre": "pre", "code": "code", "blockquote": "blockquote",
}  # fmt: skip  # one tag a line would hide that this is a short list
_NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
_REFERENCE = re.compile(rb"&(?:#[xX]([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
_SPACE = b" \t\r\n\v\0"
_NAME_TOKEN = re.compile(rb"[0-9a-zA-Z.-]*")


class HtmlError(ValueError):
    """The text Telegram puts behind "can't parse entities: "."""


@dataclass(frozen=True, slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int  # in UTF-16 units
    start: int  # in bytes of the text so far


def utf16_length(text: str) -> int:
    """Length as Telegram counts offsets."""
    return len(text.encode("utf-16-le")) // 2


def parse_html(html: str) -> tuple[str, list[Entity]]:
    """Text and entities (outer before inner). Raises HtmlError."""
    parser = _Parser(html)
    parser.run()
    entities = sorted(parser.entities, key=lambda entity: (entity["offset"], -int(entity["length"])))
    return trim(parser.text.decode(), entities)


def trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Cut blanks off both ends; entities move along and those left empty go."""
    stripped = text.strip()
    cut = utf16_length(text[: len(text) - len(text.lstrip())])
    length, kept = utf16_length(stripped), []
    for entity in entities:
        start = max(0, int(entity["offset"]) - cut)
        end = min(length, int(entity["offset"]) + int(entity["length"]) - cut)
        if start < end:
            kept.append(entity | {"offset": start, "length": end - start})
    return stripped, kept


class _Parser:
    def __init__(self, html: str) -> None:
        self.data = html.replace("\r", "").replace("\0", " ").encode() + b"\0"  # the end mark of a C string
        self.at = 0
        self.text = bytearray()
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def run(self) -> None:
        while self.at < len(self.data) - 1:
            if self.data[self.at] == ord("<"):
                self._tag()
            else:
                self._character()
        if self.open:
            raise HtmlError(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')

    def _character(self) -> None:
        character = self._reference() or self._one()
        self.text += character
        self.offset += utf16_length(character.decode())

    def _one(self) -> bytes:
        first = self.data[self.at]
        size = 1 + (first >= 0xC0) + (first >= 0xE0) + (first >= 0xF0)
        self.at += size
        return self.data[self.at - size : self.at]

    def _reference(self) -> bytes:
        reference = _REFERENCE.match(self.data, self.at)
        if not reference:
            return b""
        hexadecimal, decimal, name = reference.groups()
        code = int(hexadecimal, 16) if hexadecimal else int(decimal or b"0")
        character = _NAMED.get(name, "") if name else _character_of(code)
        if character:
            self.at = reference.end()
        return character.encode()

    def _tag(self) -> None:
        begin = self.at
        self.at += 1
        if self.data[self.at] == ord("/"):
            self._end_tag(begin)
        else:
            self._start_tag(begin)

    def _start_tag(self, begin: int) -> None:
        tag = self._until(_SPACE + b">").decode().lower()
        if self._ended:
            raise HtmlError(f"Unclosed start tag at byte offset {begin}")
        if tag not in _TYPES:
            raise HtmlError(f'Unsupported start tag "{tag}" at byte offset {begin}')
        attributes: dict[str, str] = {}
        while self._skip_space() != b">":
            name, value = self._attribute(tag, begin)
            attributes[name] = value
        self.at += 1
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise HtmlError(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self.open.append(_Open(tag, attributes, self.offset, len(self.text)))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        name = self._until(_SPACE + b"=>").decode()
        if self._ended:
            raise HtmlError(f'Unclosed start tag "{tag}" at byte offset {begin}')
        if not name:
            raise HtmlError(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
        if self._skip_space() != b"=":
            return name, ""
        self.at += 1
        quote = self._skip_space()
        value = self._string() if quote in (b"'", b'"') else self._token()
        if self._ended:
            raise HtmlError(f'Unclosed start tag "{tag}" at byte offset {begin}')
        return name, value

    def _string(self) -> str:
        quote, value = self.data[self.at], bytearray()
        self.at += 1
        while self.data[self.at] != quote and not self._ended:
            value += self._reference() or self._one()
        self.at += not self._ended
        return value.decode()

    def _token(self) -> str:
        begin = self.at
        token = _NAME_TOKEN.match(self.data, begin)
        self.at = token.end() if token else begin
        if self.data[self.at] not in _SPACE + b">":
            raise HtmlError(f"Unexpected end of name token at byte offset {begin}")
        return self.data[begin : self.at].decode().lower()

    def _end_tag(self, begin: int) -> None:
        if not self.open:
            raise HtmlError(f"Unexpected end tag at byte offset {begin}")
        name = self._until(_SPACE + b">")[1:].decode()
        if self._skip_space() != b">":
            raise HtmlError(f"Unclosed end tag at byte offset {begin}")
        self.at += 1
        opened = self.open.pop()
        if name and name != opened.tag:
            raise HtmlError(f'Unmatched end tag at byte offset {begin}, expected "</{opened.tag}>", found "</{name}>"')
        if self.offset > opened.offset:
            self._add(opened)

    def _add(self, opened: _Open) -> None:
        length = self.offset - opened.offset
        entity: Entity = {"type": _TYPES[opened.tag], "offset": opened.offset, "length": length}
        inner = [e for e in self.entities if int(e["offset"]) >= opened.offset]
        if opened.tag in ("code", "pre"):
            self.entities = [e for e in self.entities if e not in inner]
        if opened.tag == "blockquote":
            self.entities = [e for e in self.entities if e not in inner or "blockquote" not in str(e["type"])]
        details = self._details(opened, inner, length)
        if details is not None:
            self.entities.append(entity | details)

    def _details(self, opened: _Open, inner: list[Entity], length: int) -> Entity | None:
        """What the entity says beside its place; None: it is dropped."""
        details: Entity | None = {}
        match opened.tag:
            case "a":
                link = _checked_link(opened.attributes.get("href") or self.text[opened.start :].decode())
                details = {"url": link} if link else None
            case "tg-emoji" | "tg-time":
                number = opened.attributes.get("emoji-id", "")
                details = {"custom_emoji_id": number} if number.isdigit() else None
            case "blockquote" if "expandable" in opened.attributes:
                details = {"type": "expandable_blockquote"}
            case "code" if (language := opened.attributes.get("class", "")).startswith("language-"):
                details = {"language": language.removeprefix("language-")}
            case "pre":
                languages = [e["language"] for e in inner if e["length"] == length and "language" in e]
                details = {"language": languages[0]} if languages else {}
        return details

    def _until(self, stops: bytes) -> bytes:
        begin = self.at
        while self.data[self.at] not in stops:
            self.at += 1
        return self.data[begin : self.at]

    def _skip_space(self) -> bytes:
        while self.data[self.at] in _SPACE and not self._ended:
            self.at += 1
        return self.data[self.at : self.at + 1]

    @property
    def _ended(self) -> bool:
        return self.at >= len(self.data) - 1


def _character_of(code: int) -> str:
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""


def _checked_link(url: str) -> str:
    """The address as Telegram keeps it, or "" for one that it silently refuses."""
    try:
        parts = urlsplit(url if re.match(r"[a-zA-Z]+:", url) else f"http://{url}")
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https", "tg", "ton"):
        return ""
    host = parts.netloc.lower()
    if parts.scheme.startswith("http") and ("." not in host or re.search(r"[\s<>\"]", host)):
        return ""
    return parts._replace(netloc=host, path=parts.path or "/").geturl()
