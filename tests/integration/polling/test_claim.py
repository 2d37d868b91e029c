"""Who polls what: workers on one database."""

from monitor.polling.claim import claim_due
from monitor.storage.store import Store
from tests.factories import NOW, feed


async def claim(store: Store, held: set[str], most: int) -> None:
    async for state in claim_due(store.feeds, held, most=most, clock=lambda: NOW):
        held.add(state.name)


async def test_a_worker_leases_no_more_than_it_can_hold_and_leaves_the_rest(store: Store) -> None:
    store.feeds.sync([feed(name=f"Лента {number}") for number in range(100)], NOW)
    first: set[str] = set()
    second: set[str] = set()

    await claim(store, first, 40)
    await claim(store, second, 70)

    assert (len(first), len(second)) == (40, 60)
    assert len(first | second) == 100
