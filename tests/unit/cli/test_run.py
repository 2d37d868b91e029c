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

    feed, counts, went, wrong = _row(outcome)

    assert (feed, counts, str(went), wrong) == ("Лента", (3, 0, 0, 3, 0), "хорошо", "")


def test_the_counts_of_a_row_add_up() -> None:
    entry = Entry(keys=("u:1",), url="https://news.example/1", title="Заголовок")

    def became(*outcomes: Outcome) -> tuple[EntryOutcome, ...]:
        return tuple(EntryOutcome(entry=entry, outcome=one, reason="") for one in outcomes)

    old = (Outcome.BASELINE, Outcome.TOO_OLD, Outcome.TOO_OLD)
    outcome = PollOutcome(
        feed="Лента",
        lease_no=1,
        polled_at=NOW,
        next_poll_at=NOW,
        urgent=became(Outcome.POSTED, Outcome.VETOED),
        settled=became(Outcome.UNMATCHED, *old),
        matched=became(Outcome.POSTED),
        failure="страницы нет (404)",
    )

    _, (new, *counts), went, wrong = _row(outcome)

    assert (new, counts) == (7, [2, 1, 1, 3])
    assert (str(went), wrong) == ("не вышло", "страницы нет (404)")
