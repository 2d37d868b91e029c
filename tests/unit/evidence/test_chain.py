"""The chain of hashes: whatever is altered, taken out or put in between is seen."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import EvidenceError
from monitor.evidence.chain import ORIGIN, heads_digest, link, list_breaks, read_table, table
from monitor.models.evidence import Link

NOON = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)
DIGEST = "a" * 64


def grown(length: int, chain: str = "worker") -> list[Link]:
    links: list[Link] = []
    for number in range(length):
        kept = hashlib.sha256(f"{chain}{number}".encode()).hexdigest()
        at = NOON + timedelta(minutes=number)
        links.append(link(links[-1] if links else None, chain=chain, digest=kept, taken_at=at))
    return links


def test_a_hash_is_what_sha256sum_makes_of_three_lines() -> None:
    first = link(None, chain="a", digest=DIGEST, taken_at=NOON)
    second = link(first, chain="a", digest=DIGEST, taken_at=NOON)

    assert (first.number, first.previous, second.number, second.previous) == (1, ORIGIN, 2, first.hash)
    text = f"{first.hash}\n{DIGEST}\n2026-03-01T12:00:00.000005+00:00\n"
    assert second.hash == hashlib.sha256(text.encode()).hexdigest()


def test_a_time_of_another_zone_is_kept_in_utc() -> None:
    almaty = NOON.astimezone(timezone(timedelta(hours=5)))

    assert link(None, chain="a", digest=DIGEST, taken_at=almaty) == link(None, chain="a", digest=DIGEST, taken_at=NOON)


def test_what_is_no_link_is_refused() -> None:
    first = link(None, chain="a", digest=DIGEST, taken_at=NOON)

    for digest, at, before in ((DIGEST.upper(), NOON, None), (DIGEST, NOON.replace(tzinfo=None), None)):
        with pytest.raises(ValueError, match=r"SHA-256|zone"):
            link(before, chain="a", digest=digest, taken_at=at)
    with pytest.raises(ValueError, match="cannot go on"):
        link(first, chain="b", digest=DIGEST, taken_at=NOON)


def test_a_clock_set_back_breaks_nothing() -> None:
    first = link(None, chain="a", digest=DIGEST, taken_at=NOON)

    assert list_breaks([first, link(first, chain="a", digest=DIGEST, taken_at=NOON - timedelta(days=1))]) == ()


@given(length=st.integers(1, 8), data=st.data())
def test_every_alteration_is_seen(length: int, data: st.DataObject) -> None:
    links = grown(length)
    assert list_breaks(links) == ()
    place = data.draw(st.integers(0, length - 1))
    field = data.draw(st.sampled_from(["number", "taken_at", "digest", "previous", "hash"]))
    old = links[place]
    links[place] = {
        "number": replace(old, number=old.number + data.draw(st.sampled_from([-1, 1, 7]))),
        "taken_at": replace(old, taken_at=old.taken_at + timedelta(microseconds=1)),
        "digest": replace(old, digest="b" * 64),
        "previous": replace(old, previous="c" * 64),
        "hash": replace(old, hash="d" * 64),
    }[field]

    assert any(f"звено {links[place].number}" in line for line in list_breaks(links))


@given(length=st.integers(2, 8), data=st.data())
def test_a_link_taken_out_or_out_of_order_is_seen(length: int, data: st.DataObject) -> None:
    links = grown(length)
    place = data.draw(st.integers(0, length - 2))  # what comes after the last link no chain knows

    assert list_breaks(links[:place] + links[place + 1 :])
    swapped = [*links[:place], links[place + 1], links[place], *links[place + 2 :]]
    assert list_breaks(swapped)


def test_chains_stand_one_after_the_other() -> None:
    one, other = grown(3, "a"), grown(2, "b")

    assert list_breaks([*one, *other]) == ()
    assert list_breaks([one[0], *other, *one[1:]])


def test_heads_are_joined_in_any_order() -> None:
    one, other = grown(2, "a")[-1], grown(3, "b")[-1]

    assert heads_digest([other, one]) == heads_digest([one, other])
    assert heads_digest([one, other]) == hashlib.sha256(f"a {one.hash}\nb {other.hash}\n".encode()).hexdigest()


@given(st.integers(0, 5))
def test_the_table_is_read_as_it_was_written(length: int) -> None:
    links = [*grown(length, "a"), *grown(length, "host-2")]

    assert list(read_table(table(links).encode())) == links


@given(st.binary(max_size=60) | st.text("\t\n0123456789a+-:T", max_size=80).map(str.encode), st.booleans())
def test_no_table_ends_in_anything_but_evidence_error(junk: bytes, is_headed: bool) -> None:
    content = table([]).encode() * is_headed + junk
    try:
        links = list(read_table(content))
    except EvidenceError:
        return
    assert table(links).encode() == content
