from datetime import timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.http.cache_headers import LONGEST, max_age, retry_after
from tests.factories import NOW

IN_AN_HOUR = format_datetime(NOW + timedelta(hours=1), usegmt=True)
SENT = format_datetime(NOW - timedelta(hours=5), usegmt=True)  # by a clock that is five hours slow


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [
        ({}, None),
        ({"cache-control": "max-age=600"}, 10),
        ({"cache-control": "public, s-maxage=5, MAX-AGE = 600"}, 10),
        ({"cache-control": "s-maxage=600"}, None),
        ({"cache-control": 'max-age="600"', "age": "300"}, 5),
        ({"cache-control": "max-age=600", "age": "9000"}, 0),
        ({"cache-control": "max-age=600", "age": "soon"}, 10),
        ({"cache-control": "max-age=600", "expires": IN_AN_HOUR}, 10),
        ({"cache-control": "no-cache, max-age=600"}, 0),
        ({"cache-control": "no-store"}, 0),
        ({"cache-control": "max-age=999999999999999"}, 24 * 60),
        ({"cache-control": "private", "expires": IN_AN_HOUR}, 60),
        ({"expires": IN_AN_HOUR, "date": SENT}, 6 * 60),
        ({"expires": SENT}, 0),
        ({"expires": "0"}, 0),
        ({"expires": "Mon, 99 Foo 99999999999 00:00:00"}, 0),
    ],
)
def test_max_age(headers: dict[str, str], minutes: int | None) -> None:
    assert max_age(headers, NOW) == (None if minutes is None else timedelta(minutes=minutes))


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_header_is_read_or_left(one: str, other: str) -> None:
    headers = {"cache-control": one, "expires": other, "date": one, "age": other}
    for wait in (max_age(headers, NOW), retry_after(one, NOW)):
        assert wait is None or timedelta(0) <= wait <= LONGEST
