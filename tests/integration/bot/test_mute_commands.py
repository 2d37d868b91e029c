"""Muted rules on both databases: what they hold, who sees it when, and that it is shown once."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, select, update

from monitor.bot.daily_digest import DailyDigest
from monitor.bot.deleted_posts import no_look
from monitor.bot.review_chat import LEASE
from monitor.config.hours import Day, Hours
from monitor.config.keywords import load_keywords
from monitor.matching.compiler import compile_rules
from monitor.matching.matcher import Matcher
from monitor.matching.mutes import Mute, RuleName
from monitor.models.articles import Outcome
from monitor.models.channels import Destination
from monitor.models.feeds import Entry, FeedKind
from monitor.models.outbox import DeliveryKind
from monitor.polling.age_limit import AgeLimit
from monitor.polling.judge import Judge, split
from monitor.sources.http.client import Fetcher
from monitor.sources.sandbox import Sandbox
from monitor.storage.archive import Archive
from monitor.storage.chats import UpdateCursor
from monitor.storage.mutes import MuteStore
from monitor.storage.stats import Stats
from monitor.storage.tables import deliveries, entries, listeners, mutes
from monitor.stories.grouping import group
from monitor.stories.placement import SAME_CASE
from tests.factories import NOW, entry, feed, poll_outcome
from tests.factories.channels import to_channel
from tests.harness.review_chat import CHANNEL, OWNER, REVIEWERS, ZONE, ReviewChatHarness

WRITTEN = """
topics:
  sea:
    title: Море
    hashtag: море
    any_of:
      - {name: побег морем, all: [беглец, лодка]}
      - {name: у причала, all: [беглец, причал]}
      - {name: просто беглец, tier: review, all: [беглец, толпа]}
