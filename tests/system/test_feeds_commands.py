"""`feeds add` and `check --online` as a maintainer calls them."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor

from monitor.config.feeds import load_feeds
from tests.harness.monitor_process import Monitor
from tests.samples.news import feed_of, relevant
from tests.servers.web import PAGE_TYPE, WebServer


def page_with_feed(web: WebServer) -> str:
    feed_of(web, "/lenta.xml", relevant(6))
    link = '<link rel="alternate" type="application/rss+xml" href="/lenta.xml">'
    return web.serve("/", f"<!doctype html><html><head>{link}</head><p>Главная", content_type=PAGE_TYPE)


def test_a_feed_is_found_behind_a_page_and_written_down(preview: Monitor, web: WebServer) -> None:
    preview.write_feeds(Проба=feed_of(web, "/rss", relevant(1)))
    before = preview.feeds.read_text(encoding="utf-8")
    preview.feeds.chmod(0o640)

    added = preview.call("feeds", "add", page_with_feed(web))

    assert added.returncode == 0, added.stderr
    assert "name: Лента новостей" in added.stdout
    after = preview.feeds.read_text(encoding="utf-8")
    assert after.startswith(before)
    assert stat.S_IMODE(preview.feeds.stat().st_mode) == 0o640
    assert list(preview.folder.glob(".feeds*")) == []
    found = load_feeds(after, file="feeds.yaml")[1]
    assert (found.url, found.lang) == (f"{web.url}/lenta.xml", "ru")
    assert preview.call("check").returncode == 0

    again = preview.call("feeds", "add", f"{web.url}/lenta.xml")
    assert again.returncode == 1
    assert "уже читает «Лента новостей»" in again.stderr


def test_what_somebody_edits_meanwhile_is_not_written_over(preview: Monitor, web: WebServer) -> None:
    preview.write_feeds(Проба=feed_of(web, "/rss", relevant(1)))
    page = page_with_feed(web)
    hold = web.hold("/lenta.xml")
    with ThreadPoolExecutor(1) as thread:
        adding = thread.submit(preview.call, "feeds", "add", page)
        hold.wait_arrived()
        edited = preview.feeds.read_text(encoding="utf-8").replace("interval: 1m", "interval: 7m")
        preview.feeds.write_text(edited, encoding="utf-8")
        hold.release()
        refused = adding.result()

    assert refused.returncode == 2
    assert "файл изменился" in refused.stderr
    assert preview.feeds.read_text(encoding="utf-8") == edited


def test_a_dry_run_writes_nothing(preview: Monitor, web: WebServer) -> None:
    preview.write_feeds(Проба=feed_of(web, "/rss", relevant(1)))
    other = preview.folder / "other.yaml"
    other.write_text("feeds:\n- name: А\n  kind: rss\n  url: https://a.example/rss\n", encoding="utf-8")
    before = other.read_text(encoding="utf-8")

    shown = preview.call("feeds", "add", "--dry-run", "--file", str(other), page_with_feed(web))

    assert shown.returncode == 0, shown.stderr
    assert "- name: Лента новостей\n" in shown.stdout
    assert other.read_text(encoding="utf-8") == before


def test_a_file_that_cannot_grow_stays_whole(preview: Monitor, web: WebServer) -> None:
    preview.write_feeds(**{f"Лента {number}": f"https://{number}.example/rss" for number in range(20)})
    before = preview.feeds.read_text(encoding="utf-8")

    result = preview.call("feeds", "add", page_with_feed(web), largest_file_kb=1)

    assert result.returncode == 2
    assert "файл не записать" in result.stderr
    assert preview.feeds.read_text(encoding="utf-8") == before
    assert list(preview.folder.glob(".feeds*")) == []


def test_a_page_that_only_lists_articles_is_read_as_one(preview: Monitor, web: WebServer) -> None:
    preview.write_feeds(Проба=feed_of(web, "/known", relevant(1)))
    links = "".join(f'<h3><a href="/news/2026/{n}">Суд в Актау отложил заседание {n}</a></h3>' for n in range(9))
    web.serve("/", f"<!doctype html><title>Вести</title>{links}", content_type=PAGE_TYPE)

    added = preview.call("feeds", "add", f"{web.url}/")

    assert added.returncode == 0, added.stderr
    assert "kind: html" in added.stdout
    assert "listing" in added.stdout
    assert preview.call("check", "--online").returncode == 0


def test_where_no_feed_is_nothing_is_written(preview: Monitor, web: WebServer) -> None:
    preview.write_feeds(Проба=feed_of(web, "/known", relevant(1)))
    web.serve("/", "<!doctype html><p>Пусто", content_type=PAGE_TYPE)
    before = preview.feeds.read_text(encoding="utf-8")

    nothing, gone = preview.call("feeds", "add", f"{web.url}/"), preview.call("feeds", "add", f"{web.url}/нет")

    assert (nothing.returncode, gone.returncode) == (1, 1)
    assert "ленты не нашлось" in nothing.stderr
    assert "404" in gone.stderr
    assert "Traceback" not in nothing.stderr + gone.stderr
    assert preview.feeds.read_text(encoding="utf-8") == before


def test_check_online_names_the_feeds_that_fail(preview: Monitor, web: WebServer) -> None:
    good, dead = feed_of(web, "/rss", relevant(3)), f"{web.url}/gone"
    preview.write_feeds(Живая=good, Мёртвая=dead)
    preview.environment["COLUMNS"] = "80"

    printed, machine = preview.call("check", "--online"), preview.call("check", "--online", "--json")

    assert (printed.returncode, machine.returncode) == (1, 1)
    reason = "«Мёртвая»: страницы нет (404): проверьте адрес\nОтвечают: 1 из 2."
    assert reason in printed.stdout
    assert "404" not in printed.stdout.replace(reason, "")
    living, lost = json.loads(machine.stdout)
    assert (living["feed"], living["verdict"], living["entries"], living["kind"]) == ("Живая", "OK", 3, "rss")
    assert (lost["verdict"], lost["alive"], lost["url"]) == ("HTTP 404", False, dead)

    preview.write_feeds(Живая=good)
    assert preview.call("check", "--online").returncode == 0


OPML = """<?xml version="1.0" encoding="windows-1251"?>
<opml version="1.0"><head><title>Мои</title></head><body>
  <outline text="Соседи">
    <outline type="rss" text="Вести: «главное»" xmlUrl="https://vesti.kz/rss"/>
    <outline type="rss" xmlUrl="https://bez-imeni.example/rss"/>
  </outline>
  <outline text="Вторая проба" xmlUrl="BASE/rss/?utm_source=reader"/>
  <outline text="ПРОБА" xmlUrl="https://other.example/rss"/>
  <outline text="Злая \u202e[red]" xmlUrl="ftp://bad.example/rss"/>
