from functools import cache

import pytest

from monitor.config.keyword_rules import Keywords
from monitor.config.keywords import load_keywords
from monitor.errors import ConfigError
from monitor.matching.compiler import compile_checked, compile_rules
from monitor.matching.evaluation import evaluate
from monitor.matching.explanation import check_examples, explain, verdict_json
from monitor.matching.matcher import Matcher
from monitor.models.articles import Match, Tier, TopicVerdict, Verdict, Veto


def load(body: str) -> Keywords:
    return load_keywords(body, file="k.yaml")


def topic(*rule_lines: str, head: str = "", tail: str = "") -> Keywords:
    """One topic; each rule is `key: value` pairs in one line, as in `all: [a, b], within: text`."""
    listed = "\n".join(f"      - {{name: правило {n}, {line}}}" for n, line in enumerate(rule_lines, 1))
    return load(f"{head}\ntopics:\n  t:\n    title: Тема\n    hashtag: тема\n    any_of:\n{listed}\n{tail}")


@cache
def matcher(*rule_lines: str, head: str = "") -> Matcher:
    return Matcher(compile_rules(topic(*rule_lines, head=head)))


def forms(verdict: Verdict) -> list[str]:
    return [match.form for topic in verdict.topics for match in topic.matches]


# ── words ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("term", "text", "form"),
    [
        ("беглец", "Ищут беглецов повсюду.", "беглецов"),
        ("увезти", "Его увезли ночью.", "увезли"),
        ("перевозить", "Их перевозятся тайно.", "перевозятся"),
        ("чёрный список", "Попал в черные списки.", "черные списки"),
        ("чёрный список", "Попал в «чёрные» — списки.", "чёрные» — списки"),
        ("«увезён»", "Он УВЕЗЁН вчера.", "УВЕЗЁН"),
        ("перевоз*", "Новый перевозчик найден.", "перевозчик"),
        ("МЧС", "Туда приехали МЧСники и ждали.", None),
        ("МЧС", "Туда приехали МЧСшники.", "МЧСшники"),
        ("МЧС", "В М.Ч.С. молчат.", "М.Ч.С."),
        ("МЧС", "Ol М.Ч.С. ǵoi dedi.", "М.Ч.С."),
        ("рейс", "Рейстің уақыты өзгерді.", "Рейстің"),
        ("{kk: қашқын}", "Елдегі қашқындарды іздеді.", "қашқындарды"),
        ("{kk: ұстап беру}", "Оны кеше ұстап берген екен.", "ұстап берген"),
        ("{kk: кеден}", "Кеденнің бастығы келді.", "Кеденнің"),
        ("{kk: қашқын}", "Eldegi qaşqyndardy ızdeu bastaldy ğoi.", "qaşqyndardy"),
        ("{kk: «қашқын»}", "Eldegi qaşqyn ğoi.", "qaşqyn"),
        ("1944", "События 1944 года.", "1944"),
        ("СУ155", "Дом построил СУ155 давно.", "СУ155"),
        ("көші-қон", "Көші-қонды реттеу.", "Көші-қонды"),
        ("беглец", "Ищут бег\u00adле\u00adцов.", "бег\u00adле\u00adцов"),
        ("беглец", "Ищут бeглeцoв с латинскими буквами.", "бeглeцoв"),
    ],
)
def test_a_term_is_found_as_the_article_writes_it(term: str, text: str, form: str | None) -> None:
    verdict = matcher(f"all: ['{term}']" if "{" not in term else f"all: [{term}]").judge(title="", text=text)
    assert forms(verdict) == ([form] if form else [])
    for one in verdict.topics:
        for match in one.matches:
            assert text[match.start : match.end] == form


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("беглец", "Беглецкий переулок перекрыт."),
        ("увезти", "Повезти может каждому."),
        ("задержать", "Он задержался на работе."),
        ("выдворить", "Выдающийся двор."),
        ("чёрный список", "Чёрный, список"),
        ("чёрный список", "Чёрный. Список"),
        ("чёрный список", "Чёрный большой список"),
        ("«увезён»", "Он увезена."),
        ("1944", "Номер 19440."),
        ("МЧС", "УМЧС и МЧСД."),
        ("{kk: қашқын}", "Қашқынбай келді."),
    ],
)
def test_what_is_not_the_term(term: str, text: str) -> None:
    verdict = matcher(f"all: ['{term}']" if "{" not in term else f"all: [{term}]").judge(title="", text=text)
    assert verdict == Verdict()


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Адвокат Тихонова молчит.", "Тихонова"),
        ("Дело ТИХОНОВА закрыто.", "ТИХОНОВА"),
        ("Тихоновтың қорғаушысы келді.", "Тихоновтың"),
        ("тихонов и другие", None),
        ("Судили Анну Ковалевич.", "Анну Ковалевич"),
        ("Судили Анну и Ковалевич.", None),
        ("Судили Анну ковалевич.", None),
        ("Суд над Марией Ждановой.", "Ждановой"),
        ("Суд над Петром Ждановым.", None),
        ("Письмо Бруевой-Лесковой.", "Бруевой-Лесковой"),
    ],
)
def test_people_are_found_by_capital_letter_and_gender(text: str, form: str | None) -> None:
    people = matcher("all: [$people]", head="people: [Тихонов, Анна Ковалевич, Жданова, Бруева-Лескова]")
    assert forms(people.judge(title="", text=text)) == ([form] if form else [])


