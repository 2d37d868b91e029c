"""Everything that can go wrong by name. Nothing else may live here.

    MonitorError
    ├─ ConfigError(file, line, key)      a maintainer must edit a file (exit 2)
    │  └─ PortTaken                      another process listens there already
    ├─ SchemaError(found, expected)      the database is of another version: run `monitor migrate` (exit 3)
    ├─ DatabaseError(where)              the database cannot be opened or written (exit 4)
    │  └─ DatabaseLost                   its file was removed or replaced while somebody worked on it
    ├─ InstanceRunning(where)            another process holds this database (exit 5)
    ├─ EditError                         an edit of a maintainers' file is not saved (exit 2)
    │  ├─ EditConflict(found)            the file was changed meanwhile
    │  └─ EditRefused(problems)          what would be saved is not in order
    ├─ EditUnanswered                    the process that edits are tried in ended: perhaps saved, perhaps not
    ├─ QueryError                        a question to the search that cannot be understood (exit 2)
    ├─ EvidenceError                     a proof does not hold, or cannot be had: stamp, chain, bundle
    ├─ SiteError                         the public archive cannot be built
    ├─ FeedError(feed)                   one poll failed: recorded, backed off, never fatal, never final
    │  ├─ FetchError(kind, retry_after)
    │  └─ ParseError(kind)
    └─ DeliveryError
       ├─ NotAccepted(retry_after)       surely not posted: try again
       ├─ MaybeAccepted                  perhaps posted: the row becomes `uncertain`
       ├─ MessageRejected(reason)        Telegram says this message is malformed: kept, the next goes on
       ├─ MessageGone                    the message to edit was deleted, or may not be edited any more
       └─ ChannelClosed(reason)          token, rights or chat: pause, tell the operator, resume by itself

Expected absence (not modified, no text, no match) is a value, not an exception.
Messages a maintainer or operator reads are Russian; they say what happened, where, and what to do next.
"""

import copyreg
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any


class MonitorError(Exception):
    """The root of the tree; `exit_code` is what the command line ends with."""

    exit_code = 1

    def __reduce__(self) -> tuple[Any, ...]:
        """A pickle of it, for another process of ours: by its values, as constructors here want names."""
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined] # of pickle's protocol 2


class ConfigError(MonitorError):
    """A maintainer must edit a file. `str()` reads `file:line: key: what is wrong and what to write`.

    `line` counts from 1; 0 means that the place is the file (or the environment) as a whole.
    """

    exit_code = 2

    def __init__(self, message: str, *, file: str, line: int = 0, key: str = "") -> None:
        self.message, self.file, self.line, self.key = message, file, line, key
        place = f"{file}:{line}" if line else file
        super().__init__(": ".join(part for part in (place, key, message) if part))


class PortTaken(ConfigError):
    """Another process listens where this one should: perhaps a monitor that already does what is asked for."""


class SchemaError(MonitorError):
    """The tables are of another version of the product than the code."""

    exit_code = 3

    def __init__(self, *, found: str, expected: str) -> None:
        self.found, self.expected = found, expected
        advice = "Программа старее базы: обновите её" if found > expected else "Выполните: monitor migrate"
        lost = "" if found else " (если же в базе были данные, сначала верните копию: monitor restore)"
        super().__init__(f"База данных версии «{found or 'пустая'}», а нужна «{expected}». {advice}{lost}")


class DatabaseError(MonitorError):
    """The database cannot be opened or written; the message says what the operator must do."""

    exit_code = 4


class DatabaseLost(DatabaseError):
    """Its file was removed or replaced while a process worked on it: that process cannot go on by itself."""

    def __init__(self, file: object) -> None:
        super().__init__(
            f"Файл {file} удалён или подменён, пока монитор работал: записанное пропало бы, поэтому работа стоит. "
            "Остановите монитор, верните базу из копии (monitor restore) и запустите снова."
        )


class InstanceRunning(MonitorError):
    """Another process works on this database; two at once would post everything twice."""

    exit_code = 5


class EditError(MonitorError):
    """An edit of a maintainers' file is not saved: the message says why. The file is as it was."""

    exit_code = 2


class EditConflict(EditError):
    """Somebody changed the file meanwhile: `found` is what stands in it now."""

    def __init__(self, *, file: str, found: bytes) -> None:
        self.file, self.found = file, found
        super().__init__(f"{file}: файл изменился, пока вы правили. Посмотрите, что в нём теперь, и повторите правку")


class EditRefused(EditError):
    """What would be saved is not in order: `problems` are all that `monitor check` has against it."""

    def __init__(self, problems: Sequence[ConfigError]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, problems)))


