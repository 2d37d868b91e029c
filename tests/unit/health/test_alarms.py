"""Only changes are told, once, and only what lasts."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.health.alarms import AlarmChanges, alarm_message, follow
from monitor.health.conditions import Condition
from monitor.models.health import Alarm, ConditionKind
from monitor.text.unicode import utf16_length
from tests.factories import NOW
from tests.servers.bot_html import parse_html

LOOK = timedelta(minutes=1)
BROKEN = Condition(kind=ConditionKind.BROKEN, subject="Вести", text="404 (неудач: 5)")
OUTAGE = Condition(kind=ConditionKind.OUTAGE, subject="", text="нет сети")


def reported(*looks: list[Condition]) -> list[str]:
    """What each look tells: `+key` began, `-key` ended."""
    alarms: tuple[Alarm, ...] = ()
    story = []
    for number, seen in enumerate(looks):
        changes = follow(alarms, seen, NOW + number * LOOK, may_be_over=lambda _alarm: True)
        alarms = changes.alarms
        began, ended = (
            " ".join(sign + a.key for a in some) for sign, some in (("+", changes.began), ("-", changes.ended))
        )
        story.append(f"{began} {ended}".strip())
    return story


def test_it_must_hold_for_two_looks_and_is_told_once() -> None:
    assert reported([BROKEN], [BROKEN], [BROKEN], [BROKEN]) == ["", "+broken:Вести", "", ""]


def test_it_must_be_gone_for_two_looks_to_be_over() -> None:
    assert reported([BROKEN], [BROKEN], [], [], []) == ["", "+broken:Вести", "", "-broken:Вести", ""]


def test_what_flaps_says_nothing() -> None:
    assert reported(*[[BROKEN], []] * 10) == [""] * 20
    assert reported([BROKEN], [BROKEN], *[[], [BROKEN]] * 10) == ["", "+broken:Вести", *[""] * 20]


def test_changed_words_are_no_change_of_state() -> None:
    later = Condition(kind=ConditionKind.BROKEN, subject="Вести", text="404 (неудач: 6)")

    assert reported([BROKEN], [BROKEN], [later], [later]) == ["", "+broken:Вести", "", ""]


def test_in_an_outage_nothing_is_said_of_feeds_neither_good_nor_bad() -> None:
    looks: tuple[list[Condition], ...] = ([BROKEN], [BROKEN], [OUTAGE], [OUTAGE], [OUTAGE], [BROKEN], [BROKEN], [])

    assert reported(*looks) == ["", "+broken:Вести", "", "+outage:", "", "", "-outage:", ""]


def test_that_a_passing_event_is_over_is_no_news() -> None:
    gap = Condition(kind=ConditionKind.GAP, subject="Вести", text="")
    doubt = Condition(kind=ConditionKind.UNCERTAIN, subject="№ 7", text="")

    assert reported([gap], [gap], [], [], []) == ["", "+gap:Вести", "", "", ""]
    assert reported(*[[doubt]] * 12, [], [], []) == [*[""] * 10, "+uncertain:№ 7", "", "", "", ""]


def test_a_restart_between_two_looks_changes_nothing() -> None:
    changes = follow((), [BROKEN], NOW, may_be_over=lambda _alarm: True)
    kept = tuple(Alarm(key=a.key, text=a.text, since=a.since, told_at=a.told_at) for a in changes.alarms)

    later = follow(kept, [BROKEN], NOW + LOOK, may_be_over=lambda _alarm: True)
    assert [alarm.key for alarm in later.began] == ["broken:Вести"]


def alarm(kind: ConditionKind, subject: str, text: str = "") -> Alarm:
    return Alarm(key=f"{kind}:{subject}", text=text, since=NOW, told_at=NOW)


def test_one_message_groups_news_and_recoveries() -> None:
    changes = AlarmChanges(
        alarms=(),
        began=(
            alarm(ConditionKind.BROKEN, "Б", "404"),
            alarm(ConditionKind.CLOSED, "@channel", "нет прав"),
            alarm(ConditionKind.BROKEN, "А", "500"),
        ),
        ended=(alarm(ConditionKind.SILENT, "В", "давно"),),
    )

    message = alarm_message(changes)

    assert message
    assert message.html.splitlines() == [
        "⚠️ <b>Лента не читается</b>",
        "• А: 500",
        "• Б: 404",
        "⚠️ <b>Чат не принимает сообщений</b>",
        "• @channel: нет прав",
        "✅ Прошло: <b>Лента замолчала</b>",
        "• В",
    ]


def test_nothing_changed_nothing_told() -> None:
    assert alarm_message(AlarmChanges(alarms=(alarm(ConditionKind.BROKEN, "А"),), began=(), ended=())) is None


def test_the_key_says_what_changed_whoever_tells_it() -> None:
    one, two = alarm(ConditionKind.BROKEN, "А", "404"), alarm(ConditionKind.BROKEN, "Б", "404")
    began = alarm_message(AlarmChanges(alarms=(), began=(one, two), ended=()))
    again = alarm_message(AlarmChanges(alarms=(), began=(two, one), ended=()))
    ended = alarm_message(AlarmChanges(alarms=(), began=(), ended=(one, two)))

    assert began
    assert again
    assert ended
    assert began.key == again.key != ended.key


words = st.text(max_size=300)


@given(st.lists(st.tuples(st.sampled_from(ConditionKind), words, words), min_size=1, max_size=60))
def test_any_words_are_a_message_telegram_takes(words_of: list[tuple[ConditionKind, str, str]]) -> None:
    some = tuple(alarm(*one) for one in words_of)

    message = alarm_message(AlarmChanges(alarms=(), began=some, ended=some))

    assert message
    assert utf16_length(parse_html(message.html)[0]) <= 4096
