"""Rules of the classifier: they ask about what no rule found, and keep silent where maintainers want silence."""

from collections.abc import Collection

import pytest

from monitor.config.keywords import load_keywords
from monitor.errors import ConfigError
from monitor.matching.classifier.classifier import Likeness, trained
from monitor.matching.compiler import compile_checked, compile_rules
from monitor.matching.explanation import add_reasons, check_examples, explain
from monitor.matching.matcher import Matcher
from monitor.matching.reading import LEAD
from monitor.matching.rule_scores import RuleScores
from monitor.models.articles import Match, Tier, Verdict
from tests.harness.project_rules import asking_matcher, project_keywords, project_matcher

RULES = """\
never: лекция
doubt: фильм
topics:
  extradition:
    title: Выдача
    any_of:
      - {name: выдали, all: [выдать, дезертир], none: [Бишкек]}
      - {name: похоже, tier: review, classifier: true}
    examples:
      miss: ["В Алматы задержали мужа активистки, через день он оказался в изоляторе в России"]
"""
ALIKE = "В Алматы задержали мужа активистки, через день он оказался в изоляторе в России"


def matcher(rules: str = RULES) -> Matcher:
    return Matcher(compile_rules(load_keywords(rules, file="keywords.yaml")))


def judged(title: str, text: str = "", muted: Collection[str] = ()) -> Verdict:
    return matcher().muting([("extradition", name) for name in muted]).judge(title=title, text=text)


def test_what_no_rule_found_is_asked_about_with_the_words_that_told() -> None:
    verdict = judged(ALIKE)

    (topic,) = verdict.topics
    assert (topic.rule, topic.tier, verdict.tier) == ("похоже", Tier.REVIEW, Tier.REVIEW)
    assert 1 <= len(topic.matches) <= 5
    assert all(ALIKE[match.start : match.end] == match.form == match.term for match in topic.matches)


def test_where_a_rule_has_spoken_the_classifier_is_not_asked() -> None:
    posted = judged(f"{ALIKE}. Дезертира выдали")

    assert [topic.rule for topic in posted.topics] == ["выдали"]


def test_where_a_rule_was_silenced_it_asks_without_a_bell_and_says_what_silenced_it() -> None:
    title, text = ALIKE, "Дезертира выдали, говорит Бишкек."

    vetoed = add_reasons(matcher(), judged(title, text), title=title, text=text)

    assert ([topic.rule for topic in vetoed.topics], vetoed.is_unlikely, vetoed.is_likeness) == (["похоже"], True, True)
    assert [veto.form for veto in vetoed.vetoes] == ["Бишкек"]
    assert vetoed.lack.startswith("правилу «выдали» запретило слово «Бишкек»")
    assert judged(title, text, muted=["похоже"]).topics == ()


@pytest.mark.parametrize("word", ["Лекция", "Фильм"])
def test_a_kind_of_text_that_silences_questions_silences_this_one(word: str) -> None:
    assert judged(f"{word}. {ALIKE}").topics == ()


def test_a_title_without_an_end_is_weighed_by_its_beginning() -> None:
    endless = judged(f"{ALIKE} " + "и " * 1_000_000)

    assert [topic.rule for topic in endless.topics] == ["похоже"]
    assert max(match.end for match in endless.topics[0].matches) < 1_300


def test_muted_it_holds_what_it_finds() -> None:
    verdict = judged(ALIKE, muted=["похоже"])

    assert (verdict.is_held, [topic.rule for topic in verdict.muted]) == (True, ["похоже"])


def test_examples_are_of_the_words_in_the_file() -> None:
    keywords = load_keywords(RULES, file="keywords.yaml")

    assert judged(keywords.topics[0].examples[0].text).tier is Tier.REVIEW
    assert check_examples(keywords, matcher()) == ()


def test_it_is_explained_and_counted_like_another_rule() -> None:
    report, *_ = explain(matcher(), title=ALIKE, text="")
    reasoned = add_reasons(matcher(), judged(ALIKE), title=ALIKE, text="")
    scores = RuleScores(matcher())
    scores.add_article(title=ALIKE, text="")

    assert report.fired
    assert report.fired.rule == "похоже"
    assert reasoned.grounds == (" · ".join(f"«{match.form}»" for match in report.fired.matches),)
    assert {row.rule: (row.fired, row.alone) for row in scores.rows}["похоже"] == (1, 1)


