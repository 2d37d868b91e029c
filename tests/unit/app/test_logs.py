import io
import json
import logging
import sys
import threading
from typing import Literal

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.app.logs import HIDDEN, Redactor, configure
from tests.harness.terminals import DRIVES, HOSTILE

TOKEN = "123456789:AAE-made-up-for-this-test-0000000"


@pytest.fixture(autouse=True)
def restored_logging() -> object:
    root, hook, thread_hook = logging.getLogger(), sys.excepthook, threading.excepthook
    handlers, level = root.handlers, root.level
    yield
    root.handlers, sys.excepthook, threading.excepthook = handlers, hook, thread_hook
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize(
    "text", [TOKEN, f"https://api.example/bot{TOKEN}/getMe", "987654321:BBF_another-token-of-a-bot"]
)
def test_anything_shaped_like_a_token_is_hidden(text: str) -> None:
    shown = Redactor()(f"before {text} after")

    assert "made-up" not in shown
    assert "another-token" not in shown
    assert HIDDEN in shown
    assert shown.startswith("before ")
    assert shown.endswith(" after")


def test_known_secrets_are_hidden_wherever_they_stand() -> None:
    assert Redactor(["hush"])("password=hush; hush-hush") == f"password={HIDDEN}; {HIDDEN}-{HIDDEN}"


def test_passwords_in_addresses_are_hidden_and_the_rest_stays() -> None:
    assert Redactor()("socks5://user:p4ss@host:1080") == f"socks5://user:{HIDDEN}@host:1080"


def test_a_password_among_the_parameters_of_an_address_is_hidden() -> None:
    shown = Redactor()("postgresql://host/base?password=p4ss&connect_timeout=3 is away")

    assert shown == f"postgresql://host/base?password={HIDDEN}&connect_timeout=3 is away"


def test_a_thread_nobody_watched_is_redacted_too() -> None:
    stream = io.StringIO()
    configure(form="text", secrets=["hush"], stream=stream)

    thread = threading.Thread(target=int, args=("hush",))
    thread.start()
    thread.join()

    assert "ValueError" in stream.getvalue()
    assert "hush" not in stream.getvalue()


def test_ordinary_text_is_left_alone() -> None:
    text = "12:30 https://news.example/a?id=1:2 запись 123456:789"

    assert Redactor()(text) == text


def test_json_lines_of_ours_and_of_libraries_alike() -> None:
    stream = io.StringIO()
    configure(form="json", secrets=[TOKEN], stream=stream)

    structlog.get_logger().info("polled", action="poll", feed="Лента")
    logging.getLogger("some.library").warning("calls %s", f"/bot{TOKEN}/getMe")

    ours, theirs = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (ours["event"], ours["feed"], ours["level"]) == ("polled", "Лента", "info")
    assert theirs["event"] == f"calls /bot{HIDDEN}/getMe"


def test_a_traceback_carries_no_secret() -> None:
    stream = io.StringIO()
    configure(form="text", secrets=["hush"], stream=stream)

    error = RuntimeError(f"could not open https://api.example/bot{TOKEN}/x with hush")
    structlog.get_logger().error("the job failed", exc_info=error)

    assert "RuntimeError" in stream.getvalue()
    assert TOKEN not in stream.getvalue()
    assert "hush" not in stream.getvalue()


def test_an_error_nobody_caught_is_redacted_too() -> None:
    stream = io.StringIO()
    configure(form="text", secrets=[], stream=stream)

    sys.excepthook(RuntimeError, RuntimeError(f"bot{TOKEN}"), None)

    assert "RuntimeError" in stream.getvalue()
    assert TOKEN not in stream.getvalue()


def test_the_libraries_that_print_addresses_are_quiet() -> None:
    configure(form="text", secrets=[], stream=io.StringIO())

    assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)


def fail(words: str) -> None:
    raise LookupError(words) from ValueError(words)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40) | st.just(HOSTILE))
@pytest.mark.parametrize("form", ["text", "json"])
def test_no_log_line_drives_a_terminal(form: Literal["text", "json"], outside: str) -> None:
    stream = io.StringIO()
    configure(form=form, secrets=["hush"], stream=stream)

    structlog.get_logger().warning(outside, feed=outside, error=repr(outside), count=1, many=[outside])
    logging.getLogger("some.library").warning("answers %s", outside)
    try:
        fail(outside)
    except LookupError as error:
        structlog.get_logger().exception("broke", feed=outside)
        sys.excepthook(type(error), error, error.__traceback__)

    assert not DRIVES.search(stream.getvalue())
    if form == "json":
        first = json.loads(stream.getvalue().split("\n")[0])
        assert (first["feed"], first["many"]) == (outside, [outside]) or not outside.isprintable()
