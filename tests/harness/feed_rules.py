"""The rules of RFC 4287, RFC 3987 and JSON Feed 1.1 that the W3C's feed validator checks, as far as they concern us."""

import json
import re
from collections import Counter
from typing import Any
from xml.etree import ElementTree as ET

ATOM = "{http://www.w3.org/2005/Atom}"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_URN = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_IRI = re.compile(r"""(?:[^\x00-\x20"<>\\^`{|}\x7f-\x9f%]|%[0-9A-Fa-f]{2})+""")
_WEB = re.compile(r"""https?://[^/?#\s]+(?:[/?#].*)?""")
_SAFE_TAGS = {"p", "b", "blockquote", "a"}
_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


def atom_faults(body: bytes) -> list[str]:
    """What a validator would say of an Atom document."""
    text = body.decode("utf-8", "strict")
    feed = ET.fromstring(text)
    faults = ["a character that XML discourages"] if _BAD.search(text) else []
    faults += ["not an Atom feed"] if feed.tag != f"{ATOM}feed" else []
    faults += _head_faults(feed, "feed")
    if feed.find(f"{ATOM}author/{ATOM}name") is None:
        faults.append("feed without author")
    if not any(link.get("rel") == "self" for link in feed.findall(f"{ATOM}link")):
        faults.append("feed without rel=self")
    entries = feed.findall(f"{ATOM}entry")
    for entry in entries:
        faults += _head_faults(entry, "entry") + _entry_faults(entry)
    ids = Counter(entry.findtext(f"{ATOM}id") for entry in entries)
    faults += [f"an id stands {count} times: {one}" for one, count in ids.items() if count > 1]
    alone = feed.get(_BASE) is not None
    faults += [
        f"not a valid address: {link.get('href')}" for link in feed.iter(f"{ATOM}link") if not _link(link, alone)
    ]
    return faults


def _head_faults(element: ET.Element, what: str) -> list[str]:
    """Exactly one of id, title, updated; an id is an absolute IRI; dates are of RFC 3339."""
    faults = [
        f"{what}: {name} stands {len(found)} times"
        for name in ("id", "title", "updated")
        if len(found := element.findall(f"{ATOM}{name}")) != 1
    ]
    if not _URN.fullmatch(element.findtext(f"{ATOM}id") or ""):
        faults.append(f"{what}: id is no URN")
    if not (element.findtext(f"{ATOM}title") or "").strip():
        faults.append(f"{what}: empty title")
    dates = [element.findtext(f"{ATOM}{name}") for name in ("updated", "published")]
    return faults + [f"{what}: date {date}" for date in dates if date is not None and not _DATE.fullmatch(date)]


def _entry_faults(entry: ET.Element) -> list[str]:
    faults = []
    alternates = [link for link in entry.findall(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"]
    if len({(link.get("type"), link.get("hreflang")) for link in alternates}) != len(alternates) or not alternates:
        faults.append("entry: alternates")
    if any(not (author.findtext(f"{ATOM}name") or "").strip() for author in entry.findall(f"{ATOM}author")):
        faults.append("entry: author without name")
    if any(not category.get("term") for category in entry.findall(f"{ATOM}category")):
        faults.append("entry: category without term")
    contents = entry.findall(f"{ATOM}content")
    if len(contents) != 1 or contents[0].get("type") != "html" or len(contents[0]):
        faults.append("entry: content")
    return faults + html_faults(contents[0].text or "" if contents else "")


def html_faults(content: str) -> list[str]:
    """Elements that readers throw away, tags that are not closed, text that is no text."""
    faults, opened = [], list[str]()
    for tag in re.finditer(r"<(/?)([a-z]+)((?:\s[^<>]*)?)>", content):
        if tag[2] not in _SAFE_TAGS:
            faults.append(f"<{tag[2]}>")
        if not tag[1]:
            opened.append(tag[2])
        elif not opened or opened.pop() != tag[2]:
            faults.append(f"</{tag[2]}> closes nothing")
    rest = re.sub(r"</?[a-z]+(?:\s[^<>]*)?>", "", content)
    return (
        faults + (["not closed"] if opened else []) + (["a bare sign"] if re.search(r"[<>]|&(?!\w+;|#)", rest) else [])
    )


def _link(link: ET.Element, has_base: bool) -> bool:
    href = link.get("href") or ""
    return bool(_IRI.fullmatch(href)) and (has_base or bool(_WEB.fullmatch(href)))


def json_faults(body: bytes) -> list[str]:
    """What https://www.jsonfeed.org/version/1.1/ demands."""
    feed: dict[str, Any] = json.loads(body.decode("utf-8", "strict"))
    faults = [] if feed.get("version") == "https://jsonfeed.org/version/1.1" else ["version"]
    faults += [] if feed.get("title") else ["title"]
    faults += [name for name in ("home_page_url", "feed_url") if name in feed and not _WEB.fullmatch(feed[name])]
    ids = Counter(item.get("id") for item in feed["items"])
    faults += [
        f"an id stands {count} times: {one}" for one, count in ids.items() if count > 1 or not isinstance(one, str)
    ]
    for item in feed["items"]:
        faults += html_faults(item["content_html"])
        faults += [name for name in ("date_published", "date_modified") if not _DATE.fullmatch(item[name])]
        faults += [] if all(author.get("name") for author in item["authors"]) else ["author"]
        faults += ["tags"] if not all(isinstance(tag, str) and tag for tag in item["tags"]) else []
        faults += ["a control character"] if _BAD.search(json.dumps(item, ensure_ascii=False)) else []
    return faults