# ── how near ───────────────────────────────────────────────────────────────────────────────────

TWO = "all: [беглец, таможня]"


def test_lines_must_stand_in_one_sentence() -> None:
    judge = matcher(TWO).judge
    assert forms(judge(title="", text="Беглец у таможни.")) == ["Беглец", "таможни"]
    assert forms(judge(title="", text="На таможне пусто. Беглец на таможне.")) == ["Беглец", "таможне"]
    assert not judge(title="", text="Беглец скрылся. Таможня молчит.").topics
    assert not judge(title="Беглец скрылся", text="Таможня молчит.").topics


def test_the_title_is_one_sentence_of_its_own() -> None:
    verdict = matcher(TWO).judge(title="Беглец скрылся. Таможня молчит", text="")
    assert [(match.where, match.start) for match in verdict.topics[0].matches] == [("title", 0), ("title", 16)]


def test_within_title_and_text() -> None:
    in_title, in_text = matcher(f"{TWO}, within: title").judge, matcher(f"{TWO}, within: text").judge
    assert in_title(title="Беглец и таможня", text="").topics
    assert not in_title(title="Беглец", text="Таможня. Беглец и таможня.").topics
    apart = in_text(title="Беглец", text="Раз.\n\nДва. Таможня.").topics[0]
    assert [(match.where, match.form) for match in apart.matches] == [("title", "Беглец"), ("text", "Таможня")]


@pytest.mark.parametrize(
    ("title", "text", "fires"),
    [
        ("", "Беглец один два таможня", True),
        ("", "Беглец один два три таможня", False),
        ("", "Таможня. Один. Беглец.", True),
        ("Беглец ушёл", "Таможня молчит.", True),
        ("Беглец ушёл совсем один", "Таможня молчит.", False),
        ("", "Беглец — «один» — два таможня", True),
    ],
)
def test_within_a_number_of_words(title: str, text: str, *, fires: bool) -> None:
    assert bool(matcher(f"{TWO}, within: 4").judge(title=title, text=text).topics) is fires


def test_a_new_paragraph_counts_as_fifteen_words() -> None:
    """So that a window seldom joins what two paragraphs tell; a blank line is one break, that after the title none."""
    text = "Беглец.\n\n Таможня."
    assert matcher(f"{TWO}, within: 17").judge(title="Днём", text=text).topics
    assert not matcher(f"{TWO}, within: 16").judge(title="Днём", text=text).topics
    assert not matcher(f"{TWO}, within: 32").judge(title="", text="Беглец.\nДнём.\nТаможня.").topics
    assert matcher(f"{TWO}, within: 2").judge(title="Беглец", text="\nТаможня.").topics


