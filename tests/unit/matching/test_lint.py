import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.keywords import load_keywords
from monitor.matching.compiler import compile_checked
from monitor.matching.lint import lint
from monitor.matching.matcher import Matcher


def doubts_of(text: str) -> list[tuple[int, str, str]]:
    keywords = load_keywords(text, file="k.yaml")
    compiled, _ = compile_checked(keywords)
    return [(doubt.line, doubt.key, doubt.message) for doubt in lint(keywords, compiled)]


def of_rules(*rules: str) -> list[tuple[int, str, str]]:
    stanzas = "".join(f"      - {{name: п{number}, {rule}}}\n" for number, rule in enumerate(rules, start=1))
    return doubts_of(f"topics:\n  t:\n    title: т\n    any_of:\n{stanzas}")


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("all: [побег]", "all: [побег]"),
        ("all: [побег]", "all: [побег, граница]"),
        ("all: ['побег, рейс']", "all: [рейс]"),
        ("all: [{ru: депортации}]", "all: [{ru: депортация}]"),
        ("all: [побег, рейс]", "all: [рейс, побег], within: title"),
        ("all: [побег, рейс], within: text", "all: [рейс, побег], within: 30"),
        ("all: [побег, рейс], within: 30", "all: [рейс, побег], within: 20"),
        ("all: [побег], none: роман", "all: [побег], none: 'роман, кино'"),
        ("all: [побег, рейс], within: 30, none: роман", "all: [побег, рейс], within: 20, none: 'роман, кино'"),
        ("all: [побег], tier: post", "all: [побег], tier: review"),
    ],
)
def test_a_rule_that_another_covers_is_doubted(wide: str, narrow: str) -> None:
    ((line, key, message),) = of_rules(wide, narrow)
    assert (line, key) == (6, "name")
    assert "«п2» ничего не добавляет" in message
    assert "«п1» (строка 5)" in message


def test_the_tier_decides_which_of_two_is_covered() -> None:
    ((line, _, message),) = of_rules("all: [побег], tier: review", "all: [побег], tier: post")
    assert (line, "«п1» ничего не добавляет" in message) == (5, True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("all: [побег, рейс]", "all: [побег]"),
        ("all: [побег]", "all: ['побег, рейс']"),
        ("all: [побег, рейс]", "all: [побег, рейс], within: text"),
        ("all: [побег, рейс]", "all: [побег, рейс], within: 9"),
        ("all: [побег, рейс], within: 9", "all: [побег, рейс], within: title"),
        ("all: [побег], none: роман", "all: [побег]"),
        ("all: [побег, рейс], within: 20, none: роман", "all: [побег, рейс], within: 30, none: роман"),
        ("all: [побег, рейс], within: 30, none: роман", "all: [побег, рейс], within: 20"),
        ("all: [побег], none: роман, within: text", "all: [побег], none: роман"),
        ("all: ['побег, рейс', 'побег, рейс']", "all: [рейс, вокзал]"),
        ("all: [{ru: побег}]", "all: [{kk: побег}]"),
    ],
)
def test_a_rule_that_adds_something_is_not(one: str, other: str) -> None:
    assert of_rules(one, other) == []


@pytest.mark.parametrize(
    ("rule", "second"),
    [
        ("all: ['побег, рейс, побег']", "побег"),
        ("all: [{ru: 'депортация, депортации'}]", "депортации"),
        ("all: [[ёлка, елка]]", "елка"),
        ("all: [рейс], none: 'роман, роман'", "роман"),
    ],
)
def test_a_word_said_twice_is_doubted(rule: str, second: str) -> None:
    ((line, key, message),) = of_rules(rule)
    assert (line, key) == (5, "none" if "none" in rule else "all")
    assert message.startswith(f"«{second}» уже сказано")


def test_lists_may_overlap_but_not_repeat_themselves() -> None:
    text = (
        "lists:\n  а: рейс, поезд\n  б: $а, рейс, паром\n  в: {ru: 'паром, паромы'}\n"
        "topics: {t: {title: т, any_of: [{name: п, all: ['$а, $б, $в, рейс', побег]}]}}"
    )
    assert [(line, key) for line, key, _ in doubts_of(text)] == [(3, "б"), (4, "в")]


