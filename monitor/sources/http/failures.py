"""Every way a GET can fail, named: exceptions, statuses and walls → FetchError that says what to do."""

import errno
import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta

import httpx

from monitor.errors import FetchError, FetchFailure
from monitor.sources.http.address_guard import BlockedAddress
from monitor.sources.http.client_settings import CredentialsInAddress, UnreadableCertificates
from monitor.sources.http.decompression import TooLarge, Undecodable
from monitor.sources.http.redirects import Detour

NAMED = (httpx.TransportError, httpx.InvalidURL, BlockedAddress, OSError, ValueError)  # what `for_error` has a name for
_LONGEST_DETAIL = 200  # characters of somebody else's words in a message

_STATUSES = {
    401: (FetchFailure.FORBIDDEN, "нужен вход (401): лента закрыта для чтения без пароля"),
    403: (FetchFailure.FORBIDDEN, "сервер отказал (403): он не пускает программы; нужен другой адрес ленты"),
    404: (FetchFailure.NOT_FOUND, "страницы нет (404): проверьте адрес"),
    410: (FetchFailure.NOT_FOUND, "страницу убрали насовсем (410): найдите новый адрес"),
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
    (UnreadableCertificates, FetchFailure.TLS, "файл сертификатов из ca_file не читается: {}"),
    (
        (httpx.TimeoutException, TimeoutError),
        FetchFailure.TIMEOUT,
        "сервер не ответил вовремя: обычно проходит само",
    ),
    (
        CredentialsInAddress,
        FetchFailure.BAD_URL,
        "в адресе имя или пароль, бот с ними никуда не ходит: нужен адрес без них",
    ),
    (
        (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError),
        FetchFailure.BAD_URL,
        "негодный адрес: нужен полный, например https://site.kz/rss",
    ),
)


_CHAIN = "сайт не прислал промежуточный сертификат, или его удостоверяющий центр нам неизвестен; "
_UNKNOWN_ISSUER = f"{_CHAIN}впишите недостающий сертификат (PEM) в ca_file этой ленты"
_CERTIFICATES = {  # by OpenSSL's number of the failed check; it stops at the first, 18 before 10
    10: "сертификат сайта просрочен: обычно его скоро меняют; проверьте и часы сервера",
    18: "сертификат подписан самим сайтом: если срок не вышел и сайту можно верить, впишите сертификат в ca_file ленты",
    19: _UNKNOWN_ISSUER,
    20: _UNKNOWN_ISSUER,
    21: _UNKNOWN_ISSUER,
    62: "сертификат выдан другому сайту: проверьте адрес",
    64: "сертификат выдан другому сайту: проверьте адрес",
}
_NO_TLS = "по этому адресу нет защищённого соединения: попробуйте http:// вместо https://"
_CUT_OFF = "сайт оборвал соединение: обычно проходит само"
_HANDSHAKES = {  # by OpenSSL's name of what went wrong
    "WRONG_VERSION_NUMBER": _NO_TLS,
    "HTTP_REQUEST": _NO_TLS,
    "RECORD_LAYER_FAILURE": _NO_TLS,
    "UNEXPECTED_EOF_WHILE_READING": _CUT_OFF,
}
_NO_NAME = "сайта с таким именем нет: проверьте, нет ли в адресе опечатки"
_NAME_SERVER = "имя сайта узнать не удалось: сервер имён (DNS) не ответил; обычно проходит само"
_NO_HTTP = "оттуда отвечает не сайт, или он оборвал ответ: если так и дальше, проверьте адрес"
_NO_WAY = "до сайта нет пути по сети: проверьте интернет на машине монитора и адрес"
_ERRNOS = {
    errno.ECONNREFUSED: "сайт не принимает соединений: проверьте адрес; если он верный, обычно проходит само",
    errno.ECONNRESET: _CUT_OFF,
    errno.EPIPE: _CUT_OFF,
    errno.ENETUNREACH: _NO_WAY,
    errno.EHOSTUNREACH: _NO_WAY,
}
_DETOURS = {
    Detour.HOME: (FetchFailure.DETOUR, "вместо неё открывается главная страница сайта: {}"),
    Detour.SITE: (FetchFailure.DETOUR, "вместо неё открывается другой сайт: {}"),
    Detour.LOGIN: (FetchFailure.FORBIDDEN, "вместо неё открывается страница входа: {}"),
}


