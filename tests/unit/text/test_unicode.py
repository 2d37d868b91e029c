import re
import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.unicode import clean, cut, fold, sentences, utf16_length, visible, word_at
from tests.harness.terminals import DRIVES

ANY_TEXT = st.text(st.characters(), max_size=60)
# what editors, converters and pranksters really put into words
TYPED = st.text(
    st.sampled_from("абвеёийкоруқғңіабвABCEKMOPTXaceikopxyqń \n-.«»!?1\u00ad\u0301\u0306\u200bİəӊ😀"), max_size=40
)


# ── clean ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("raw", "readable"),
    [
        ("Суд &quot;отпустил&quot; его", 'Суд "отпустил" его'),
        ("&amp;laquo;Выдан&amp;raquo;", "«Выдан»"),
        ("т&#1077;кст и &#x43A;онец", "текст и конец"),
        ("адрес ?id=1&copy=2&section=3", "адрес ?id=1&copy=2&section=3"),
        ("a\x00b\x07c\x9fd", "abcd"),
        ("экстра\u00adди\u200bция\ufeff", "экстрадиция"),
        ("\u202eобратно\u202c", "обратно"),
        ("без \ud800пары", "без пары"),
        ("один\u00a0 \t два", "один два"),
        ("  край \r\n\r\n\r\n\r\n  другой  \n", "край\n\nдругой"),
        ("строка\u2028строка\x85строка", "строка\nстрока\nстрока"),
        ("и\u0306од", "йод"),
        ("&#99999999999;", "&#99999999999;"),
        ("", ""),
    ],
)
def test_clean_leaves_what_a_person_reads(raw: str, readable: str) -> None:
    assert clean(raw) == readable


@given(ANY_TEXT)
def test_cleaned_text_is_composed_and_has_nothing_unseen(text: str) -> None:
    cleaned = clean(text)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00a0\u00ad\u200b-\u200f\u202a-\u202e\ufeff\ud800-\udfff]", cleaned
    )
    assert "\n\n\n" not in cleaned
    assert "  " not in cleaned


@given(ANY_TEXT)
def test_what_drives_a_terminal_is_written_out_and_nothing_else_changes(text: str) -> None:
    shown = visible(text)

    assert shown == "".join(f"\\u{ord(char):04x}" if DRIVES.match(char) else char for char in text)
    assert visible(shown) == shown


# ── lengths ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("text", "units"), [("", 0), ("суд", 3), ("😀", 2), ("а😀б", 4), ("\ud800", 1)])
def test_utf16_length_counts_as_telegram_does(text: str, units: int) -> None:
    assert utf16_length(text) == units


@pytest.mark.parametrize(
    ("text", "units", "short"),
    [
        ("Коротко.", 20, "Коротко."),
        ("Первое предложение. Второе предложение длиннее.", 30, "Первое предложение. …"),
        ("одно два три четыре пять", 14, "одно два три…"),
        ("неразрывноедлинноеслово", 10, "неразрыв…"),
        ("😀😀😀😀", 6, "😀😀…"),
        ("Пресс-служба суда, сообщила", 22, "Пресс-служба суда…"),
        ("слово", 1, "…"),
        ("слово", 0, ""),
    ],
)
def test_cut_keeps_whole_sentences_then_words_then_characters(text: str, units: int, short: str) -> None:
    assert cut(text, units) == short


def test_cut_parts_no_letter_from_its_mark() -> None:
    assert cut("ббббббе\u0301ббббб", 9) == "бббббб…"


@given(TYPED, st.integers(0, 30))
def test_cut_is_never_longer_than_asked_and_never_invents(text: str, units: int) -> None:
    short = cut(text, units)
    assert utf16_length(short) <= units
    assert short == text or text.startswith(short.removesuffix("…").rstrip(" "))
    short.encode()  # no half of a surrogate pair


# ── folding ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Ещё ЁЛКА", "еще елка"),
        ("допро́с", "допрос"),
        ("допрóс", "допрос"),
        ("экстра\u00adдиция", "экстрадиция"),
        ("бе\u200bженец", "беженец"),
        ("Paccледовaние", "расследование"),
        ("PBП и KHБ", "рвп и кнб"),
        ("тәртiп", "тәртіп"),
        ("Қазақcтан", "қазақстан"),
        ("əлем, жаӊа, ҡала", "әлем, жаңа, қала"),
        ("Əлeм", "әлем"),
        ("Telegrаm", "telegram"),
        ("ҚASAқ", "қasaқ"),
        ("и\u0306од, е\u0308лка", "йод, елка"),
        ("и\u0300х", "их"),
        ("İnterpol", "interpol"),
        ("iPhone и Lada.kz", "iphone и lada.kz"),
        ("ν\u0301 \x00\ud800", "ν \x00\ud800"),
        ("\u0301ударение", "ударение"),
    ],
)
def test_fold_finds_the_letters_the_author_meant(written: str, meant: str) -> None:
    assert fold(written).text == meant


