"""The quick reader of feeds: well-formed RSS and Atom, element by element. The only importer of lxml.

It reads what it is sure of and hands the rest back (None) to the patient reader in `feed`. Both answer in the
same names, those of feedparser. Most feeds need no more, and feedparser takes ten times as long and more.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

_ATOM = "{http://www.w3.org/2005/Atom}"
_RSS_1 = "{http://purl.org/rss/1.0/}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
_YANDEX = ("{http://news.yandex.ru}", "{https://news.yandex.ru}")

_RSS_FIELDS = {
    "title": "title",
    "link": "link",
    "guid": "id",
    "description": "summary",
    "pubDate": "published",
    f"{_DC}date": "updated",
}
_RDF_FIELDS = {f"{_RSS_1}title": "title", f"{_RSS_1}link": "link", f"{_RSS_1}description": "summary"} | {
    f"{_DC}date": "updated"
}
_ATOM_FIELDS = {
    f"{_ATOM}title": "title",
    f"{_ATOM}id": "id",
    f"{_ATOM}summary": "summary",
    f"{_ATOM}published": "published",
    f"{_ATOM}updated": "updated",
}
_CONTENTS = frozenset({f"{_CONTENT}encoded", f"{_ATOM}content", *(f"{name}full-text" for name in _YANDEX)})
_SHAPES = {
    "rss": ("item", _RSS_FIELDS),
    "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF": (f"{_RSS_1}item", _RDF_FIELDS),
    f"{_ATOM}feed": (f"{_ATOM}entry", _ATOM_FIELDS),
}


def read(document: bytes) -> Sequence[Mapping[str, Any]] | None:
    """The raw entries of a UTF-8 document, or None when it is not well-formed, of another shape, or empty."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8")
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError:
        return None
    if root.tag not in _SHAPES:
        return None
    item, fields = _SHAPES[root.tag]
    return [_entry(element, fields) for element in root.iter(item)] or None  # of nothing, be sure


def _entry(element: Any, fields: Mapping[str, str]) -> Mapping[str, Any]:
    """The first of each field counts, as a later one belongs to an enclosure or a copy."""
    entry: dict[str, Any] = {"content": [{"value": _inner(child)} for child in element if child.tag in _CONTENTS]}
    for child in element:
        name = fields.get(child.tag)
        if name and not entry.get(name):
            entry[name] = _inner(child)
    if not entry.get("link"):
        entry["link"] = next(_atom_links(element), "")
    return entry


def _atom_links(element: Any) -> Iterator[str]:
    for link in element.iterchildren(f"{_ATOM}link"):
        if link.get("rel", "alternate") == "alternate" and link.get("href"):
            yield link.get("href").strip()


def _inner(element: Any) -> str:
    """Text, or the markup of Atom's xhtml and of feeds that forgot to escape theirs."""
    if not len(element):
        return (element.text or "").strip()
    children = "".join(etree.tostring(child, encoding="unicode") for child in element)
    return ((element.text or "") + children).strip()
