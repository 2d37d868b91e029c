"""The search index of the archive: Pagefind's files, which a browser reads a few kilobytes at a time.

    content   headlines and quotes, as excerpts show them
    meta      title, date, the reason as `retracted` if it was, and `forms` (search_forms.py): searched, never shown
    filters   topic, language, outlet, year
    sort      date

The page's script cleans a query with static/query.js before it searches. Pagefind runs as a child process that reads
our requests from a pipe and stops when the pipe closes. No other module of the outputs writes into the site's folder.
"""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta
from pathlib import Path
from threading import Timer
from typing import Any, Final

from pagefind_bin import get_executable

from monitor.errors import SiteError
from monitor.models.site import SiteStory
from monitor.site.outputs.search_forms import search_forms
from monitor.site.outputs.xml_writer import writable
from monitor.site.page import story_path

SearchRecord = dict[str, Any]

_LANGUAGE: Final = "ru"  # of every story: Pagefind has no Kazakh stemmer, and a page searches in one language only
_PATIENCE: Final = timedelta(minutes=10)  # ten thousand stories take half a minute
_UNUSED: Final = (  # its own pages and styles, which the archive does not use
    *("pagefind-ui.js", "pagefind-ui.css", "pagefind-modular-ui.js", "pagefind-modular-ui.css"),
    *("pagefind-component-ui.js", "pagefind-component-ui.css", "pagefind-highlight.js"),
)
_TELLINGS, _LONGEST_TEXT = 6, 4_000


def write_index(
    records: Iterable[SearchRecord], folder: Path, *, patience: timedelta = _PATIENCE, program: Path | None = None
) -> int:
    """Index the records into `folder`, which keeps the old index until the new one is whole; return their number.

    `program` is another Pagefind than that of its package. Raises SiteError; the old index then stays.
    """
    new, old = (folder.with_name(f".{folder.name}.{name}") for name in ("new", "old"))
    try:
        if old.exists() and not folder.exists():  # the process ended between the two renames below
            old.rename(folder)
        for left in (new, old):
            shutil.rmtree(left, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        count = _written(records, new, patience, program or get_executable())
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    except OSError as error:
        raise SiteError(
            f"Поиск по архиву не записан ({error.strerror}: {error.filename}): проверьте место и права; прежний остался"
        ) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)
    return count


def record(story: SiteStory) -> SearchRecord:
    """Return a story's record as JSON values for Pagefind.

    It is worth keeping with the story: an index is always made from the records of all stories, and finding the forms
    of a record takes as long as indexing it.
    """
    brief, tellings = story.brief, story.tellings[:_TELLINGS]
    lines = [
        brief.title,
        *(line for one in tellings for line in (one.headline.text, *(quote.text for quote in one.quotes))),
    ]
    content = writable("\n".join(dict.fromkeys(filter(None, lines))))[:_LONGEST_TEXT]
    day = brief.posted_at.astimezone(UTC)
    retracted = {"retracted": writable(brief.retracted.why)} if brief.retracted else {}
    forms = search_forms([content, brief.title], in_kazakh="kk" in brief.languages)
    return {
        "url": story_path(brief.id),
        "content": content,
        "language": _LANGUAGE,
        "meta": {"title": writable(brief.title), "date": f"{day:%Y-%m-%d}", "forms": " ".join(forms)} | retracted,
        "filters": {
            "topic": [topic.id for topic in brief.topics],
            "language": list(brief.languages),
            "outlet": [writable(outlet) for outlet in brief.outlets],
            "year": [f"{day:%Y}"],
        },
        "sort": {"date": f"{day:%Y-%m-%dT%H:%M:%S}"},
    }


def _written(records: Iterable[SearchRecord], folder: Path, patience: timedelta, program: Path) -> int:
    count = 0
    with _pagefind(program, patience) as child:
        index = child.ask({"type": "NewIndex", "config": {"force_language": _LANGUAGE}})["index_id"]
        for count, one in enumerate(records, start=1):  # noqa: B007 - the last number is how many they were
            child.ask({"type": "AddRecord", "index_id": index} | one)
        files = child.ask({"type": "GetFiles", "index_id": index})["files"]
    # Written here: told to do it, Pagefind answers before its files are written, and leaves some empty at its end.
    for file in files:
        path = folder / file["path"]
        if path.name not in _UNUSED and path.resolve().is_relative_to(folder.resolve()):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(file["content"]))
    return count


class _Child:
    """Pagefind as a service: JSON in base64 followed by a comma, one answer per request."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process, self._asked = process, 0

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send a request and return the answer. Raises SiteError."""
        self._asked += 1
        message = json.dumps({"message_id": self._asked, "payload": request}).encode()
        try:
            answer = self._answer(base64.b64encode(message) + b",")
        except BrokenPipeError:
            answer = b""
        if not answer:
            raise SiteError(
                "Поиск по архиву не построен: pagefind прервался или не уложился в отведённое время. Прежний остался; "
                "проверьте память и место на диске и повторите"
            )
        return _payload(answer)

    def _answer(self, message: bytes) -> bytes:
        """Return the bytes up to the next comma; b"" when the child has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(message)
        self._process.stdin.flush()
        answer = bytearray()
        while not answer.endswith(b","):
            some = os.read(self._process.stdout.fileno(), 1 << 20)
            if not some:
                return b""
            answer += some
        return bytes(answer[:-1])


def _payload(answer: bytes) -> dict[str, Any]:
    try:
        payload: dict[str, Any] = json.loads(base64.b64decode(answer))["payload"]
    except (ValueError, KeyError, TypeError) as error:
        raise SiteError("Поиск по архиву не построен: ответ pagefind не прочесть; прежний остался") from error
    if payload.get("type") == "Error":
        said = str(payload.get("message"))[:300]
        raise SiteError(f"Поиск по архиву не построен: pagefind ответил «{said}»; прежний остался")
    return payload


@contextmanager
def _pagefind(program: Path, patience: timedelta) -> Iterator[_Child]:
    """Run Pagefind for the block, and kill it if the block takes longer than `patience`."""
    process = subprocess.Popen(  # noqa: S603 - our package's program, without arguments from outside
        [program, "--service"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    deadline = Timer(patience.total_seconds(), process.kill)
    deadline.start()
    try:
        yield _Child(process)
    finally:
        deadline.cancel()
        process.kill()
        process.communicate()
