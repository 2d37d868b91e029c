"""Links and sessions on both databases: each secret works once or for a while, and is kept nowhere."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from monitor.storage.desk.keys import LINK_LIVES, SESSION_LIVES
from monitor.storage.store import Store
from tests.factories import NOW


def test_a_link_becomes_one_session(store: Store) -> None:
    keys = store.desk_keys
    keys.add_link("link", initial="Б", now=NOW)
    with ThreadPoolExecutor(4) as threads:
        entered = list(threads.map(lambda number: keys.enter("link", f"session-{number}", NOW), range(4)))
    assert sorted(entered) == [False, False, False, True]
    (session,) = (f"session-{number}" for number, let_in in enumerate(entered) if let_in)
    assert keys.initial_of(session, NOW) == "Б"
    assert keys.initial_of("link", NOW) is None
    assert not keys.is_link(session, NOW)


def test_links_and_sessions_expire_and_are_forgotten(store: Store) -> None:
    keys = store.desk_keys
    keys.add_link("link", initial="", now=NOW)
    assert not keys.enter("link", "late", NOW + LINK_LIVES)
    assert keys.enter("link", "session", NOW + LINK_LIVES - timedelta(seconds=1))
    end = NOW + LINK_LIVES - timedelta(seconds=1) + SESSION_LIVES
    assert keys.initial_of("session", end - timedelta(seconds=1)) == ""
    assert keys.initial_of("session", end) is None
    keys.add_link("another", initial="", now=end)
    assert keys.close(end) == 0, "what expired is no session"


def test_closing_ends_all(store: Store) -> None:
    keys = store.desk_keys
    for number in range(3):
        keys.add_link(f"link-{number}", initial="", now=NOW)
        keys.enter(f"link-{number}", f"session-{number}", NOW)
    keys.add_link("waiting", initial="", now=NOW)
    keys.leave("session-0")
    assert keys.close(NOW) == 2
    assert keys.initial_of("session-1", NOW) is None
    assert not keys.enter("waiting", "session-3", NOW)


def test_any_text_may_be_brought_as_a_secret(store: Store) -> None:
    for text in ("", "\x00", "\ud800", "ж" * 100_000, "' OR 1=1 --"):
        assert store.desk_keys.initial_of(text, NOW) is None
        assert not store.desk_keys.enter(text, "session", NOW)
