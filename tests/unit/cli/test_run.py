"""The table at the end of a sweep."""

from monitor.cli.run import _row
from monitor.models.articles import Outcome
from monitor.models.feeds import Entry
from monitor.models.stories import EntryOutcome, PollOutcome
from tests.factories import NOW, article


def test_a_row_keeps_none_of_the_texts_that_a_poll_brought() -> None:
    """The rows wait until the last feed of the sweep is polled."""
    text = "Новость. " * 10_000
    entry = Entry(keys=("u:1",), url="https://news.example/1", title="Заголовок")
    unmatched = EntryOutcome(entry=entry, outcome=Outcome.UNMATCHED, reason="", article=article(text=text))
    outcome = PollOutcome(feed="Лента", lease_no=1, polled_at=NOW, next_poll_at=NOW, settled=(unmatched,) * 3)

    feed, *counts, result = _row(outcome)

    assert (feed, counts, str(result)) == ("Лента", ["3", "0", "0"], "хорошо")
