"""The archive, built again and again in one process."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.models.outbox import Delivery, DeliveryState, Pace, Settlement
from monitor.site.build import SiteBuilder
from monitor.site.environment import templates
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.site.cases import CaseStore, TakedownStore
from monitor.storage.site.published import PublishedStories
from tests.factories import HOUR, NOW
from tests.factories.site import about
from tests.harness.seeded_outbox import CHAT, SeededOutbox
from tests.harness.templates import compiled_once

FREE = Pace(per_minute=100_000, spacing=timedelta(0))


@pytest.fixture(autouse=True)
def templates_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of a second for each build otherwise."""
    monkeypatch.setattr("monitor.site.pages.templates", compiled_once(templates))


@pytest.fixture
def seeded(engine: Engine) -> SeededOutbox:
    return SeededOutbox(engine)


@pytest.fixture
def post(outbox: Outbox, seeded: SeededOutbox) -> Callable[..., None]:
    """Post stories of these numbers, each in a message of its own."""

    def post(*numbers: int) -> None:
        for number in numbers:
            seeded.add_story(number)
            taken = outbox.claim(CHAT, NOW, lease=HOUR, pace=FREE)
            assert isinstance(taken, Delivery)
            outbox.settle(taken, Settlement(state=DeliveryState.SENT, message_id=100 + taken.id), NOW)

    return post


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "site"


@pytest.fixture
def builder(engine: Engine) -> SiteBuilder:
    return SiteBuilder(
        published=PublishedStories(engine),
        cases=CaseStore(engine),
        takedowns=TakedownStore(engine),
        about=about,
        counters=None,
        zone="Asia/Almaty",
    )
