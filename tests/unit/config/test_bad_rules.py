"""What a maintainer may write by mistake in roles, phrases and lists: file, line, what to write instead."""

import pytest

from monitor.config.keywords import load_checked
from monitor.errors import ConfigError
from monitor.matching.compiler import compile_checked
from monitor.matching.lint import lint
from monitor.matching.matcher import Matcher
from monitor.models.articles import Tier

HEAD = """\
lists:
  как: {ru: "быстро, тайком"}
  где: {ru: "Сочи, Омск, СИЗО"}
  а: [ $б, слово ]
  б: [ $в ]
  в: [ снять с $а ]
people: [Коваленко]
topics:
  t:
    title: т
    any_of:
      - name: правило
"""


def told(rule: str, head: str = HEAD.replace("[ $в ]", "рейс").replace("снять с $а", "поезд")) -> list[tuple[int, str]]:
    keywords, problems = load_checked(f"{head}        {rule}\n", file="k.yaml")
    compiled, refusals = compile_checked(keywords)
    doubts = lint(keywords, compiled)
    assert all(one.file == "k.yaml" and one.message for one in (*problems, *refusals, *doubts))
    named = (*problems, *refusals, *(doubt for doubt in doubts if "не ссылается" not in doubt.message))
    return [(one.line, one.message) for one in named]


def test_a_topic_without_a_title_is_told_which_key_it_lacks() -> None:
    head = HEAD.replace("[ $в ]", "рейс").replace("снять с $а", "поезд").replace("    title: т\n", "")
    assert told("all: [беглец]", head) == [(9, "нет ключа title — добавьте строку «title: …»")]


@pytest.mark.parametrize(
    ("title", "message"),
    [
        ("{ru: Выдача, kk: Беру, en: Extradition}", ""),
        ("{ru: Выдача}", ""),
        ("{kk: Беру}", "нет ключа ru — добавьте строку «ru: …»"),
        ("{ru: Выдача, kz: Беру}", "неизвестный ключ — можно: en, kk, ru"),
        ("{ru: Выдача, kk: [Беру]}", "здесь нужен один текст"),
        ("{ru: }", "нет значения"),
        ("[Выдача]", "здесь нужен один текст"),
    ],
)
def test_a_topic_has_a_title_or_one_for_each_language(title: str, message: str) -> None:
    head = HEAD.replace("[ $в ]", "рейс").replace("снять с $а", "поезд").replace("title: т\n", f"title: {title}\n")
    said = told("all: [беглец]", head)
    assert len(said) == bool(message)
    assert all(message in one for _, one in said)


@pytest.mark.parametrize("word", ["$как", '{ru: "быстро, тайком"}', '"быстро, тайком"'])
def test_a_word_that_is_not_declined_takes_no_role(word: str) -> None:
    (line, message), (_, other) = told(f"all: [беглец, {{куда: {word}}}]")

    assert line == 13
    assert message.startswith("слово «быстро» (строка ")
    assert "не склоняется, роли «куда» у него не бывает — уберите его из списка или напишите без роли" in message
    assert "«тайком»" in other


def test_a_verb_takes_no_role_and_a_noun_of_one_form_takes_what_its_preposition_shows() -> None:
    ((_, message),) = told("all: [беглец, {кого: задержать}]")

    assert "«задержать»" in message
    assert told("all: [беглец, {откуда: $где}, {где: $где}]") == []


def test_what_may_be_kazakh_is_not_judged_by_the_russian_dictionary() -> None:
    assert told("all: [беглец, {куда: {kk: Ресей}}, {куда: Ресей}, {где: {kk: сот}}]") == []
    assert all(message.endswith("(казахское — под kk:)") for _, message in told("all: [беглец, {где: быстро}]"))


def test_of_a_name_in_a_role_the_maintainer_is_warned() -> None:
    ((line, message),) = told("all: [беглец, {кого: $people}]")

    assert line == 13
    assert message.startswith("падежей имени (Коваленко) бот не знает")
    assert message.endswith("напишите имена без роли")


