"""Looks at the work for tests: all is well unless an argument says otherwise."""

from typing import Any

from monitor.health.conditions import Facts
from monitor.models.feeds import FeedHealth, Habit
from monitor.models.health import ChatVitals, EvidenceVitals, Vitals
from tests.factories import HOUR, NOW


def chat_vitals(**given: Any) -> ChatVitals:
    """A channel where one delivery waits."""
    fields: dict[str, Any] = {"chat": "@channel", "pending": 1}
    return ChatVitals(**fields | given)


def vitals(**given: Any) -> Vitals:
    """Nothing due, nothing waiting."""
    fields: dict[str, Any] = {
        "beats": {},
        "feeds": {"working": 1},
        "due_since": None,
        "polled_at": NOW,
        "deliveries": {},
        "undecided": (),
        "chats": (),
    }
    return Vitals(**fields | given)


def evidence_vitals(**given: Any) -> EvidenceVitals:
    """Three pages under watch, none of them due."""
    return EvidenceVitals(**{"pages": 3, "captures": 40, "size": 1_200_000} | given)


def feed_health(name: str = "Лента", **given: Any) -> FeedHealth:
    """A feed that works."""
    fields: dict[str, Any] = {
        "name": name,
        "failure": "",
        "failure_kind": "",
        "failures": 0,
        "polled_at": NOW,
        "succeeded_at": NOW,
        "had_entries": True,
        "next_poll_at": NOW + HOUR,
        "habit": Habit(),
        "looked_at": NOW,
    }
    return FeedHealth(**fields | given)


def facts(**given: Any) -> Facts:
    """All is well."""
    fields: dict[str, Any] = {"now": NOW, "feeds": (), "vitals": vitals(), "served": ("@channel",)}
    return Facts(**fields | given)
