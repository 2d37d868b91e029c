"""How the product logs: one line an event, secrets out, controls visible. Commands configure it; the core never logs.

A secret is removed three times over: the settings' own secrets literally, anything shaped like a bot
token, and passwords inside addresses. httpx and python-telegram-bot log full URLs (the Bot API carries the
token in its path), so they speak only from WARNING up.
"""

import logging
import re
import sys
import threading
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, Literal, TextIO, cast

import structlog

from monitor.text.visible_stream import VisibleStream

# No word boundary before the number: the Bot API writes it as /bot<token>/.
_TOKEN = re.compile(r"(?<!\d)\d{5,}:[A-Za-z0-9_-]{20,}")
_PASSWORD = re.compile(r"(?<=://)([^/\s:@]*):(?!пароль@)[^/\s@]+@")  # an example of ours hides nothing
_PARAMETER = re.compile(r"(?<=[?&])(password|passfile|token)=[^&\s]+", re.IGNORECASE)
HIDDEN = "[скрыто]"


class Redactor:
    """Removes secrets from a text."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # Longest first: a secret that contains another one must not leave its tail.
        self._secrets = sorted((secret for secret in secrets if secret), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """The text with `HIDDEN` in the place of every secret."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        text = _PARAMETER.sub(rf"\1={HIDDEN}", _TOKEN.sub(HIDDEN, text))
        return _PASSWORD.sub(rf"\1:{HIDDEN}@", text)


def configure(*, form: Literal["text", "json"], secrets: Sequence[str], stream: TextIO | None = None) -> None:
    """Send every log line, ours and the libraries', to `stream` (stderr) in one form.

    Whatever a formatter forgets, no line has a secret or drives the terminal that reads it.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last = structlog.processors.JSONRenderer(ensure_ascii=False) if form == "json" else _console()
    handler = logging.StreamHandler(cast("TextIO", VisibleStream(stream or sys.stderr, Redactor(secrets))))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for noisy in ("httpx", "httpcore", "telegram", "apscheduler", "alembic", "pymorphy3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    sys.excepthook = _redacted_excepthook
    threading.excepthook = _redacted_thread_excepthook


def _console() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)


def _redacted_excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger("monitor").critical("unexpected error", exc_info=(kind, error, trace))


def _redacted_thread_excepthook(args: threading.ExceptHookArgs) -> None:
    if args.exc_value:
        _redacted_excepthook(args.exc_type, args.exc_value, args.exc_traceback)