@pytest.mark.parametrize("phrase", ["$где $как", "$где $где $где", '{ru: "$как $где"}', '{куда: "$где $как"}'])
def test_a_phrase_of_nothing_but_lists(phrase: str) -> None:
    (line, message), *_ = told(f"all: [беглец, {phrase}]")

    assert line == 13
    assert "во фразе нужно хотя бы одно слово кроме списков — не потеряна ли запятая: $" in message


def test_lists_that_contain_each_other_are_named_in_a_ring_also_through_a_phrase() -> None:
    ((line, message),) = told("all: [беглец, $а]", head=HEAD)

    assert line == 6
    assert message == "список ссылается сам на себя: $а → $б → $в → $а — уберите эту ссылку"


@pytest.mark.parametrize(("length", "line"), [(15, 0), (400, 22)])
def test_lists_within_lists_end_somewhere(length: int, line: int) -> None:
    lists = "".join(f"  л{number}: $л{number + 1}\n" for number in range(length))
    head = f"lists:\n{lists}  л{length}: слово\n" + HEAD[HEAD.index("topics:") :]

    problems = told("all: [беглец, $л0]", head=head)

    assert ([one for one, _ in problems][:1] or [0]) == [line]
    assert all("глубже 20" in message for _, message in problems[:1])


def test_roles_in_none_speak_only_beside_the_act() -> None:
    assert told("all: [беглец, выдать], none: [{откуда: $где}]".replace(", none", "\n        none")) == []
    rules = (
        f"{HEAD.replace('[ $в ]', 'рейс').replace('снять с $а', 'поезд')}        all: [выдать, беглец]\n        none:"
    )
    keywords, problems = load_checked(f"{rules} [{{откуда: $где}}]\n", file="k.yaml")
    matcher = Matcher(compile_checked(keywords)[0])

    assert problems == ()
    assert matcher.judge(title="", text="Беглеца выдали из Омска.").tier is Tier.NONE
    assert matcher.judge(title="", text="Беглеца, бежавшего из Омска, выдали.").tier is Tier.POST


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("all: [беглец, {куды: $где}]", "роли (куда, откуда, где, кого, кто, родом) — может быть, «куда»?"),
        ("all: [беглец, {Куда: $где}]", "может быть, «куда»?"),
        ("all: [беглец, {RU: рейс}]", "может быть, «ru»?"),
        ("all: [беглец, {рейс}]", 'возьмите весь их ряд в кавычки: ru: "слово, другое"'),
        ("all: [беглец, {куда:$где}]", "в «куда:$где» нет пробела после двоеточия — напишите {куда: $где}"),
        ("all: [беглец, рейс, 'kk:рейс']", "в «kk:рейс» нет пробела после двоеточия — напишите {kk: рейс}"),
        ("all: [беглец, {куда: {где: $где}}]", "уже стоит в роли «где» — оставьте одну"),
        ("all: [беглец, {кк: рейс}]", "латинскими буквами — напишите kk"),
        ("all: [беглец, {Ру: рейс}]", "латинскими буквами — напишите ru"),
        ("all: [беглец, {kz: рейс}]", "напишите kk"),
        ("all: [беглец, {ru: “рейс, поезд”}]", "кавычки “…” здесь не кавычки"),
        ("all: [беглец, {куда: }]", "пустой список"),
        ("all: [беглец, {куда: $гдe}]", "может быть, «где»? В нём латинские буквы"),
    ],
)
def test_a_role_that_is_none(rule: str, says: str) -> None:
    (line, message), *_ = told(rule)

    assert line == 13
    assert says in message


@pytest.mark.parametrize(
    ("declared", "says"),
    [("$где: Сочи", "без «$»: где"), ('"где:ru": Сочи', "нет пробела после двоеточия — напишите где: {ru: …}")],
)
def test_a_list_declared_with_a_sign_is_told(declared: str, says: str) -> None:
    _, ((line, message), *_) = (), told("all: [беглец]", HEAD.replace('где: {ru: "Сочи, Омск, СИЗО"}', declared))

    assert line == 3
    assert says in message


def test_a_preposition_in_a_role_is_told_that_the_role_has_it() -> None:
    ((line, message),) = told("all: [беглец, {куда: в Россию}]")

    assert line == 13
    assert message.endswith("предлог роль «куда» найдёт сама: напишите {куда: Россия}")


