"""Feeds at the desk, over a socket: looked at, tried, edited, paused, added; whatever the file and its names say."""

from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest

from monitor.app.desk.build_feeds import build_feeds, build_status, open_feeds
from monitor.config.feeds import load_feeds
from monitor.config.settings import load_settings
from monitor.models.feeds import Feed
from monitor.models.health import Alarm
from monitor.sources.feeds import opml
from monitor.storage.store import Store
from monitor.stories.grouping import group
from tests.factories import NOW, feed, matched, poll_outcome, settled
from tests.factories.channels import to_channel
from tests.harness.clock import Clock
from tests.harness.desk import Desk, open_desk
from tests.servers.web import PAGE_TYPE, Item, WebServer, rss

EVIL = "<script>alert(1)</script>"
FILE = """# Наши ленты
feeds:
  # лучшая
  - name: Степь
    kind: rss
    url: {url}/rss
    lang: ru
  - name: '{evil}'
    kind: html
    url: https://evil.example/news
    listing:
      item: div.card
"""


@pytest.fixture
def file(tmp_path: Path, web: WebServer) -> Path:
    path = tmp_path / "feeds.yaml"
    path.write_text(FILE.format(url=web.url, evil=EVIL), encoding="utf-8")
    return path


@pytest.fixture
def desk(store: Store, file: Path, tmp_path: Path) -> Iterator[Desk]:
    clock = Clock()
    store.feeds.sync(load_feeds(file.read_text(encoding="utf-8"), file="f"), clock())
    settings = load_settings(
        {
            "MONITOR_ALLOW_PRIVATE_ADDRESSES": "true",
            "MONITOR_TIMEZONE": "Asia/Almaty",
            "MONITOR_EVIDENCE_DIR": str(tmp_path),
        }
    )
    feed_list = open_feeds(store, str(file), clock=clock)
    status = build_status(settings, store, [feed_list.trouble], clock=clock)
    parts = [*build_feeds(settings, store, feed_list, clock=clock), status]
    with open_desk(store.desk_keys, parts, clock) as opened:
        yield opened


def one(name: str) -> str:
    return f"/feeds/one?name={quote(name, safe='')}"


def fields(desk: Desk, name: str = "Степь", **typed: str) -> dict[str, str]:
    """What the forms of a feed's page send."""
    html = desk.get(one(name)).text
    return {"name": name, "digest": html.partition('name="digest" value="')[2].partition('"')[0], **typed}


def now(file: Path) -> dict[str, Feed]:
    return {one.name: one for one in load_feeds(file.read_text(encoding="utf-8"), file="f")}


def news(web: WebServer, count: int = 6) -> bytes:
    hour = timedelta(hours=1)
    return rss(
        Item(title=f"Суд в Актау отложил заседание {n}", link=f"{web.url}/n/{n}", published=NOW - hour * n)
        for n in range(count)
    )


def record(store: Store, **outcome: object) -> None:
    name = str(outcome.get("feed", "Степь"))
    (state,) = store.feeds.claim(NOW, limit=1, lease=timedelta(0), names=[name])
    given = {
        "feed": name,
        "lease_no": state.lease_no,
        "polled_at": NOW,
        "had_entries": not outcome.get("failure"),
    } | outcome
    place = to_channel("@channel")
    store.polls.record_all(
        [poll_outcome(**given)], lambda *a, **k: group(*a, chats=place, **k), window=timedelta(hours=48)
    )


def test_the_table_tells_what_is_wrong_and_can_be_narrowed_to_it(desk: Desk, store: Store) -> None:
    record(store, settled=(settled(1), settled(2)), matched=(matched(3, feed="Степь"),))
    record(store, feed=EVIL, failure="страницы нет (404)", failure_kind="not_found", failures=5)

    shown = desk.get("/feeds").text
    assert "с замечаниями (1)" in shown
    assert "0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3" in shown
    assert shown.index("не отвечает") < shown.index("Степь"), "what is wrong comes first"
    assert EVIL not in shown
    failing = desk.get("/feeds", only="failing").text
    assert "&lt;script&gt;" in failing
    assert "Степь" not in failing
    assert "Степь" in desk.get("/feeds", only="что угодно").text


