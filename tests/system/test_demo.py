"""`make demo` keeps its promise, and notices when it does not."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from demo.__main__ import differences, misquoted
from demo.post_picture import PICTURE, picture
from tests.servers.bot_api import PostedMessage

ROOT = Path(__file__).resolve().parents[2]


def post(*links: str, quote: str = "") -> PostedMessage:
    html = " ".join(f'<a href="{link}">слово</a>' for link in links) + f"<blockquote expandable>{quote}</blockquote>"
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return PostedMessage(message_id=1, chat=-100, text="", entities=(), html=html, date=at, edits=0, raw={})


def test_the_demo_shows_what_it_promises() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    done = subprocess.run(
        [sys.executable, "-m", "demo"], cwd=ROOT, env=clean, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"постов: 6 · дополнено на месте: 1 · повторов: 0", done.stdout)
    assert "Ещё пишут" in done.stdout
    assert "(обновлено)" in done.stdout


def test_it_notices_a_story_that_was_not_posted_posted_twice_or_split() -> None:
    story = frozenset({"http://a.example/1", "http://b.example/1"})

    assert list(differences([post(*story)], [story])) == []
    assert len(list(differences([], [story]))) == 1
    assert len(list(differences([post(*story), post(*story)], [story]))) == 1
    assert len(list(differences([post(one) for one in story], [story]))) == 3


def test_it_notices_an_unexpected_post() -> None:
    assert len(list(differences([post("http://a.example/weather")], []))) == 1


def test_it_notices_a_post_that_does_not_quote_its_article() -> None:
    text = "Первая фраза. Фраза <о> том. Третья."

    assert list(misquoted([post(quote="Первая фраза. … Третья."), post(quote="Фраза &lt;о&gt; том.")], text)) == []
    assert len(list(misquoted([post(quote="2026-11-22"), post(quote="")], text))) == 2


def test_the_picture_of_a_post_is_the_post_as_it_is_made() -> None:
    assert PICTURE.read_text(encoding="utf-8") == picture(), "python -m demo.post_picture"


def test_it_needs_nothing_but_the_runtime_libraries() -> None:
    program = (
        "import sys, demo.__main__; print(*sorted({'pytest', '_pytest', 'hypothesis', 'uv'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == ""