def test_a_role_in_a_list_is_told_once_where_it_is_written() -> None:
    head = (
        HEAD.replace("[ $в ]", "рейс")
        .replace("снять с $а", "поезд")
        .replace('{ru: "Сочи, Омск, СИЗО"}', "{где: [Сочи, Омск]}")
    )
    ((line, message),) = told("all: [беглец, {куда: $где}, {откуда: $где}]", head)

    assert line == 3
    assert message.startswith("«Сочи» здесь в роли «где», а в строке 13 весь этот список берут в роли «куда»")


@pytest.mark.parametrize("pair", ["куда: $где, откуда: Омск", "где: Омск, ru: рейс, кого: $people"])
def test_two_roles_in_one_pair_of_brackets_are_refused(pair: str) -> None:
    (line, message), *others = told(f"all: [беглец, {{{pair}}}]")

    assert (line, [one for _, one in others if "скобках" in one]) == (13, [])
    assert "в одних скобках — если нужны все, напишите их отдельными строками all; если любая — списком: [{" in message
    assert told("all: [беглец, [{куда: $где}, {откуда: $где}], {где: {ru: Омск, kk: Омбы}}]") == []


def test_two_lists_that_lost_their_comma_are_asked_about_once() -> None:
    long = ", ".join(f"рейс {number}" for number in range(1, 20))
    head = f"lists:\n  а: {{ru: '{long}'}}\n  б: {{ru: '{long}'}}\n" + HEAD[HEAD.index("topics:") :]
    ((said,), (of_many,)) = (
        [one.message for one in load_checked(f"{head}        all: [беглец, {phrase}]\n", file="k.yaml")[1]]
        for phrase in ("$а $б", "$а $б рейс")
    )

    assert said == "«$а $б» — во фразе нужно хотя бы одно слово кроме списков — не потеряна ли запятая: $а, $б?"
    assert of_many.endswith("списки с длинными выражениями — не потеряна ли запятая: $а, $б?")


def test_a_list_of_phrases_alone_stands_in_a_phrase() -> None:
    head = "lists:\n  чём: {ru: 'скорый поезд, речной паром'}\n"
    topics = f"{head}{HEAD[HEAD.index('topics:') :]}        all: [снять с $чём]\n"
    keywords, problems = load_checked(topics, file="k.yaml")
    matcher = Matcher(compile_checked(keywords)[0])

    assert problems == ()
    assert matcher.judge(title="Беглеца сняли с речного парома", text="").tier is Tier.POST
    assert matcher.judge(title="Беглеца сняли с учёта", text="").tier is Tier.NONE


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("people:\n  - Евгений Зимородков\n    - Вера Полынина\n", 3),
        ("people:\n  - Заречный\n  - Евгений Зимородков\n   - Вера Полынина\n  - Ли\n", 4),
        ("lists:\n  слова:\n    - рейс\n      - поезд\n", 4),
    ],
)
def test_a_dash_too_far_in_is_told_by_its_own_line(text: str, line: int) -> None:
    topics = HEAD[HEAD.index("topics:") :]
    with pytest.raises(ConfigError, match="слились две строки: начните «- » с того же отступа") as refused:
        load_checked(f"{text}{topics}        all: [беглец]\n", file="k.yaml")
    assert refused.value.line == line


@pytest.mark.parametrize("key", ["never", "doubt", "lists"])
def test_a_quotation_mark_that_is_not_closed_is_told_by_its_own_line(key: str) -> None:
    words = "ru: >-\n      рейс, «по следам»,\n      «фильм, роман,\n      «кино», «спорт»\n"
    text = f"{key}:\n  слова:\n    {words}" if key == "lists" else f"{key}:\n    {words}"
    ((line, message),) = [
        (one.line, one.message)
        for one in load_checked(f"{text}{HEAD[HEAD.index('topics:') :]}        all: [беглец]\n", file="k.yaml")[1]
    ]

    assert line == text[: text.index("«фильм")].count("\n") + 1
    assert message == "в ««фильм» не закрыта кавычка «…»"


@pytest.mark.parametrize("factor", ["0.5", "4", "полтора", "1.555", "[2]", "-1", "1e0"])
def test_a_factor_of_short_texts_that_is_none(factor: str) -> None:
    problems = load_checked(f"short_text: {factor}\n{HEAD}        all: [беглец, рейс]\n", file="k.yaml")[1]

    assert [problem.line for problem in problems if problem.key == "short_text"] == [1]


