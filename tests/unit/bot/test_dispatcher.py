from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.bot.dispatcher import next_send_at
from tests.factories import NOW


def test_a_chat_waits_exactly_as_long_as_telegram_asks() -> None:
    assert next_send_at(NOW, attempts=9, retry_after=timedelta(seconds=3)) == NOW + timedelta(seconds=3)


@given(attempts=st.integers(0, 10_000))
def test_a_chat_that_refuses_is_asked_again_within_five_minutes(attempts: int) -> None:
    assert NOW + timedelta(seconds=5) <= next_send_at(NOW, attempts=attempts) <= NOW + timedelta(minutes=5)