"""
SEA = RuleName(topic="sea", title="Море", rule="побег морем")
PIER = RuleName(topic="sea", title="Море", rule="у причала")
KEYS = [SEA.key, PIER.key, ("sea", "просто беглец")]


def matcher_of(written: str) -> Matcher:
    return Matcher(compile_rules(load_keywords(written, file="keywords.yaml")))


@pytest.fixture(scope="session")
def matcher() -> Matcher:
    return matcher_of(WRITTEN)


def news(number: int, text: str = "Беглеца видели в лодке.") -> Entry:
    return entry(number, title=f"Выпуск {number}", content=text, published_at=NOW)


def poll(
    harness: ReviewChatHarness, *feed_entries: Entry, name: str = "Порт", mutes: tuple[Mute, ...] | None = None
) -> list[Outcome]:
    """What a poll does with these entries, under the mutes of now; returns the outcomes of what no story tells."""
    stanza = feed(name=name, kind=FeedKind.TELEGRAM, url=f"http://127.0.0.1/{name}")
    harness.store.feeds.sync([stanza], harness.clock())
    (state,) = harness.store.feeds.claim(harness.clock(), limit=1, lease=timedelta(minutes=5), names=[name])
    judge = Judge(
        fetcher=Fetcher(user_agent="test", clock=harness.clock),
        reader=Sandbox(),
        matcher=harness.read_commands.matcher,
        zone=ZONE,
    )
    active = harness.mutes.active(harness.clock()) if mutes is None else mutes
    triage = judge.muting(active).triage(
        stanza, feed_entries, AgeLimit(since=NOW - timedelta(days=30)), harness.clock()
    )
    settled, matched = split(triage.decided)
    outcome = poll_outcome(
        feed=name, lease_no=state.lease_no, polled_at=harness.clock(), settled=settled, matched=matched
    )
    place = partial(group, chats=to_channel(CHANNEL, review=REVIEWERS))
    assert harness.store.polls.record_all([outcome], place, window=SAME_CASE)
    return [entry.outcome for entry in settled]


async def say(harness: ReviewChatHarness, said: str) -> str:
    harness.api.say(REVIEWERS, said)
    await harness.handle_updates()
    return shown(harness)[-1]


def shown(harness: ReviewChatHarness) -> list[str]:
    return [message.text for message in harness.api.posted(REVIEWERS)]


async def test_what_only_a_muted_rule_finds_is_held_and_shown_when_it_speaks_again(harness: ReviewChatHarness) -> None:
    answer = await say(harness, "/mute побег морем 24")
    assert "На паузе: «Море: побег морем» до 23.11 14:00 (Р.)" in answer

    assert poll(harness, news(1), news(2)) == [Outcome.REVIEW, Outcome.REVIEW]
    await harness.deliver()

    assert harness.api.posted(CHANNEL) == []
    assert len(shown(harness)) == 1
    assert harness.outcomes()[0] == ("review", "sea: побег морем; правило на паузе (/mute) до 23.11 14:00")

    await say(harness, "/unmute побег морем")

    answer, digest = shown(harness)[1:]
    assert "Придержано новостей: 2" in answer
    assert digest.startswith("Придержано, пока правила были на паузе: 2\n\n«побег морем» · Море · 2\n• Выпуск 1 — Порт")
    assert 'href="https://news.example/1"' in harness.api.posted(REVIEWERS)[-1].html
    assert harness.outcomes()[0][1].endswith(" · пауза кончилась 22.11 14:00")
    assert "На паузе ничего нет" in await say(harness, "/unmute побег морем")
    assert poll(harness, news(3, "Другой беглец. Лодка у берега. Беглец в лодке.")) == []


async def test_a_story_that_another_rule_finds_goes_its_way(harness: ReviewChatHarness) -> None:
    await say(harness, "/mute побег морем 24")

    assert poll(harness, news(1, "Беглец в лодке у причала."), news(2, "Толпа. Беглец в лодке и толпа.")) == []
    await harness.deliver()

    assert "Выпуск 1" in harness.api.posted(CHANNEL)[0].text
    assert "правило «просто беглец»" in shown(harness)[-1]
    await say(harness, "/unmute побег морем")
    assert "ничего не придержано" in shown(harness)[-1]


async def test_time_ends_a_mute_and_two_workers_show_what_it_held_once(harness: ReviewChatHarness) -> None:
    await say(harness, "/mute побег морем 2")
    poll(harness, news(1))
    harness.clock.forward(hours=1, minutes=59)
    await harness.review_chat.end_mutes()
    await harness.deliver()
    assert len(shown(harness)) == 1

    harness.clock.forward(minutes=1)
    books = [MuteStore(harness.engine, zone=ZONE) for _ in range(4)]
    counts = await asyncio.gather(
        *(asyncio.to_thread(book.release, KEYS, REVIEWERS, harness.clock()) for book in books)
    )
    await harness.review_chat.end_mutes()
    await harness.deliver()

    assert sorted(counts) == [0, 0, 0, 1]
    assert len(shown(harness)) == 2
    assert harness.mutes.active(harness.clock()) == ()


async def test_a_mute_is_known_to_other_workers_and_after_a_restart(harness: ReviewChatHarness) -> None:
    await say(harness, "/mute у причала 3")

    (known,) = MuteStore(harness.engine).active(NOW)

    assert known == Mute(name=PIER, until=NOW + timedelta(hours=3), initial="Р")


async def test_muted_again_it_ends_later_and_what_it_holds_waits(harness: ReviewChatHarness) -> None:
    await say(harness, "/mute побег морем 1")
    poll(harness, news(1))
    harness.clock.forward(minutes=30)
    await say(harness, "/mute побег морем 5")
    harness.clock.forward(hours=1)
    await harness.review_chat.end_mutes()
    await harness.deliver()

    assert not any("Придержано, пока" in message for message in shown(harness))
    assert harness.mutes.active(harness.clock())[0].until == NOW + timedelta(hours=5, minutes=30)


async def test_a_poll_that_began_under_a_mute_loses_nothing_when_recorded_after_it(harness: ReviewChatHarness) -> None:
    await say(harness, "/mute побег морем 1")
    before = harness.mutes.active(harness.clock())
    await say(harness, "/unmute побег морем")

    assert poll(harness, news(1), mutes=before) == [Outcome.REVIEW]
    await harness.review_chat.end_mutes()
    await harness.deliver()

    assert "Выпуск 1" in shown(harness)[-1]


async def test_a_mute_whose_rule_is_gone_is_void_and_told_so_once(harness: ReviewChatHarness) -> None:
    await say(harness, "/mute побег морем 24")
    poll(harness, news(1))
    harness.read_commands.matcher = matcher_of(WRITTEN.replace("побег морем", "побег по морю"))

    await harness.review_chat.end_mutes()
    await harness.review_chat.end_mutes()
    await harness.deliver()

    void, digest = shown(harness)[1:]
    assert "Пауза больше не действует, в keywords.yaml нет такого правила: «Море: побег морем»" in void
    assert "Выпуск 1" in digest
    assert harness.mutes.active(harness.clock()) == ()


async def test_what_a_story_tells_already_is_not_shown_again(harness: ReviewChatHarness) -> None:
    await say(harness, "/mute побег морем 24")
    poll(harness, news(1), news(2))
    poll(harness, news(1, "Беглец в лодке у причала."), news(2), name="Маяк")

    await say(harness, "/unmute побег морем")

    assert "Придержано, пока правила были на паузе: 1\n" in shown(harness)[-1]
    assert "Выпуск 2" in shown(harness)[-1]


async def test_two_mutes_hold_until_the_first_of_them_ends(harness: ReviewChatHarness) -> None:
    await say(harness, "/mute побег морем 24")
    await say(harness, "/mute у причала 2")
    assert poll(harness, news(1, "Беглец в лодке у причала.")) == [Outcome.REVIEW]

    harness.clock.forward(hours=2)
    await harness.review_chat.end_mutes()
    await say(harness, "/unmute побег морем")

    assert sum("Выпуск 1" in message for message in shown(harness)) == 1


async def test_the_listing_names_what_is_muted_and_what_fires_most(harness: ReviewChatHarness) -> None:
    poll(harness, *(news(number, f"Беглец номер {number} в лодке, город {number * 7919}.") for number in range(1, 4)))
    await say(harness, "/mute у причала 24")
    poll(harness, news(9, "Беглец у причала."))

    answer = await say(harness, "/mute")

    assert "«Море: у причала» до 23.11 14:00 (Р.)" in answer
    assert "/mute Море: побег морем 24 — 3\n/mute Море: у причала 24 — 1" in answer


@pytest.mark.parametrize("said", ["/status", "/mute", "/unmute"])
async def test_what_is_muted_is_shown_to_who_asks(harness: ReviewChatHarness, said: str) -> None:
    await say(harness, "/mute у причала 24")

    assert "«Море: у причала» до 23.11 14:00 (Р.)" in await say(harness, said)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("/mute побег морем 200", "от 1 до 168"),
        ("/mute побег 5", "Похожие:\n/mute Море: побег морем 5"),
        ("/mute побег морем", "На сколько часов?"),
        ("/unmute лодка", "На паузе ничего нет"),
        ("/mute <b>&amp;\u202e 5", "Нет такого правила"),
    ],
)
async def test_a_command_that_cannot_be_done_changes_nothing(
    harness: ReviewChatHarness, said: str, expected: str
) -> None:
    assert expected in await say(harness, said)
    with harness.engine.connect() as db:
        assert db.execute(select(mutes)).all() == []


async def test_why_and_check_ask_the_rules_under_the_mutes_of_now(harness: ReviewChatHarness) -> None:
    await say(harness, "/mute побег морем 24")
    poll(harness, news(1))

    assert "на паузе (/mute) до 23.11 14:00" in await say(harness, "/why https://news.example/1")
    assert "правило «побег морем» нашло, но оно на паузе (/mute)" in await say(harness, "/check Беглец в лодке")


async def test_the_operators_chat_cannot_mute(harness: ReviewChatHarness) -> None:
    harness.api.say(OWNER, "/mute побег морем 24")
    await harness.handle_updates()

    assert harness.mutes.active(NOW) == ()


@pytest.mark.parametrize("said", ["/mute побег морем 1", "/unmute побег морем", "/mute", "/unmute"])
async def test_an_order_that_is_read_twice_is_done_and_answered_once(harness: ReviewChatHarness, said: str) -> None:
    await say(harness, "/mute побег морем 24")
    answer = await say(harness, said)
    first = harness.mutes.active(NOW)
    with harness.engine.begin() as db:
        db.execute(
            update(listeners).values(next_update_id=listeners.c.next_update_id - 1)
        )  # killed before it was noted

    harness.clock.forward(minutes=1)
    await harness.handle_updates()

    assert harness.mutes.active(NOW) == first
    assert len(shown(harness)) == 2
    assert shown(harness)[-1] == answer


async def test_the_digest_of_a_day_counts_what_is_held(harness: ReviewChatHarness) -> None:
    await say(harness, "/mute побег морем 24")
    poll(harness, news(1), news(2))
    hours = Hours(zone=ZONE, digest_at=NOW.time().replace(hour=9))
    harness.clock.forward(days=1)
    daily = DailyDigest(
        harness.store.digests,
        [Destination(chat=CHANNEL, digest_at=hours.digest_at)],
        hours=hours,
        clock=harness.clock,
        undecided=harness.reviews.undecided,
        held=harness.mutes.held_in,
        look=no_look,
    )

    await daily.put_if_due()
    await harness.deliver()

    (digest,) = harness.api.posted(CHANNEL)
    assert digest.text == "За сутки: 0 · 23.11.2026 · придержано редакторами: 2"


def test_a_quiet_day_holds_nothing(engine: Engine) -> None:
    day = Day(date=NOW.date(), since=NOW, until=NOW + timedelta(days=1))

    assert MuteStore(engine).held_in(day) == 0


async def test_nobody_is_told_while_there_is_nothing_to_tell(harness: ReviewChatHarness) -> None:
    await say(harness, "/mute побег морем 1")
    harness.clock.forward(hours=2)

    await harness.review_chat.end_mutes()
    await harness.deliver()

    assert len(shown(harness)) == 1


async def test_hundreds_that_were_held_are_shown_in_messages_that_telegram_takes(harness: ReviewChatHarness) -> None:
    await say(harness, "/mute побег морем 24")
    poll(harness, *(news(number) for number in range(1, 601)))

    await say(harness, "/unmute побег морем")

    pages = shown(harness)[2:]
    with harness.engine.connect() as db:
        kinds = db.scalars(select(deliveries.c.kind).distinct()).all()
    assert sum(page.count("• Выпуск") for page in pages) == 600
    assert kinds == [DeliveryKind.NOTICE]


async def test_rules_that_are_muted_are_no_quiet_rules(harness: ReviewChatHarness) -> None:
    await say(harness, "/mute побег морем 24")
    poll(harness, news(1))

    assert [rules for *_, rules in Stats(harness.engine).list_fired(after=0, since=NOW)] == [("sea/побег морем",)]


async def test_what_is_held_stays_in_the_archive_of_judgements(harness: ReviewChatHarness) -> None:
    await say(harness, "/mute побег морем 24")
    poll(harness, news(1))

    (kept,) = Archive(harness.engine).iter_articles(NOW - timedelta(days=1))

    assert kept.verdict.is_held
    with harness.engine.connect() as db:
        assert db.scalar(select(entries.c.story_id)) is None


async def test_the_question_tells_what_kept_the_story_from_the_channel(harness: ReviewChatHarness) -> None:
    poll(harness, news(1, "Толпа увидела: беглец выходит из толпы."))
    await harness.deliver()

    assert shown(harness)[-1].endswith("\nСразу в канал не пошло: правилу «побег морем» не хватает: лодка (строка 7)")


async def test_a_worker_that_does_not_listen_ends_no_mute(harness: ReviewChatHarness) -> None:
    """It may have yesterday's keywords.yaml: what it does not know is not void."""
    await say(harness, "/mute побег морем 24")
    harness.clock.forward(minutes=4)
    assert UpdateCursor(harness.engine).lease("another", harness.clock(), length=LEASE) is not None
    await harness.review_chat.round()
    harness.read_commands.matcher = matcher_of(WRITTEN.replace("побег морем", "побег по морю"))

    await harness.review_chat.end_mutes()

    assert len(harness.mutes.active(harness.clock())) == 1