def test_ordinary_text_needs_no_offsets() -> None:
    assert fold("Ёлка в Telegram, КНБ и Қазақстан").offsets is None


def test_spans_point_into_the_original() -> None:
    written = "Суд: экстра\u00adди́ция PBП?"
    folded = fold(written)
    start = folded.text.index("экстрадиция")
    assert written[slice(*folded.original_span(start, start + 11))] == "экстра\u00adди́ция"
    start = folded.text.index("рвп")
    assert written[slice(*folded.original_span(start, start + 3))] == "PBП"


@given(ANY_TEXT | TYPED)
def test_fold_is_idempotent(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@given(TYPED)
def test_a_folded_word_slices_back_to_itself(text: str) -> None:
    folded = fold(text)
    for word in re.finditer(r"[^\W\d_]+", folded.text):
        start, end = folded.original_span(*word.span())
        assert fold(text[start:end]).text == word[0]


@given(st.text(st.sampled_from("абвгдеёжзийклмнопрстуфхцчшщьыъэюя"), min_size=1, max_size=12), st.data())
def test_fold_does_not_care_how_a_word_was_typed(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word)))
    expected = word.replace("ё", "е")
    for typed in (word.upper(), f"{word[:at]}\u00ad{word[at:]}", unicodedata.normalize("NFD", word), word.title()):
        assert fold(typed).text == expected


@pytest.mark.parametrize(
    ("text", "index", "word"),
    [
        ("в кнб-ның", 2, "кнб"),
        ("в кнб-ның", 4, "кнб"),
        ("в кнб-ның", 6, "ның"),
        ("в кнб-ның", 5, ""),
        ("#кнб_вызвал", 1, "кнб"),
        ("1937году", 0, "1937"),
        ("1937году", 6, "году"),
        ("кнб", 3, ""),
    ],
)
def test_word_at_gives_the_whole_word(text: str, index: int, word: str) -> None:
    assert text[slice(*word_at(text, index))] == word


# ── sentences ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "expected",
    [
        ["Суд решил.", "Его выдали."],
        ["В г. Алматы на ул. Абая жил А. Б. Сериков.", "Его искали."],
        ["Он приехал в 2022 г. из Омска.", "Его задержали."],
        ["Ущерб 5,2 млн. тенге, или 300 тыс. руб.", "Суд идёт."],
        ["Документы, справки и т. д. Их нет."[:26], "Их нет."],
        ["Статья 12 УК РФ, стр. 5, п. 3.", "Срок до 5.5 лет."],
        ["Сайт Lada.kz и https://vlast.kz/a.html?x=1. пишут об этом.", "Да."],
        ["«Его выдадут?!» — спросил адвокат.", "«Нет», — сказал судья."],
        ["Он ждал… и не дождался.", "А потом…", "Потом ушёл."],
        ["Заголовок без точки", "Первая строка.", "Вторая строка"],
        ["1. Паспорт и виза.", "2. Справка."],
        ["Он живёт здесь с 2022.", "Потом уедет."],
        ["Құжат, анықтама т.б. керек.", "Ол 2023 ж. келді."],
        ["Абай к. 5-үй, қ. Алматы.", "Сот өтті!", "Шешім жоқ."],
        ["Он прибыл в аэропорт (см. карту).", "(Так сказали.)", "И улетел."],
        ["Его задержали им. Сатпаева", "рядом."],
        [],
    ],
)
def test_sentences_of_real_news(expected: list[str]) -> None:
    text = "\n".join(expected) if any(not part.endswith(tuple(".!?…)»")) for part in expected) else " ".join(expected)
    assert [text[start:end] for start, end in sentences(text)] == expected


def test_a_lost_blank_still_ends_a_sentence() -> None:
    text = "Его задержали.В суде молчат."
    assert [text[start:end] for start, end in sentences(text)] == ["Его задержали.", "В суде молчат."]


@given(TYPED)
def test_sentences_cover_the_text_in_order(text: str) -> None:
    spans = sentences(text)
    assert list(spans) == sorted(spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    assert "".join("".join(text[start:end] for start, end in spans).split()) == "".join(text.split())


# ── size ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "part", ["а", "а\u0301", "\u0301\u0327", "aа", ".", ". ", "\n", "&amp;", "\u00ad", "\ud800", " "]
)
def test_time_grows_with_length_only(part: str) -> None:
    def seconds(size: int) -> float:
        text = part * (size // len(part))
        begun = time.process_time()
        for function in (clean, fold, sentences):
            function(text)
        cut(text, 1000)
        return time.process_time() - begun

    seconds(1000)
    assert seconds(80_000) < max(0.1, 40 * seconds(8_000))
