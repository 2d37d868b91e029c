"""The archive as a folder: what is written, what stays, what goes, and what never comes near it."""

import json
import os
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from resource import RLIMIT_FSIZE, getrlimit, setrlimit
from urllib.parse import unquote, urljoin

import pytest
from sqlalchemy import Engine, insert, update

from monitor.errors import SiteError
from monitor.models.articles import Outcome
from monitor.models.outbox import DeliveryKind
from monitor.models.site import OpenedCase
from monitor.models.stories import Decision
from monitor.site import files, manifest
from monitor.site.build import SiteBuilder
from monitor.storage.corrections.retractions import Retractions
from monitor.storage.database import write_transaction
from monitor.storage.site.cases import CaseStore, TakedownStore
from monitor.storage.tables import articles, deliveries, entries, reviews, stories
from tests.factories import NOW
from tests.harness.command_line import write_files
from tests.harness.forked_monitor import ForkedMonitor, Order
from tests.harness.seeded_outbox import SeededOutbox

HOUR = timedelta(hours=1)
MAINTAINERS = "@secret_maintainers"
LINK = re.compile(rb'(?:href|src)="([^"#]+)')


def tree(folder: Path) -> dict[str, bytes]:
    """Every file that a reader can ask for."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def pages(folder: Path) -> dict[str, bytes]:
    """All but the search index, which Pagefind never makes twice the same."""
    return {path: body for path, body in tree(folder).items() if not path.startswith("pagefind/")}


def dead_links(site: dict[str, bytes]) -> set[tuple[str, str]]:
    """Links of pages to what is not in the folder."""
    return {
        (path, target)
        for path, body in site.items()
        if path.endswith(".html") and path != "404.html"
        for target in {unquote(link.decode()) for link in LINK.findall(body)}
        if "//" not in target and urljoin(path, target) not in site
    }


def test_every_page_is_there_and_every_link_leads_to_one(
    builder: SiteBuilder, post: Callable[..., None], folder: Path
) -> None:
    post(1, 2, 3)
    built = builder.build(folder)

    site = tree(folder)
    assert built.stories == 3
    assert {
        "index.html",
        "kk/index.html",
        "en/index.html",
        "story/2.html",
        "og/2.png",
        "og/site.png",
        "assets/style.css",
    } <= site.keys()
    assert {
        "feeds/all.atom",
        "feeds/all.json",
        "data/stories.jsonl",
        "data/stories.csv",
        "data/README.md",
    } <= site.keys()
    assert dead_links(site) == set()


def test_the_sitemap_names_every_page(
    engine: Engine, builder: SiteBuilder, post: Callable[..., None], folder: Path
) -> None:
    post(1, 2)
    CaseStore(engine).open(1, "Дело Иванова", NOW)
    builder.build(folder)

    site = tree(folder)
    named = re.findall(r"<loc>https://archive.example/(.*?)</loc>", site["sitemap.xml"].decode())
    there = {path.removesuffix("index.html") for path in site if path.endswith(".html") and path != "404.html"}
    assert set(named) == there


def test_an_empty_archive_is_a_whole_site(builder: SiteBuilder, folder: Path) -> None:
    builder.build(folder)

    site = tree(folder)
    assert {"index.html", "months.html", "cases.html", "charts.html", "about.html", "search.html"} <= site.keys()
    assert dead_links(site) == set()


def test_only_what_changed_is_written(builder: SiteBuilder, post: Callable[..., None], folder: Path) -> None:
    post(*range(1, 8))
    builder.build(folder)
    before = {path: (folder / path).stat().st_mtime_ns for path in pages(folder)}

    again = builder.build(folder)
    assert (again.stories, again.written, again.removed) == (0, 0, 0)

    post(9)
    one_more = builder.build(folder)
    assert one_more.stories == 1
    changed = {path for path, at in before.items() if (folder / path).stat().st_mtime_ns != at}
    assert "index.html" in changed
    assert "story/3.html" not in changed
    assert "assets/style.css" not in changed
    lines = (folder / "data/stories.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == [9, 7, 6, 5, 4, 3, 2, 1]


def test_a_quick_build_leaves_data_to_the_next_whole_one(
    engine: Engine, builder: SiteBuilder, post: Callable[..., None], folder: Path
) -> None:
    post(1, 2)
    builder.build(folder)
    with write_transaction(engine) as db:
        db.execute(update(articles).where(articles.c.story_id == 1).values(title="Другой заголовок"))
        db.execute(update(stories).where(stories.c.id == 1).values(updated_at=NOW + HOUR))

    builder.build(folder, quick=True)
    assert "Другой заголовок" in (folder / "story/1.html").read_text(encoding="utf-8")
    assert "Другой заголовок" not in (folder / "data/stories.jsonl").read_text(encoding="utf-8")
    builder.build(folder)
    assert "Другой заголовок" in (folder / "data/stories.jsonl").read_text(encoding="utf-8")
    assert "Другой заголовок" in (folder / "data/stories.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("quick", [False, True])
def test_what_is_taken_down_is_gone_from_everywhere(
    engine: Engine, builder: SiteBuilder, post: Callable[..., None], folder: Path, *, quick: bool
) -> None:
    """By a quick build, too: a minute later, not at the next whole one."""
    post(17, 18)
    builder.build(folder)
    TakedownStore(engine).hide(17, "просьба семьи", NOW)

    builder.build(folder, quick=quick)
    site = tree(folder)
    assert "story/17.html" in site
    assert "og/17.png" not in site
    naming = [path for path, body in site.items() if "Новость 17".encode() in body or b"example/17" in body]
    assert naming == []
    assert [path for path, body in site.items() if "просьба семьи".encode() in body] == []
    assert dead_links(site) == set()

    TakedownStore(engine).show(17)
    builder.build(folder)
    assert "Новость 17".encode() in tree(folder)["story/17.html"]


def test_a_case_has_a_page_from_its_opening_to_its_close(
    engine: Engine, builder: SiteBuilder, post: Callable[..., None], folder: Path
) -> None:
    post(1, 2)
    cases = CaseStore(engine)
    opened = cases.open(1, "Дело Иванова", NOW)
    assert isinstance(opened, OpenedCase)
    case = opened.case
    builder.build(folder)
    site = tree(folder)
    assert "Дело Иванова".encode() in site[f"case/{case.id}.html"]
    assert "Дело Иванова".encode() in site["story/1.html"]
    assert f"feeds/case-{case.id}.atom" in site
    assert dead_links(site) == set()

    cases.close(case.id, NOW)
    builder.build(folder)
    assert [path for path, body in tree(folder).items() if "Иванова".encode() in body] == []


def test_a_case_of_which_nothing_is_shown_has_no_page(
    engine: Engine, builder: SiteBuilder, seeded: SeededOutbox, post: Callable[..., None], folder: Path
) -> None:
    """Its title may name a person: one whose stories left it, were hidden, or were not posted yet."""
    post(1, 2)
    seeded.add_story(3, chat=MAINTAINERS, kind=DeliveryKind.REVIEW)
    cases = CaseStore(engine)
    for number, title in ((1, "Дело Иванова"), (1, "Дело Петрова"), (2, "Дело Иванкова"), (3, "Дело Иваненко")):
        cases.open(number, title, NOW)
    builder.build(folder)
    TakedownStore(engine).hide(2, "просьба", NOW)
    builder.build(folder)

    site = tree(folder)
    assert [path for path, body in site.items() if "Дело Иван".encode() in body] == []
    assert [path for path in site if path.startswith("case/")] == ["case/2.html"]
    assert dead_links(site) == set()


def test_nothing_that_is_not_public_comes_near_it(
    engine: Engine, builder: SiteBuilder, seeded: SeededOutbox, post: Callable[..., None], folder: Path
) -> None:
    """Every text that the database knows and the channel has not shown."""
    post(1)
    seeded.add_story(2, "Газета", chat=MAINTAINERS, kind=DeliveryKind.REVIEW, html="тайный вопрос")
    seeded.add_story(1, "Лада", chat=MAINTAINERS, kind=DeliveryKind.REVIEW, html="тайная часть", part=2)
    unmatched = {"feed": "Газета", "url": "https://news.example/unmatched", "title": "тайная запись", "seen_at": NOW}
    with write_transaction(engine) as db:
        db.execute(insert(entries).values(unmatched | {"outcome": Outcome.UNMATCHED, "reason": "тайная причина"}))
        decided = {"html": "тайный вопрос", "asked_at": NOW, "decision": Decision.REJECTED, "initial": "Ж"}
        db.execute(insert(reviews).values(decided | {"story_id": 2, "part": 1, "decided_at": NOW}))
        db.execute(update(articles).where(articles.c.story_id == 2).values(title="тайный заголовок"))
        db.execute(update(articles).where(articles.c.part == 2).values(title="тайный пересказ"))
        db.execute(update(deliveries).values(error="тайная ошибка"))
        db.execute(update(articles).where(articles.c.story_id == 1, articles.c.part == 1).values(text="Суд. " * 900))

    builder.build(folder)
    told = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for secret in ("тайн", MAINTAINERS, "unmatched", "Ж</", "story/2"):
        assert [path.name for path, body in told.items() if secret.encode() in body] == []
    assert max(body.count("Суд.".encode()) for body in told.values()) < 900  # quotes, never a whole article


def test_a_folder_that_is_not_ours_is_left_alone(builder: SiteBuilder, folder: Path) -> None:
    folder.mkdir()
    (folder / "thesis.txt").write_text("глава 1")

    with pytest.raises(SiteError, match="не наш сайт"):
        builder.build(folder)
    assert [path.name for path in folder.iterdir() if not path.name.startswith(".")] == ["thesis.txt"]


def test_a_manifest_that_cannot_be_read_only_costs_time(
    builder: SiteBuilder, post: Callable[..., None], folder: Path
) -> None:
    post(1, 2)
    builder.build(folder)
    before = pages(folder)
    for damage in (b"", b"{", b"[]", b'{"units": 3}', b"\xff\xfe"):
        (folder / manifest.NAME).write_bytes(damage)

        assert builder.build(folder).stories == 2, damage
        assert pages(folder) == before, damage


def test_two_builds_do_not_meet(builder: SiteBuilder, folder: Path) -> None:
    with files.lock_folder(folder), pytest.raises(SiteError, match="другой процесс"):
        builder.build(folder)
    builder.build(folder)


@contextmanager
def full_disk(most: int) -> Iterator[None]:
    """Files can grow no longer than that: what a full disk does to a write, without one."""
    soft, hard = getrlimit(RLIMIT_FSIZE)
    setrlimit(RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        setrlimit(RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_fills_leaves_every_file_whole(
    builder: SiteBuilder, post: Callable[..., None], folder: Path
) -> None:
    post(1, 2, 3)
    builder.build(folder)
    before = tree(folder)
    post(4)
    with full_disk(2_000), pytest.raises(SiteError, match="File too large"):
        builder.build(folder)

    after = tree(folder)
    assert {path: after[path] for path in before} == before
    assert not list(folder.rglob("*.unfinished"))
    assert builder.build(folder).stories == 1
    assert dead_links(tree(folder)) == set()


def begun(engine: Engine, folder: Path) -> ForkedMonitor:
    """The command that makes the archive, at its work."""
    settings = {"PATH": os.environ["PATH"], "MONITOR_DATABASE_URL": engine.url.render_as_string(hide_password=False)}
    said = folder.with_suffix(".txt")
    build = ("site", "build", str(folder))
    return ForkedMonitor(Order(arguments=build, folder=folder.parent, environment=settings, stdout=said, stderr=said))


def test_a_build_that_is_killed_goes_on(engine: Engine, seeded: SeededOutbox, folder: Path) -> None:
    """By the command that people call, at any moment."""
    if engine.dialect.name != "sqlite":
        pytest.skip("the folder knows nothing of the database")
    write_files(folder.parent)
    seeded.add_stories(range(1, 81))
    with write_transaction(engine) as db:
        db.execute(update(deliveries).values(state="sent", sent_at=NOW, message_id=deliveries.c.id))
    for files_made in (1, 40, 90, 200):
        build = begun(engine, folder)
        while build.poll() is None and len(list(folder.rglob("*.*"))) < files_made:
            time.sleep(0.01)
        build.send_signal(signal.SIGKILL)
        assert build.wait() == -signal.SIGKILL, "each is killed at its work"

    for target in (folder, folder.with_name("at once")):
        assert begun(engine, target).wait() == 0
    assert pages(folder) == pages(folder.with_name("at once"))
    assert dead_links(tree(folder)) == set()
    assert not list(folder.rglob("*.unfinished"))


@pytest.mark.long
def test_many_processes_make_what_one_makes(
    engine: Engine, builder: SiteBuilder, seeded: SeededOutbox, folder: Path
) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("as above")
    seeded.add_stories(range(1, 421))
    with write_transaction(engine) as db:
        db.execute(update(deliveries).values(state="sent", sent_at=NOW, message_id=deliveries.c.id))

    builder.build(folder / "many")
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        builder.build(folder / "one")
    finally:
        os.sched_setaffinity(0, allowed)
    assert pages(folder / "many") == pages(folder / "one")


def test_a_retracted_story_says_so_wherever_it_stands(
    engine: Engine, builder: SiteBuilder, post: Callable[..., None], folder: Path
) -> None:
    post(1, 2)
    builder.build(folder)
    before = pages(folder)
    retractions = Retractions(engine)
    retractions.retract(1, "суд <b>ещё</b> не состоялся", initial="Ъ", now=NOW + HOUR)

    builder.build(folder, quick=True)

    site = pages(folder)
    story = site["story/1.html"].decode()
    assert "<s>Новость 1</s>" in story
    assert "суд &lt;b&gt;ещё&lt;/b&gt; не состоялся" in story
    for name in ("index.html", "topic/extradition.html", "month/2026-11.html", "kk/index.html"):
        assert b"<s>" in site[name], name
        assert site[name].count(b"<s>") == 1, name
    assert "Опровергнуто: Новость 1" in site["feeds/all.atom"].decode()
    (item,) = [item for item in json.loads(site["feeds/all.json"])["items"] if "_retracted" in item]
    assert item["_retracted"] == {"at": "2026-11-22T10:00:00Z", "why": "суд <b>ещё</b> не состоялся"}
    lines = [json.loads(line) for line in site["data/stories.jsonl"].splitlines()]
    assert [(line["id"], bool(line["retracted"])) for line in lines] == [(2, False), (1, True)]
    assert site["og/1.png"] != before["og/1.png"]
    assert not [name for name, body in site.items() if "Ъ".encode() in body and not name.endswith(".png")]

    retractions.restore(1, now=NOW + 2 * HOUR)
    builder.build(folder, quick=True)
    after = pages(folder)
    assert {name for name in after if after[name] != before[name]} <= {"sitemap.xml"}, "which has another order"


def test_a_lost_search_is_made_again(builder: SiteBuilder, post: Callable[..., None], folder: Path) -> None:
    post(1)
    builder.build(folder)
    shutil.rmtree(folder / "pagefind")

    builder.build(folder)
    assert (folder / "pagefind/pagefind.js").exists()
