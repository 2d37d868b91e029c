"""`/mute` read back: rules by any of their spellings, hours within bounds, and an answer to whatever is written."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.keywords import load_keywords
from monitor.matching.compiler import compile_rules
from monitor.matching.explanation import explain, lack
from monitor.matching.matcher import Matcher
from monitor.matching.mutes import Held, Mute, MuteRequest, RuleName, listing, mute_label, mute_request, one_of, reason
from monitor.models.articles import Tier, Verdict
from monitor.storage.mutes import held_pages
from monitor.text.telegram_html import fits, visible_text
from tests.factories import NOW

SEA = RuleName(topic="sea", title="Море", rule="побег морем")
LAND = RuleName(topic="land", title="Суша", rule="побег пешком")
LAND_TOO = RuleName(topic="land", title="Суша", rule="у границы")
SEA_TOO = RuleName(topic="sea", title="Море", rule="у границы")
NUMBERED = RuleName(topic="land", title="Суша", rule="статья 174")
RULES = (SEA, SEA_TOO, LAND, LAND_TOO, NUMBERED)


@pytest.mark.parametrize(
    ("said", "rule", "hours"),
    [
        ("побег морем 24", SEA, 24),
        ("  Побег   Морем  1 ч ", SEA, 1),
        ("«побег морем» 168", SEA, 168),
        ("Море: побег морем 2 часа", SEA, 2),
        ("sea: побег морем 24ч.", SEA, 24),
        ("sea/у границы 5", SEA_TOO, 5),
        ("Суша: у границы 5 часов", LAND_TOO, 5),
        ("статья 174 3", NUMBERED, 3),
    ],
)
def test_a_rule_is_known_by_its_name_or_with_its_topic(said: str, rule: RuleName, hours: int) -> None:
    assert mute_request(said, RULES) == MuteRequest(name=rule, length=timedelta(hours=hours))


def test_hours_out_of_bounds_are_told_before_a_rule_that_is_unknown() -> None:
    assert mute_request("нет такого 0", RULES) == "Часов может быть от 1 до 168, а не 0."


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("побег морем", "На сколько часов?"),
        ("побег морем", "/mute Море: побег морем 24"),
        ("побег морем 0", "от 1 до 168, а не 0"),
        ("побег морем 169", "от 1 до 168, а не 169"),
        ("побег морем -5", "от 1 до 168, а не -5"),
        ("побег морем 1.5", "На сколько часов?"),
        ("побег морем ٢", "На сколько часов?"),
        ("побег морем сутки", "/mute Море: побег морем 24"),
        ("статья 174", "/mute Суша: статья 174 24"),
        ("24", "На сколько часов?"),
        ("у границы 24", "/mute Море: у границы 24"),
        ("у границы 24", "/mute Суша: у границы 24"),
        ("побег моржом 24", "Нет такого правила: «побег моржом»"),
        ("побег моржом 24", "/mute Море: побег морем 24"),
    ],
)
def test_what_cannot_be_done_is_answered_with_what_to_write(said: str, expected: str) -> None:
    answer = mute_request(said, RULES)

    assert isinstance(answer, str)
    assert expected in visible_text(answer)


def test_an_unknown_name_is_answered_with_the_three_nearest() -> None:
    answer = mute_request("побег 12", RULES)

    assert isinstance(answer, str)
    assert visible_text(answer).count("/mute ") == 3
    assert visible_text(answer).count(" 12") == 3


def test_unmuting_speaks_of_what_is_muted() -> None:
    assert one_of("побег морем", [SEA], command="unmute") == SEA
    answer = one_of("у границы", [SEA], command="unmute")

    assert "На паузе такого правила нет" in visible_text(str(answer))
    assert "/unmute Море: побег морем" in visible_text(str(answer))


@given(st.text(max_size=300), st.lists(st.sampled_from(RULES), unique=True))
def test_anything_is_answered_in_one_message(said: str, rules: list[RuleName]) -> None:
    answer = mute_request(said, rules)

    assert isinstance(answer, MuteRequest) or fits(answer)


def test_the_answers_fit_however_long_the_names_are() -> None:
    names = [RuleName(topic=f"t{number}", title="Т" * 300, rule="<b>&" * 100) for number in range(90)]
    mutes = [Mute(name=name, until=NOW, initial="Я") for name in names]

    assert fits(listing(mutes, dict.fromkeys(names, 7), days=7, zone="UTC"))
    assert fits(str(mute_request("<b>&" * 100, names)))
    assert fits(str(one_of("<b>&" * 100, names, command="unmute")))


def test_the_listing_says_until_when_and_what_fires_most() -> None:
    mute = Mute(name=SEA, until=NOW + timedelta(hours=5), initial="А")

    lines = visible_text(listing([mute], {LAND: 3, SEA: 11}, days=7, zone="Asia/Almaty")).split("\n")

    assert lines[1] == "«Море: побег морем» до 22.11 19:00 (А.)"
    assert lines[4:6] == ["/mute Море: побег морем 24 — 11", "/mute Суша: побег пешком 24 — 3"]
    assert mute_label(mute, zone="Asia/Almaty") in lines


def test_the_reason_names_the_mute_and_its_end() -> None:
    mute = Mute(name=SEA, until=NOW)

    told_why = reason([("sea", "побег морем")], [mute], zone="Asia/Almaty")

    assert told_why == "sea: побег морем; правило на паузе (/mute) до 22.11 14:00"


def test_what_was_held_is_told_in_as_many_messages_as_it_takes() -> None:
    titles = [f"Новость {number} " + "о" * 90 for number in range(120)]
    held = [
        Held(name=(SEA, LAND)[number % 2], title=title, url=f"https://a.example/{number}", feed="А")
        for number, title in enumerate(titles)
    ]

    pages = held_pages(held)

    assert len(pages) > 1
    assert all(map(fits, pages))
    whole = "".join(pages)
    assert all(f'href="https://a.example/{number}"' in whole for number in range(120))
    assert "«побег морем» · Море · 60" in visible_text(pages[0])


# ── what a muted rule means for an article ──────────────────────────────────────────────────────────────────────


WRITTEN = """
topics:
  sea:
    title: Море
    hashtag: море
    any_of:
      - {name: сразу, all: [беглец, таможня]}
      - {name: спросить, tier: review, all: [беглец]}
  land:
    title: Суша
    hashtag: суша
    any_of:
      - {name: пешком, tier: review, all: [беглец, овраг], none: роман}