@pytest.mark.parametrize(("filler", "fires"), [("", True), (" Днём тихо." * 60, False)])
def test_a_short_text_has_wider_windows_where_the_file_says_so(filler: str, *, fires: bool) -> None:
    judge = matcher(f"{TWO}, within: 4", head="short_text: 1.5\n").judge
    far = "Беглец тут, там и на таможне."

    assert bool(judge(title="", text=far + filler).topics) is fires
    assert not matcher(f"{TWO}, within: 4").judge(title="", text=far).topics


def test_two_lines_need_two_different_places() -> None:
    judge = matcher("all: ['беглец, таможня', 'таможня, рейс']").judge
    assert not judge(title="", text="Таможня молчит.").topics
    assert forms(judge(title="", text="Таможня и снова таможня.")) == ["Таможня", "таможня"]
    assert forms(judge(title="", text="Таможня и рейс.")) == ["Таможня", "рейс"]
    overlapping = matcher("all: [чёрный список, список]").judge
    assert not overlapping(title="", text="Чёрный список.").topics
    assert forms(overlapping(title="", text="Чёрный список, список белый.")) == ["Чёрный список", "список"]


def test_no_phrase_runs_from_the_title_into_the_text() -> None:
    judge = matcher("all: [чёрный список], within: text").judge
    assert not judge(title="Чёрный", text="список").topics
    assert judge(title="", text="чёрный\nсписок").topics


def test_a_dotted_acronym_is_found_where_a_rule_knows_its_first_letter() -> None:
    verdict = matcher("all: [МЧС, беглец]", "all: [{kk: м}, беглец]").judge(title="", text="Беглец и М.Ч.С.")
    assert forms(verdict) == ["М.Ч.С.", "Беглец"]


# ── none, tiers, several rules ─────────────────────────────────────────────────────────────────

KEPT = f"{TWO}, none: роман"


def test_a_veto_speaks_in_its_sentence_and_is_reported() -> None:
    judge = matcher(KEPT).judge
    text = "Беглец и таможня — роман."
    assert judge(title="", text=text) == Verdict(
        vetoes=(Veto(topic="t", rule="правило 1", form="роман", where="text", start=19, end=24),)
    )
    assert judge(title="", text="Роман. Беглец и таможня.").topics
    elsewhere = judge(title="", text=f"{text} Беглец у таможни.")
    assert (forms(elsewhere), elsewhere.vetoes) == (["Беглец", "таможни"], ())
    assert not judge(title="", text="Беглец и роман.").vetoes


def test_a_veto_in_the_title_speaks_for_the_whole_article() -> None:
    judge = matcher(KEPT, f"{KEPT}, within: 9").judge
    verdict = judge(title="Вышел роман", text="Один. Беглец и таможня.\n\nБеглец у таможни.")
    assert not verdict.topics
    assert {(veto.form, veto.where) for veto in verdict.vetoes} == {("роман", "title")}


@pytest.mark.parametrize("text", ["\nГороскоп беглеца.\nДальше о звёздах.", "\n \nПро беглеца.\nГороскоп."])
def test_never_looks_at_the_first_sentence_of_an_untitled_text(text: str) -> None:
    verdict = matcher("all: [беглец]", head="never: {ru: гороскоп}").judge(title=" ", text=text)
    assert [veto.form for veto in verdict.vetoes] == (["Гороскоп"] if "звёздах" in text else [])


def test_a_veto_may_lie_over_the_words_of_a_line() -> None:
    assert matcher("all: [список], none: белый список").judge(title="", text="Белый список.").vetoes


def test_a_window_is_vetoed_by_the_sentences_it_touches() -> None:
    judge = matcher(f"{KEPT}, within: 6").judge
    assert judge(title="", text="Роман: беглец. Таможня молчит.").vetoes
    assert judge(title="", text="Беглец. Таможня молчит: роман.").vetoes
    assert judge(title="", text="Это роман. Беглец. Таможня молчит.").topics


