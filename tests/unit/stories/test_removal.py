"""What is read of a post taken back: valid whatever the headline says, and its button read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.models.outbox import DeliveryState, Settlement
from monitor.stories.corrections.removal import button, ended_notice, offer, ordered_notice, parse_press, why_not
from monitor.text.telegram_html import fits, line, visible_text

STAYS = Settlement(state=DeliveryState.REJECTED, error="Telegram не даёт удалить <пост>")


@given(story_id=st.integers(1, 10**18 - 1), part=st.integers(1, 999_999))
def test_a_button_is_read_back_and_short_enough_for_telegram(story_id: int, part: int) -> None:
    (((_, data),),) = button(story_id, part)

    kind, _, rest = data.partition(":")
    assert (kind, parse_press(rest)) == ("d", (story_id, part))
    assert len(data.encode()) <= 64


@given(data=st.text())
def test_anything_else_is_no_button(data: str) -> None:
    assert parse_press(f"{data}x") is None


@given(headline=st.text(max_size=2_000))
def test_every_notice_fits_and_shows_no_markup_from_outside(headline: str) -> None:
    notice = ordered_notice(line(headline, 200), "https://t.me/test_channel/7")

    for html in (offer(line(headline, 200)), notice, ended_notice(notice, STAYS)):
        assert fits(html)
        assert "<script" not in html
        assert "<пост>" not in html


def test_what_became_of_it_replaces_what_was_to_be_and_keeps_the_link() -> None:
    notice = ordered_notice("«Новость»", "https://t.me/test_channel/7")

    done = ended_notice(notice, Settlement(state=DeliveryState.CANCELLED))

    assert visible_text(done) == "Поста в канале больше нет.\n«Новость»"
    assert 'href="https://t.me/test_channel/7"' in ended_notice(notice, STAYS)


@pytest.mark.parametrize(
    ("state", "advice"),
    [
        (DeliveryState.SENDING, "Повторите /undo"),
        (DeliveryState.UNCERTAIN, "Повторите /undo"),
        (DeliveryState.DIGESTED, "в сводке"),
        (DeliveryState.CANCELLED, "Удалите его сами"),
        (DeliveryState.REJECTED, "Удалите его сами"),
        (None, "Удалите его сами"),
    ],
)
def test_who_cannot_delete_says_what_to_do(state: DeliveryState | None, advice: str) -> None:
    assert advice in why_not("«Новость»", state)
