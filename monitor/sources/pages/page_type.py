"""What came at an article's address, by its first bytes and its content type: a page, or something that is none.

The bytes speak first: servers call a PDF `text/html` and a page `application/octet-stream`. Signatures are those of
https://mimesniff.spec.whatwg.org/ and, of office files and archives, those of `file(1)`.
"""

import re

_HEAD = 4_096  # bytes in which a body says what it is
_PDF_WITHIN = 1_024  # its readers forgive that much before the signature

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "картинка"),
    (b"\xff\xd8\xff", "картинка"),
    (b"GIF8", "картинка"),
    (b"BM", "картинка"),
    (b"II*\x00", "картинка"),
    (b"MM\x00*", "картинка"),
    (b"\x00\x00\x01\x00", "картинка"),
    (b"PK\x03\x04", "архив или документ Office"),
    (b"\xd0\xcf\x11\xe0", "документ Office"),
    (b"{\\rtf", "документ RTF"),
    (b"%!PS", "документ PostScript"),
    (b"Rar!", "архив"),
    (b"7z\xbc\xaf\x27\x1c", "архив"),
    (b"\x1f\x8b", "архив"),
    (b"\xfd7zXZ", "архив"),
    (b"BZh", "архив"),
    (b"(\xb5/\xfd", "архив"),
    (b"ID3", "звук"),
    (b"OggS", "звук или видео"),
    (b"fLaC", "звук"),
    (b"#!AMR", "звук"),
    (b"\x1aE\xdf\xa3", "видео"),
    (b"FLV\x01", "видео"),
    (b"#EXTM3U", "видео"),
    (b"wOF", "шрифт"),
)
_CONTAINERS = {b"WEBP": "картинка", b"WAVE": "звук", b"AVI ": "видео"}  # RIFF says so after its length
_STILLS = (b"avif", b"heic", b"mif1")
_CHANCE = 3  # bytes; a text may begin so
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<", b"\x00\x00\x00<", b"\x00\x00\xfe\xff")  # UTF-16 and UTF-32
_CONTROLS = bytes({*range(9), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)})  # none of them stands in a text
_MOST_CONTROLS = 0.03  # of the bytes; compressed data have a tenth, a page broken by a few NUL far less

_PROLOG = re.compile(r"(?:\s|\ufeff|<\?[^<>]*>|<!--(?:[^-]++|-(?!->))*+-->|<!doctype\s[^<>]*>)*+", re.IGNORECASE)
_ROOTS = (
    (re.compile(r"<(?:rss|(?:\w{1,20}:)?feed|rdf:rdf)\b", re.IGNORECASE), "лента новостей"),
    (re.compile(r"<(?:urlset|sitemapindex)\b", re.IGNORECASE), "карта сайта"),
    (re.compile(r"<svg\b", re.IGNORECASE), "картинка"),
    (re.compile(r"\{\s*[\"}]|\[\s*[\"\[{\]]"), "JSON"),
)
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body|title|meta|div|p|h1|table|article)\b", re.IGNORECASE)
_TYPES = (  # believed where neither a signature nor a tag says more
    (re.compile(r"image/"), "картинка"),
    (re.compile(r"audio/"), "звук"),
    (re.compile(r"video/"), "видео"),
    (re.compile(r"font/"), "шрифт"),
    (re.compile(r"application/pdf"), "PDF"),
    (re.compile(r"application/(?:[\w.-]{1,60}\+)?json"), "JSON"),
    (re.compile(r"application/(?:rss|atom)\+xml"), "лента новостей"),
    (re.compile(r"application/(?:zip|gzip|x-[\w-]{0,20}(?:zip|rar|tar|compressed)\b)"), "архив"),
    (re.compile(r"application/(?:msword|vnd\.)"), "документ Office"),
    (re.compile(r"(?:text|application)/(?:x-)?(?:javascript|css)"), "программный код"),
)


def other_than_page(body: bytes, html: str, content_type: str) -> str:
    """What a body, decoded to `html`, is, if it is surely no page: «PDF», «картинка», «лента новостей»; else ""."""
    if known := other_than_text(body):
        return known
    head = html[:_HEAD]
    start = _PROLOG.match(head)
    assert start is not None
    if root := next((kind for pattern, kind in _ROOTS if pattern.match(head, start.end())), ""):
        return root
    if _PAGE.search(head):
        return ""
    stated = content_type.strip().lower()
    return next((kind for pattern, kind in _TYPES if pattern.match(stated)), "")


def other_than_text(body: bytes) -> str:
    """What the body is, in Russian, if its bytes are those of no text at all; else ""."""
    head = body[:_HEAD]
    before, pdf, _ = head[:_PDF_WITHIN].partition(b"%PDF-")
    if pdf and b"<" not in before:
        return "PDF"
    if head.startswith(b"RIFF"):
        return _CONTAINERS.get(head[8:12], "двоичный файл")
    if head[4:8] == b"ftyp":
        return "картинка" if head[8:12] in _STILLS else "видео"
    is_binary = _is_binary(head)
    kinds = (kind for sign, kind in _SIGNATURES if head.startswith(sign) and (is_binary or len(sign) > _CHANCE))
    return next(kinds, "двоичный файл" if is_binary else "")


def _is_binary(head: bytes) -> bool:
    if head.startswith(_WIDE):
        return False
    return len(head) - len(head.translate(None, _CONTROLS)) > len(head) * _MOST_CONTROLS
