"""`monitor evidence list` and `show` on wide and narrow terminals: what there is to read, and to copy."""

from pathlib import Path

import pytest

from monitor.models.evidence import Sight
from monitor.storage.database import open_engine, write_transaction
from monitor.storage.evidence.looks import watch
from tests.factories import NOW
from tests.harness.command_line import call, write_files
from tests.harness.databases import sqlite_database
from tests.harness.seeded_outbox import SeededOutbox
from tests.harness.terminals import DRIVES, HOSTILE
from tests.harness.watched_pages import WatchedPages

CHANGE = "Заголовок: было «Суд выдал россиянина», стало «Суд не выдал россиянина»\nубрано «в Россию»"


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WatchedPages:
    """A story with its page, watched, and one that was never posted."""
    write_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    engine = open_engine(sqlite_database(tmp_path / "data" / "monitor.db"))
    seeded = SeededOutbox(engine)
    seeded.add_story(1)
    seeded.add_story(2)
    with write_transaction(engine) as db:
        watch(db, 1, NOW)
    return WatchedPages(engine=engine, at=NOW)


@pytest.mark.parametrize("blank", ["", " "])
@pytest.mark.parametrize("command", [("show",), ("export", "папка")])
def test_a_blank_names_no_news(pages: WatchedPages, command: tuple[str, ...], blank: str) -> None:
    pages.look(Sight.UNCHANGED, keeps=True)
    name, *rest = command
    refused = call("evidence", name, blank, *rest)
    assert refused.code == 1
    assert "Назовите новость" in refused.stderr


def test_an_address_is_found_without_its_scheme(pages: WatchedPages) -> None:
    pages.look(Sight.UNCHANGED, keeps=True)
    assert call("evidence", "show", "news.example/1").rows[0] == "Новость 1"


def test_every_look_is_told_with_what_was_kept(pages: WatchedPages) -> None:
    pages.look(Sight.UNCHANGED, keeps=True)
    pages.look(Sight.CHANGED, CHANGE, keeps=True)
    pages.stamp()
    pages.look(Sight.UNSEEN, "проверка на робота", keeps=True, status=0)
    pages.look(Sight.UNCHANGED)
    first, second, third = (f"  SHA-256 {link.digest}" for link in pages.links)
    file = "  20261122-node.warc.gz, с байта 421, байт: 5120"
    unstamped = "  метки времени нет: время известно только из наших записей"

    assert call("evidence", "show", "1").rows == [
        "Новость 1",
        "https://news.example/1",
        "история 1; Лента. Следим с 22.11.2026 09:00 UTC, следующий взгляд 22.11.2026 13:00 UTC. Копий: 3.",
        "Последний взгляд 22.11.2026 12:00 UTC: без изменений.",
        "",
        "22.11.2026 09:00:00 UTC: впервые увидена",
        "  копия 1: ответ 200, звено 1 цепи узел",
        *(first, file, "  метка времени (на звене 2): 22.11.2026 11:00 UTC, https://tsa.example/tsr"),
        "",
        "22.11.2026 10:00:00 UTC: изменилась",
        *(f"  {line}" for line in CHANGE.splitlines()),
        "  копия 2: ответ 200, звено 2 цепи узел",
        *(second, file, "  метка времени: 22.11.2026 11:00 UTC, https://tsa.example/tsr"),
        "",
        "22.11.2026 11:00:00 UTC: не удалось увидеть",
        "  проверка на робота",
        "  копия 3: ответа не было, сохранена запись из ленты, звено 3 цепи узел",
        *(third, file, unstamped),
        "",
        "22.11.2026 12:00:00 UTC: без изменений",
        "",
        "Выгрузить с доказательством: monitor evidence export 1 ПАПКА",
    ]


@pytest.mark.parametrize("columns", [30, 40, 80, 200])
def test_what_is_to_be_copied_is_broken_nowhere(pages: WatchedPages, columns: int) -> None:
    pages.look(Sight.CHANGED, CHANGE, keeps=True)

    listed, shown = (call("evidence", *asked, columns=columns).rows for asked in (["list"], ["show", "1"]))

    assert "  https://news.example/1" in listed
    assert f"  SHA-256 {pages.links[0].digest}" in shown
    assert "Выгрузить с доказательством: monitor evidence export 1 ПАПКА" in shown
    told = [row for row in (*listed, *shown) if "SHA-256" not in row and "monitor evidence" not in row]
    assert max(map(len, told)) <= max(columns, 48)


def test_a_page_that_nobody_has_looked_at_yet(pages: WatchedPages) -> None:
    assert "  история 1; Лента; ещё не смотрели; копий: 0" in call("evidence", "list").rows
    assert "Ещё не смотрели." in call("evidence", "show", "1").rows
    refused = call("evidence", "export", "1", "папка")
    assert (refused.code, "первый взгляд впереди" in refused.stderr) == (1, True)


def test_a_long_list_is_cut_and_says_so(pages: WatchedPages) -> None:
    with write_transaction(pages.engine) as db:
        watch(db, 2, NOW)

    assert call("evidence", "list", "--limit", "1").rows[-1] == "… и более ранние: monitor evidence list --limit 2"
    assert call("evidence", "list", "--limit", "2").rows[-1] == "  https://news.example/1"


def test_of_pages_nobody_watches_story_says_nothing(pages: WatchedPages) -> None:
    assert "Копий страницы" not in call("story", "1").stdout, "nobody has looked at it yet"
    pages.look(Sight.UNSEEN)
    pages.look(Sight.UNCHANGED, keeps=True)

    assert "впервые увидена, 22.11.2026 10:00 UTC" in call("evidence", "list").stdout
    assert call("story", "1").rows[3:] == [
        "Копий страницы https://news.example/1: 1; впервые увидена, 22.11.2026 15:00",
        "  Подробно: monitor evidence show 1",
    ]
    assert "Копий страницы" not in call("story", "2").stdout
    assert '"pages": []' in call("story", "2", "--json").stdout
    assert call("story", "9" * 40).code == 1


def test_what_a_site_says_drives_no_terminal(pages: WatchedPages) -> None:
    words = HOSTILE.encode("utf-8", "ignore").decode()
    pages.look(Sight.CHANGED, words, keeps=True, moved_to=f"https://news.example/{words}")

    for asked in (("evidence", "list"), ("evidence", "show", "1"), ("story", "1")):
        assert not DRIVES.search(call(*asked).stdout)
    assert not DRIVES.search(call("evidence", "show", HOSTILE).stderr)
