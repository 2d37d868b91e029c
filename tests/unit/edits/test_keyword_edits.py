"""A word into keywords.yaml and out of it: nothing else of the file changes, whatever way it is written."""

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.keyword_rules import Role
from monitor.config.keywords import load_keywords
from monitor.config.mentions import LANGUAGES
from monitor.edits.keywords.keyword_edits import Spot, add_word, remove_word, spots
from monitor.edits.keywords.keyword_places import KeywordsText, WordGroup, read_places
from monitor.edits.written_words import WrittenWord
from monitor.errors import ConfigError
from monitor.models.articles import Language

PROJECT = Path(__file__).parents[3] / "keywords.yaml"
FILE = """\
# Слова. Первая строка — комментарий.
lists:
  сложный:   # пояснение: с двоеточием
    - РФ, Кремль,
      Санкт-Петербург
    - ru:
        # города
        - Омск, Ростов-на-Дону,  Нижний
          Новгород
      kk: >-
        Ресей, әскери
        полиция, Омбы
  в кавычках: {ru: "суд, «дело», прокуратура", kk: 'сот'}
  скобки: [поезд, "самолёт, рейс", {kk: ұшақ}]
  дословный:
    ru: |
      первое, второе
      третье
  запятая в конце: {ru: одно}
  длинный:
    kk: бір, екі,
      үш,
    ru: очень-очень длинная строка из многих слов, за которой следует ещё одна, и ещё, и опять, и снова, и опять, конец
people:
  - Мовлаев
  - Юлия Емельянова   # журналистка
  - О’Коннор
never:
  ru: >-
    1937, «лет спустя»
elsewhere:
  there: [{где: Бишкек}, СБУ]
  here: Алматы

topics:
  t:
    title: 'Т # не комментарий'
    doubt: генерал
    any_of:
      # перед правилом
      - name: одно
        all: [$сложный, "$скобки, снять с $скобки", {куда: $в кавычках}, [$длинный, {где: $длинный}]]
        none: [$запятая в конце, {кого: $дословный}]
"""
_LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі"
_NAMES = st.text(_LETTERS, min_size=4, max_size=12)
WORDS = st.one_of(
    _NAMES,
    st.lists(_NAMES, min_size=2, max_size=4).map(" ".join),
    _NAMES.map("«{}»".format),
    _NAMES.map("«{}, иное»".format),
    _NAMES.map("{}*".format),
    st.just("$скобки"),
    st.just("снять с $скобки"),
    _NAMES.map("Ростов-на-{}".format),
)


@cache
def written(text: str = FILE) -> KeywordsText:
    return read_places(text, file="keywords.yaml")


def choices(text: KeywordsText) -> list[tuple[WordGroup, Spot]]:
    return [(group, spot) for group in text.groups for spot in spots(text, group)]


def group_of(made: KeywordsText, group: WordGroup) -> WordGroup:
    found = made.group(group.key)
    assert found
    return found


def str_of(word: WrittenWord) -> str:
    return word.text


def comments(text: str) -> list[str]:
    return re.findall(r"# .*", text)


def torn(text: str) -> set[str]:
    """The phrases that do not stand on one line."""
    return {term.text for line in load_keywords(text, file="").lines for term in line if term.is_torn}


@settings(deadline=None, max_examples=80)
@given(st.data(), WORDS)
def test_what_is_put_in_and_taken_out_leaves_the_file_as_it_was(data: st.DataObject, word: str) -> None:
    before = written()
    group, spot = data.draw(st.sampled_from(choices(before)))
    if any(known.text == word for known in group.words) or ("$скобки" in word and group.key == "list:скобки"):
        return

    made = add_word(before, group, word, language=spot.language, role=spot.role)
    back = remove_word(made, group_of(made, group), word, role=spot.role)

    assert spot in {(one.language, one.role) for one in group_of(made, group).places if word in map(str_of, one.words)}
    assert load_keywords(made.text, file="") != load_keywords(FILE, file="")
    assert comments(made.text) == comments(FILE)
    assert torn(made.text) == torn(FILE)
    assert sorted([*(one.text for one in group.words), word]) == sorted(one.text for one in group_of(made, group).words)
    assert max(map(len, made.text.split("\n"))) <= 160
    if back.text != FILE:  # a text in brackets is in quotes now, or has lost a comma at its end
        assert outline(back) == outline(before)
        assert comments(back.text) == comments(FILE)


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_what_is_taken_out_is_that_word(data: st.DataObject) -> None:
    before = written()
    group = data.draw(st.sampled_from([group for group in before.groups if group.words]))
    word = data.draw(st.sampled_from(group.words))

    if len(group.words) == 1:
        return
    made = remove_word(before, group, word.text, line=word.line)

    kept = [one.text for one in group.words]
    kept.remove(word.text)
    assert [one.text for one in group_of(made, group).words] == kept
    assert torn(made.text) <= torn(FILE)
    gone = {one for one in comments(FILE) if one not in comments(made.text)}
    assert gone <= {"# журналистка"}, "a comment goes with the line of its word only"
    assert sum(one != other for one, other in zip(made.text.split("\n"), FILE.split("\n"), strict=False)) >= 1