def test_a_page_of_a_feed_tells_what_became_of_its_entries(desk: Desk, store: Store) -> None:
    record(store, settled=(settled(1),))

    shown = desk.get(one("Степь")).text
    assert "Новость 1" in shown
    assert "ни одно правило не сработало" in shown
    assert 'value="http://127.0.0.1' in shown, "its settings stand in the form"
    assert desk.get(one("Нет такой")).status_code == 404
    assert desk.get(one(EVIL)).text.count(EVIL) == 0


def test_an_edit_is_tried_first_and_nothing_is_saved_by_that(desk: Desk, web: WebServer, file: Path) -> None:
    web.serve("/rss2", news(web))
    text = "<p>Текст заседания о высылке.</p>" * 20
    web.serve(
        "/n/0",
        f"<html><body><div class=text>{text}</div></body></html>",
        content_type=PAGE_TYPE,
    )
    before = file.read_bytes()

    tried = desk.post("/feeds/try", fields(desk, url=f"{web.url}/rss2", article="div.text"), form_on="/feeds").text
    assert "По этим настройкам лента читается" in tried
    assert "Суд в Актау отложил заседание 5" in tried
    assert "Текст заседания о высылке." in tried
    assert f"<ins>    url: {web.url}/rss2</ins>" in tried
    assert 'value="div.text"' in tried, "the form keeps what was typed"
    assert file.read_bytes() == before


def test_an_edit_is_saved_with_all_comments_and_kept_as_a_version(desk: Desk, store: Store, file: Path) -> None:
    answer = desk.post("/feeds/save", fields(desk, interval="10m", lang="kk"), form_on="/feeds")

    assert "Сохранено: настройки ленты «Степь»." in answer.text
    assert now(file)["Степь"].interval == timedelta(minutes=10)
    assert "  # лучшая\n" in file.read_text(encoding="utf-8")
    newest, oldest = store.versions.list_versions(str(file))
    assert (newest.initial, newest.summary, oldest.initial) == ("А", "настройки ленты «Степь»", "")


def test_an_address_that_does_not_read_is_asked_about_before_it_is_saved(
    desk: Desk, web: WebServer, file: Path
) -> None:
    before = file.read_bytes()
    typed = fields(desk, url=f"{web.url}/gone", kind="rss", article="")

    asked = desk.post("/feeds/save", typed, form_on="/feeds")
    assert (asked.status_code, file.read_bytes()) == (422, before)
    assert "страницы нет (404)" in asked.text
    assert f'value="{web.url}/gone"' in asked.text
    anyway = unescape(asked.text.partition('name="anyway" value="')[2].partition('"')[0])
    other = desk.post("/feeds/save", typed | {"url": f"{web.url}/gone2", "anyway": anyway}, form_on="/feeds")
    assert (other.status_code, file.read_bytes()) == (422, before), "what was seen was another address"

    assert "Сохранено" in desk.post("/feeds/save", typed | {"anyway": anyway}, form_on="/feeds").text
    assert now(file)["Степь"].url == f"{web.url}/gone"
    web.serve("/rss3", news(web))
    assert "Сохранено" in desk.post("/feeds/save", fields(desk, url=f"{web.url}/rss3"), form_on="/feeds").text


def test_a_save_is_compared_and_taken_back(desk: Desk, store: Store, file: Path) -> None:
    before = file.read_bytes()
    desk.post("/feeds/save", fields(desk, interval="10m"), form_on="/feeds")
    after, first = store.versions.list_versions(str(file))

    assert "настройки ленты «Степь»" in desk.get("/feeds/versions").text
    shown = desk.get("/feeds/version", number=first.id).text
    assert "<ins>    interval: 10m</ins>" in shown
    old = {"number": str(first.id), "digest": first.digest}
    assert "ничего не сделано" in desk.post("/feeds/back", old, form_on="/feeds").text
    assert file.read_bytes() != before
    assert "Возвращено." in desk.post("/feeds/back", old | {"digest": after.digest}, form_on="/feeds").text
    assert file.read_bytes() == before
    for number in ("0", "x", "999"):
        assert desk.get("/feeds/version", number=number).status_code == 404


