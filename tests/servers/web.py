"""A news site on loopback: pages and feeds to serve, faults to script, requests to look at; builders of feeds.

Nothing here knows how the monitor reads what it gets.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from html import escape

from tests.servers.faults import Fault, Script
from tests.servers.loopback import Exchange, Hold, LoopbackServer, Request, Response

RSS_TYPE = "application/rss+xml; charset=utf-8"
PAGE_TYPE = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What stands at a path."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def answer(self, request: Request) -> Response:
        """The whole, or 304 when the client's validators still hold."""
        if self.status == 200 and self._unchanged(request):
            validators = {k: v for k, v in self.headers.items() if k in ("etag", "last-modified")}
            return Response(status=304, headers=validators)
        return Response(status=self.status, headers=self.headers, body=self.body)

    def _unchanged(self, request: Request) -> bool:
        known, since = (request.headers.get(name) for name in ("if-none-match", "if-modified-since"))
        if known is not None:  # RFC 9110 §13.1.3: If-Modified-Since is ignored beside it
            return "etag" in self.headers and _names(known, self.headers["etag"])
        return bool(since) and "last-modified" in self.headers and _reaches(since, self.headers["last-modified"])


def _names(known: str, etag: str) -> bool:
    tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
    return "*" in tags or etag.removeprefix("W/") in tags


def _reaches(since: str | None, modified: str) -> bool:
    try:
        return parsedate_to_datetime(since or "") >= parsedate_to_datetime(modified)
    except ValueError:
        return False


_MISSING = Resource(status=404, headers={"content-type": PAGE_TYPE}, body=b"<h1>404</h1>")


class WebServer(LoopbackServer):
    """Serves what was put at each path. A path may carry a query; without one it answers to any query.

    Every method may be called from any thread, also while requests are under way.
    """

    def __init__(self, *, port: int = 0) -> None:
        super().__init__(port=port)
        self._resources: dict[str, Resource] = {}
        self._script = Script()
        self._holds: dict[str, Hold] = {}
        self._requests: list[Request] = []

    def serve(
        self,
        path: str,
        body: str | bytes,
        *,
        content_type: str = RSS_TYPE,
        etag: str | None = None,
        last_modified: datetime | str | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Put a document at a path, replacing what stood there; returns its full address.

        `etag` goes out verbatim, "auto" makes one of the body. A body of text goes out as UTF-8.
        """
        content = body.encode() if isinstance(body, str) else body
        named = {"content-type": content_type} | {k.lower(): v for k, v in (headers or {}).items()}
        if etag is not None:
            named["etag"] = f'"{hashlib.sha256(content).hexdigest()[:16]}"' if etag == "auto" else etag
        if last_modified is not None:
            named["last-modified"] = _http_date(last_modified)
        return self._put(path, Resource(body=content, status=status, headers=named))

    def redirect(self, path: str, to: str, status: int = 302) -> str:
        """Send visitors of a path elsewhere (`to` goes out verbatim); returns the full address of the path."""
        return self._put(path, Resource(status=status, headers={"location": to}, body=b""))

    def remove(self, path: str) -> None:
        """404 from now on."""
        with self.changed:
            self._resources.pop(path, None)

    def fail(self, path: str, fault: Fault, *, times: int | None = None) -> None:
        """Queue a fault: it spoils the next `times` answers of the path, or all until `mend` when None."""
        with self.changed:
            self._script.add(path, fault, times)

    def mend(self, path: str) -> None:
        """Forget the faults of a path."""
        with self.changed:
            self._script.forget(path)

    def hold(self, path: str) -> Hold:
        """Requests to the path wait until the hold is released; it may stand before the request comes."""
        with self.changed:
            self._holds[path] = hold = self._hold()
        return hold

    @property
    def requests(self) -> list[Request]:
        """Every request so far, in the order of arrival."""
        with self.changed:
            return list(self._requests)

    def count(self, path: str) -> int:
        """How many requests came to a path, with any query."""
        return sum(request.path == path for request in self.requests)

    async def answer(self, exchange: Exchange) -> None:
        """Record, wait, spoil or serve."""
        request = exchange.request
        with self.changed:
            self._requests.append(request)
            hold = self._holds.get(request.path)
        self.notice()
        if hold:
            await hold.wait(exchange)
        with self.changed:
            fault = self._script.next(request.path)
            resource = self._resource(request)
        if fault:
            await fault(exchange, lambda: resource.answer(request))
        else:
            await exchange.send(resource.answer(request))

    def _put(self, path: str, resource: Resource) -> str:
        with self.changed:
            self._resources[path] = resource
        return self.url + path

    def _resource(self, request: Request) -> Resource:
        with_query = f"{request.path}?{request.query}"
        return self._resources.get(with_query) or self._resources.get(request.path) or _MISSING


def _http_date(moment: datetime | str) -> str:
    return moment if isinstance(moment, str) else format_datetime(moment.astimezone(UTC), usegmt=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a feed to build; texts are plain, except that `content` is HTML."""

    title: str
    link: str
    guid: str | None = None
    description: str = ""
    content: str = ""
    published: datetime | None = None


def rss(items: Iterable[Item], *, title: str = "Лента новостей", encoding: str = "utf-8") -> bytes:
    """An RSS 2.0 document; letters that the encoding lacks become numeric entities."""
    inner = "".join(_rss_item(item) for item in items)
    document = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{escape(title)}</title><link>http://news.example/</link>{inner}</channel></rss>"
    )
    return document.encode(encoding, "xmlcharrefreplace")