def outline(text: KeywordsText) -> list[tuple[str, list[tuple[str, Language | None]]]]:
    return [
        (group.key, [(word.text, place.language) for place in group.places for word in place.words])
        for group in text.groups
    ]


@settings(deadline=None, max_examples=4)
@given(st.data())
def test_the_projects_own_file(data: st.DataObject) -> None:
    text = PROJECT.read_text(encoding="utf-8")
    before = written(text)
    group, spot = data.draw(st.sampled_from([one for one in choices(before) if one[0].kind in ("list", "people")]))

    made = add_word(before, group, "Пробное слово", language=spot.language)
    back = remove_word(made, group_of(made, group), "Пробное слово")

    changed = set(made.text.split("\n")) ^ set(text.split("\n"))
    assert len(changed) <= 3
    assert outline(back) == outline(before)
    assert comments(back.text) == comments(text)


@pytest.mark.parametrize(
    ("key", "word", "language", "old", "new"),
    [
        ("list:в кавычках", "арест", "ru", 'прокуратура"', 'прокуратура, арест"'),
        ("list:запятая в конце", "арест", "ru", "{ru: одно}", '{ru: "одно, арест"}'),
        ("list:запятая в конце", "қамау", "kk", "{ru: одно}", "{ru: одно, kk: қамау}"),
        ("list:длинный", "төрт", "kk", "үш,\n", "үш, төрт\n"),
        ("list:длинный", "новое", "ru", "снова, и опять, конец", "снова, и опять, конец,\n        новое"),
        ("list:дословный", "четвёртое", "ru", "третье\n", "третье, четвёртое\n"),
        ("people", "Иван Иванов", "", "О’Коннор\n", "О’Коннор\n  - Иван Иванов\n"),
        ("never", "1944", "ru", "«лет спустя»", "«лет спустя», 1944"),
        ("elsewhere:here", "Астана", "", "here: Алматы", "here: Алматы, Астана"),
        ("elsewhere:there", "ГКНБ", "", "СБУ]", '"СБУ, ГКНБ"]'),
        ("doubt:t", "маршал", "", "doubt: генерал", "doubt: генерал, маршал"),
        ("list:скобки", "пароход", "", "{kk: ұшақ}]", "{kk: ұшақ}]"),
    ],
)
def test_it_is_written_as_its_neighbours_are(key: str, word: str, language: str, old: str, new: str) -> None:
    group = written().group(key)
    assert group

    made = add_word(written(), group, word, language=LANGUAGES.get(language))

    assert new in made.text
    assert made.text.replace(new, old) == FILE or old == new


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("Омск", "здесь уже есть"),
        ("один, два", "нужно одно слово"),
        ("", "нужно одно слово"),
        ("a\x00b", "невидимые знаки"),
    ],
)
def test_what_cannot_be_put_in(word: str, said: str) -> None:
    group = written().group("list:сложный")
    assert group

    with pytest.raises(ConfigError, match=said):
        add_word(written(), group, word, language="ru")


def test_a_role_is_offered_where_there_are_any() -> None:
    text = written()
    line = text.group("all:t:одно:3")
    assert line
    assert spots(text, line) == (Spot(None, Role.AT), Spot(None), Spot("ru"), Spot("kk"))
    assert line.told == ("$длинный", "где: $длинный")

    made = add_word(text, line, "Омск", role=Role.AT)
    assert '[$длинный, {где: "$длинный, Омск"}]' in made.text
    assert "[{где: $длинный}]" in remove_word(text, line, "$длинный").text
    assert "[$длинный]" in remove_word(text, line, "$длинный", role=Role.AT).text


def test_the_last_word_stays() -> None:
    group = written().group("list:запятая в конце")
    assert group

    with pytest.raises(ConfigError, match="последнее слово"):
        remove_word(written(), group, "одно")


def test_what_is_written_with_escapes_is_left_to_hands() -> None:
    text = FILE.replace('"суд, «дело», прокуратура"', '"суд, \\"дело\\""')
    before = read_places(text, file="keywords.yaml")
    group = before.group("list:в кавычках")
    assert group

    with pytest.raises(ConfigError):
        add_word(before, group, "арест", language="ru")


def test_a_topic_of_several_languages_is_called_by_its_russian_title() -> None:
    text = "topics:\n  t:\n    title: {kk: Беру, ru: Выдача}\n    none: [слово]\n    any_of: [{all: [побег]}]\n"

    assert [group.title for group in read_places(text, file="k.yaml").groups if group.kind == "against"] == ["Выдача"]
