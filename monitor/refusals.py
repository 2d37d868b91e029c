"""Every way a GET can fail, named: exceptions, statuses and walls → FetchError that says what to do."""

import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from monitor.addresses import BlockedAddress
from monitor.decompression import TooLarge, Undecodable
from monitor.errors import FetchError, FetchFailure

_LONGEST_WAIT = timedelta(hours=24)  # what a server may ask for
_LONGEST_DETAIL = 200  # characters of somebody else's words in a message

_STATUSES = {
    401: (FetchFailure.FORBIDDEN, "нужен вход (401): лента закрыта для чтения без пароля"),
    403: (FetchFailure.FORBIDDEN, "сервер отказал (403): он не пускает программы; нужен другой адрес ленты"),
    404: (FetchFailure.NOT_FOUND, "страницы нет (404): проверьте адрес в feeds.yaml"),
    410: (FetchFailure.NOT_FOUND, "страницу убрали насовсем (410): найдите новый адрес для feeds.yaml"),
    429: (FetchFailure.THROTTLED, "слишком частые запросы (429): сервер просит подождать"),
    451: (FetchFailure.FORBIDDEN, "закрыто по требованию властей (451): нужен прокси (MONITOR_PROXY) или другой адрес"),
}

_ERRORS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], FetchFailure, str], ...] = (
    (
        BlockedAddress,
        FetchFailure.BLOCKED_ADDRESS,
        "адрес ведёт во внутреннюю сеть ({}), это запрещено; если сервер ваш: MONITOR_ALLOW_PRIVATE_ADDRESSES=true",
    ),
    (TooLarge, FetchFailure.TOO_LARGE, "ответ больше допустимого размера: похоже, это не лента и не статья"),
    (Undecodable, FetchFailure.ENCODING, "сжатие ответа испорчено: {}"),
    (
        (httpx.TimeoutException, TimeoutError),
        FetchFailure.TIMEOUT,
        "сервер не ответил вовремя: обычно проходит само",
    ),
    (
        (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError),
        FetchFailure.BAD_URL,
        "негодный адрес: {}",
    ),
)


def of_status(status: int, *, feed: str, retry_after: timedelta | None) -> FetchError:
    """The failure that a status other than success stands for."""
    kind, message = _STATUSES.get(status) or _of_class(status)
    return FetchError(message, feed=feed, kind=kind, retry_after=retry_after)


def _of_class(status: int) -> tuple[FetchFailure, str]:
    if status >= 500:
        return FetchFailure.SERVER, f"ошибка на сервере ({status}): обычно проходит сама"
    if status >= 400:
        return FetchFailure.CLIENT, f"сервер отверг запрос ({status}): проверьте адрес в feeds.yaml"
    return FetchFailure.REDIRECTS, f"неожиданный ответ сервера ({status}): проверьте адрес в feeds.yaml"


def of_wall(wall: str, *, feed: str, retry_after: timedelta | None) -> FetchError:
    """A bot wall stands before the site."""
    message = f"сайт закрыт проверкой {wall} и не пускает программы: нужен другой адрес или канал Telegram"
    return FetchError(message, feed=feed, kind=FetchFailure.CHALLENGE, retry_after=retry_after)


def of_error(error: Exception, *, feed: str) -> FetchError:
    """The failure behind an exception of the network, of TLS, of an address or of a body."""
    kind, message = _named(error)
    return FetchError(message, feed=feed, kind=kind)


def _named(error: Exception) -> tuple[FetchFailure, str]:
    for types, kind, message in _ERRORS:
        if isinstance(error, types):
            return kind, message.format(_short(error))
    if refused := _tls_error(error):
        return FetchFailure.TLS, f"сертификат или защищённое соединение не приняты: {_short(refused)}"
    return FetchFailure.CONNECTION, f"соединение не удалось: {_short(error) or type(error).__name__}"


def _tls_error(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _short(error: BaseException) -> str:
    return str(error)[:_LONGEST_DETAIL]


def retry_after(written: str, now: datetime) -> timedelta | None:
    """What a Retry-After header asks for: seconds or an HTTP date (RFC 9110, 10.2.3); at most a day, None if unread."""
    if written.isascii() and written.isdigit():
        return min(timedelta(seconds=int(written[:9])), _LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(written)
    except ValueError:
        return None
    wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return max(timedelta(0), min(wait, _LONGEST_WAIT))