def test_lists_that_no_rule_reaches_are_doubted() -> None:
    text = (
        "lists:\n  нужный: рейс, $вложенный\n  вложенный: поезд\n  лишний: паром, $второй\n  второй: лодка\n"
        "people: [Заречный]\ntopics: {t: {title: т, any_of: [{name: п, all: [$нужный, побег]}]}}"
    )
    assert [(line, key) for line, key, _ in doubts_of(text)] == [(4, "лишний"), (5, "второй"), (6, "people")]


@pytest.mark.parametrize(
    ("rule", "doubted"),
    [
        ("all: ['Россия, побег', 'суд, рейс'], within: text", True),
        ("all: ['Россия, побег', 'суд, рейс'], within: 60", True),
        ("all: ['Россия, побег', 'суд, рейс'], within: 20", False),
        ("all: ['Россия, побег', рейс], within: text", False),
    ],
)
def test_everyday_words_far_apart_are_doubted(rule: str, *, doubted: bool) -> None:
    doubts = of_rules(rule)
    assert bool(doubts) == doubted
    if doubted:
        assert "Россия и суд" in doubts[0][2]


@pytest.mark.parametrize(
    ("line", "doubted"),
    [("[побег, побег]", True), ("[побег, 'побег, рейс']", False), ("['побег, рейс', 'побег, рейс']", False)],
)
def test_a_line_that_stands_twice_is_doubted(line: str, *, doubted: bool) -> None:
    doubts = of_rules(f"all: {line}")

    assert [(key, "две одинаковые строки" in message) for _, key, message in doubts] == [("all", True)] * doubted


@pytest.mark.parametrize(
    ("rule", "doubted"),
    [
        ("all: [побег], none: 'роман, год'", True),
        ("all: [побег], none: 'роман, и'", True),
        ("all: [побег], none: 'роман, новый год, «2022 год»'", False),
        ("all: [побег], none: {где: Россия}", False),
        ("all: [побег, час]", False),
    ],
)
def test_an_everyday_word_that_silences_is_doubted(rule: str, *, doubted: bool) -> None:
    doubts = of_rules(rule)

    assert [(key, "— обыденное слово" in message) for _, key, message in doubts] == [("none", True)] * doubted


def test_it_is_doubted_once_wherever_it_silences_all_rules() -> None:
    rules = "any_of: [{name: а, all: [побег]}, {name: б, all: [рейс]}]"
    text = f"never: человек\ndoubt: день\ntopics: {{t: {{title: т, none: [суд], {rules}}}}}"

    assert [(line, key) for line, key, _ in doubts_of(text)] == [(1, "never"), (2, "doubt"), (3, "none")]


WORDS = ("побег", "рейс", "вокзал", "паром")
LINES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=2, unique=True).map(", ".join)
RULES = st.fixed_dictionaries(
    {
        "all": st.lists(LINES, min_size=1, max_size=2),
        "within": st.sampled_from(["sentence", "title", "text", "2", "4"]),
        "tier": st.sampled_from(["post", "review"]),
        "none": st.sampled_from(["", "паром"]),
    }
)
TEXTS = st.lists(st.sampled_from([*WORDS, "и", "и", ". Но", "\n"]), max_size=9).map(" ".join)


@given(rules=st.lists(RULES, min_size=2, max_size=3), title=TEXTS, text=TEXTS)
@settings(max_examples=150, deadline=None)
def test_a_rule_said_to_add_nothing_is_never_reported(rules: list[dict[str, object]], title: str, text: str) -> None:
    stanzas = [
        f"      - {{name: п{number}, tier: {rule['tier']}, within: {rule['within']}, all: {rule['all']!r}"
        + (f", none: {rule['none']}}}" if rule["none"] else "}")
        for number, rule in enumerate(rules)
    ]
    keywords = load_keywords("topics:\n  t:\n    title: т\n    any_of:\n" + "\n".join(stanzas), file="k.yaml")
    compiled, _ = compile_checked(keywords)
    covered = {doubt.line for doubt in lint(keywords, compiled) if doubt.key == "name"}
    names = {rule.name for rule in keywords.topics[0].rules if rule.line in covered}

    verdict = Matcher(compiled).judge(title=title, text=text)

    assert names.isdisjoint(topic.rule for topic in verdict.topics)


