"""Chains that several workers keep, stamped by an authority that comes and goes; on either kind of database."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete

from monitor.errors import EvidenceError
from monitor.evidence import chain, timestamps
from monitor.evidence.audit import ChainAudit
from monitor.evidence.stamper import Stamper
from monitor.models.evidence import Link
from monitor.storage.evidence.history import EvidenceHistory
from monitor.storage.evidence.looks import EvidenceStore
from monitor.storage.evidence.notices import NOBODY
from monitor.storage.evidence.schema import captures
from monitor.storage.evidence.stamps import StampStore
from monitor.storage.evidence.vitals import EvidenceStats
from tests.harness.clock import Clock
from tests.servers.timestamp_authority import HAS_OPENSSL, Manner, TimestampAuthority

pytestmark = pytest.mark.skipif(not HAS_OPENSSL, reason="NO STAMPER IS TESTED: the openssl command is not here")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def stamper(authority: TimestampAuthority, engine: Engine, clock: Clock) -> AsyncIterator[Stamper]:
    authority.manner = Manner.HONEST
    async with timestamps.open_client(user_agent="test") as client:
        yield Stamper(
            store=StampStore(engine), client=client, authorities=[authority.url], roots=authority.roots, clock=clock
        )


def add(engine: Engine, name: str, clock: Clock, what: str) -> Link:
    digest = hashlib.sha256(what.encode()).hexdigest()
    return EvidenceStore(engine, NOBODY).join(
        partial(chain.link, chain=name, digest=digest, taken_at=clock()), chain=name
    )


async def test_a_stamp_over_the_head_covers_all_before_it(stamper: Stamper, engine: Engine, clock: Clock) -> None:
    links = [add(engine, "one", clock, what) for what in "abc"]
    await stamper.round()

    (stamp,) = stamper.store.list_stamps([link.hash for link in links])
    assert stamp.hash == links[-1].hash
    assert timestamps.check(stamp.token, stamp.hash.encode(), stamper.roots) == stamp.stamped_at
    assert stamper.store.waiting(stamper.authorities[0]) == ()
    assert chain.list_breaks(list(EvidenceHistory(engine).chain("one"))) == ()


async def test_each_chain_is_stamped_one_a_minute(
    stamper: Stamper, authority: TimestampAuthority, engine: Engine, clock: Clock
) -> None:
    before = len(authority.requests)
    one, two = add(engine, "one", clock, "a"), add(engine, "two", clock, "b")
    await stamper.round()
    await stamper.round()
    assert len(authority.requests) == before + 1, "not twice in a minute"
    clock.forward(minutes=1)
    await stamper.round()

    assert {stamp.hash for stamp in stamper.store.list_stamps([one.hash, two.hash])} == {one.hash, two.hash}


@pytest.mark.parametrize("manner", [Manner.DENIES, Manner.OTHER_HASH, Manner.ALTERS])
async def test_an_authority_that_lies_is_not_believed_and_asked_again(
    stamper: Stamper, authority: TimestampAuthority, engine: Engine, clock: Clock, manner: Manner
) -> None:
    link = add(engine, "one", clock, "a")
    authority.manner = manner
    await stamper.round()
    assert stamper.store.list_stamps([link.hash]) == ()
    assert stamper.store.last_requests()[1] == {authority.url: 1}

    authority.manner = Manner.HONEST
    clock.forward(minutes=1)
    await stamper.round()
    assert stamper.store.list_stamps([link.hash]) == (), "after a failure it is left alone for longer"
    clock.forward(minutes=1)
    await stamper.round()
    assert [stamp.hash for stamp in stamper.store.list_stamps([link.hash])] == [link.hash]
    assert stamper.store.last_requests()[1][authority.url] == 0


async def test_an_authority_that_fails_does_not_hold_up_another(
    stamper: Stamper, authority: TimestampAuthority, engine: Engine, clock: Clock
) -> None:
    link = add(engine, "one", clock, "a")
    await replace(stamper, authorities=["http://127.0.0.1:1/", authority.url]).round()

    assert [stamp.authority for stamp in stamper.store.list_stamps([link.hash])] == [authority.url]
    assert stamper.store.last_requests()[1] == {"http://127.0.0.1:1/": 1, authority.url: 0}


async def test_what_two_workers_keep_is_tied_together_once_a_day(engine: Engine, clock: Clock) -> None:
    heads = [add(engine, "one", clock, "a"), add(engine, "two", clock, "b")]
    joined = add(engine, "one", clock, "")
    assert EvidenceStore(engine, NOBODY).joined_at("one") == clock()
    assert EvidenceStore(engine, NOBODY).heads() == (joined, heads[1])
    assert joined.taken_at - heads[0].taken_at == timedelta(0)


def test_what_is_no_certificate_is_no_root(authority: TimestampAuthority) -> None:
    timestamps.require_roots(authority.roots)
    with pytest.raises(EvidenceError, match="нужен файл PEM"):
        timestamps.require_roots(b"junk")


async def test_a_stamp_whose_link_was_taken_away_is_found(
    stamper: Stamper, engine: Engine, clock: Clock, tmp_path: Path
) -> None:
    add(engine, "one", clock, "a")
    await stamper.round()
    audit = ChainAudit(stats=EvidenceStats(engine), folder=tmp_path, chain="one", clock=clock)
    await audit.round()
    assert audit.breaks == ()

    with engine.begin() as db:
        db.execute(delete(captures))
    audit = ChainAudit(stats=EvidenceStats(engine), folder=tmp_path, chain="one", clock=clock)
    await audit.round()
    assert audit.breaks
    assert "метка времени" in audit.breaks[0]
