"""XML that every reader accepts: written by the standard library, without characters that XML or readers refuse."""

import re
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET  # reading is done by fast_xml.py; this module only writes

from monitor.text.urls import absolute

# What XML 1.0 forbids or discourages, and the direction marks that reverse a line.
_UNWRITABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufdd0-\ufdef"
    "\ufff9-\ufffb" + "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF)) + "]"
)
_NOT_IN_PATH: Final = re.compile(r"""[\s"<>\\^`{|}\[\]#?]|%(?![0-9A-Fa-f]{2})""")
_NOT_IN_QUERY: Final = re.compile(r"""[\s"<>\\^`{|}\[\]#]|%(?![0-9A-Fa-f]{2})""")
_HOST: Final = re.compile(r"""[^\s"<>\\^`{|}#?%]+""")


def writable(text: str) -> str:
    """Return `text` without characters that XML forbids or that only mislead."""
    if text.isascii() and text.isprintable():  # as most of what is written is: tag names, addresses, dates
        return text
    return _UNWRITABLE.sub("", text)


def iri(url: str) -> str:
    """Return a web address as RFC 3987 requires it; "" for anything else."""
    address = absolute("", writable(url))
    if not address:
        return ""
    parts = urlsplit(address)
    if not _HOST.fullmatch(parts.netloc):
        return ""
    path = _NOT_IN_PATH.sub(lambda odd: quote(odd[0], safe=""), parts.path)
    query, fragment = (_NOT_IN_QUERY.sub(lambda odd: quote(odd[0], safe=""), part) for part in parts[3:])
    return parts._replace(path=path, query=query, fragment=fragment).geturl()


def rfc3339(at: datetime) -> str:
    """An instant as Atom, JSON Feed and sitemaps write it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def root(name: str, **attributes: str) -> ET.Element:
    """Return a document's root element; `__` in an attribute's name stands for a colon."""
    return ET.Element(name, _attributes(attributes))


def add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    """Add and return a child with this text. Attributes are named as in `root`; empty ones are left out."""
    child = ET.SubElement(parent, name, _attributes(attributes))
    if text:
        child.text = writable(text)
    return child


def document(element: ET.Element) -> bytes:
    """Return the whole document in UTF-8, each element on its own line."""
    ET.indent(element)
    written: bytes = ET.tostring(element, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _attributes(given: dict[str, str]) -> dict[str, str]:
    return {name.replace("__", ":"): writable(value) for name, value in given.items() if value}
