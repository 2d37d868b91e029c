"""Whose forms are taken: what browsers say of where a form stands."""

from collections.abc import Iterator

import pytest

from monitor.storage.store import Store
from tests.harness.clock import Clock
from tests.harness.desk import Desk, open_desk


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    with open_desk(store.desk_keys, [], Clock(), is_in=False) as opened:
        yield opened


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 303),  # Chromium, as our pages send no referrer
        ({}, 303),
        ({"sec-fetch-site": "cross-site", "origin": "null"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "same-origin", "origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),  # a page in a sandbox, in a browser that says no more
        ({"origin": "https://evil.example"}, 403),
    ],
)
def test_a_form_of_another_site_is_refused(desk: Desk, said: dict[str, str], status: int) -> None:
    answer = desk.client.post(desk.link(), headers=said, follow_redirects=False)

    assert answer.status_code == status