def test_what_the_file_does_not_take_is_said_beside_what_was_typed(desk: Desk, file: Path) -> None:
    before = file.read_bytes()
    for typed, said in (
        ({"interval": "раз в час"}, "10m, 1h"),
        ({"url": ""}, "напишите адрес"),
        ({"listing.item": "li"}, "html"),
    ):
        answer = desk.post("/feeds/save", fields(desk, **typed), form_on="/feeds")
        assert answer.status_code == 400
        (path,) = typed
        reason = answer.text.partition(f'id="wrong-{path.replace(".", "-")}">')[2].partition("<")[0]
        assert said in reason
    assert 'value="раз в час"' in desk.post("/feeds/save", fields(desk, interval="раз в час"), form_on="/feeds").text
    assert file.read_bytes() == before


def test_of_two_editors_the_second_sees_what_the_first_did(desk: Desk, file: Path) -> None:
    old = fields(desk, interval="10m", tz="Asia/Almaty")
    desk.post("/feeds/save", fields(desk, interval="5m"), form_on="/feeds")

    answer = desk.post("/feeds/save", old, form_on="/feeds")
    assert answer.status_code == 409
    assert '<td data-label="В файле">5m</td><td data-label="У вас">10m</td>' in answer.text
    assert now(file)["Степь"].interval == timedelta(minutes=5)
    again = old | fields(desk)
    assert desk.post("/feeds/save", again, form_on="/feeds").status_code == 200
    assert (now(file)["Степь"].interval, now(file)["Степь"].tz) == (timedelta(minutes=10), "Asia/Almaty")


def test_a_pause_has_an_end_and_a_reason_and_is_taken_back(desk: Desk, file: Path) -> None:
    before = file.read_bytes()
    for until, because in (("2026-11-22", "сломана"), ("", "сломана"), ("2026-12-01", " ")):
        refused = desk.post("/feeds/pause", fields(desk, paused_until=until, paused_because=because), form_on="/feeds")
        assert (refused.status_code, 'id="wrong-paused' in refused.text) == (400, True)
    desk.post("/feeds/pause", fields(desk, paused_until="2026-12-01", paused_because="сломана"), form_on="/feeds")

    assert now(file)["Степь"].paused_because == "сломана"
    assert "В файле: на паузе до 01.12.2026: сломана" in desk.get(one("Степь")).text
    desk.post("/feeds/resume", fields(desk), form_on="/feeds")
    assert file.read_bytes() == before


def test_a_feed_is_removed_only_when_that_is_sure(desk: Desk, file: Path) -> None:
    assert desk.post("/feeds/remove", fields(desk, EVIL), form_on="/feeds").status_code == 400
    told = desk.post("/feeds/remove", fields(desk, EVIL, sure="yes"), form_on="/feeds").text
    assert 'можно вернуть: <a href="/feeds/versions">' in told
    assert "evil" not in told.partition("<table")[2]
    assert list(now(file)) == ["Степь"]
    assert desk.get(one(EVIL)).status_code == 404, "the monitor still has it, the file has not"
    assert "последняя" in desk.post("/feeds/remove", fields(desk, sure="yes"), form_on="/feeds").text


def test_a_feed_is_found_tried_and_added(desk: Desk, web: WebServer, file: Path) -> None:
    web.serve("/all", news(web))

    host = web.url.removeprefix("http://")
    found = desk.post("/feeds/add", {"address": f"{host}/all"}, form_on="/feeds")
    assert "Суд в Актау отложил заседание 0" in found.text
    digest = found.text.partition('name="digest" value="')[2].partition('"')[0]
    typed = {
        "digest": digest,
        "name": "Вести «Актау»: суд",
        "kind": "rss",
        "url": f"{web.url}/all",
        "lang": "kk",
        "tz": "Asia/Almaty",
        "interval": "5m",
    }
    added = desk.post("/feeds/add/save", typed, form_on="/feeds")

    assert "добавлена лента «Вести «Актау»: суд»" in added.text
    told = now(file)["Вести «Актау»: суд"]
    assert (told.url, told.lang, told.tz) == (f"{web.url}/all", "kk", "Asia/Almaty")
    assert told.interval == timedelta(minutes=5)
    assert "# Добавлено за столом 22.11.2026." in file.read_text(encoding="utf-8")
    taken = typed | {"url": f"{web.url}/other", "name": "степь", "digest": ""}
    kept = desk.post("/feeds/add/save", taken, form_on="/feeds")
    assert (kept.status_code, "Свободно имя «степь (127.0.0.1" in kept.text) == (400, True)
    assert f'name="url" value="{web.url}/other"' in kept.text, "what was found is not lost"
    assert '<option value="kk" selected>' in kept.text
    again = desk.post("/feeds/add/save", typed, form_on="/feeds")
    assert (again.status_code, "уже читает" in again.text) == (400, True)
    assert "уже читает" in desk.post("/feeds/add", {"address": f"{web.url}/all"}, form_on="/feeds").text