def test_a_veto_must_stand_wholly_in_the_sentence() -> None:
    judge = matcher(f"{TWO}, none: чёрный список").judge
    assert judge(title="", text="Беглец у таможни, чёрный\nсписок").topics
    assert judge(title="", text="Беглец у таможни, чёрный список").vetoes


def test_the_strongest_rule_speaks_for_the_topic() -> None:
    judge = matcher(f"{TWO}, tier: review", "all: [беглец, рейс]", "all: [рейс, беглец, таможня]").judge
    assert [(one.rule, one.tier) for one in judge(title="", text="Беглец, таможня.").topics] == [
        ("правило 1", Tier.REVIEW)
    ]
    both = judge(title="", text="Беглец, таможня, рейс.")
    assert [(one.rule, one.tier) for one in both.topics] == [("правило 2", Tier.POST)]
    assert both.tier is Tier.POST


def test_a_verdict_as_json() -> None:
    verdict = matcher("all: [беглец, '$путь'], none: роман", head="lists: {путь: 'поезд, рейс'}").judge(
        title="Рейсом", text="Беглец улетел рейсом. Беглец и рейс: роман."
    )
    assert verdict.topics == (
        TopicVerdict(
            id="t",
            title="Тема",
            hashtag="тема",
            rule="правило 1",
            tier=Tier.POST,
            matches=(
                Match(term="беглец", form="Беглец", where="text", start=0, end=6),
                Match(term="рейс", form="рейсом", where="text", start=14, end=20),
            ),
        ),
    )
    assert verdict_json(verdict, id="7") == {
        "id": "7",
        "tier": "post",
        "topics": [
            {
                "id": "t",
                "rule": "правило 1",
                "tier": "post",
                "matches": [
                    {"term": "беглец", "form": "Беглец", "where": "text", "start": 0, "end": 6},
                    {"term": "рейс", "form": "рейсом", "where": "text", "start": 14, "end": 20},
                ],
            }
        ],
        "vetoes": [],
    }


# ── rules that cannot be meant ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rule", "line", "key", "says"),
    [
        ("all: [беглец, {ru: қашқын}]", 7, "all", "нет форм"),
        ("all: [суд]", 7, "all", "добавьте строку"),
        ("all: ['беглец, Россия']", 7, "all", "добавьте строку"),
        ("all: ['суд, полиция', Казахстан]", 7, "all", "добавьте строку"),
    ],
)
def test_rules_that_catch_nothing_or_everything(rule: str, line: int, key: str, says: str) -> None:
    keywords = topic(rule)
    _, (problem,) = compile_checked(keywords)
    assert (problem.line, problem.key) == (line, key)
    assert says in problem.message
    with pytest.raises(ConfigError, match=r"k\.yaml:7"):
        compile_rules(keywords)


def test_words_of_an_unused_list_are_checked_too() -> None:
    _, (problem,) = compile_checked(
        load("lists: {л: {ru: ұшақ}}\ntopics: {t: {title: т, any_of: [{name: п, all: [беглец]}]}}")
    )
    assert (problem.line, problem.key) == (1, "л")


# ── why ────────────────────────────────────────────────────────────────────────────────────────


def test_explain_names_the_line_that_lacked() -> None:
    (report,) = explain(matcher(TWO), title="", text="Беглец скрылся.")
    assert report.fired is None
    assert [(line.text, line.match and line.match.form) for line in report.nearest[0].lines] == [
        ("действие: Беглец (строка 7)", "Беглец"),
        ("таможня (строка 7)", None),
    ]


def test_the_nearest_rule_is_the_one_with_most_lines_found() -> None:
    (report,) = explain(
        matcher("all: [рейс, беглец]", "all: [беглец, рейс, таможня]"), title="", text="Беглец у таможни."
    )
    nearest = report.nearest[0]
    assert nearest.name == "правило 2"
    assert [line.text for line in nearest.lacking] == ["рейс (строка 8)"]