class EditUnanswered(MonitorError):
    """The process that tries and saves edits ended instead of answering.

    What it was asked is done whole or not at all.
    """

    def __init__(self) -> None:
        super().__init__(
            "Процесс, который примеряет и сохраняет правки, оборвался: не хватило времени или памяти. Файл цел, но"
            " сохранена ли правка, неизвестно: откройте страницу заново и посмотрите"
        )


class QueryError(MonitorError):
    """What somebody looks for cannot be understood; the message says how to write it."""

    exit_code = 2


class EvidenceError(MonitorError):
    """What should prove something does not hold, or cannot be had: the message says where it breaks."""


class SiteError(MonitorError):
    """The public archive cannot be built: the message says what is in the way. What stood there stands there still."""


class FeedError(MonitorError):
    """One poll of one feed failed. It is recorded and backed off; it is never fatal and never final.

    `str()` begins with the feed's name; `message` is the rest.
    """

    def __init__(self, message: str, *, feed: str) -> None:
        self.feed, self.message = feed, message
        super().__init__(f"{feed}: {message}" if feed else message)


class FetchFailure(StrEnum):
    """Why one GET gave nothing (the kind of a FetchError). Each needs another remedy."""

    EMPTY = "empty"  # 200 and no body
    NOT_FOUND = "not_found"  # 404, 410
    FORBIDDEN = "forbidden"  # 401, 403, 451
    THROTTLED = "throttled"  # 429
    CLIENT = "client"  # any other 4xx
    SERVER = "server"  # 5xx
    TIMEOUT = "timeout"  # a phase or the whole took too long
    CONNECTION = "connection"  # DNS, refused, reset, broken protocol
    TLS = "tls"  # certificate
    TOO_LARGE = "too_large"  # on the wire or after decompression
    BLOCKED_ADDRESS = "blocked_address"  # the address is private: MONITOR_ALLOW_PRIVATE_ADDRESSES
    REDIRECTS = "redirects"  # too many, or to nowhere
    DETOUR = "detour"  # to the home page or another site: what was asked for is gone
    ROBOTS = "robots"  # robots.txt does not allow it
    CHALLENGE = "challenge"  # Cloudflare, DDoS-Guard, Qrator: named, never bypassed
    BAD_URL = "bad_url"  # not an http(s) address
    ENCODING = "encoding"  # the declared content-encoding does not decode


class FetchError(FeedError):
    """One GET gave nothing usable.

    `retry_after` is what the server asked for (capped by the fetcher), or None.
    """

    def __init__(
        self, message: str, *, feed: str = "", kind: FetchFailure, retry_after: timedelta | None = None
    ) -> None:
        self.kind, self.retry_after = kind, retry_after
        super().__init__(message, feed=feed)


class ParseFailure(StrEnum):
    """Why a body is not the feed it should be (the kind of a ParseError)."""

    HTML = "html"  # a web page stands where the feed was
    CHALLENGE = "challenge"  # a bot wall answered 200
    NOT_A_FEED = "not_a_feed"  # not what the stanza's kind says: neither RSS nor Atom, no sitemap
    OPML = "opml"  # a list of feeds
    NO_ENTRIES = "no_entries"  # a feed without entries that had some before
    MOJIBAKE = "mojibake"  # letters that no language has: the encoding is lost
    NO_MATCH = "no_match"  # a page of kind html on which the selectors (or the usual look) find no article
    NO_PREVIEW = "no_preview"  # a Telegram channel without public preview; of one that had entries: throttled
    NO_CHANNEL = "no_channel"  # nobody has this Telegram name
    THROTTLED = "throttled"  # Telegram has a preview of the channel and does not show it to us now
    TOO_HEAVY = "too_heavy"  # reading it took more time or memory than any document may


class ParseError(FeedError):
    """The body came, but it is not the feed it should be."""

    def __init__(self, message: str, *, feed: str = "", kind: ParseFailure) -> None:
        self.kind = kind
        super().__init__(message, feed=feed)


class DeliveryError(MonitorError):
    """One send or edit did not go through."""


class NotAccepted(DeliveryError):
    """Surely not posted: the connection never opened, 429, or another refusal below 500 in the Bot API's words.

    `retry_after` is Telegram's own wish (429) or None.
    """

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class MaybeAccepted(DeliveryError):
    """The request was written and no answer came, or one of 500 and above: Telegram may have posted it."""


class MessageRejected(DeliveryError):
    """Telegram says that this very message is malformed, or has to stay; to ask again cannot help."""


class MessageGone(DeliveryError):
    """The message to edit or to delete is not in the channel any more, or is not ours to edit."""


class ChannelClosed(DeliveryError):
    """Token, rights or chat are wrong. Dispatch to this chat pauses and tries again by itself.

    `migrated_to` is the new chat id when a group became a supergroup.
    """

    def __init__(self, message: str, *, migrated_to: int | None = None) -> None:
        self.migrated_to = migrated_to
        super().__init__(message)