"""
MATCHER = Matcher(compile_rules(load_keywords(WRITTEN, file="keywords.yaml")))
BOTH = {"title": "Беглеца видела таможня", "text": ""}
ONE = {"title": "Беглец скрылся", "text": ""}


def test_another_rule_of_the_topic_finds_what_a_muted_one_would_have() -> None:
    verdict = MATCHER.muting([("sea", "сразу")]).judge(**BOTH)

    assert [(topic.rule, topic.tier) for topic in verdict.topics] == [("спросить", Tier.REVIEW)]
    assert [topic.rule for topic in verdict.muted] == ["сразу"]
    assert not verdict.is_held


def test_what_only_muted_rules_find_is_held() -> None:
    verdict = MATCHER.muting([("sea", "сразу"), ("sea", "спросить")]).judge(**BOTH)

    assert verdict.tier is Tier.NONE
    assert verdict.is_held
    assert [topic.rule for topic in verdict.muted] == ["сразу", "спросить"]


def test_another_topic_is_no_matter_of_the_mute() -> None:
    verdict = MATCHER.muting([("sea", "сразу"), ("sea", "спросить")]).judge(title="Беглец у оврага", text="")

    assert [topic.id for topic in verdict.topics] == ["land"]
    assert not verdict.is_held


def test_a_mute_of_the_same_name_in_another_topic_changes_nothing() -> None:
    assert MATCHER.muting([("land", "сразу")]).judge(**BOTH) == MATCHER.judge(**BOTH)


@given(
    st.lists(st.sampled_from(["Беглец", "у оврага", "и таможня", "роман.", "молчит"]), max_size=6),
    st.sets(st.sampled_from([("sea", "сразу"), ("sea", "спросить"), ("land", "пешком")])),
)
def test_a_mute_loses_no_finding(words: list[str], muted: set[tuple[str, str]]) -> None:
    """Whatever is muted, an article that the rules find is found: by other rules, or it is held."""
    title = " ".join(words)
    plain, quiet = MATCHER.judge(title=title, text=""), MATCHER.muting(muted).judge(title=title, text="")

    assert bool(plain.topics) == bool(quiet.topics or quiet.muted)
    found, kept = (*plain.topics, *plain.hinted), (*quiet.topics, *quiet.hinted, *quiet.muted)
    assert {topic.id for topic in found} == {topic.id for topic in kept}
    assert not {(topic.id, topic.rule) for topic in quiet.topics} & muted


def test_the_explanation_says_that_a_rule_is_muted() -> None:
    sea, _ = explain(MATCHER.muting([("sea", "спросить")]), **ONE)

    assert sea.fired is None
    assert lack(sea) == "правило «спросить» нашло, но оно на паузе (/mute)"
    assert "спросить" not in [rule.name for rule in sea.nearest]


def test_nothing_muted_is_the_verdict_of_old() -> None:
    assert MATCHER.muting([]).judge(title="Погода", text="Дождь.") == Verdict()
