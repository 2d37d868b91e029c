"""The operator's page says of everything we may tell what to do about it."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from monitor.health.conditions import TITLES
from monitor.health.metrics import Metrics
from tests.factories.health import evidence_vitals, vitals
from tests.harness.clock import Clock

PAGE = (Path(__file__).resolve().parents[3] / "docs/operating.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("title", TITLES.values())
def test_every_alarm_is_there_with_its_remedy(title: str) -> None:
    (row,) = (line for line in PAGE.splitlines() if line.startswith(f"| {title} |"))

    _, _, when, what, _ = (cell.strip() for cell in row.split("|"))
    assert when
    assert what


def test_every_metric_of_ours_is_there() -> None:
    metrics = Metrics(vitals, clock=Clock(), evidence=lambda: evidence_vitals(unstamped=0))
    families = text_string_to_metric_families(metrics.page().decode())
    names = {family.name.removesuffix("_created") for family in families}
    ours = {name for name in names if name.startswith("monitor_")}

    assert len(ours) >= 13
    assert not [name for name in ours if f"`{name}" not in PAGE]
