import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.keyword_rules import Keywords, Role, Scope, Term, TermWord, TermWordKind
from monitor.config.keywords import load_keywords
from monitor.config.yaml_reader import Mapping, Scalar, load
from monitor.errors import ConfigError
from monitor.models.articles import Tier
from tests.factories import keyword_problems

RULE = "topics:\n  knb:\n    title: КНБ\n    any_of:\n      - name: одно\n        all:\n"


def keywords(lines: str, *, lists: str = "", more: str = "") -> Keywords:
    return load_keywords(f"{lists}{RULE}{lines}{more}", file="k.yaml")


def terms(written: str, lists: str = "") -> tuple[Term, ...]:
    return keywords(f"          - {written}\n", lists=lists).topics[0].rules[0].lines[0]


# ── YAML ───────────────────────────────────────────────────────────────────────────────────────


def test_scalars_stay_as_typed_and_know_their_line() -> None:
    root = load("да: NO\nгод: 1937\nвремя: 10:30\nнет:\n", file="k.yaml")
    assert [(key.text, value) for key, value in root.items] == [
        ("да", Scalar(text="NO", line=1)),
        ("год", Scalar(text="1937", line=2)),
        ("время", Scalar(text="10:30", line=3)),
        ("нет", Scalar(text="", line=4)),
    ]


def test_a_folded_text_is_one_clean_line() -> None:
    value = load("слова: >-\n  один,\n  два,\n  три\n", file="k.yaml").get("слова")
    assert isinstance(value, Scalar)
    assert value.text == "один, два, три"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a:\n\t- b", 2, "табуляция"),
        ("a: *b", 1, "кавычки"),
        ("a: &b c", 1, "кавычки"),
        ("a: !b c", 1, "кавычки"),
        ("a: @b", 1, "служебного знака"),
        ('a: "выдан" , b', 1, "после закрывающей кавычки"),
        ("a: b: c", 1, "два двоеточия"),
        ("a: b\n---\nc: d", 2, "второй документ"),
        ("a: b\nb: c\na: d", 3, "уже есть в строке 1"),
        ("? [a]\n: b", 1, "только слово"),
        ("- a", 1, "ключ:"),
        ("просто текст", 1, "ключ:"),
        ("", 1, "ключ:"),
        ("a: " + "[" * 30, 1, "вложенность"),
        ("a: \x00", 0, "UTF-8"),
        ("a: \ud800", 0, "UTF-8"),
        ("a: " + "б" * 2_000_001, 0, "больше"),
    ],
)
def test_yaml_mistakes_have_a_line_and_advice(text: str, line: int, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(text, file="k.yaml")
    assert (caught.value.file, caught.value.line) == ("k.yaml", line)
    assert says in caught.value.message


def test_an_alias_bomb_is_refused_at_its_first_line() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True))
    with pytest.raises(ConfigError) as caught:
        load(bomb, file="k.yaml")
    assert caught.value.line == 1


