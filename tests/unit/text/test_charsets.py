import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.text.charsets import decode, is_lost, repair

TEXT = "В Атырау суд отпустил активиста; прокурор требовал выслать его в соседнюю страну. «Адвокат» ждёт."


@pytest.mark.parametrize("declared", ["utf-8", "windows-1251", "koi8-r", "iso-8859-1", "no-such", "idna", "zlib", ""])
@pytest.mark.parametrize("real", ["utf-8", "windows-1251"])
def test_what_is_declared_is_only_a_hint(declared: str, real: str) -> None:
    if (declared, real) == ("koi8-r", "windows-1251"):
        return  # both decode every byte; only a dictionary could tell
    body = f'<?xml version="1.0" encoding="{declared}"?>{TEXT}'.encode(real)
    assert decode(body).endswith(TEXT)
    assert decode(TEXT.encode(real), f"text/xml; charset={declared}") == TEXT


@pytest.mark.parametrize("real", ["koi8-r", "iso-8859-5", "cp866", "mac-cyrillic"])
def test_other_charsets_are_believed_when_declared(real: str) -> None:
    text = TEXT.replace("«", "").replace("»", "")
    assert decode(text.encode(real), f"text/html; charset={real}") == text
    assert decode(f"<meta charset='{real}'>{text}".encode(real)).endswith(text)


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_byte_order_marks(mark: bytes) -> None:
    encoding = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}[mark]
    assert decode(mark + TEXT.encode(encoding), "text/xml; charset=windows-1251") == TEXT
    assert decode(f"<a>{TEXT}".encode("utf-16-le")).endswith(TEXT)


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("cp437", "Çà et là"),
        ("iso-8859-2", "Łódź, Świdnica"),
        ("iso-8859-7", "Αθήνα"),
        ("mac-greek", "Αθήνα"),
        ("big5", "新聞"),
        ("gb2312", "新闻"),
        ("euc-kr", "뉴스"),
        ("shift_jis", "ニュース"),
        ("iso-2022-jp", "ニュース"),
        ("hz", "新闻"),
        ("utf-7", "Суд"),
        ("tis-620", "ข่าว"),
        ("kz1048", "Қазақ тілі"),
    ],
)
def test_every_table_is_believed_when_declared(charset: str, text: str) -> None:
    assert decode(f'<?xml version="1.0" encoding="{charset}"?>{text}'.encode(charset)).endswith(text)
    assert decode(text.encode(charset), f"text/xml; charset={charset}") == text


@pytest.mark.parametrize(
    ("written", "meant"), [("x-mac-cyrillic", "mac-cyrillic"), ("KOI8R", "koi8-r"), ("cp-866", "cp866")]
)
def test_names_of_charsets_are_read_as_meant(written: str, meant: str) -> None:
    text = "Суд в Актау отложил заседание"
    assert decode(text.encode(meant), f"text/xml; charset={written}") == text


def test_ebcdic() -> None:
    assert decode('<?xml version="1.0" encoding="cp500"?><a>[News]</a>'.encode("cp500")).endswith("<a>[News]</a>")


def test_utf_32_with_and_without_a_mark() -> None:
    for encoding in ("utf-32", "utf-32-le", "utf-32-be"):
        assert decode(f"<a>{TEXT}".encode(encoding)) == f"<a>{TEXT}"


def test_undeclared_koi8_is_told_by_its_small_letters() -> None:
    text = TEXT.replace("«", "").replace("»", "")
    assert decode(text.encode("koi8-r")) == text
    assert (
        decode("СУД В АКТАУ ОТЛОЖИЛ, адвокат обжалует это".encode("cp1251"))
        == "СУД В АКТАУ ОТЛОЖИЛ, адвокат обжалует это"
    )


def test_latin_1_is_what_windows_makes_of_it() -> None:
    assert decode("“naïve”".encode("cp1252"), "text/xml; charset=iso-8859-1") == "“naïve”"
    assert decode("Le café était fermé à midi".encode("cp1252")) == "Le café était fermé à midi"


@pytest.mark.parametrize("wrong", ["latin-1", "cp1252", "cp1251"])
def test_a_text_encoded_twice_is_read_as_meant(wrong: str) -> None:
    text = "Суд в городе: «дело» о выезде"
    assert repair(text.encode().decode(wrong)) == text
    assert repair(text) == text


def test_a_mixed_text_is_left_as_it_is() -> None:
    text = "Суд: " + "Дело".encode().decode("latin-1")
    assert repair(text) == text


@given(st.text(max_size=60))
@settings(max_examples=100)
def test_repair_is_total(text: str) -> None:
    repair(text).encode("utf-8", "surrogatepass")


def test_one_stray_byte_costs_nothing_else() -> None:
    body = TEXT.encode()
    assert decode(body[:40] + b"\xd0" + body[40:]) == TEXT
    assert decode(body + b"\xf0\x9f\x98", "text/xml; charset=utf-8") == TEXT


def test_kazakh_letters_survive() -> None:
    text = "Ақтөбе тұрғыны қорғаушы сұрады, әділқазы үзіліс жариялады"
    assert decode(text.encode(), "text/xml; charset=windows-1251") == text


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        (TEXT, False),
        (TEXT.encode("cp1251").decode("cp1252", "replace"), True),
        (TEXT.encode().decode("cp1251", "ignore"), True),
        (TEXT.encode().decode("latin-1"), True),
        ("A plain headline of a foreign agency", False),
        ("Le ministre de l'Intérieur a présenté un projet très contesté à l'Assemblée", False),
        ("Қазақстан мен Ресей келісімге қол қойды", False),
        ("", False),
    ],
)
def test_lost_encodings_are_seen(text: str, lost: bool) -> None:
    assert is_lost(text) is lost


@given(st.binary(max_size=400), st.text(max_size=30))
@settings(max_examples=200)
def test_any_bytes_give_a_text(body: bytes, content_type: str) -> None:
    decode(body, content_type).encode("utf-8")