def test_an_address_that_cannot_be_had_is_named(desk: Desk) -> None:
    for address, status in (("http://127.0.0.1:9/", 502), ("ftp://news.example/", 502), ("", 400), ("x" * 3_000, 400)):
        answer = desk.post("/feeds/add", {"address": address}, form_on="/feeds")
        assert (answer.status_code, 'class="trouble"' in answer.text) == (status, True), address[:40]


def test_a_list_of_another_reader_is_compared_and_then_taken(desk: Desk, web: WebServer, file: Path) -> None:
    listed = opml.write([feed(name="Новая", url="https://new.example/rss"), feed(name="Та же", url=f"{web.url}/rss")])
    broken = listed.replace("</body>", '<outline text="Без адреса" xmlUrl=""/></body>')

    compared = desk.post("/feeds/import", {"list": broken}, form_on="/feeds").text
    assert "Добавится: 1" in compared
    assert "этот адрес уже читает «Степь»" in compared
    assert "в списке нет адреса" in compared
    digest = compared.partition('name="digest" value="')[2].partition('"')[0]
    desk.post("/feeds/import/save", {"digest": digest, "list": listed}, form_on="/feeds")

    assert now(file)["Новая"].url == "https://new.example/rss"
    listed_now = desk.get("/feeds", only="new").text
    assert "Новая" in listed_now, "before the monitor has taken it up"
    exported = desk.get("/feeds/opml")
    assert [one.url for one in opml.read(exported.content)] == [one.url for one in now(file).values()]
    assert "attachment" in exported.headers["content-disposition"]
    for bad in ("", "<html>", "<!DOCTYPE opml><opml/>", "\ufffd<opml/>"):
        assert desk.post("/feeds/import", {"list": bad}, form_on="/feeds").status_code == 400


def test_a_file_that_is_broken_read_only_or_gone_leaves_the_table(desk: Desk, file: Path) -> None:
    forms = fields(desk, interval="5m")
    file.write_text(FILE.format(url="http://a.example", evil="b").replace("kind: rss", "kind: rsss"), encoding="utf-8")
    assert "может быть, «rss»" in desk.get("/feeds").text
    assert desk.post("/feeds/save", forms, form_on="/feeds").status_code == 409
    assert desk.get("/feeds/opml").status_code == 409
    file.unlink()
    assert "такого файла нет" in desk.get("/feeds").text
    assert "такого файла нет" in desk.get(one("Степь")).text
    assert desk.post("/feeds/save", forms, form_on="/feeds").status_code == 400


def test_the_state_of_the_work(desk: Desk, store: Store) -> None:
    store.alarms.keep([Alarm(key="broken:Степь", text=f"404 {EVIL}", since=NOW, told_at=NOW)])
    record(store, settled=(settled(1),))

    shown = desk.get("/status").text
    assert "Лента не читается" in shown
    assert EVIL not in shown
    assert "в порядке — 1" in shown
    assert "Копии: страниц под наблюдением 0" in shown


def test_a_file_that_is_not_taken_is_no_all_clear(desk: Desk, file: Path) -> None:
    assert "Тревог нет" in desk.get("/status").text

    file.write_text(file.read_text(encoding="utf-8").replace("kind: rss", "kind: rrs"), encoding="utf-8")
    broken = desk.get("/status").text
    file.unlink()
    gone = desk.get("/status").text

    for told, why in ((broken, "Строка 5: "), (gone, "такого файла нет")):
        assert f"Файл {file} не принят" in told
        assert why in told
        assert "Тревог нет" not in told
