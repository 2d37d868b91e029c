"""`/evidence`: what maintainers are told of the copies of a page. The proof itself the commands of the terminal give.

The answer is one Telegram message, whatever the page has been through: the copies are told from the last one back.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from shlex import quote
from typing import Final
from zoneinfo import ZoneInfo

from monitor.models.evidence import Capture
from monitor.models.labels import moment
from monitor.storage.evidence.history import EvidenceHistory, PageRecord, answer_label
from monitor.text.telegram_html import Html, fitting, join, line, link, tag, text
from monitor.text.unicode import utf16_length
from monitor.text.urls import only_address

_LONGEST_ORDER: Final = 400  # of an address that a command to copy shows
_LONGEST_LINE: Final = 300  # UTF-16 units
_LONGEST_EDIT: Final = 600
_LONGEST_CHANGE: Final = 1_500  # of all its edits: as long as a look tells them
_MOST_COPIES: Final = 12
_SHOWN_HASH: Final = 16  # of 64 characters


class EvidenceCommand:
    """Answers from the database; raises DatabaseError. `zone` is the maintainers' time zone."""

    def __init__(self, history: EvidenceHistory, *, zone: str) -> None:
        self._history, self._moment = history, partial(moment, zone=ZoneInfo(zone))

    def __call__(self, argument: str) -> Html:
        """Of the page at an address: where it stands, what changed last, its copies with their times and hashes."""
        address = only_address(argument)
        if not address:
            return text("Нужна одна ссылка. Пишите так: /evidence https://адрес.новости")
        records = self._history.records(address)
        if not records:
            return text("За этой страницей бот не следит: копии делаются, когда новость уходит в канал.")
        return self._told(records[-1])

    def _told(self, record: PageRecord) -> Html:
        head = join("\n", (*self._head(record), *self._change(record)))
        copies = [self._copy(record, one) for one in reversed(record.captures[-_MOST_COPIES:])]
        return fitting(
            copies, lambda shown: join("\n\n", filter(None, (head, _listed(record, shown), _advice(record))))
        )

    def _head(self, record: PageRecord) -> Iterator[Html]:
        page = record.page
        yield tag("b", link(line(page.title, _LONGEST_LINE) or page.feed, page.url))
        yield text(line(f"{page.feed}. {record.standing(self._moment)}", _LONGEST_LINE))
        if record.looks and record.looks[-1].said and record.looks[-1] is not record.last_change:
            yield text(line(record.looks[-1].said, _LONGEST_LINE))
        if record.looks and record.looks[-1].moved_to:
            moved_to = record.looks[-1].moved_to
            yield join(" ", (text("Открывается по адресу"), link(line(moved_to, _LONGEST_LINE), moved_to)))
        next_look = f"Следующий взгляд {self._moment(page.due_at)}" if page.due_at else "Больше не смотрим"
        yield text(f"{next_look}. Следим с {self._moment(page.begun_at)}.")

    def _change(self, record: PageRecord) -> Iterator[Html]:
        changed = record.last_change
        if changed is None:
            return
        yield text(f"Последнее изменение ({self._moment(changed.at)}):")
        yield tag("blockquote", join("\n", map(text, _edits(changed.said))))

    def _copy(self, record: PageRecord, capture: Capture) -> Html:
        at = self._moment(capture.link.taken_at)
        label = next((record.label(one) for one in record.looks if one.capture_id == capture.id), "")
        said = ", ".join(filter(None, (f"{at}: {label}", answer_label(capture))))
        return join(" ", (text(said), tag("code", text(capture.link.digest[:_SHOWN_HASH]))))


def _edits(said: str) -> Iterator[str]:
    """The edits of a change, a line each, as many as there is room for."""
    rows, room = [line(row, _LONGEST_EDIT) for row in said.splitlines()], _LONGEST_CHANGE
    for number, row in enumerate(rows):
        room -= utf16_length(row)
        if room < 0:
            yield f"… и ещё строк: {len(rows) - number}"
            return
        yield row


def _listed(record: PageRecord, copies: Sequence[Html]) -> Html:
    more = len(record.captures) - len(copies)
    head = text(f"Копий: {len(record.captures)}; начало SHA-256:" if record.captures else "Копий ещё нет.")
    return join("\n", (head, *copies, *([text(f"и ещё {more}, раньше")] if more else [])))


def _advice(record: PageRecord) -> Html:
    if not record.captures:
        return Html("")
    url = quote(record.page.url)
    order = f"monitor evidence show {url if len(url) <= _LONGEST_ORDER else 'АДРЕС'}"
    return join(" ", (text("Хеши целиком, цепочка, выгрузка с доказательством:"), tag("code", text(order))))
