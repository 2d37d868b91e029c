"""Words as people type them: without a Kazakh keyboard, broken by signs, in hashtags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.keyword_rules import TermWordKind
from monitor.config.keywords import load_keywords
from monitor.config.term_reader import read_terms
from monitor.matching.compiler import compile_rules, with_russian
from monitor.matching.matcher import Matcher
from monitor.matching.words.word_forms import found_in
from monitor.text.languages.kazakh_latin import in_russian_letters
from monitor.text.languages.russian import forget_dictionary


def places(written: str, text: str, kind: TermWordKind = TermWordKind.WORD) -> tuple[str, ...]:
    (term,) = read_terms(written, kind=kind)
    return found_in(term, text)


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        # A whole text without a Kazakh keyboard.
        ("ҰҚК", "УКК журналисти жауапка шакырды", "УКК"),
        ("журналист", "УКК журналисти жауапка шакырды", "журналисти"),
        ("шақыру", "УКК журналисти жауапка шакырды", "шакырды"),
        ("ұстап беру", "Казакстан белсендини Ресейге устап берди", "устап берди"),
        ("белсенді", "Казакстан белсендини Ресейге устап берди", "белсендини"),
        ("қала", "Кеше каланын тургындары жиналды", "каланын"),
        ("әйел", "Кеше бир айелди устады", "айелди"),
        ("мәлімдеу", "Полиция бул туралы мялимдеди", "мялимдеди"),
        ("көші-қон", "Коши-кон полициясы тексерди", "Коши-кон"),
        # Inside a Russian one: phrases, and words long enough.
        ("ұстап беру", "Знакомые написали нам: устап берди", "устап берди"),
        ("қауіпсіздік", "Он написал «кауипсиздик» и ушёл", "кауипсиздик"),
        ("қауіпсіздік", "Он написал «қауипсиздик» и ушёл", "қауипсиздик"),
        ("тергеу", "Он сказал, что был тергеудин конец", "тергеудин"),
        ("депортациялау", "Сообщают: депортациялаган", "депортациялаган"),
        # Latin letters, with and without marks, in a Russian text.
        ("қашқын", "Пишут, что это qashqyndar", "qashqyndar"),
        ("ұстап беру", "Пишут: ustap berdi", "ustap berdi"),
        ("тергеу", "Пишут: tergeudi", "tergeudi"),
    ],
)
def test_kazakh_is_found_in_other_letters(term: str, text: str, expected: str) -> None:
    assert places(term, text) == (expected,)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("қара", "Кара за преступление неизбежна, сказал министр"),
        ("тұру", "Второй тур чемпионата прошёл в столице"),
        ("қағу", "Как сообщили в полиции, он ушёл"),
        ("қуу", "Жаңа күн басталды, дейді тұрғындар"),
        ("тұру", "Жаңа туристік нысан ашылды"),
        ("тәртіп", "Одан бас тартып, шешім қабылдады"),
        ("қала", "Эта кала нам не нужна, сказал он"),
        ("аңду", "Beauty and the beast"),
    ],
)
def test_what_merely_looks_like_it_is_another_word(term: str, text: str) -> None:
    assert places(term, text) == ()


def test_to_tell_them_from_russian_words_takes_no_dictionary() -> None:
    rules = "topics: {t: {title: т, any_of: [{all: [{kk: қалам}]}]}}"
    matcher = Matcher(with_russian(compile_rules(load_keywords(rules, file="k.yaml"))))
    forget_dictionary()

    assert not matcher.judge(title="", text="Он сказал, что калам древнее пера").topics
    assert matcher.judge(title="", text="Он сказал, что каламынан не пишут").topics
    assert not forget_dictionary(), "it was loaded"


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        ("КНБ", "Его вызвали в К. Н. Б. на допрос", "К. Н. Б."),
        ("КНБ", "Его вызвали в К.Н.Б на допрос", "К.Н.Б"),
        ("депортировать", "Его депор-\nтировали вчера", "депор-\nтировали"),
        ("экстрадиция", "э к с т р а д и ц и я", "э к с т р а д и ц и я"),
        ("экстрадиция", "Э К С Т Р А Д И Ц И Я в Россию", "Э К С Т Р А Д И Ц И Я"),
        ("экстрадиция", "в э к с т р а д и ц и и отказано", "э к с т р а д и ц и и"),
        ("депортация", "Новая депор🚨тация", "депор🚨тация"),
        ("депортация", "Новая депор\u200dтация", "депор\u200dтация"),
        ("КНБ", "#ДопросВКНБ", "КНБ"),
        ("допрос в КНБ", "#ДопросВКНБ", "ДопросВКНБ"),
        ("допрос в КНБ", "#допрос_в_КНБ", "допрос_в_КНБ"),
        ("КНБ", "#арестКНБ", "КНБ"),
        ("Казахстан", "Казахстан🇰🇿Россия", "Казахстан"),
        ("экстрадиция", "Новая эк$традиция", "эк$традиция"),
        ("депортация", "Новая деп0рт@ция", "деп0рт@ция"),
        ("экстрадиция", "Новая экст*адиция!", "экст*адиция"),
        ("онлайн-режим", "в онлайн-\nрежиме", "онлайн-\nрежиме"),
    ],
)
def test_broken_words_are_found_as_the_text_has_them(term: str, text: str, expected: str) -> None:
    assert places(term, text) == (expected,)


def test_a_word_broken_at_a_line_end_stands_in_one_sentence() -> None:
    rules = "topics: {t: {title: т, any_of: [{all: [депортировать, таможня]}]}}"
    verdict = Matcher(compile_rules(load_keywords(rules, file="k.yaml"))).judge(
        title="", text="Его депор-\nтировали с таможни."
    )

    assert [match.form for topic in verdict.topics for match in topic.matches] == ["депор-\nтировали", "таможни"]


@given(
    st.sampled_from(["қашқындарға", "шақырылған", "қауіпсіздіктің", "тергеудің", "экстрадициялаған", "ұсталғаны"]),
    st.booleans(),
)
def test_every_form_is_found_in_russian_letters(form: str, is_alone: bool) -> None:
    (term,) = (read_terms(word, kind=TermWordKind.WORD)[0] for word in [_LEMMAS[form]])
    typed = in_russian_letters(form)
    text = typed if is_alone else f"Вчера нам написали «{typed}», и всё"

    assert found_in(term, text) == (typed,)


_LEMMAS = {
    "қашқындарға": "қашқын",
    "шақырылған": "шақыру",
    "қауіпсіздіктің": "қауіпсіздік",
    "тергеудің": "тергеу",
    "экстрадициялаған": "экстрадициялау",
    "ұсталғаны": "ұстау",
}
