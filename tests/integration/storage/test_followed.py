"""Of whom the channel has news, as the database tells it, on SQLite and on PostgreSQL alike."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from monitor.models.articles import Tier, Verdict
from monitor.models.stories import Decision, EntryOutcome
from monitor.storage.store import Store
from monitor.stories.grouping import group
from monitor.stories.people.followed import FOLLOWED
from monitor.stories.recent_events import TOLD
from tests.factories import NOW, feed, matched, poll_outcome
from tests.factories.channels import to_channel

MINUTE = timedelta(minutes=1)
PLACE = partial(group, chats=to_channel("@channel", review="-100"))
NAMED = ("Пробников на связи", "Он дома.")


def record(store: Store, *entries: EntryOutcome) -> None:
    store.feeds.sync([feed(name="Лента")], NOW)
    store.feeds.release_all()
    (state,) = store.feeds.claim(NOW, limit=1, lease=MINUTE)
    outcome = poll_outcome(lease_no=state.lease_no, next_poll_at=NOW, matched=entries)
    assert store.polls.record_all([outcome], PLACE, window=FOLLOWED)


def about(number: int, text: str, tier: Tier = Tier.POST) -> EntryOutcome:
    return matched(number, title=f"Новость {number}", text=text, tier=tier, feed=f"Лента {number}")


def test_who_stands_in_the_channel_is_followed_for_thirty_days(store: Store) -> None:
    assert not store.followed(NOW).is_named(*NAMED)
    record(store, about(1, "Казахстан выдал России пекаря Максима Пробникова."))

    assert store.followed(NOW).is_named(*NAMED), "a denial may follow at once"
    assert store.followed(NOW + MINUTE).is_named(*NAMED)
    assert store.followed(NOW + FOLLOWED).is_named(*NAMED)
    record(store, about(2, "Казахстан выдал России лётчика Глеба Выдумкина, уроженца Томска."))
    assert not store.followed(NOW + FOLLOWED + MINUTE).is_named(*NAMED)


def test_an_event_in_the_channel_is_known_by_its_words_for_three_days(store: Store) -> None:
    text = "На посту «Бугристое» двух пекарей из Златоуста вывели в наручниках, видел водитель автобуса."
    again = ("Имена пекарей", "Пекари, которых в наручниках вывели на посту «Бугристое», — братья из Златоуста.")
    record(store, about(1, text))

    assert not store.followed(NOW).is_named(*again)
    assert store.followed(NOW).is_told_of(*again)
    assert store.followed(NOW + TOLD).is_told_of(*again)
    assert not store.followed(NOW + TOLD + MINUTE).is_told_of(*again)


def test_who_stands_in_no_channel_is_not_followed(store: Store) -> None:
    record(store, about(1, "Казахстан выдал России пекаря Максима Пробникова.", tier=Tier.REVIEW))

    assert not store.followed(NOW).is_named(*NAMED)


def test_two_questions_refused_and_nobody_is_asked_about_him_again(store: Store) -> None:
    text = "Казахстан выдал России пекаря Максима Пробникова. Он ждал решения суда в Актобе с весны."
    record(store, about(1, text))
    for number in (2, 3):
        named = about(number, text)
        assert named.telling
        record(store, replace(named, telling=replace(named.telling, verdict=Verdict())))
    now = NOW + MINUTE

    assert store.followed(now).is_named(*NAMED)
    for part in (2, 3):
        store.reviews.decide(1, part, Decision.REJECTED, initial="А", now=now)
    record(store, about(4, "Казахстан выдал России лётчика Аркадия Вымыслова, уроженца Томска."))

    assert not store.followed(now + MINUTE).is_named(*NAMED)
