"""The quick reader of feeds (lxml): well-formed RSS and Atom, element by element. And XML trees for sitemap.py.

It reads what it is sure of and hands the rest back (None) to feedparser (lenient.py). Both answer in feedparser's
names. Most feeds need no more, and feedparser takes ten times as long. Where the two differ on what this one is sure
of, tests/unit/sources/feeds/test_feed_readers.py says why.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from lxml import etree

_ATOM = "{http://www.w3.org/2005/Atom}"
_RSS_1 = "{http://purl.org/rss/1.0/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_DC_TERMS = "{http://purl.org/dc/terms/}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
_YANDEX = ("{http://news.yandex.ru}", "{https://news.yandex.ru}")

_RSS_FIELDS = {
    "title": "title",
    "link": "link",
    "guid": "id",
    "description": "summary",
    "pubDate": "published",
    f"{_DC}date": "updated",
    f"{_DC_TERMS}date": "updated",
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
    f"{_RDF}RDF": (f"{_RSS_1}item", _RDF_FIELDS),
    f"{_ATOM}feed": (f"{_ATOM}entry", _ATOM_FIELDS),
}
_MEANINGS = {  # what the words of other vocabularies, or other spellings, may give an entry
    **dict.fromkeys(("pubdate", "published", "issued", "date", "updated", "modified", "created"), "published"),
    **dict.fromkeys(("guid", "id"), "id"),
    **dict.fromkeys(("description", "summary", "abstract"), "summary"),
    **dict.fromkeys(("content", "encoded", "body", "fullitem"), "content"),
    "origlink": "another link",  # which is the one to follow: no field of ours, so that feedparser reads the entry
}
_OF_PICTURES = "{http://search.yahoo.com/mrss"  # its words speak of a picture beside the article
_BASE = b"xml:base"  # changes what a link is
_PAGES = frozenset({"text/html", "html", "application/xhtml+xml", "xhtml"})
_TEXTS = _PAGES | {"", "text", "plain"}
_OF_OTHERS = ("image/", "audio/", "video/", "font/", "application/pdf", "application/octet-stream", "application/zip")


def read(document: bytes) -> Sequence[Mapping[str, Any]] | None:
    """The raw entries of a UTF-8 document, or None when it is not well-formed, of another shape, or empty.

    None also when an entry lacks a title, an address, or what another of its elements may hold.
    """
    root = None if _BASE in document else tree(document)
    if root is None or root.tag not in _SHAPES:
        return None
    item, fields = _SHAPES[root.tag]
    entries = [_entry(element, fields) for element in root.iter(item)]
    is_sure = entries and all(map(_is_whole, root.iter(item), entries))
    return entries if is_sure else None


def tree(document: bytes, *, recover: bool = False) -> Any:
    """The root element of a UTF-8 document, or None. Nothing outside it is read and no entity is followed.

    `recover` makes something of what is not well-formed.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        encoding="utf-8",
        recover=recover,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(document, parser)
    except etree.XMLSyntaxError:
        return None


def _entry(element: Any, fields: Mapping[str, str]) -> Mapping[str, Any]:
    """The first of each field counts, as a later one belongs to an enclosure or a copy; of links the last.

    A second description is the whole text after a short one.
    """
    texts = [child for child in element if _is_text(child)]
    entry: dict[str, Any] = {"content": [{"value": _inner(child)} for child in texts if child.tag in _CONTENTS]}
    if about := element.get(f"{_RDF}about"):
        entry["id"] = about
    for child in texts:
        name = fields.get(child.tag)
        if name and (name == "link" or not entry.get(name)):
            entry[name] = _inner(child)
        elif name == "summary":
            entry["content"].append({"value": _inner(child)})
    if not entry.get("link"):
        entry["link"] = _atom_link(element) or _content_address(element)
    return entry


def _is_whole(element: Any, entry: Mapping[str, Any]) -> bool:
    """Whether the entry has a title, an address, and whatever else its element says in other words."""
    if not (entry.get("title") and entry.get("link")):
        return False
    given = {name for name, value in entry.items() if value}
    given |= {"published"} if "updated" in given else set()
    return all(_meaning(child.tag) in given or not _says(child) for child in element)


@lru_cache(128)  # names may have 50,000 letters; those of all real feeds are a few dozen
def _meaning(tag: str) -> str:
    """The field that an element of this name may give; "title", which every whole entry has, for any other."""
    return "title" if tag.startswith(_OF_PICTURES) else _MEANINGS.get(tag.rpartition("}")[2].lower(), "title")


def _says(element: Any) -> bool:
    return not _type(element).startswith(_OF_OTHERS) and bool(len(element) or (element.text or "").strip())


def _is_text(element: Any) -> bool:
    """Whether it holds what it says: not a picture, nor letters packed as base64."""
    of_type = _type(element)
    is_of_text = of_type in _TEXTS or of_type.startswith("text/") or of_type.endswith("xml")
    return is_of_text and element.get("mode") is None


def _type(element: Any) -> str:
    """Its content type, without parameters."""
    return str(element.get("type", "")).partition(";")[0].strip().lower()


def _atom_link(element: Any) -> str:
    """The last alternate that is a page (feedparser's choice too): there may be others, such as a PDF."""
    links = [link for link in element.iterchildren(f"{_ATOM}link") if link.get("rel", "alternate") == "alternate"]
    pages = [link for link in links if _type(link) in ("", *_PAGES)]
    return next((link.get("href").strip() for link in reversed(pages) if link.get("href")), "")


def _content_address(element: Any) -> str:
    """Where the content lies when it does not stand in the entry (RFC 4287, 4.1.3.2)."""
    return next(
        (str(child.get("src")).strip() for child in element.iterchildren(f"{_ATOM}content") if child.get("src")), ""
    )


def _inner(element: Any) -> str:
    """Text, or the markup of Atom's xhtml and of feeds that forgot to escape theirs."""
    if not len(element):
        return (element.text or "").strip()
    children = "".join(etree.tostring(child, encoding="unicode") for child in element)
    return ((element.text or "") + children).strip()
