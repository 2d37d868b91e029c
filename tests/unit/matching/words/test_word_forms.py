import pytest

from monitor.config.keyword_rules import TermWordKind
from monitor.config.term_reader import read_terms
from monitor.errors import ConfigError
from monitor.matching.words.word_forms import forms_of, found_in
from monitor.text.languages import kazakh, russian
from monitor.text.languages.kazakh_samples import samples


def places(written: str, text: str, kind: TermWordKind = TermWordKind.WORD) -> tuple[str, ...]:
    (term,) = read_terms(written, kind=kind)
    return found_in(term, text)


@pytest.mark.parametrize("word", ["допрос", "выдать", "зелёный", "КНБ", "Костанай", "онлайн-режим", "бегущий"])
def test_the_groups_are_all_forms_and_nothing_else(word: str) -> None:
    groups = russian.grouped_forms(word)

    members = [form for group in groups.values() for form in group]
    assert sorted(members) == sorted(russian.forms(word))


def test_forms_are_grouped_by_part_of_speech_in_the_order_of_the_paradigm() -> None:
    groups = russian.grouped_forms("выслать")

    assert list(groups) == ["глагол", "причастие", "деепричастие", "краткое причастие"]
    assert groups["глагол"][:2] == ("выслать", "выслал")
    assert "высланного" in groups["причастие"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("мектеп", {"много": "мектептер", "чей-то": "мектебі", "кому, куда": "мектепке", "откуда": "мектептен"}),
        ("халық", {"чей": "халықтың", "чей-то": "халқы", "с кем, чем": "халықпен"}),
        ("адам", {"много": "адамдар", "чей": "адамның", "откуда": "адамнан", "где": "адамда"}),
        ("көше", {"чей-то": "көшесі", "кого, что": "көшені", "тот, что там": "көшедегі"}),
        ("журналист", {"много": "журналистер", "кому, куда": "журналистке"}),
        ("азаматы", {"чей": "азаматының", "кому, куда": "азаматына"}),
        ("беруші", {"чей": "берушінің", "кому, куда": "берушіге"}),
        ("сөйлеу", {"сделал": "сөйледі", "делает": "сөйлейді", "не сделавший": "сөйлемеген", "сделав": "сөйлеп"}),
        ("шақыру", {"сделал": "шақырды", "сделан": "шақырылды", "чтобы сделать": "шақыруға"}),
        ("жариялау", {"сделан": "жарияланды"}),
        ("табу", {"сделал": "тапты", "сделав": "тауып", "если сделает": "тапса"}),
        ("қою", {"делает": "қояды", "сделал": "қойды", "чтобы сделать": "қоюға"}),
        ("оқу", {"сделал": "оқыды", "делает": "оқиды"}),
        ("Алматы", {"кому, куда": "Алматыға", "откуда": "Алматыдан"}),
        ("ҰҚК", {"чей": "ҰҚК-нің, ҰҚК-ның"}),
    ],
)
def test_samples_are_spelled_by_the_book(word: str, expected: dict[str, str]) -> None:
    shown = samples(word)

    assert {meaning: shown.get(meaning) for meaning in expected} == expected


@pytest.mark.parametrize("word", ["мектеп", "халық", "полиция", "тергеу", "шақыру", "құжат", "журналист", "қою", "оқу"])
def test_every_sample_is_matched(word: str) -> None:
    shown = samples(word)

    assert len(shown) >= 9
    assert all(places(word, form) == (form,) for form in shown.values())


@pytest.mark.parametrize("word", ["", " ", "у", "ы", "ю", "ь", "Telegram", "1937", "қашып", "аа", "ұю"])
def test_odd_words_have_samples_or_none(word: str) -> None:
    assert all(kazakh.stems(word) for _ in samples(word))


def test_forms_of_a_phrase_come_word_by_word() -> None:
    (term,) = read_terms("вид на жительство", language="ru")

    first, second, third = forms_of(term)

    assert "видами" in first.russian["существительное"]
    assert second.text == "на"
    assert "жительством" in third.russian["существительное"]
    assert first.kazakh_stems == ()


def test_a_russian_verb_is_not_shown_with_kazakh_endings() -> None:
    (verb,), (noun,) = (forms_of(term) for term in read_terms("выслать, депортация"))

    assert verb.kazakh_samples == {}
    assert noun.kazakh_samples["кому, куда"] == "депортацияға"


def test_kinds_of_words() -> None:
    name, exact, prefix = (
        forms_of(term)[0]
        for written, kind in (
            ("Заречный", TermWordKind.NAME),
            ("«выдан»", TermWordKind.WORD),
            ("побег*", TermWordKind.WORD),
        )
        for term in read_terms(written, kind=kind)
    )
    assert "Заречного" in name.russian["имя"]
    assert exact.russian == {"как написано": ("выдан",)}
    assert (prefix.kind, prefix.russian, prefix.kazakh_stems) == (TermWordKind.PREFIX, {}, ())


@pytest.mark.parametrize(
    ("written", "text", "expected"),
    [
        ("вид на жительство", "Лишён вида на жительство.", ("вида на жительство",)),
        ("вид на жительство", "вид, на жительство", ()),
        ("«выдан»", "Он выдана, она выдан", ("выдан",)),
        ("побег*", "побегушки и побеги", ("побегушки", "побеги")),
        ("КНБ", "КНБшники", ("КНБшники",)),
        ("ҰҚК", "ҰҚК-нің", ("ҰҚК",)),
        ("шақыру", "шақырылған", ("шақырылған",)),
    ],
)
def test_a_word_may_be_tried_on_a_text(written: str, text: str, expected: tuple[str, ...]) -> None:
    assert places(written, text) == expected


def test_a_name_needs_its_capital() -> None:
    assert places("Заречный", "у Заречного, в заречном", TermWordKind.NAME) == ("Заречного",)


@pytest.mark.parametrize("written", ["$россия", "", "по*", "«побег", "слово!"])
def test_what_a_rule_could_not_say_is_refused(written: str) -> None:
    with pytest.raises(ConfigError):
        read_terms(written)
