"""How a word stands in a role, as a maintainer is shown it, and as the rules take it in an article."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.keyword_rules import Role, TermWordKind
from monitor.config.keywords import load_keywords
from monitor.config.term_reader import read_terms
from monitor.matching.compiler import compile_rules
from monitor.matching.matcher import Matcher
from monitor.matching.role_forms import RoleForms, role_forms
from monitor.models.articles import Language

WORDS = ("Россия", "россиянин", "Омск", "суд", "российский", "спецслужба", "полиция", "КНБ", "Костанай")


def shown(
    word: str, role: Role, *, language: Language | None = "ru", kind: TermWordKind = TermWordKind.WORD
) -> RoleForms:
    (term,) = read_terms(word, language=language, kind=kind)
    return role_forms(term, role)


@pytest.mark.parametrize(
    ("word", "role", "prepositional", "bare"),
    [
        ("Россия", Role.TO, ("в Россию", "на Россию", "к России"), ("выдать России (дательный)",)),
        ("Россия", Role.FROM, ("из России", "с России", "от России"), ()),
        (
            "Россия",
            Role.AT,
            ("в России", "на России", "по России", "при России"),
            ("Россия (именительный)", "России (родительный)", "Россией (творительный)"),
        ),
        ("КНБ", Role.WHO, (), ("КНБ",)),
        ("Омск", Role.ORIGIN, ("врач из Омска",), ()),
        ("военная полиция", Role.FROM, ("из военного …", "из военной …"), ()),
    ],
)
def test_russian_forms_of_a_role(word: str, role: Role, prepositional: tuple[str, ...], bare: tuple[str, ...]) -> None:
    forms = shown(word, role)

    assert forms.prepositional[: len(prepositional)] == prepositional
    assert forms.bare == bare


@pytest.mark.parametrize(
    ("role", "kazakh"),
    [
        (Role.TO, ("Ресейге",)),
        (Role.FROM, ("Ресейден",)),
        (Role.AT, ("Ресей", "Ресейдің", "Ресейде", "Ресейдегі")),
        (Role.WHOM, ("Ресей", "Ресейдің", "Ресейді")),
        (Role.WHO, ("Ресей",)),
        (Role.ORIGIN, ("Ресейден", "ресейлік")),
    ],
)
def test_kazakh_forms_of_a_role(role: Role, kazakh: tuple[str, ...]) -> None:
    assert shown("Ресей", role, language="kk").kazakh == kazakh


@pytest.mark.parametrize(
    ("word", "note"),
    [
        ("быстро", "наречие не склоняется"),
        ("выдать", "глагол не склоняется"),
        ("домой", "наречие не склоняется"),
        ("«в Омск»", "форма в кавычках"),
        ("экстради*", "начало слова"),
    ],
)
@pytest.mark.parametrize("language", [None, "ru"])
def test_what_takes_no_role_says_why(word: str, note: str, language: Language | None) -> None:
    forms = shown(word, Role.TO, language=language)

    assert note in forms.note
    assert (forms.prepositional, forms.bare, forms.kazakh) == ((), (), ())


def test_what_else_is_to_be_known() -> None:
    assert shown("Сочи", Role.TO).note == "«в Сочи» — и «куда», и «где»: роли «куда» бот ему не даёт"
    assert "«отправить в РФ»" in shown("РФ", Role.TO).note
    assert "словарь не знает" in shown("Кульсары", Role.FROM).note
    assert shown("Костанай", Role.FROM).note == ""
    assert "словарь не знает" in shown("Мовлаев", Role.WHOM, kind=TermWordKind.NAME).note


@given(word=st.sampled_from(WORDS), role=st.sampled_from(Role))
@settings(max_examples=60, deadline=None)
def test_every_form_shown_is_met_in_an_article(word: str, role: Role) -> None:
    rules = f"topics: {{t: {{title: т, any_of: [{{all: [вчера, {{{role}: {{ru: {word}}}}}]}}]}}}}"
    matcher = Matcher(compile_rules(load_keywords(rules, file="k.yaml")))
    forms = shown(word, role)

    for form in (*forms.prepositional, *(bare.partition(" (")[0] for bare in forms.bare)):
        assert matcher.judge(title="", text=f"Вчера {form}").topics, form