def _rss_item(item: Item) -> str:
    fields = {
        "title": item.title,
        "link": item.link,
        'guid isPermaLink="false"': item.guid,
        "description": item.description,
        "content:encoded": item.content,
        "pubDate": format_datetime(item.published) if item.published else None,
    }
    return f"<item>{_elements(fields)}</item>\n"


def atom(items: Iterable[Item], *, title: str = "Лента новостей") -> bytes:
    """An Atom 1.0 document."""
    inner = "".join(_atom_entry(item) for item in items)
    head = '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
    return f"{head}<title>{escape(title)}</title><id>urn:feed</id>{inner}</feed>".encode()


def _atom_entry(item: Item) -> str:
    fields = {
        "title": item.title,
        "id": item.guid,
        "summary": item.description,
        'content type="html"': item.content,
        "published": item.published.isoformat() if item.published else None,
    }
    return f'<entry><link href="{escape(item.link)}"/>{_elements(fields)}</entry>\n'


def _elements(fields: Mapping[str, str | None]) -> str:
    return "".join(f"<{tag}>{escape(text)}</{tag.split()[0]}>" for tag, text in fields.items() if text)


def page(title: str, paragraphs: Iterable[str], published: datetime | None = None) -> str:
    """A plain news page: the article among a menu, other headlines and a footer."""
    stamp = published.isoformat() if published else ""
    dated = f'<meta property="article:published_time" content="{stamp}">' if stamp else ""
    timed = f'<time datetime="{stamp}">{stamp[:10]}</time>' if stamp else ""
    text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return (
        f'<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>{escape(title)} | Вести</title>'
        f'<meta property="og:title" content="{escape(title)}">{dated}</head><body>'
        '<header><nav><a href="/">Главная</a> <a href="/sport">Спорт</a> <a href="/ads">Реклама</a></nav></header>'
        f"<main><article><h1>{escape(title)}</h1>{timed}{text}</article></main>"
        '<aside><h3>Читайте также</h3><ul><li><a href="/1">Погода на выходные</a></li>'
        '<li><a href="/2">Курс тенге к доллару</a></li></ul></aside>'
        "<footer>© Вести. Перепечатка только со ссылкой на сайт. Телефон редакции: 000-00-00</footer></body></html>"
    )
