"""A page's state comes back from the database as it went in, whichever version of the monitor wrote it."""

import json
import zlib
from dataclasses import fields
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from monitor.evidence import state_codec
from monitor.evidence.watch import PageState
from monitor.models.evidence import Sight, Version

INSTANTS = st.datetimes(timezones=st.just(UTC))
TEXTS = st.text(st.characters(exclude_categories=()))  # half characters, too
VERSIONS = st.builds(Version, title=TEXTS, text=TEXTS)


@given(
    st.builds(
        PageState,
        sight=st.none() | st.sampled_from(Sight),
        version=st.none() | VERSIONS,
        shown=st.none() | VERSIONS,
        posted=st.none() | TEXTS,
        told=st.lists(TEXTS).map(tuple),
        looks=st.integers(0, 100),
        told_sight=st.none() | st.sampled_from(Sight),
        moved_to=TEXTS,
        **{name: st.none() | INSTANTS for name in ("due_at", "captured_at", "absent_since", "gone_since", "told_at")},
    )
)
def test_what_is_kept_is_read_back(state: PageState) -> None:
    assert state_codec.loads(state_codec.dumps(state)) == state


def test_a_state_of_the_first_version_is_read() -> None:
    written = {one.name: None for one in fields(PageState)} | {
        "sight": "changed",
        "version": {"title": "Т", "text": "Текст"},
        "told": ["a1"],
        "looks": 2,
        "due_at": "2026-11-29T05:00:00Z",
        "moved_to": "",
    }

    state = state_codec.loads(zlib.compress(json.dumps(written, ensure_ascii=False).encode()))

    assert state.due_at == datetime(2026, 11, 29, 5, tzinfo=UTC)
    assert (state.sight, state.version, state.told) == (Sight.CHANGED, Version(title="Т", text="Текст"), ("a1",))
