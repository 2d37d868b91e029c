"""Bytes → text, for feeds and pages whose declared charset may be missing, wrong or broken by one byte.

By measurement on this press, the declared charset is a hint and the bytes are evidence. Cyrillic text in another
charset hardly ever passes as UTF-8, so UTF-8 is tried first, and a few broken bytes are forgiven.
"""

import codecs
import re
from collections.abc import Sequence

from monitor.text.unicode import letters_in

_HEAD = 4_096  # bytes within which an XML declaration or a <meta charset> is
_DECLARED = re.compile(r"(?:encoding|charset)\s*=\s*[\"']?\s*([\w-]{2,24})", re.ASCII | re.IGNORECASE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins with the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_EBCDIC_DECLARATION = "<?xml".encode("cp037")
# Charsets that a body may declare: only table-based ones. The declaration is outside input, and some codecs take
# quadratic time, unpack archives, or read ASCII as something else.
_KNOWN = re.compile(
    r"cp\d{3,4}|iso8859-\d{1,2}|koi8-[rtu]|mac-\w+|ptcp154|kz1048|gbk|gb2312|gb18030|big5(?:hkscs)?"
    r"|euc[-_]\w+|shift_jis(?:x?_?\d{4}|x0213)?|johab|hp-roman8|tis-620|ascii"
)
_DISGUISED = re.compile(r"iso2022_\w+|hz|utf-7")  # ASCII bytes that stand for other letters
_MEANT = {  # the charsets that writers of narrower ones really use (https://encoding.spec.whatwg.org/#names-and-labels)
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_WINDOWS_BYTES = {
    ord(letter): byte for byte in range(0x80, 0xA0) if (letter := bytes([byte]).decode("cp1252", "ignore"))
}
_AMONG_LATIN = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]")
_KOI8_SMALL = re.compile(rb"[\xc0-\xdf]")
_WINDOWS_SMALL = re.compile(rb"[\xe0-\xff]")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")

_LATIN = re.compile(r"[A-Za-z]+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]+")
_ACCENTED = re.compile(r"[\u0080-\u024f]+")
_TWICE_ENCODED = re.compile(  # one class stands first, so that the search is fast
    r"[ÐÑРС](?:(?<=[ÐÑ])[\u0080-\u00bf\u2010-\u203a\u0152-\u0178\u02c6\u02dc€™]"
    r"|(?<=[РС])[\u0080-\u00bf\u0402-\u040f\u0452-\u045f\u2010-\u2122€])"
)


def decode(body: bytes, content_type: str = "") -> str:
    """Decode a body. Never fails: as the last resort it is read as windows-1251 without undecodable bytes.

    The order of trust: byte order mark, UTF-8, the charset of the HTTP header, the body's own declaration.
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").removeprefix("\ufeff").replace("\ufffd", "")
    if body.isascii():
        disguised = (_strictly(body, name, _DISGUISED) for name in _declared(body, content_type))
        return next((text for text in disguised if text is not None), body.decode("ascii"))
    utf8 = body.decode("utf-8", "replace")
    broken = utf8.count("\ufffd")
    if not broken or _is_utf8_with_faults(utf8, broken):
        return utf8.replace("\ufffd", "")
    texts = (_strictly(body, name, _KNOWN) for name in _declared(body, content_type))
    sound = next((text for text in texts if text is not None and not is_lost(text)), None)
    return body.decode(_undeclared(body), "ignore") if sound is None else sound


def repair(text: str) -> str:
    """Repair a text that was encoded twice («Ð¡ÑƒÐ´», «РЎСѓРґ»); any other is returned unchanged."""
    if not _TWICE_ENCODED.search(text):
        return text
    # Latin-1 and windows-1252 at once: wrong decoders take from one what the other leaves undefined.
    for letters, encoding in ((text.translate(_WINDOWS_BYTES), "latin-1"), (text, "cp1251")):
        try:
            return letters.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return text


def is_lost(text: str) -> bool:
    """Whether the letters come from a wrong decoding: «Ýêñòðàäèöèÿ», «Р­РєСЃС‚», «Ð­ÐºÑ»."""
    if (twice := len(_TWICE_ENCODED.findall(text))) > 3:
        return twice * 3 > letters_in(_CYRILLIC, text)
    accented = letters_in(_ACCENTED, text)
    return accented > 8 and accented > letters_in(_CYRILLIC, text) and accented > letters_in(_LATIN, text) / 4


def _declared(body: bytes, content_type: str) -> Sequence[str]:
    """Return declared names of charsets: the header's first, then those in the beginning of the body."""
    head = body[:_HEAD].decode("cp037" if body.startswith(_EBCDIC_DECLARATION) else "latin-1")
    return _DECLARED.findall(content_type) + _DECLARED.findall(head)


def _is_utf8_with_faults(text: str, broken: int) -> bool:
    """Whether at most a tenth of the characters above ASCII are broken. A cut emoji must not make a feed another
    charset, and a wrong charset breaks nearly every letter.
    """
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore")) - broken
    return broken * 10 <= beyond_ascii


def _strictly(body: bytes, name: str, known: re.Pattern[str]) -> str | None:
    """Decode the body in the charset of this name; None if it is not a known one or does not decode the body."""
    encoding = next(filter(None, map(_looked_up, _variants(name.lower()))), "")
    if not known.fullmatch(encoding):
        return None
    try:
        return body.decode(_MEANT.get(encoding, encoding))
    except ValueError:
        return None


def _variants(name: str) -> tuple[str, ...]:
    """Return the name of a charset as written and as meant: `x-mac-cyrillic`, `cp-1251`, `koi8r`."""
    bare = name.replace("-", "")
    return name, name.removeprefix("x-"), bare, f"cs{bare}"


def _looked_up(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""


def _undeclared(body: bytes) -> str:
    """Guess the charset. Bytes above ASCII that are mostly inside Latin words are accents, not Cyrillic. Most letters
    of a text are lower case: in windows-1251 the upper half of the table, in KOI8-R the lower.
    """
    accents = len(_AMONG_LATIN.findall(body))
    if accents * 2 > len(_BEYOND_ASCII.findall(body)):
        return "cp1252"
    return "koi8-r" if len(_KOI8_SMALL.findall(body)) > 2 * len(_WINDOWS_SMALL.findall(body)) else "cp1251"