def test_a_file_without_such_a_rule_asks_nothing() -> None:
    without = RULES.replace("      - {name: похоже, tier: review, classifier: true}\n", "")

    assert matcher(without).judge(title=ALIKE, text="") == Verdict()


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{name: похоже, classifier: true}", "только спрашивает: напишите tier: review"),
        ("{name: похоже, tier: review, classifier: true, within: 3}", "within"),
        ("{name: похоже, tier: review, classifier: true, all: [побег]}", "all"),
        ("{name: похоже, tier: review, classifier: 1}", "можно: true или false"),
        ("{name: похоже, tier: review, classifier: false}", "здесь нужен список"),
    ],
)
def test_what_it_cannot_be_is_said(rule: str, said: str) -> None:
    text = RULES.replace("{name: похоже, tier: review, classifier: true}", rule)

    with pytest.raises(ConfigError, match=said) as refused:
        load_keywords(text, file="keywords.yaml")
    assert refused.value.line


def test_a_topic_it_was_not_taught_is_named() -> None:
    text = RULES.replace("extradition:", "flood:")

    _, (problem,) = compile_checked(load_keywords(text, file="keywords.yaml"))

    assert "он знает только темы extradition, rvp, knb, а это flood" in str(problem)
    assert problem.line == 8


UNHEARD = {
    "extradition": """Родня обзвонила все морги Алматы, а через двое суток Рамзан позвонил из изолятора Владикавказа: в
        Казахстане его взяли у подъезда люди в масках, адвоката не пустили, а искала его по статье о фейках Россия""",
    "knb": """С утра редактора независимого сайта держат в сером здании комитета в Актобе, забрали телефон и диктофон,
        спрашивают о донатах и о знакомых эмигрантах, адвоката не пустили""",
    "rvp": """Ақтөбедегі хостелде түнде көші-қон полициясы Орск пен Челябіден келген ресейліктерді оятып, тіркеуі мен
        РВП-сын сұрады, тоғыз адамға елден кетіңіз деген қағаз берді""",
}
NOTHING_ELSE = "topics:\n" + "".join(
    f"  {topic}: {{title: Тема, any_of: [{{name: похоже, tier: review, classifier: true}}]}}\n" for topic in UNHEARD
)


@pytest.mark.parametrize(("topic", "told"), UNHEARD.items(), ids=UNHEARD)
def test_the_projects_classifier_knows_its_topics(topic: str, told: str) -> None:
    asked = matcher(NOTHING_ELSE).judge(title="", text=told).topics

    assert [(one.id, one.tier) for one in asked] == [(topic, Tier.REVIEW)]


def test_of_another_country_it_asks_nothing_and_of_none_without_a_bell() -> None:
    of_here = matcher("elsewhere: {there: Кутаиси, here: Актобе}\n" + NOTHING_ELSE)
    told = UNHEARD["knb"]
    nowhere = told.replace(" в Актобе", "")

    here, unnamed = (of_here.judge(title="", text=text) for text in (told, nowhere))
    assert here.topics
    assert unnamed.topics
    assert (here.is_unlikely, unnamed.is_unlikely) == (False, True)
    assert of_here.judge(title="", text=told.replace("Актобе", "Кутаиси")).topics == ()


def test_of_none_it_asks_nothing_where_a_rule_was_silenced() -> None:
    silenced = "      - {name: забрали, all: [забрать], none: [диктофон]}\n      - {name: похоже"
    rules = RULES.partition("    examples")[0].replace("      - {name: похоже", silenced)
    of_here = matcher(f"elsewhere: {{there: Кутаиси, here: Актобе}}\n{rules}".replace("extradition", "knb"))

    here, unnamed = (
        of_here.judge(title="", text=text) for text in (UNHEARD["knb"], UNHEARD["knb"].replace(" в Актобе", ""))
    )

    assert [veto.form for verdict in (here, unnamed) for veto in verdict.vetoes] == ["диктофон", "диктофон"]
    assert (len(here.topics), unnamed.topics) == (1, ())