# ── what is lost in silence ────────────────────────────────────────────────────────────────────


def of_list(words: str) -> list[tuple[int, str, str]]:
    return doubts_of(f"""lists:
  слова: {{ru: "{words}"}}
topics:
  t:
    title: т
    any_of:
      - all: [$слова]
""")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("побег, экстрадицыя", "может быть, «экстрадиция»"),
        ("побег, журнолист", "может быть, «журналист»"),
        ("побег, депортацяи", "может быть, «депортация»"),
        ("иноагент, инагент", "может быть, «иноагент»"),
        ("Омск Томск, Чита", "поставьте запятую: Омск, Томск"),
        ("побег Омск Томск", "поставьте запятую: Омск, Томск"),
        ("Актобе Костанай", "поставьте запятую: Актобе, Костанай"),
        ("«увезён, побег», рейс", "в «увезён, побег» запятая внутри кавычек"),
    ],
)
def test_a_slip_that_loses_a_word_is_named(words: str, message: str) -> None:
    assert [(line, message in doubt) for line, _, doubt in of_list(words)] == [(2, True)]


@pytest.mark.parametrize(
    "words",
    [
        *("релокант, иноагент, госизмена, мефедрон", "Российская Федерация, Омск", "актюбинский, шымкентский"),
        *("журналисты", "выдача Омск", "Нижний Новгород, Усть-Каменогорск", "Верховный суд Казахстан"),
    ],
)
def test_what_a_dictionary_lacks_is_mostly_right(words: str) -> None:
    assert of_list(words) == []


TOPIC = "topics:\n  t:\n    title: т\n    any_of:\n      - name: п\n"


@pytest.mark.parametrize(
    ("before", "rule", "line", "said"),
    [
        ("lists:\n  слова:\n    ru: >-\n      рейс, побег\n      пристань\n", "all: [$слова]", 4, "«побег пристань»"),
        ("lists:\n  слова:\n    - ru: рейс, побег\n        пристань\n", "all: [$слова]", 3, "«побег пристань»"),
        ("lists:\n  слова:\n    ru: >-\n      рейс, «со\n      службы»\n", "all: [$слова]", 4, "«со службы»"),
        ("people: [Коваленко, Иван\n  Заречный]\n", "all: [$people]", 1, "«Иван Заречный»"),
        ("", "all:\n          - {ru: 'рейс, побег\n              пристань'}", 7, "«побег пристань»"),
        ("", "all: [рейс]\n        none: побег\n          пристань", 7, "«побег пристань»"),
        ("", "all: [рейс]\nnever: порт,\n  побег\n  пристань", 8, "«побег пристань»"),
        ("", "all: [рейс]\ncounters: [{name: с, all: [рейс, побег\n  пристань]}]", 7, "«побег пристань»"),
    ],
)
def test_a_phrase_that_the_end_of_a_line_tears_is_named(before: str, rule: str, line: int, said: str) -> None:
    ((where, _, message),) = doubts_of(f"{before}{TOPIC}        {rule}")
    assert (where, message.partition(" — ")[0]) == (line, f"выражение {said} разорвано концом строки")


@pytest.mark.parametrize(
    "words",
    ["\n      ru: >-\n        рейс,\n        побег на пристань,\n        порт", "\n      |\n      рейс\n      побег"],
)
def test_lines_that_end_with_a_comma_tear_nothing(words: str) -> None:
    assert doubts_of(f"lists:\n  слова:{words}\n{TOPIC}        all: [$слова]") == []


