"""`monitor evidence` as its reader meets it: after a real run against a site, in processes (docs/evidence.md)."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.harness.bundles import files_of, shell_says
from tests.harness.monitor_process import Monitor, eventually
from tests.samples.news import item, relevant
from tests.servers.timestamp_authority import HAS_OPENSSL, TimestampAuthority
from tests.servers.web import WebServer, page, rss

PAGE = "text/html; charset=utf-8"
(TITLE, TEXT), *_ = relevant(1)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An installation that posted one article and kept its page."""

    monitor: Monitor
    url: str

    def says(self, *arguments: str) -> str:
        """What `monitor evidence …` prints when all is well."""
        done = self.monitor.call("evidence", *arguments)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def refuses(self, *arguments: str) -> str:
        """What it complains of."""
        done = self.monitor.call("evidence", *arguments)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        return done.stderr

    def export(self, name: str) -> Path:
        self.says("export", self.url, name)
        return self.monitor.folder / name


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """In preview mode, and with a stamp where there is openssl; the tests leave all but their own files as they are."""
    folder = tmp_path_factory.mktemp("kept")
    with WebServer() as web:
        entry = item(web, "/page", TITLE, TEXT)
        url = web.serve(entry.link.removeprefix(web.url), page(TITLE, TEXT.split(". ")), content_type=PAGE)
        feed = web.serve("/rss", rss([entry]))
        monitor = Monitor(folder)
        monitor.write_feeds(Проба=feed)
        if not HAS_OPENSSL:
            yield _ran(monitor, url, "SELECT id FROM captures")
            return
        (folder / "authority").mkdir()
        with TimestampAuthority(folder / "authority") as authority:
            (folder / "roots.pem").write_bytes(authority.roots)
            monitor.environment |= {"MONITOR_TIMESTAMP_URL": authority.url, "MONITOR_TIMESTAMP_CA": "roots.pem"}
            yield _ran(monitor, url, "SELECT hash FROM stamps WHERE token IS NOT NULL")


def _ran(monitor: Monitor, url: str, done: str) -> Kept:
    monitor.start_and_wait()
    try:
        eventually(lambda: monitor.sql(done), what="a copy of the page")
    finally:
        assert monitor.stop() == 0
    return Kept(monitor=monitor, url=url)


def test_what_was_kept_is_listed_and_shown(kept: Kept) -> None:
    ((digest, file),) = kept.monitor.sql("SELECT digest, file FROM captures WHERE page_id IS NOT NULL")

    listed, shown, by_number = (kept.says(*asked) for asked in (["list"], ["show", kept.url], ["show", "1"]))

    assert listed.splitlines()[0] == TITLE
    assert listed.splitlines()[1].startswith("  история 1; Проба; впервые увидена, ")
    assert listed.splitlines()[1].endswith("; копий: 1")
    assert listed.splitlines()[2] == f"  {kept.url}"
    assert ": впервые увидена\n  копия 1: ответ 200, звено 1 цепи " in shown
    assert f"  SHA-256 {digest}\n  {file}, с байта " in shown
    assert ("метка времени: " if HAS_OPENSSL else "метки времени нет") in shown
    assert f"Выгрузить с доказательством: monitor evidence export {kept.url} ПАПКА" in shown
    assert by_number.replace(" export 1 ", f" export {kept.url} ") == shown


def test_why_and_story_name_the_copies(kept: Kept) -> None:
    why, story = (kept.monitor.call(*asked).stdout for asked in (["why", kept.url], ["story", "1"]))

    for said, what in ((why, kept.url), (story, "1")):
        assert f"Копий страницы {kept.url}: 1; впервые увидена, " in said
        assert f"  Подробно: monitor evidence show {what}\n" in said
    for asked in (["why", kept.url, "--json"], ["story", "1", "--json"]):
        (one,) = json.loads(kept.monitor.call(*asked).stdout)["pages"]
        assert (one["url"], one["captures"], one["sight"]) == (kept.url, 1, "unchanged")
        assert one["seen_at"] < one["next_look_at"]


def test_a_bundle_holds_for_us_and_for_a_stranger(kept: Kept) -> None:
    said = kept.says("export", kept.url, "дело-17")
    folder = kept.monitor.folder / "дело-17"

    assert "Выгружено в дело-17: копий 1, " in said
    assert "Проверить: monitor evidence verify 'дело-17'" in said
    assert {"README.ru.md", "README.md", "manifest.json", "chain.tsv", "SHA256SUMS"} <= set(files_of(folder))
    verified = kept.says("verify", "дело-17")
    assert verified.splitlines()[-1] == "Выгрузка держится."
    assert "нарушено" not in verified
    assert shell_says(folder, "README.ru.md").splitlines()[-1] == "ДЕРЖИТСЯ"
    assert shell_says(folder).splitlines()[-1] == "HOLDS"


def test_any_tool_of_the_trade_reads_the_records(kept: Kept) -> None:
    (record,) = (kept.export("для-warcio") / "records").iterdir()

    command = [sys.executable, "-m", "warcio.cli", "check", str(record)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_one_changed_byte_is_named_by_its_file(kept: Kept) -> None:
    folder = kept.export("подделка")
    (record,) = (folder / "records").iterdir()
    content = bytearray(record.read_bytes())
    content[len(content) // 2] ^= 1
    record.write_bytes(content)

    complaint = kept.refuses("verify", "подделка")

    assert f"records/{record.name}: нарушено здесь: " in complaint
    assert complaint.splitlines()[-1] == "Выгрузка нарушена."
    assert f"НАРУШЕНО: records/{record.name}" in shell_says(folder, "README.ru.md")


def test_what_cannot_be_exported_is_said_in_a_sentence(kept: Kept) -> None:
    full = kept.monitor.folder / "занято"
    full.mkdir()
    (full / "записка.txt").write_text("своё", encoding="utf-8")

    assert "там не пусто. Укажите новую или пустую папку." in kept.refuses("export", "1", "занято")
    for nobody in ("99", "9" * 40, "https://news.example/nothing"):
        missing = f"Копий по «{nobody}» нет: за этой страницей монитор не следит. Какие есть: monitor evidence list\n"
        assert kept.refuses("export", nobody, "пусто") == missing
        assert kept.refuses("show", nobody) == missing
    assert files_of(full) == ["записка.txt"]
    assert not (kept.monitor.folder / "пусто").exists()


def test_without_the_folder_of_evidence_nothing_is_exported(kept: Kept, tmp_path: Path) -> None:
    elsewhere = Kept(monitor=Monitor(tmp_path), url=kept.url)
    shutil.copytree(kept.monitor.folder / "data", tmp_path / "data")
    elsewhere.monitor.write_feeds()
    shutil.rmtree(tmp_path / "data" / "evidence")

    complaint = elsewhere.refuses("export", kept.url, "без-копий")

    assert "Ошибка: Копия страницы" in complaint
    assert "MONITOR_EVIDENCE_DIR" in complaint
    assert not (tmp_path / "без-копий").exists()


def test_a_bundle_that_is_not_there_does_not_hold(kept: Kept) -> None:
    assert "Папки нет-такой нет" in kept.refuses("verify", "нет-такой")
