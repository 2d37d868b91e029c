"""The archive by the commands that people call, and kept fresh by the daemon beside its polls."""

import json

from tests.harness.monitor_process import Monitor, eventually
from tests.samples.news import feed_of, relevant
from tests.servers.web import WebServer


def posted(live: Monitor, web: WebServer) -> None:
    """One story that the channel shows."""
    live.write_feeds(Проба=feed_of(web, "/rss", relevant(1)))
    assert live.call("poll").returncode == 0


def test_a_site_is_built_a_case_opened_a_story_hidden(live: Monitor, web: WebServer) -> None:
    posted(live, web)
    site = live.folder / "site"

    built = live.call("site", "build", str(site))
    assert built.returncode == 0, built.stderr
    assert "Историй собрано: 1" in built.stdout
    story = (site / "story" / "1.html").read_text(encoding="utf-8")

    assert live.call("case", "open", "1", "Дело Петрова").returncode == 0
    assert "1. Дело Петрова" in live.call("case", "list").stdout
    assert live.call("case", "rename", "1", "Дело Иванова").returncode == 0
    assert live.call("site", "build", str(site)).returncode == 0
    assert "Дело Иванова" in (site / "case" / "1.html").read_text(encoding="utf-8")
    assert live.call("case", "close", "1").returncode == 0

    assert live.call("site", "hide", "1", "просьба").returncode == 0
    again = live.call("site", "hide", "1", "ошибка").stdout
    assert again == "История 1 уже скрыта, причина была: просьба. Она и осталась; заменить её: --replace\n"
    assert "просьба" in live.call("site", "hidden").stdout
    assert "исчезнет" in live.call("site", "hide", "1", "просьба семьи", "--replace").stdout
    assert "просьба семьи" in live.call("site", "hidden").stdout
    assert live.call("site", "build", str(site)).returncode == 0
    assert not (site / "case").exists()
    assert (site / "data" / "stories.jsonl").read_bytes() == b""
    assert (site / "story" / "1.html").read_text(encoding="utf-8") != story
    assert live.call("site", "show", "1").returncode == 0
    assert live.call("site", "build", str(site)).returncode == 0
    assert json.loads((site / "data" / "stories.jsonl").read_text(encoding="utf-8"))["id"] == 1


def test_mistakes_are_told_in_words(live: Monitor, web: WebServer) -> None:
    posted(live, web)
    (live.folder / "other").mkdir()
    (live.folder / "other" / "file.txt").write_text("чужое")

    for call, says in (
        (("site", "build", "other"), "не наш сайт"),
        (("site", "build", "feeds.yaml"), "Сайт не пишется"),
        (("site", "hide", "99", "почему"), "Истории 99 нет"),
        (("site", "show", "1"), "не убрана"),
        (("case", "open", "99", "Дело"), "Истории 99 нет"),
        (("case", "open", "1", " "), "Название пустое"),
        (("case", "rename", "9", "Дело"), "Открытого дела 9 нет"),
        (("case", "close", "9"), "Открытого дела 9 нет"),
        (("case", "remove", "1"), "не стоит ни в одном деле"),
    ):
        done = live.call(*call)
        assert done.returncode in (1, 2), call
        assert says in done.stderr, call
        assert "Traceback" not in done.stderr


def test_a_case_takes_no_title_of_another(live: Monitor, web: WebServer) -> None:
    live.write_feeds(Проба=feed_of(web, "/rss", relevant(1) + relevant(2)))
    assert live.call("poll").returncode == 0
    assert live.call("case", "open", "1", "Дело Иванова").returncode == 0
    assert live.call("case", "open", "2", "Дело Петрова").returncode == 0

    renamed = live.call("case", "rename", "2", "дело  иванова")

    assert renamed.returncode == 1
    assert renamed.stderr == "Дело 1 уже названо «Дело Иванова». Дайте делу 2 другое название.\n"


def test_the_daemon_keeps_it_fresh(live: Monitor, web: WebServer) -> None:
    live.environment |= {"MONITOR_SITE_DIR": str(live.folder / "site")}
    live.write_feeds(Проба=feed_of(web, "/rss", relevant(1)))
    live.start()

    eventually((live.folder / "site" / "story" / "1.html").exists)
    assert live.stop() == 0
