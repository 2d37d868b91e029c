"""Token and passwords stand in no output, whatever goes wrong: log, traces, tables, pages, metrics, chat, database."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.harness.monitor_process import Monitor, eventually
from tests.samples.news import feed_of, relevant
from tests.servers import faults
from tests.servers.bot_api import TOKEN, BotApi
from tests.servers.postgres import free_port
from tests.servers.web import WebServer

PASSWORD = "p4ss-of-the-proxy"
SERVER_PASSWORD = "p4ss%2Fof-the-server"
BEAT = "5d1f-made-up-beat"
NOBODY = "127.0.0.1:1"  # listens there; a free port may be another test's in a moment
SECRETS = (TOKEN, TOKEN.partition(":")[2], PASSWORD, SERVER_PASSWORD, "p4ss/of-the-server", BEAT)


def leaks(*texts: str) -> set[str]:
    return {secret for secret in SECRETS for text in texts if secret in text}


def stored(folder: Path) -> str:
    """Everything on the disk but the settings' own file."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "token"]
    return "".join(path.read_bytes().decode("utf-8", errors="replace") for path in files)


@pytest.fixture
def with_secrets(tmp_path: Path, bot_api: BotApi) -> Iterator[Monitor]:
    """Live, with a token in a file, a proxy that is not there, and a watch outside that refuses."""
    (tmp_path / "token").write_text(TOKEN + "\n")
    monitor = Monitor(
        tmp_path,
        MONITOR_BOT_TOKEN_FILE=str(tmp_path / "token"),
        MONITOR_CHANNEL="@test_channel",
        MONITOR_BOT_API_URL=bot_api.url,
        MONITOR_HEARTBEAT_URL=f"http://{NOBODY}/{BEAT}",
        MONITOR_LOG_FORMAT="json",
    )
    yield monitor
    if monitor.running:
        monitor.kill()


def pages_of(monitor: Monitor, port: int) -> str:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=5, verify=False) as client:
        return client.get("/health").text + client.get("/metrics").text


def run_for_a_while(monitor: Monitor, until: str) -> str:
    """Run until the log says so; the pages it served."""
    port = free_port()
    monitor.environment["MONITOR_HTTP_PORT"] = str(port)
    monitor.start()
    eventually(lambda: until in monitor.output, what=until)
    shown = pages_of(monitor, port)
    monitor.stop()
    return shown


@pytest.mark.parametrize(
    ("trouble", "said"), [("revoked", "Telegram does not say which chat this is"), ("broken", "not delivered")]
)
def test_when_telegram_fails(with_secrets: Monitor, web: WebServer, bot_api: BotApi, trouble: str, said: str) -> None:
    with_secrets.write_feeds(Проба=feed_of(web, "/rss", relevant(1)))
    if trouble == "revoked":
        bot_api.revoke()
    else:
        bot_api.script(faults.status(502, body="<h1>Bad"), times=None)

    shown = run_for_a_while(with_secrets, said)
    result = [with_secrets.call("outbox", "list", "--all"), with_secrets.call("export")]

    assert not leaks(shown, with_secrets.everything_printed(), *(one.stdout + one.stderr for one in result))
    assert not leaks(stored(with_secrets.folder))
    assert not leaks(*(message.text for message in bot_api.posted("@test_channel")))


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_when_the_proxy_fails(with_secrets: Monitor, web: WebServer, scheme: str) -> None:
    with_secrets.environment["MONITOR_PROXY"] = f"{scheme}://user:{PASSWORD}@{NOBODY}"
    with_secrets.write_feeds(Проба=feed_of(web, "/rss", []))

    shown = run_for_a_while(with_secrets, "poll failed")
    result = with_secrets.call("poll")

    assert not leaks(shown, with_secrets.everything_printed(), result.stdout + result.stderr)
    assert not leaks(stored(with_secrets.folder))


@pytest.mark.parametrize("given", ["host", "query"])
def test_when_the_database_fails(with_secrets: Monitor, given: str) -> None:
    place = f"{NOBODY}/monitor"
    address = f"monitor:{SERVER_PASSWORD}@{place}" if given == "host" else f"monitor@{place}?password={SERVER_PASSWORD}"
    with_secrets.environment["MONITOR_DATABASE_URL"] = f"postgresql+psycopg://{address}"
    with_secrets.write_feeds(Проба=f"http://{NOBODY}/rss")

    result = [with_secrets.call(*command) for command in (("run",), ("health",), ("backup", "copy.db"))]

    assert {one.returncode for one in result} == {4}
    assert not leaks(*(one.stdout + one.stderr for one in result))


@pytest.mark.parametrize("token", [TOKEN.replace(":", " "), f"{TOKEN} {TOKEN}"])
def test_a_mistyped_token_is_not_shown(with_secrets: Monitor, token: str) -> None:
    (with_secrets.folder / "token").write_text(token)
    with_secrets.write_feeds(Проба=f"http://{NOBODY}/rss")

    ended = with_secrets.call("run")

    assert ended.returncode == 2
    assert not leaks(ended.stdout + ended.stderr)


def test_when_a_mistake_of_ours_is_traced(with_secrets: Monitor, web: WebServer, bot_api: BotApi) -> None:
    """A row that nobody can read makes every tick fail with a trace."""
    with_secrets.write_feeds(Проба=feed_of(web, "/rss", relevant(1)))
    with_secrets.call("poll")
    with_secrets.make_all_due()
    with_secrets.sql("UPDATE feeds SET notices = 'no list'")

    shown = run_for_a_while(with_secrets, "Traceback")

    assert not leaks(shown, with_secrets.everything_printed())
