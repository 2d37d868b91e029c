"""The commands as people call them, and bad input: a clear message, an exit code, nothing lost, no token shown."""

import os
import stat
from pathlib import Path

import pytest

from tests.harness.monitor_process import PROJECT_RULES, ROOT, Monitor, eventually
from tests.samples.news import feed_of, relevant
from tests.servers import faults
from tests.servers.bot_api import TOKEN, BotApi
from tests.servers.web import WebServer

CHANNEL = "@test_channel"


def test_the_projects_own_files_are_in_order(preview: Monitor) -> None:
    preview.environment |= {"MONITOR_FEEDS": str(ROOT / "feeds.yaml"), "MONITOR_KEYWORDS": PROJECT_RULES}

    checked = preview.call("check")

    assert checked.returncode == 0, checked.stderr
    assert "в порядке" in checked.stdout


@pytest.mark.parametrize(
    ("feeds", "line", "says"),
    [
        ("feeds:\n  - name: Проба\n   kind: rss\n", 3, "отступ"),
        (
            "feeds:\n  - name: Проба\n    kind: rss\n    url: http://a.example/\n    lang: ru\n    intervall: 5m\n",
            6,
            "interval",
        ),
        ("feeds:\n" + "  - {name: Проба, kind: rss, url: 'http://a.example/', lang: ru}\n" * 2, 3, "Проба"),
        ("feeds:\n  - {name: Проба, kind: page, url: 'http://a.example/', lang: ru}\n", 2, "неизвестный вид"),
        ("feeds:\n  - {name: Проба, kind: rss, url: 'ftp://a.example/', lang: ru}\n", 2, "url"),
        ("feeds:\n  - {name: Проба, kind: rss, url: 'https://a.example/', ca_file: no.pem}\n", 2, "такого файла нет"),
        ("", 0, "feeds.yaml"),
    ],
    ids=["broken", "unknown key", "same name", "unknown kind", "bad address", "no certificates", "empty"],
)
def test_a_mistake_in_feeds_names_file_line_and_remedy(preview: Monitor, feeds: str, line: int, says: str) -> None:
    preview.feeds.write_text(feeds, encoding="utf-8")

    result = preview.call("check")

    assert result.returncode == 2
    assert f"feeds.yaml:{line}" in result.stderr if line else "feeds.yaml" in result.stderr
    assert says in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", ["poll", "run"])
def test_nothing_starts_with_a_mistake_in_feeds(preview: Monitor, command: str) -> None:
    preview.feeds.write_text("feeds:\n  - name: Проба\n   kind: rss\n", encoding="utf-8")

    result = preview.call(command)

    assert result.returncode == 2
    assert "feeds.yaml:3" in result.stderr
    assert "Traceback" not in result.stderr
    assert not preview.database.exists()


def test_every_mistake_of_both_files_is_told_at_once(preview: Monitor) -> None:
    preview.feeds.write_text("feeds:\n  - {name: А, kind: rss, url: x, lang: ru}\n  - {name: Б, lang: ru}\n")
    rules = preview.folder / "rules.yaml"
    rules.write_text(
        "topics:\n  a:\n    title: А\n    hashtag: а\n    any_of:\n      - all: [$нет]\n", encoding="utf-8"
    )

    result = preview.call("check", "--keywords", str(rules))

    assert result.returncode == 2
    assert result.stderr.count("Ошибка: ") >= 3
    assert "rules.yaml:6" in result.stderr


def test_a_file_that_is_not_there_is_named(preview: Monitor) -> None:
    result = preview.call("check", "--keywords", "нет.yaml", "--feeds", str(ROOT / "feeds.yaml"))

    assert result.returncode == 2
    assert "нет.yaml: такого файла нет" in result.stderr