def for_status(status: int, *, feed: str, retry_after: timedelta | None) -> FetchError:
    """The failure that a status other than success stands for."""
    kind, message = _STATUSES.get(status) or _of_class(status)
    return FetchError(message, feed=feed, kind=kind, retry_after=retry_after)


def _of_class(status: int) -> tuple[FetchFailure, str]:
    if status >= 500:
        return FetchFailure.SERVER, f"ошибка на сервере ({status}): обычно проходит сама"
    if status >= 400:
        return FetchFailure.CLIENT, f"сервер отверг запрос ({status}): проверьте адрес"
    return FetchFailure.REDIRECTS, f"неожиданный ответ сервера ({status}): проверьте адрес"


def for_wall(wall: str, *, feed: str, retry_after: timedelta | None) -> FetchError:
    """A bot wall stands before the site."""
    message = f"сайт закрыт проверкой {wall} и не пускает программы: нужен другой адрес или канал Telegram"
    return FetchError(message, feed=feed, kind=FetchFailure.CHALLENGE, retry_after=retry_after)


def for_detour(detour: Detour, url: str, *, feed: str, is_article: bool) -> FetchError:
    """Redirects led to `url`, which is not what was asked for."""
    kind, message = _DETOURS[detour]
    what = "страницы больше нет" if is_article else "ленты по этому адресу больше нет, найдите новый"
    return FetchError(f"{what}: {message.format(url[:_LONGEST_DETAIL])}", feed=feed, kind=kind)


def for_login(*, feed: str) -> FetchError:
    """200, and a page that asks for a password."""
    return FetchError("сайт просит войти: без пароля здесь ничего нет", feed=feed, kind=FetchFailure.FORBIDDEN)


def for_maintenance(*, feed: str, retry_after: timedelta | None) -> FetchError:
    """200, and a page that says to come later."""
    message = "на сайте технические работы: обычно проходит само"
    return FetchError(message, feed=feed, kind=FetchFailure.SERVER, retry_after=retry_after)


def for_backoff(left: timedelta, *, feed: str) -> FetchError:
    """The host asked for a pause a moment ago and was not asked again; `left` of it remains."""
    message = "сайт недавно просил подождать, поэтому запрос отложен"
    return FetchError(message, feed=feed, kind=FetchFailure.THROTTLED, retry_after=left)


def for_error(error: Exception, *, feed: str) -> FetchError:
    """The failure behind an exception of the network, of TLS, of an address or of a body."""
    kind, message = _named(error)
    return FetchError(message, feed=feed, kind=kind)


def _named(error: Exception) -> tuple[FetchFailure, str]:
    for types, kind, message in _ERRORS:
        if isinstance(error, types):
            return kind, message.format(_short(error))
    causes = tuple(_causes(error))
    if refused := next((one for one in causes if isinstance(one, ssl.SSLError)), None):
        return FetchFailure.TLS, _refused_tls(refused)
    said = next((said for cause in causes if (said := _connection(cause))), "")
    return FetchFailure.CONNECTION, said or f"соединение не удалось: {_short(error) or type(error).__name__}"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _connection(error: BaseException) -> str:
    """Why there was none; "" when this does not tell it."""
    if isinstance(error, socket.gaierror):
        return _NAME_SERVER if error.errno == socket.EAI_AGAIN else _NO_NAME
    if isinstance(error, httpx.ProxyError):
        return f"прокси не соединил с сайтом ({_short(error)}): проверьте proxy этой ленты или MONITOR_PROXY"
    if isinstance(error, httpx.RemoteProtocolError):
        return _NO_HTTP
    return _ERRNOS.get(error.errno or 0, "") if isinstance(error, OSError) else ""


def _refused_tls(error: ssl.SSLError) -> str:
    code = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else 0
    if said := _CERTIFICATES.get(code) or _HANDSHAKES.get(error.reason or ""):
        return said
    return f"сертификат или защищённое соединение не приняты ({_short(error)})"


def _short(error: BaseException) -> str:
    return str(error)[:_LONGEST_DETAIL]