def test_a_post_that_reads_like_nothing_of_ours_is_asked_about_and_says_why() -> None:
    title = "Домбыра ұстаған математик: Томскілік профессордың хоббиі"
    text = (
        "Қазақстанда бес жыл жұмыс істеген Томск университетінің профессоры Виталий Ерофеев студенттерге күймен дәріс "
        "оқиды. Ол «Адай» күйінің ырғағын функция графигіне айналдырып көрсеткен. Видео 900 мың рет қаралды."
    )
    verdict = asking_matcher().judge(title=title, text=text)
    reasoned = add_reasons(asking_matcher(), verdict, title=title, text=text)

    assert project_matcher().judge(title=title, text=text).tier is Tier.POST
    assert [(one.rule, one.tier) for one in verdict.topics] == [
        (one.rule, Tier.REVIEW) for one in project_matcher().judge(title=title, text=text).topics
    ]
    assert "не похожа на другие новости темы" in reasoned.lack


def test_a_question_about_what_reads_like_nothing_of_ours_is_marked_as_unlikely() -> None:
    title = "Комбайны собирают там, где сушили лук"
    text = (
        "На площадке собирают погрузчики по лицензии из Брянска. Готово двадцать машин, все забрал Костанайский "
        "элеватор. Людей пока сорок, к лету хотят сотню. Директор снял квартиру, хвалит местный кумыс и ждёт, "
        "когда достроят крытый склад, столовую и детскую площадку для рабочих."
    )

    assert [judge.judge(title=title, text=text).tier for judge in (project_matcher(), asking_matcher())] == [
        Tier.REVIEW,
        Tier.REVIEW,
    ]
    assert not project_matcher().judge(title=title, text=text).is_unlikely
    assert asking_matcher().judge(title=title, text=text).is_unlikely


def test_words_that_stand_in_one_sentence_are_not_doubted() -> None:
    title = "Суд в Алматы выдал России жителя Омска"
    text = (
        "Дирижёр оркестра рассказал о премьере балета, скрипки настраивали три дня, рояль везли из филармонии, хор "
        "репетировал до ночи, билеты раскупили за неделю. Погода на выходных тёплая, хлеб и молоко подорожали, сборная "
        "по хоккею сыграла вничью, урожай пшеницы собран, школы откроют новые классы, фестиваль пройдёт на площади."
    )

    assert trained().is_unlike(f"{title}\n{text}")
    assert asking_matcher().judge(title=title, text=text).tier is Tier.POST


def test_every_topic_of_the_project_asks_the_classifier() -> None:
    asking = {topic.id for topic in project_keywords().topics for rule in topic.rules if rule.classifier}

    assert asking == {topic.id for topic in project_keywords().topics}


@pytest.mark.parametrize(
    ("places", "is_scattered"),
    [((0, 8), True), ((0, 2), False), ((0, LEAD + 8), False), ((LEAD + 8, LEAD + 16), False)],
    ids=["two sentences", "one", "one below the lead", "both"],
)
def test_words_below_what_the_classifier_reads_are_not_doubted(places: tuple[int, int], is_scattered: bool) -> None:
    article = asking_matcher().read(title="Заголовок", text="Он там. " * (LEAD // 4))
    matches = [Match(term="он", form="он", where="text", start=place, end=place + 2) for place in places]

    assert article.is_scattered(matches) is is_scattered


SOMEWHAT = """Семья из Пензы три года жила в Риддере по правилам: контракт, прописка, налоги, школа рядом с домом.
    Во вторник жена зашла в приложение и увидела надпись «недействителен». В миграционной службе инспектор развернул
    монитор: работодатель исключён из реестра. На сборы дали десять дней."""


def test_what_reads_somewhat_like_ours_is_asked_about_without_a_bell_and_never_for_two_doubts() -> None:
    of_here = matcher("elsewhere: {there: Кутаиси, here: Риддер}\n" + NOTHING_ELSE)

    asked = of_here.judge(title="", text=SOMEWHAT)

    assert trained().likeness(SOMEWHAT, ["rvp"]) == Likeness("rvp", is_sure=False)
    assert [topic.id for topic in asked.topics] == ["rvp"]
    assert asked.is_unlikely
    assert of_here.judge(title="", text=SOMEWHAT.replace(" в Риддере", "")).topics == ()
    assert of_here.judge(title="", text=SOMEWHAT.partition("В миграционной")[0]).topics == ()