@given(st.text(alphabet="аb:-[]{}\"'#&*!|>%@`, \n\t«»$", max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_a_mapping_or_a_config_error(text: str) -> None:
    try:
        assert isinstance(load(text, file="k.yaml"), Mapping)
    except ConfigError as refusal:
        place = str(refusal)
        assert place.startswith("k.yaml")
    assert all(0 <= problem.line <= text.count("\n") + 2 for problem in keyword_problems(text))


# ── terms ──────────────────────────────────────────────────────────────────────────────────────


def test_a_rule_without_a_name_is_called_by_its_number() -> None:
    text = "topics: {a: {title: А, any_of: [{all: [побег]}, {name: своё, all: [обыск]}, {all: [рейд]}]}}"
    (topic,) = load_keywords(text, file="k.yaml").topics
    assert [rule.name for rule in topic.rules] == ["правило 1", "своё", "правило 3"]


def test_a_comma_means_or_and_a_blank_a_phrase() -> None:
    first, second = terms("побег, отказ во въезде")
    assert first.text == "побег"
    assert [part.text for part in second.words] == ["отказ", "во", "въезде"]
    assert first.language is None


def test_exact_prefix_and_hyphen() -> None:
    (term,) = terms("«на родину» увез* бизнес-рейс")
    assert term.words == (
        TermWord(text="на", kind=TermWordKind.EXACT),
        TermWord(text="родину", kind=TermWordKind.EXACT),
        TermWord(text="увез", kind=TermWordKind.PREFIX),
        TermWord(text="бизнес", kind=TermWordKind.EXACT),
        TermWord(text="рейс", kind=TermWordKind.WORD),
    )


def test_a_comma_inside_the_quotes_does_not_separate() -> None:
    (term,) = terms("«увезли, не предъявив»")
    assert [part.text for part in term.words] == ["увезли", "не", "предъявив"]


def test_yaml_traps_read_as_the_maintainer_meant() -> None:
    assert [term.text for term in terms("1944")] == ["1944"]
    assert [term.text for term in terms("NO, да")] == ["NO", "да"]
    assert [part.text for part in terms("СУ155")[0].words] == ["СУ", "155"]


def test_languages_are_kept_apart() -> None:
    assert [(term.text, term.language) for term in terms('{ru: "граница, обыск", kk: "шекара"}')] == [
        ("граница", "ru"),
        ("обыск", "ru"),
        ("шекара", "kk"),
    ]


def test_a_list_is_written_in_where_it_is_referred_to() -> None:
    lists = 'lists:\n  путь: {ru: "поезд, $небо", kk: пойыз}\n  небо: {ru: самолёт, kk: ұшақ}\n'
    assert [term.text for term in terms("пешком, $путь", lists)] == ["пешком", "поезд", "самолёт", "пойыз"]
    assert [term.text for term in terms("{kk: $путь}", lists)] == ["пойыз"]


def test_a_phrase_holds_a_list_whose_only_term_is_of_several_words() -> None:
    (term,) = terms("сотрудник $органы", "lists: {органы: комитет безопасности}\n")
    assert [word.text for word in term.words] == ["сотрудник", "комитет", "безопасности"]


def test_a_list_may_stand_in_several_lines() -> None:
    assert [term.text for term in terms("$путь", "lists:\n  путь:\n    - поезд, рейс\n    - паром\n")] == [
        "поезд",
        "рейс",
        "паром",
    ]


def test_people_are_names() -> None:
    (term,) = terms("$people", "people:\n  - Анна Ковалевич\n")
    assert {part.kind for part in term.words} == {TermWordKind.NAME}


# ── rules ──────────────────────────────────────────────────────────────────────────────────────


def test_defaults_of_a_rule() -> None:
    rule = keywords("          - побег\n").topics[0].rules[0]
    assert (rule.tier, rule.within, rule.none, rule.line) == (Tier.POST, Scope.SENTENCE, (), 5)


def test_tier_within_and_none() -> None:
    more = "        tier: review\n        within: 12\n        none: роман, кино\n"
    rule = keywords("          - побег\n", more=more).topics[0].rules[0]
    assert (rule.tier, rule.within, [term.text for term in rule.none]) == (Tier.REVIEW, 12, ["роман", "кино"])


def test_examples() -> None:
    more = "    examples:\n      match: [побег удался]\n      miss:\n        - |\n          Кино\n          О побеге.\n"
    first, second = keywords("          - побег\n", more=more).topics[0].examples
    assert (first.title, first.text, first.expects) == ("", "побег удался", "match")
    assert (second.title, second.text, second.expects, second.line) == ("Кино", "О побеге.", "miss", 11)


@pytest.mark.parametrize(
    ("lines", "more", "line", "key", "says"),
    [
        ("          - $нет\n", "", 7, "all", "нет списка"),
        ("          - $росия\n", "", 7, "all", "может быть, «россия»?"),
        ("          - побег: ночью\n", "", 7, "побег", "кавычки"),
        ("          - {ru: побег, обыск}\n", "", 7, "обыск", "кавычки"),
        ("          - {ru: побег, en: run}\n", "", 7, "en", "ru и kk"),
        ('          - ""\n', "", 7, "all", "пустой список"),
        ('          - " , "\n', "", 7, "all", "пустой список"),
        ("          - «побег\n", "", 7, "all", "кавычка"),
        ('          - "*побег"\n', "", 7, "all", "лишний знак"),
        ("          - побег (ночью)\n", "", 7, "all", "лишний знак"),
        ("          - по*\n", "", 7, "all", "короче 3 букв"),
        ("          - «»\n", "", 7, "all", "ни одного слова"),
        ("          []\n", "", 7, "all", "«- »"),
        ("          - побег\n" * 9, "", 5, "all", "больше 8"),
        ("          - побег\n", "        tier: now\n", 8, "tier", "review"),
        ("          - побег\n", "        within: рядом\n", 8, "within", "sentence, title, text"),
        ("          - побег\n", "        within: 1\n", 8, "within", "от 2 до"),
        ("          - побег\n", "        within: 999\n", 8, "within", "от 2 до"),
        ("          - побег\n", "        non: кино\n", 8, "non", "может быть, «none»?"),
        ("          - побег\n", "        none:\n", 8, "none", "пустой список"),
        ("          - побег\n", "      - name: одно\n        all: [обыск]\n", 8, "name", "уже есть в строке 5"),
        ("          - побег\n", "    hashtag: два слова\n", 8, "hashtag", "одно слово"),
        ("          - побег\n", "    examples: {mis: [a]}\n", 8, "mis", "может быть, «miss»?"),
        ("          - побег\n", "    examples: {miss: текст}\n", 8, "miss", "«- »"),
        ("          - побег\n", "  Тема: {title: т, any_of: [{name: a, all: [б]}]}\n", 8, "Тема", "латинские"),
        ("          - побег\n", "  two: {title: т}\n", 8, "any_of", "«- »"),
    ],
)
def test_mistakes_have_a_line_a_key_and_advice(lines: str, more: str, line: int, key: str, says: str) -> None:
    text = f"{RULE}{lines}{more}lists: {{россия: Россия}}\n"
    problems = keyword_problems(text)
    assert [(error.line, error.key) for error in problems][:1] == [(line, key)]
    assert says in problems[0].message
    with pytest.raises(ConfigError) as caught:
        load_keywords(text, file="k.yaml")
    assert caught.value.line == line


def test_a_list_that_refers_to_itself() -> None:
    text = "lists:\n  а: $б\n  б: слово, $а\n" + RULE + "          - $а\n"
    (problem, *_) = keyword_problems(text)
    assert "сам на себя" in problem.message


def test_all_mistakes_are_found_at_once() -> None:
    text = RULE + "          - $нет\n          - $тоже\n        tier: x\n"
    assert [error.line for error in keyword_problems(text)] == [7, 8, 9]
    with pytest.raises(ConfigError, match="ещё ошибок: 2"):
        load_keywords(text, file="k.yaml")


def test_every_word_of_a_text_over_several_lines_knows_its_own() -> None:
    folded = "lists:\n  а:\n    ru: >-\n      один, два,\n\n      три слова\n      подряд\n    kk: пойыз,\n      ұшақ\n"
    assert [(term.text, term.line) for term in terms("$а", folded)] == [
        ("один", 4),
        ("два", 4),
        ("три слова подряд", 6),
        ("пойыз", 8),
        ("ұшақ", 9),
    ]


@given(st.lists(st.lists(st.sampled_from("абвгд"), min_size=1, max_size=4), min_size=1, max_size=5), st.booleans())
def test_a_place_in_a_folded_text_is_on_the_line_it_was_typed_on(rows: list[list[str]], is_quoted: bool) -> None:
    typed = "".join(f"  {' '.join(row)}\n" for row in rows)
    text = f'слова:\n  "{typed.strip()}"\n' if is_quoted else f"слова: >-\n{typed}"
    value = load(text, file="k.yaml").get("слова")
    assert isinstance(value, Scalar)

    lines = [value.line_at(place) for place, letter in enumerate(value.text) if letter != " "]

    assert lines == [number for number, row in enumerate(rows, start=2) for _ in row]


def test_a_rule_remembers_what_its_lines_said() -> None:
    lists = "lists:\n  а: поезд\n"
    (mentions,) = keywords('          - ["$а, пешком", {kk: {куда: $а}}]\n', lists=lists).topics[0].rules[0].mentions
    assert [(one.text, one.line, one.role, one.language) for one in mentions] == [
        ("$а", 2, None, None),
        ("пешком", 9, None, None),
        ("$а", 2, Role.TO, "kk"),
    ]
