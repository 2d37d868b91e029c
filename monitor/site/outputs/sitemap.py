"""The sitemap for search engines (https://www.sitemaps.org/protocol.html): every page in its three languages."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Final, NamedTuple

from monitor.models.site import SiteAbout
from monitor.site.outputs.xml_writer import add, document, iri, rfc3339, root
from monitor.site.page import Page

MOST_ADDRESSES: Final = 45_000  # a document may have 50,000 and 50 MB: with their alternates these take 30 MB

EDITIONS: Final = {"ru": "", "kk": "kk/", "en": "en/"}  # a language of the site, and the folder of its pages

_SITEMAPS: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML: Final = "http://www.w3.org/1999/xhtml"


class SitePage(NamedTuple):
    """A page by its path in the Russian edition ("" is the front page), and when it last changed."""

    path: str
    updated_at: datetime | None = None


def sitemap(pages: Iterable[SitePage], about: SiteAbout) -> Iterator[Page]:
    """Yield one document named sitemap.xml, or several with their index; nothing when the archive has no address.

    Every page is taken to exist in every language; "index.html" is written as its folder's address.
    """
    if not about.address:
        return
    documents: list[list[SitePage]] = [[]]
    for page in pages:
        if (len(documents[-1]) + 1) * len(EDITIONS) > MOST_ADDRESSES:
            documents.append([])
        documents[-1].append(page)
    if len(documents) == 1:
        yield Page("sitemap.xml", _document(documents[0], about))
        return
    names = [f"sitemap-{number}.xml" for number in range(1, len(documents) + 1)]
    for name, some in zip(names, documents, strict=True):
        yield Page(name, _document(some, about))
    yield Page("sitemap.xml", _index(names, documents, about))


def _document(pages: Iterable[SitePage], about: SiteAbout) -> bytes:
    listed = root("urlset", xmlns=_SITEMAPS, xmlns__xhtml=_XHTML)
    for page in pages:
        path = "" if page.path == "index.html" else page.path.removesuffix("/index.html")
        editions = {code: iri(f"{about.address}{folder}{path}") for code, folder in EDITIONS.items()}
        for address in editions.values():
            url = add(listed, "url")
            add(url, "loc", address)
            if page.updated_at:
                add(url, "lastmod", rfc3339(page.updated_at))
            for code, other in chain(editions.items(), [("x-default", editions["ru"])]):
                add(url, "xhtml:link", rel="alternate", hreflang=code, href=other)
    return document(listed)


def _index(names: Iterable[str], documents: Iterable[list[SitePage]], about: SiteAbout) -> bytes:
    listed = root("sitemapindex", xmlns=_SITEMAPS)
    for name, pages in zip(names, documents, strict=True):
        one = add(listed, "sitemap")
        add(one, "loc", iri(about.address + name))
        if newest := max((page.updated_at for page in pages if page.updated_at), default=None):
            add(one, "lastmod", rfc3339(newest))
    return document(listed)