def test_explain_tells_what_fired_and_what_vetoed() -> None:
    (fired,) = explain(matcher(KEPT), title="", text="Беглец у таможни.")
    (vetoed,) = explain(matcher(KEPT), title="", text="Беглец у таможни: роман.")
    assert fired.fired
    assert fired.fired.rule == "правило 1"
    assert [veto.form for veto in vetoed.vetoes] == ["роман"]


@pytest.mark.parametrize(
    ("example", "says"),
    [
        ("miss: [Беглец у таможни]", "сработало на: действие: Беглец (строка 7) · таможни"),
        ("match: [Беглец скрылся]", "не хватает: таможня (строка "),
        ("match: [Беглец скрылся. Таможня молчит]", "слова нужны в одном предложении"),
        ("match: ['Беглец у таможни: роман']", "запретило слово «роман»"),
        ("review: [Беглец у таможни]", "правило «правило 1» даёт post"),
    ],
)
def test_a_failing_example_says_why(example: str, says: str) -> None:
    keywords = topic(KEPT, tail=f"    examples:\n      {example}")
    (problem,) = check_examples(keywords, Matcher(compile_rules(keywords)))
    assert (problem.file, problem.line, problem.key) == ("k.yaml", 9, "t")
    assert says in problem.message


def test_evaluation_counts_topics_tiers_and_names_mistakes() -> None:
    records: list[dict[str, object]] = [
        {"id": "1", "title": "", "text": "Беглец у таможни.", "lang": "ru", "topics": ["t"]},
        {"id": "2", "title": "", "text": "Беглец и рейс.", "lang": "ru", "topics": []},
        {"id": "3", "title": "", "text": "Ничего.", "lang": "kk", "topics": ["t"]},
        {"id": "4", "title": "", "text": "Беглец у таможни.", "lang": "kk", "topics": ["maybe"]},
        {"id": "5", "title": None, "text": "Погода.", "topics": []},
    ]
    result = evaluate(records, matcher(TWO, "all: [беглец, рейс], tier: review"))
    scored = {"precision": 0.5, "recall": 0.5, "tp": 1, "fp": 1, "fn": 1}
    assert result["topics"] == {"t": scored}
    assert result["any"] == scored
    assert result["tiers"] == {"post": {"precision": 1.0, "recall": 0.5, "tp": 1, "fp": 0, "fn": 1}, "review": scored}
    assert result["topics_languages"] == {"t": result["languages"]}  # the one topic is any topic
    assert result["unscored"] == 1
    assert result["misses"] == [{"id": "3", "title": "", "topic": "t", "why": "не нашлось ни одного слова правил"}]
    alarm = {"id": "2", "title": "", "topic": "t", "rule": "правило 2", "tier": "review", "words": ["Беглец", "рейс"]}
    assert result["false_alarms"] == [alarm]


def test_a_place_in_the_text_is_told_rather_than_the_title() -> None:
    compiler = "topics: {a: {title: А, any_of: [{name: п, all: [беглец, таможня]}]}}"
    matcher = Matcher(compile_rules(load_keywords(compiler, file="k.yaml")))
    title, text = "Беглеца остановила таможня", "Шёл дождь. Таможня задержала беглеца у реки."

    (topic,) = matcher.judge(title=title, text=text).topics
    (only_title,) = matcher.judge(title=title, text="Шёл дождь.").topics

    assert {(match.where, match.form) for match in topic.matches} == {("text", "Таможня"), ("text", "беглеца")}
    assert {match.where for match in only_title.matches} == {"title"}


def test_within_text_too_a_place_in_the_text_is_told() -> None:
    judge = matcher(f"{TWO}, within: text, none: роман").judge
    (topic,) = judge(title="Беглец и таможня", text="Шёл дождь. Таможня. Беглец.").topics

    assert [(match.where, match.form) for match in topic.matches] == [("text", "Беглец"), ("text", "Таможня")]
    assert judge(title="Роман", text="Таможня. Беглец.").vetoes
