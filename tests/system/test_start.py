"""What the operator reads in the first minute: when the next poll comes; of a network that is away, one panel."""

import re

from tests.factories.polling import RULES
from tests.harness.command_line import RULES as ASKING_RULES
from tests.harness.monitor_process import Monitor, eventually
from tests.samples.news import feed_of, relevant
from tests.servers.web import WebServer


def test_a_restart_says_when_the_next_poll_comes(preview: Monitor, web: WebServer) -> None:
    preview.new_interpreter = True
    preview.write_feeds(Проба=feed_of(web, "/rss", relevant(1)))

    preview.start_and_wait()
    eventually(lambda: preview.sql("SELECT polled_at FROM feeds") != [(None,)], what="the first poll")
    assert "-OO" in preview.command_line, "no daemon reads docstrings"
    assert preview.stop() == 0
    assert "Лент 1, сейчас пора опросить 1" in preview.output
    preview.start_and_wait()
    eventually(lambda: "Лент 1, следующий опрос в" in preview.output, what="the plan")
    assert preview.stop() == 0

    assert re.search(r"следующий опрос в \d\d:\d\d \(Проба\)", preview.output)


def test_each_start_tells_of_examples_that_do_not_hold(preview: Monitor, web: WebServer) -> None:
    preview.write_feeds(Проба=feed_of(web, "/rss", relevant(1)))
    contradicted = "    examples:\n      miss: [Казахстан экстрадирует россиянина]\n"
    preview.keywords.write_text(RULES.rstrip() + "\n" + contradicted, encoding="utf-8")

    for _ in range(2):
        preview.start_and_wait()
        eventually(lambda: "examples do not hold" in preview.output, what="the log")
        assert "─ Примеры не сходятся ─" in preview.output
        assert "Казахстан экстрадирует россиянина" in preview.output
        assert preview.stop() == 0

    preview.keywords.write_text(RULES, encoding="utf-8")
    preview.start_and_wait()
    eventually(lambda: "Режим просмотра" in preview.output, what="the panel that stands below")
    assert preview.stop() == 0
    assert "─ Примеры не сходятся ─" not in preview.output  # the panel: a message of the last start may come now


def test_a_chat_that_takes_nothing_is_named_by_its_setting_with_what_is_missed(live: Monitor, web: WebServer) -> None:
    live.write_feeds(Проба=feed_of(web, "/rss", []))
    live.environment |= {"MONITOR_REVIEW_CHAT": "-1001", "MONITOR_OPERATOR_CHAT": "404"}
    (live.folder / "channels.yaml").write_text('channels: [{name: Соседи, chat: "@nobody"}]', encoding="utf-8")

    live.start_and_wait()
    eventually(lambda: "─ Чат пока недоступен ─" in live.output, what="the panel")
    eventually(lambda: "уйдёт само" in live.output, what="its end")
    assert live.stop() == 0

    assert "Чат 404 не найден" in live.output
    assert "MONITOR_REVIEW_CHAT (-1001): вопросы редакторам" in live.output
    assert "MONITOR_OPERATOR_CHAT (404): сообщения о неполадках" in live.output
    assert "channels.yaml, «Соседи» (@nobody): новости туда не уходят" in live.output
    assert "MONITOR_CHANNEL" not in live.output


def test_without_a_review_chat_it_is_said_that_nobody_is_asked(live: Monitor, web: WebServer) -> None:
    live.write_feeds(Проба=feed_of(web, "/rss", [("Беглец в поезде", "Беглец ехал в поезде.")]))
    live.keywords.write_text(ASKING_RULES, encoding="utf-8")

    live.start_and_wait()
    eventually(lambda: "Внимание: чат редакторов не задан" in live.output, what="the line")
    eventually(lambda: live.sql("SELECT 1 FROM reviews"), what="the question")
    assert "Ждут решения редактора: 1, не проверено вовремя: 0; чат редакторов не задан" in live.call("status").stdout
    assert live.stop() == 0


def test_without_a_network_there_is_one_panel_and_then_silence(preview: Monitor) -> None:
    preview.write_feeds(**{f"Лента{number}": f"http://127.0.0.{number}:9/rss" for number in range(1, 31)})

    preview.start_and_wait()
    eventually(lambda: "Сети нет" in preview.output, what="the panel")
    eventually(lambda: preview.sql("SELECT count(*) FROM feeds WHERE polled_at IS NULL") == [(0,)], what="every poll")
    assert preview.stop() == 0

    assert "Не отвечают 30 из 30 лент" in preview.output
    assert preview.output.count("Сети нет") == 1
    assert "следующий опрос в" in preview.output
    assert preview.output.count("our own network is down") == 1
    assert preview.output.count("poll failed") == 0, "all of one cause"
    assert len(preview.output.splitlines()) < 30


def test_a_database_that_is_gone_is_not_begun_anew(preview: Monitor, web: WebServer) -> None:
    preview.write_feeds(Проба=feed_of(web, "/rss", relevant(1)))
    preview.start_and_wait()
    assert preview.stop() == 0
    for name in ("", "-wal", "-shm"):
        preview.database.with_name(preview.database.name + name).unlink(missing_ok=True)

    refused = preview.call("run")
    assert refused.returncode == 4
    assert "с пустой он отправил бы новости последних суток ещё раз" in refused.stdout + refused.stderr
    assert not preview.database.exists()

    assert preview.call("migrate").returncode == 0
    preview.start_and_wait()
    assert preview.stop() == 0
