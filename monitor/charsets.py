"""Bytes → text, for feeds and pages whose declared charset may be absent, wrong or broken by one byte.

Measured on feeds of this press: what is declared is a hint, what the bytes allow is evidence. Cyrillic text in
another charset practically never passes as UTF-8, so UTF-8 is tried first, with a few broken bytes forgiven.
"""

import codecs
import re

_HEAD = 4_096  # where an XML declaration or a <meta charset> stands
_DECLARED = re.compile(r"(?:encoding|charset)\s*=\s*[\"']?\s*([\w-]{2,24})", re.ASCII | re.IGNORECASE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
# The charsets a body may claim. A claim is an outsider's word: codecs that cost quadratic time stay out of reach.
_KNOWN = frozenset(
    {"cp1251", "koi8-r", "koi8-u", "iso8859-5", "cp866", "mac-cyrillic", "ptcp154", "kz1048"}
    | {"cp1252", "iso8859-1", "iso8859-15", "cp1254", "iso8859-9", "cp1250", "iso8859-2"}
)
_FALLBACK = "cp1251"

_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_ACCENTED = re.compile(r"[\u0080-\u024f]")
_TWICE_ENCODED = re.compile(
    r"[ÐÑ][\u0080-\u00bf\u2010-\u203a\u0152-\u0178\u02c6\u02dc€™]|[РС][\u0080-\u00bf\u0402-\u040f\u0452-\u045f\u2010-\u2122€]"
)


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a body. Never fails: what no charset explains is read as windows-1251, the lost bytes left out.

    The order of trust: byte order mark, UTF-8, the charset of the HTTP header, the body's own declaration.
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").removeprefix("\ufeff").replace("\ufffd", "")
    utf8 = body.decode("utf-8", "replace")
    broken = utf8.count("\ufffd")
    if not broken or _is_utf8_with_faults(utf8, broken):
        return utf8.replace("\ufffd", "")
    declared = _DECLARED.findall(content_type) + _DECLARED.findall(body[:_HEAD].decode("latin-1"))
    texts = (_strictly(body, name) for name in declared)
    found = next((text for text in texts if text is not None and not is_lost(text)), None)
    return found if found is not None else body.decode(_FALLBACK, "ignore")


def is_lost(text: str) -> bool:
    """Whether the letters are those of a wrong decoding: «Ýêñòðàäèöèÿ», «Р­РєСЃС‚», «Ð­ÐºÑ»."""
    cyrillic = len(_CYRILLIC.findall(text))
    if (twice := len(_TWICE_ENCODED.findall(text))) > 3:
        return twice * 3 > cyrillic
    accented = len(_ACCENTED.findall(text))
    return accented > 8 and accented > cyrillic and accented > len(_LATIN.findall(text)) / 4


def _is_utf8_with_faults(text: str, broken: int) -> bool:
    """One cut emoji must not turn a whole feed into another charset; a wrong charset breaks nearly every letter."""
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore")) - broken
    return broken * 10 <= beyond_ascii


def _strictly(body: bytes, name: str) -> str | None:
    try:
        encoding = codecs.lookup(name).name
        return body.decode(encoding) if encoding in _KNOWN else None
    except (LookupError, ValueError):
        return None
