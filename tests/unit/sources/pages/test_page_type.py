import zlib

import pytest

from monitor.sources.pages import page_type
from monitor.sources.pages.article import extract
from monitor.sources.pages.page_type import other_than_text
from monitor.text import charsets
from tests.factories import NOW

PAGE = (
    "<!doctype html><html><head><title>Вести</title></head><body><p>Суд в Алматы отложил заседание.</p></body></html>"
)
NOISE = zlib.compress(PAGE.encode() * 90, 9) * 9


def other_than_page(body: bytes, content_type: str) -> str:
    return page_type.other_than_page(body, charsets.decode(body, content_type), content_type)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj <</Type /Catalog>>" + NOISE, "PDF"),
        (b"\xef\xbb\xbf\r\n%PDF-1.4\n" + NOISE, "PDF"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + NOISE, "картинка"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "картинка"),
        (b"GIF89a\x01\x00\x01\x00\x80\x00\x00", "картинка"),
        (b"RIFF\x00\x01\x00\x00WEBPVP8 " + NOISE, "картинка"),
        (b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00", "картинка"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><title>x</title></svg>', "картинка"),
        (b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml" + NOISE, "архив или документ Office"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00" + NOISE, "документ Office"),
        (b"{\\rtf1\\ansi\\ansicpg1251 \\'d1\\'f3\\'e4}", "документ RTF"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + NOISE, "архив"),
        (b"ID3\x03\x00\x00\x00\x00\x0f\x76TIT2" + NOISE, "звук"),
        (b"OggS\x00\x02\x00\x00" + NOISE, "звук или видео"),
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00", "видео"),
        (b'{"error": "not found", "html": "<p>x</p>"}', "JSON"),
        (b' [{"title": "x"}]', "JSON"),
        (b'<?xml version="1.0"?><!-- made --><rss version="2.0"><channel/></rss>', "лента новостей"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"><entry/></feed>', "лента новостей"),
        (b'<!DOCTYPE html>\n<rss version="2.0"><channel/></rss>', "лента новостей"),
        ('\ufeff<?xml version="1.0"?><rss/>'.encode("utf-16"), "лента новостей"),
        (b'<urlset xmlns="x"><url/></urlset>', "карта сайта"),
        (b"\xff\xfb\x90\x64\x00" + NOISE, "двоичный файл"),
        (NOISE, "двоичный файл"),
    ],
)
@pytest.mark.parametrize("content_type", ["", "text/html; charset=utf-8"])
def test_the_bytes_say_what_is_no_page(body: bytes, kind: str, content_type: str) -> None:
    assert other_than_page(body, content_type) == kind
    extracted = extract(body, content_type=content_type, url="https://a.example/doc", now=NOW)
    assert (extracted.text, extracted.problem) == ("", f"это не страница, а {kind}")


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b"caption of a picture", "image/jpeg", "картинка"),
        (b"", "application/pdf", "PDF"),
        (b"callback(1)", "application/javascript; charset=utf-8", "программный код"),
        (b"null", "application/vnd.api+json", "JSON"),
    ],
)
def test_the_content_type_says_it_where_the_bytes_do_not(body: bytes, content_type: str, kind: str) -> None:
    assert other_than_page(body, content_type) == kind


@pytest.mark.parametrize(
    "body",
    [
        PAGE.encode(),
        PAGE.encode("windows-1251"),
        PAGE.encode("utf-16"),
        PAGE.encode("utf-16-le"),
        PAGE.encode("utf-8-sig"),
        b"<?xml version='1.0'?><!-- x --><!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0'>" + PAGE.encode(),
        b"Warning: Undefined index: id in /var/www/news.php on line 3<br>" + PAGE.encode(),
        b"\n\n<p>\x00\xd0\xa1\xd1\x83\xd0\xb4 \x07" + PAGE.encode(),
        b"BMW has recalled its cars <p>in Almaty</p>",
        b"ID3 is a new party <p>of the left</p>",
        b"[Updated] The court has put off the hearing",
        b"<p>How to read %PDF-1.7 files</p>",
        "Суд в Алматы отложил заседание.".encode(),
        b"",
    ],
)
@pytest.mark.parametrize("content_type", ["", "text/html", "application/octet-stream", "text/plain"])
def test_what_may_be_a_page_is_read(body: bytes, content_type: str) -> None:
    assert other_than_page(body, content_type) == ""
    assert other_than_text(body) == ""


@pytest.mark.parametrize("content_type", ["image/png", "application/json", "application/rss+xml", "application/pdf"])
def test_a_page_with_a_wrong_content_type_is_a_page(content_type: str) -> None:
    assert other_than_page(PAGE.encode(), content_type) == ""