def test_a_word_in_two_lists_is_doubted_once() -> None:
    text = """lists:
  люди: {ru: "беженец, изгнанник"}
  гости: {ru: "турист, изгнанник"}
topics:
  t:
    title: т
    any_of:
      - all: [[$люди, $гости]]
"""
    ((line, key, message),) = doubts_of(text)
    assert (line, key) == (3, "гости")
    assert "«изгнанник» стоит и в списке «люди» (строка 2)" in message


@pytest.mark.parametrize(
    ("rule", "fires"),
    [
        ("all: [побег, $люди], none: $люди", False),
        ("all: [побег, {кого: $люди}], none: $люди", False),
        ("all: [побег, {кого: $люди}], none: {кто: $люди}", True),
        ("all: [побег, [$люди, турист]], none: $люди", True),
    ],
)
def test_a_rule_that_its_own_none_silences_is_refused(rule: str, fires: bool) -> None:
    lists = "lists: {люди: {ru: 'беженец, изгнанник'}}\n"
    keywords = load_keywords(f"{lists}topics:\n  t:\n    title: т\n    any_of:\n      - {{{rule}}}\n", file="k.yaml")
    _, problems = compile_checked(keywords)
    assert [(one.line, "не сработает никогда" in one.message) for one in problems] == ([] if fires else [(6, True)])


@pytest.mark.parametrize(
    ("line", "none", "fires"),
    [
        ("беженец", "{ru: беженец}", False),
        ("беженец", "$люди", False),
        ("беженец", "беженец", False),
        ("{ru: беженец}", "беженец", False),
        ("'беженец, турист'", "[{ru: беженец}, турист]", False),
        ("беженец", "{kk: беженец}", True),
        ("{kk: беженец}", "{ru: беженец}", True),
        ("'беженец, турист'", "{ru: беженец}", True),
    ],
)
def test_a_word_of_both_languages_is_silenced_by_its_russian(line: str, none: str, *, fires: bool) -> None:
    problems = refused(f"all: [побег, {line}], none: {none}", head="lists: {люди: {ru: 'изгнанник, беженец'}}\n")
    assert [(at, "не сработает никогда" in message) for at, message in problems] == ([] if fires else [(6, True)])
    assert all("none (список «люди»)" in message for _, message in problems if none == "$люди")


@pytest.mark.parametrize(
    ("rule", "head", "fires"),
    [
        ("all: [снять с рейса, беженец], within: 2", "", False),
        ("all: [снять с рейса, беженец], within: 3", "", False),
        ("all: [снять с рейса, беженец], within: 4", "", True),
        ("all: ['снять с рейса, ссадить', беженец], within: 2", "", True),
        ("all: [«снять с рейса», беженец], within: 3", "", False),
        ("all: [побег, беженец, граница], within: 2", "", False),
        ("all: [побег, беженец, граница], within: 2", "short_text: 1.5\n", True),
        ("all: [снять с рейса, беженец], within: 2", "short_text: 1.5\n", False),
        ("all: [бизнес-рейс, беженец], within: 2", "", True),
        ("all: [снять с $транспорт, беженец], within: 3", "lists: {транспорт: {ru: 'рейс, поезд'}}\n", False),
        ("all: [снять с рейса, беженец]", "", True),
    ],
)
def test_a_window_without_room_for_its_lines_is_refused(rule: str, head: str, *, fires: bool) -> None:
    line = 5 + head.count("\n")
    assert [(at, "не сработает никогда: его строкам нужно слов" in said) for at, said in refused(rule, head)] == (
        [] if fires else [(line, True)]
    )


def refused(rule: str, head: str) -> list[tuple[int, str]]:
    keywords = load_keywords(f"{head}topics:\n  t:\n    title: т\n    any_of:\n      - {{{rule}}}\n", file="k.yaml")
    return [(one.line, one.message) for one in compile_checked(keywords)[1]]


def test_a_person_in_small_letters_is_doubted() -> None:
    topics = "topics: {t: {title: т, any_of: [{name: а, all: [$people]}]}}\n"
    doubts = doubts_of(f"people: [Иван Петров, анна рид, Отто фон Рид]\n{topics}")
    assert [message.partition(" — ")[0] for _, _, message in doubts] == ["имя «анна рид»: «анна» с маленькой буквы"]