@pytest.mark.long
def test_ten_thousand_rules_are_loaded_and_the_wrong_one_is_named() -> None:
    rules = "".join(f"      - {{name: п{number}, all: [беглец, рейс, «ы{number}»]}}\n" for number in range(10_000))
    head = HEAD[HEAD.index("topics:") :].replace("      - name: правило\n", "")
    keywords, problems = load_checked(head + rules.replace("«ы9000»", "$нет"), file="k.yaml")
    compiled, _ = compile_checked(keywords)

    assert [(one.line, "нет списка «$нет»" in one.message) for one in problems] == [(9005, True)]
    assert Matcher(compiled).judge(title="", text="Беглец, рейс, ы77.").topics[0].rule == "п77"


@pytest.mark.parametrize(
    ("line", "number", "advice"),
    [
        ("ru: >-\n      первое,\n    второе\n    kk: >-\n      үшінші", 3, "проверьте отступы"),
        ("ru: >-первое", 1, "служебного знака"),
        ("- первое\n    ru: второе", 2, "каждая строка начинается с «- »"),
        ("ru: |2\n      первое\n    второе", 3, "проверьте отступы"),
    ],
)
def test_where_a_text_over_several_lines_breaks_off_is_told_by_its_own_line(
    line: str, number: int, advice: str
) -> None:
    with pytest.raises(ConfigError, match=advice) as refused:
        load_checked(f"lists:\n  слова:\n    {line}\n", file="k.yaml")
    assert refused.value.line == 2 + number


def test_a_list_inside_a_phrase_has_a_name_of_one_word() -> None:
    head = "lists:\n  земля россии: {ru: Омск}\n" + HEAD[HEAD.index("topics:") :]
    (_, message), *_ = told("all: [беглец, уехать из $земля россии]", head=head)

    assert message == "нет списка «$земля»: во фразе имя списка — одно слово, не «земля россии»"


def test_not_a_wall_of_names() -> None:
    lists = "".join(f"  список {number}: {{ru: слово}}\n" for number in range(60))
    (_, message), *_ = told("all: [беглец, $ыыы]", head=f"lists:\n{lists}{HEAD[HEAD.index('topics:') :]}")

    assert message.count("список") <= 21
    assert "и ещё" in message


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("оператор; телеканала", "в «оператор;» лишний знак «;»"),
        ("$нет", "нет списка «$нет»"),
        ("опера\u200bтор", "лишний знак: невидимый знак"),
        ("реда\u0301ктор", "лишний знак: знак ударения"),
        ("рейс — поезд", "лишний знак: длинное тире"),
        ("«рейс", "не закрыта кавычка"),
        ("ло*", "короче 3 букв"),
    ],
)
def test_a_mistake_in_a_text_over_several_lines_is_told_by_its_own(row: str, says: str) -> None:
    head = f"lists:\n  слова:\n    ru: >-\n      рейс,\n      поезд,\n      {row}\n"
    (line, message), *_ = told("all: [беглец, $слова]", head + HEAD[HEAD.index("topics:") :])

    assert (line, says in message) == (6, True)


def test_a_new_list_at_the_margin_is_told_where_lists_stand() -> None:
    (problem, *_) = load_checked(f"зачистки: рейс\n{HEAD}        all: [беглец]\n", file="k.yaml")[1]

    assert problem.message.endswith("новый список пишут под lists:, новую тему — под topics:, на два пробела правее")


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("nome: [кино]", "может быть, «none»?"),
        ("nоne: [кино]", "может быть, «none»? В нём русские буквы — наберите его латинскими"),
        ("none\u200b: [кино]", "может быть, «none»? (здесь невидимый знак"),
        ("note: [кино]", "здесь нужен один текст"),
    ],
)
def test_a_key_is_guessed_by_its_value_and_a_note_is_a_text(key: str, says: str) -> None:
    told_of = told(f"all: [беглец, рейс]\n        {key}", HEAD[HEAD.index("topics:") :])

    assert [says in message for _, message in told_of] == [True]