def test_a_failing_example_is_told_with_its_line(preview: Monitor) -> None:
    rules = preview.folder / "rules.yaml"
    rules.write_text(
        "topics:\n  a:\n    title: А\n    hashtag: а\n    any_of:\n      - name: выдача\n"
        "        all: [{ru: экстрадиция}]\n    examples:\n      match: ['Погода хорошая']\n",
        encoding="utf-8",
    )

    result = preview.call("check", "--keywords", str(rules), "--feeds", str(ROOT / "feeds.yaml"))

    assert result.returncode == 2
    assert "rules.yaml:9" in result.stderr


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"MONITOR_BOT_TOKEN": "не-токен"}, "MONITOR_BOT_TOKEN"),
        ({"MONITOR_BOT_TOKEN_FILE": "/нет/такого"}, "/нет/такого"),
        ({"MONITOR_CHANNEL": "t.me/channel"}, "MONITOR_CHANNEL"),
        ({"MONITOR_DATABASE_URL": "что-то"}, "MONITOR_DATABASE_URL"),
    ],
)
def test_a_wrong_setting_is_named(preview: Monitor, web: WebServer, settings: dict[str, str], says: str) -> None:
    preview.write_feeds(Проба=feed_of(web, "/rss", []))
    preview.environment |= settings

    result = preview.call("poll")

    assert result.returncode in {2, 4}
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_a_token_may_lie_in_a_file_and_settings_in_dotenv(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    live.write_feeds(Проба=feed_of(web, "/rss", relevant(1)))
    secret = live.folder / "token"
    secret.write_text(TOKEN + "\n")
    del live.environment["MONITOR_BOT_TOKEN"]
    del live.environment["MONITOR_CHANNEL"]
    (live.folder / ".env").write_text(f"MONITOR_BOT_TOKEN_FILE={secret}\nMONITOR_CHANNEL={CHANNEL}\n")

    result = live.call("poll")

    assert len(bot_api.posted(CHANNEL)) == 1
    assert TOKEN not in result.stdout + result.stderr


@pytest.mark.parametrize("trouble", ["bad token", "no rights"])
def test_a_channel_that_takes_nothing_is_told_and_nothing_is_lost(
    live: Monitor, web: WebServer, bot_api: BotApi, trouble: str
) -> None:
    live.write_feeds(Проба=feed_of(web, "/rss", relevant(1)))
    bot_api.revoke() if trouble == "bad token" else bot_api.kick(CHANNEL)

    result = live.call("poll")

    assert result.returncode == 0
    assert "MONITOR_BOT_TOKEN" in result.stderr if trouble == "bad token" else CHANNEL in result.stderr
    assert "В очереди осталось: 1" in result.stdout
    assert TOKEN.partition(":")[2] not in result.stdout + result.stderr
    assert bot_api.posted(CHANNEL) == []

    bot_api.revoke(revoked=False)
    bot_api.restore(CHANNEL)
    live.open_chats()
    live.call("poll")
    assert len(bot_api.posted(CHANNEL)) == 1


def test_failing_feeds_do_not_affect_the_others(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    sick = {
        "Страница": web.serve("/html", "<!doctype html><title>Сайт</title>", content_type="text/html"),
        "Пустая": web.serve("/empty", b""),
        "Огромная": web.serve("/huge", b""),
        "Оборванная": web.serve("/reset", b""),
        "Мёртвая": "http://127.0.0.1:9/rss",
    }
    web.fail("/huge", faults.huge(10_000_000))
    web.fail("/reset", faults.reset)
    live.write_feeds(**sick, Здоровая=feed_of(web, "/rss", relevant(1)))

    result = live.call("poll")

    assert result.returncode == 0, result.stderr
    assert len(bot_api.posted(CHANNEL)) == 1
    rows = {name: next(row for row in result.stdout.splitlines() if name in row) for name in [*sick, "Здоровая"]}
    assert "хорошо" in rows.pop("Здоровая")
    assert not any("хорошо" in row for row in rows.values())


def test_an_unknown_feed_name_is_told(preview: Monitor, web: WebServer) -> None:
    preview.write_feeds(Проба=feed_of(web, "/rss", []))

    result = preview.call("poll", "Прба")

    assert result.returncode == 2
    assert "Прба" in result.stderr
    assert "Проба" in result.stderr


def test_private_addresses_are_out_of_reach_unless_allowed(preview: Monitor, web: WebServer) -> None:
    preview.write_feeds(Проба=feed_of(web, "/rss", relevant(1)))
    del preview.environment["MONITOR_ALLOW_PRIVATE_ADDRESSES"]

    result = preview.call("poll")

    assert "MONITOR_ALLOW_PRIVATE_ADDRESSES" in "".join(result.stdout.split())
    assert web.requests == []


def test_a_second_process_is_refused_while_the_first_works(preview: Monitor, web: WebServer) -> None:
    preview.write_feeds(Проба=feed_of(web, "/rss", []))
    preview.start_and_wait()

    second = preview.call("poll")

    assert second.returncode == 5
    assert "уже работает" in second.stderr
    assert preview.call("health").returncode == 0
    assert preview.stop() == 0


@pytest.mark.parametrize("other", [b"", None])
def test_beside_a_monitor_whose_database_is_gone_nobody_advises_a_new_one(
    preview: Monitor, web: WebServer, other: bytes | None
) -> None:
    preview.write_feeds(Проба=feed_of(web, "/rss", []))
    preview.start_and_wait()
    preview.database.unlink()
    if other is not None:
        preview.database.write_bytes(other)

    for command in ("status", "health"):
        result = preview.call(command)

        assert result.returncode == 4
        assert "удалён или подменён, пока монитор работал" in result.stderr
        assert "migrate" not in result.stderr


def test_health_is_bad_as_soon_as_the_process_is_dead(preview: Monitor, web: WebServer) -> None:
    """Its last beats are fresh for a minute and a half; the process that comes next has not begun yet."""
    preview.write_feeds(Проба=feed_of(web, "/rss", []))
    preview.start_and_wait()
    eventually(lambda: preview.call("health").returncode == 0, what="health")

    preview.kill()

    result = preview.call("health")
    assert (result.returncode, result.stdout) == (1, "процесс monitor run не запущен\n")


def test_health_is_bad_when_nothing_runs(preview: Monitor) -> None:
    assert preview.call("migrate").returncode == 0
    assert stat.S_IMODE(preview.database.stat().st_mode) == 0o600

    result = preview.call("health")

    assert result.returncode == 1
    assert "poll: ещё не начинал" in result.stdout


def test_a_database_never_made_is_told(preview: Monitor) -> None:
    for command in (["outbox", "list"], ["status"], ["health"], ["export"], ["backup", "copy.db"]):
        result = preview.call(*command)

        assert result.returncode == 3
        assert "monitor migrate" in result.stderr
    assert not preview.database.exists(), "who looks begins nothing"


@pytest.mark.skipif(os.getuid() != 0, reason="only root may mount")
def test_a_read_only_data_folder_is_told(preview: Monitor, web: WebServer, tmp_path: Path) -> None:
    preview.write_feeds(Проба=feed_of(web, "/rss", []))
    (tmp_path / "data").mkdir()
    mounted = os.system(f"mount -t tmpfs -o ro,size=1m tmpfs {tmp_path / 'data'} 2>/dev/null")
    if mounted:
        pytest.skip("SKIPPED read-only folder: this machine does not let us mount")
    try:
        result = preview.call("poll")
    finally:
        os.system(f"umount {tmp_path / 'data'}")

    assert result.returncode == 4
    assert "нельзя писать" in result.stderr


def test_a_full_disk_is_told_and_costs_nothing(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    """No file may grow beyond 200 kB: SQLite cannot write what the poll found."""
    live.write_feeds(Проба=feed_of(web, "/rss", []))
    live.call("poll")
    feed_of(web, "/rss", [(title, text + " Подробности следуют." * 3000) for title, text in relevant(3)])

    result = live.call("poll", largest_file_kb=200)

    assert result.returncode == 4
    assert "место на диске" in result.stderr
    assert "Traceback" not in result.stderr
    assert bot_api.posted(CHANNEL) == []

    live.call("poll")
    assert len(bot_api.posted(CHANNEL)) == 3


def test_operators_decide_about_doubtful_posts(live: Monitor, web: WebServer, bot_api: BotApi) -> None:
    live.write_feeds(Проба=feed_of(web, "/rss", relevant(1)))
    bot_api.script(faults.reset)
    live.start_and_wait()  # a sweep would sit out the minute that the chat then rests
    eventually(lambda: live.delivery_states() == {"uncertain": 1}, what="the doubt")
    assert live.stop() == 0
    listed = live.call("outbox", "list").stdout
    assert "неясно, ушло ли" in listed

    assert live.call("outbox", "retry", "99").returncode == 1
    assert live.call("outbox", "retry", "1").returncode == 0
    live.open_chats()
    live.call("poll")

    assert len(bot_api.posted(CHANNEL)) == 1
    assert "отправлено" in live.call("outbox", "list", "--all").stdout