</body></opml>
"""


def test_a_list_is_compared_first_and_written_when_told(preview: Monitor, web: WebServer) -> None:
    preview.write_feeds(Проба=f"{web.url}/rss")
    before = "# наши ленты\n" + preview.feeds.read_text(encoding="utf-8") + "# хвост\n"
    preview.feeds.write_text(before, encoding="utf-8")
    file = preview.folder / "subs.opml"
    file.write_bytes(OPML.replace("BASE", web.url).encode("windows-1251", "xmlcharrefreplace"))

    shown = preview.call("feeds", "import", "subs.opml")

    assert shown.returncode == 0, shown.stderr
    assert "Добавится: 3\n  + Вести: «главное» — https://vesti.kz/rss\n  + bez-imeni.example — " in shown.stdout
    assert "Уже есть: 1\n  = Вторая проба — " in shown.stdout
    assert "этот адрес уже читает «Проба»" in shown.stdout
    own = "  + ПРОБА (other.example) — https://other.example/rss: имя «ПРОБА» занято лентой с другим адресом"
    assert own in shown.stdout
    assert "Не подойдёт: 1\n  − Злая [red] — ftp://bad.example/rss: url: нужен полный адрес" in shown.stdout
    assert shown.stdout.endswith("Ничего не записано. Вписать: monitor feeds import --write subs.opml\n")
    assert preview.feeds.read_text(encoding="utf-8") == before

    written = preview.call("feeds", "import", "--write", "subs.opml")

    assert written.returncode == 0, written.stderr
    after = preview.feeds.read_text(encoding="utf-8")
    assert after.startswith(before)
    added = load_feeds(after, file="feeds.yaml")[1:]
    assert [(one.name, one.tz, one.group) for one in added] == [
        ("Вести: «главное»", "Asia/Almaty", "Соседи"),
        ("bez-imeni.example", "UTC", "Соседи"),
        ("ПРОБА (other.example)", "UTC", ""),
    ]
    assert preview.call("check").returncode == 0

    again = preview.call("feeds", "import", "--write", "subs.opml")
    assert "Добавится: 0" in again.stdout
    assert preview.feeds.read_text(encoding="utf-8") == after


def test_an_export_brings_nothing_new_back(preview: Monitor) -> None:
    preview.write_feeds(Проба="https://a.example/rss?x=1&y=2", Вторая="https://b.example/rss")

    printed = preview.call("feeds", "export")
    saved = preview.call("feeds", "export", "list.opml")
    again = preview.call("feeds", "export", "list.opml")

    assert printed.returncode == saved.returncode == 0, saved.stderr
    assert (preview.folder / "list.opml").read_text(encoding="utf-8") == printed.stdout
    assert (again.returncode, "файл не записать" in again.stderr) == (2, True)
    for back in (
        preview.call("feeds", "import", "list.opml"),
        preview.call("feeds", "import", "-", stdin=printed.stdout),
    ):
        assert back.returncode == 0, back.stderr
        assert "Добавится: 0\nУже есть: 2" in back.stdout


def test_a_list_that_is_none_is_refused_in_one_line(preview: Monitor) -> None:
    preview.write_feeds(Проба="https://a.example/rss")
    bomb = '<!DOCTYPE opml [<!ENTITY a "aa">]><opml><body/></opml>'
    large = "<opml><body>" + "<outline text='x'/>" * 600_000 + "</body></opml>"
    for document, says in ((bomb, "DOCTYPE"), (large, "больше 4 МБ"), ("<rss/>", "не OPML")):
        (preview.folder / "bad.opml").write_text(document, encoding="utf-8")

        refused = preview.call("feeds", "import", "bad.opml")

        assert refused.returncode == 2
        assert refused.stderr.startswith("Ошибка: bad.opml: ")
        assert refused.stderr.count("\n") == 1
        assert says in refused.stderr

    assert "нет.opml: такого файла нет" in preview.call("feeds", "import", "нет.opml").stderr


def test_a_list_in_the_place_of_a_feed_is_named(preview: Monitor, web: WebServer) -> None:
    address = web.serve("/subs.opml", OPML, content_type="text/x-opml")
    (preview.folder / "subs.opml").write_text(OPML, encoding="utf-8")
    preview.write_feeds(Список=address)

    added, file = preview.call("feeds", "add", address), preview.call("feeds", "add", "subs.opml")
    polled, checked = preview.call("poll"), preview.call("check", "--online", "--json")

    assert (added.returncode, "OPML" in added.stderr, "monitor feeds import" in added.stderr) == (1, True, True)
    assert (file.returncode, "monitor feeds import subs.opml" in file.stderr) == (1, True)
    assert "список лент (OPML)" in " ".join(polled.stdout.split())
    assert json.loads(checked.stdout)[0]["verdict"] == "OPML"
