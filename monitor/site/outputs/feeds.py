"""Feeds of the archive, Atom 1.0 and JSON Feed 1.1: all stories, each topic, each case, each language of the news.

`plans` says which feeds there are and which stories each holds; `pages` writes one of them. An entry shows the
sentences that met the rules, never an article.

Ids are UUIDs made of a story's number and the instant at which the channel showed it. Feed readers know an entry by its
id and would show everything as new if ids changed with the archive's address. A `tag:` URI needs a domain that its
maker owns, and an archive may be published before it has one.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from monitor.models.site import Quote, SiteAbout, SiteCase, SiteStory, SiteTelling, StoryBrief
from monitor.site.outputs.xml_writer import add, document, iri, rfc3339, root, writable
from monitor.site.page import SITE_NAME, Page, story_path
from monitor.text.telegram_html import Html, join, line, link, tag, text
from monitor.text.unicode import cut

MOST_ENTRIES: Final = 50

_NAMESPACE: Final = UUID("6f2d8f5c-6f0e-4a39-9d0b-3b6f0c1f6a10")  # ours: the ids of this product are made in it
_ATOM: Final = "http://www.w3.org/2005/Atom"
_JSON_FEED: Final = "https://jsonfeed.org/version/1.1"
_LANGUAGES: Final = {"ru": "на русском", "kk": "на казахском"}
_TITLE_UNITS, _QUOTE_UNITS, _NAME_UNITS = 300, 600, 80
_OUTLETS, _QUOTES = 6, 3
_ZONE: Final = "Asia/Almaty"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPlan:
    """A feed before it is written: its path without the ending, its title, and its stories, the newest first."""

    path: str
    title: str
    stories: tuple[int, ...]


def plans(briefs: Iterable[StoryBrief], cases: Iterable[SiteCase], about: SiteAbout) -> tuple[FeedPlan, ...]:
    """Return every feed of the archive. A topic or case without stories has one too: people may be subscribed to it."""
    titles = {"feeds/all": "", **{f"feeds/lang-{code}": name for code, name in _LANGUAGES.items()}}
    titles |= {f"feeds/topic-{topic.id}": topic.title for topic in about.topics}
    titles |= {f"feeds/case-{case.id}": case.title for case in cases}
    held: dict[str, dict[int, None]] = {path: {} for path in titles}
    for brief in sorted(briefs, key=lambda brief: (brief.posted_at, brief.id), reverse=True):
        for path, title in _places(brief).items():
            titles.setdefault(path, title)
            stories = held.setdefault(path, {})
            if len(stories) < MOST_ENTRIES:
                stories[brief.id] = None
    return tuple(FeedPlan(path=path, title=_title(titles[path]), stories=tuple(held[path])) for path in sorted(held))


def pages(plan: FeedPlan, stories: Mapping[int, SiteStory], about: SiteAbout) -> tuple[Page, Page]:
    """Return a feed as Atom and as JSON Feed. Stories missing from `stories` were taken down: they are left out."""
    entries = [stories[number] for number in plan.stories if number in stories]
    atom, json_feed = f"{plan.path}.atom", f"{plan.path}.json"
    return Page(atom, _atom(plan, entries, about, atom)), Page(json_feed, _json(plan, entries, about, json_feed))


def story_id(brief: StoryBrief) -> str:
    """Return a story's permanent id in feeds, independent of the archive's address."""
    return _urn(f"{brief.id} {brief.posted_at.astimezone(UTC).isoformat(timespec='microseconds')}")


def _places(brief: StoryBrief) -> dict[str, str]:
    """Return the paths of the feeds that a story is in, with titles for those that are named nowhere else."""
    topics = {f"feeds/topic-{topic.id}": topic.title for topic in brief.topics}
    case = {f"feeds/case-{brief.case}": f"Дело {brief.case}"} if brief.case is not None else {}
    return {"feeds/all": ""} | topics | case | {f"feeds/lang-{code}": "" for code in brief.languages}


def _title(about: str) -> str:
    return f"{SITE_NAME}: {line(about, _TITLE_UNITS)}" if about else SITE_NAME


def _urn(what: str) -> str:
    return uuid5(_NAMESPACE, what).urn


def _feed_id(plan: FeedPlan, about: SiteAbout) -> str:
    """Return a stable URN built from the feed's path and the archive's start time."""
    return _urn(f"{plan.path} {about.since.astimezone(UTC).isoformat() if about.since else ''}")


# ── the two forms ──────────────────────────────────────────────────────────────────────────────


def _atom(plan: FeedPlan, stories: Sequence[SiteStory], about: SiteAbout, path: str) -> bytes:
    """Return the Atom document. Without an address of the archive, links are relative to the folder above the feed."""
    feed = root("feed", xmlns=_ATOM, xml__lang="ru", **({} if about.address else {"xml__base": "../"}))
    add(feed, "id", _feed_id(plan, about))
    add(feed, "title", plan.title)
    add(feed, "updated", rfc3339(_newest(stories, about)))
    add(feed, "link", rel="self", type="application/atom+xml", href=about.address + path)
    add(feed, "link", rel="alternate", type="text/html", href=about.address + "index.html")
    author = add(feed, "author")
    add(author, "name", SITE_NAME)
    if channel := iri(about.channel):
        add(author, "uri", channel)
    for story in stories:
        _atom_entry(add(feed, "entry"), story, about)
    return document(feed)


def _atom_entry(entry: Any, story: SiteStory, about: SiteAbout) -> None:
    brief = story.brief
    add(entry, "id", story_id(brief))
    add(entry, "title", _headline(brief), xml__lang=_language(story))
    add(entry, "published", rfc3339(brief.posted_at))
    add(entry, "updated", rfc3339(_updated(brief)))
    add(entry, "link", rel="alternate", type="text/html", href=about.address + story_path(brief.id))
    for telling in _one_an_outlet(story):
        if article := iri(telling.url):
            add(entry, "link", rel="related", type="text/html", href=article, title=_name(telling.outlet))
    for outlet in brief.outlets[:_OUTLETS]:
        add(add(entry, "author"), "name", _name(outlet) or SITE_NAME)
    if brief.retracted:
        add(entry, "category", term="retracted", label="Опровергнуто")
    for topic in brief.topics:
        add(entry, "category", term=topic.id, label=line(topic.title, _TITLE_UNITS))
    add(entry, "content", _content(story), type="html", xml__lang=_language(story))


def _json(plan: FeedPlan, stories: Sequence[SiteStory], about: SiteAbout, path: str) -> bytes:
    """Return the JSON Feed. Without an address of the archive the feed's own addresses are left out."""
    head: dict[str, Any] = {"version": _JSON_FEED, "title": plan.title, "language": "ru"}
    if about.address:
        head |= {"home_page_url": about.address, "feed_url": about.address + path}
    channel = iri(about.channel)
    head["authors"] = [{"name": SITE_NAME, **({"url": channel} if channel else {})}]
    items = [_json_item(story, about) for story in stories]
    return json.dumps(head | {"items": items}, ensure_ascii=False, indent=1).encode() + b"\n"


def _json_item(story: SiteStory, about: SiteAbout) -> dict[str, Any]:
    brief = story.brief
    article = iri(story.tellings[0].url) if story.tellings else ""
    return {
        "id": story_id(brief),
        "url": f"{about.address or '../'}{story_path(brief.id)}",
        **({"external_url": article} if article else {}),
        "title": writable(_headline(brief)),
        "content_html": writable(_content(story)),
        "date_published": rfc3339(brief.posted_at),
        "date_modified": rfc3339(_updated(brief)),
        "authors": [{"name": _name(outlet) or SITE_NAME} for outlet in brief.outlets[:_OUTLETS]],
        "tags": [line(topic.title, _TITLE_UNITS) for topic in brief.topics],
        "language": _language(story) or "ru",
        **_extension(brief),
    }


def _extension(brief: StoryBrief) -> dict[str, Any]:
    """Return the retraction as an extension field, whose name begins with «_»; {} when the story stands."""
    if brief.retracted is None:
        return {}
    return {"_retracted": {"at": rfc3339(brief.retracted.at), "why": writable(brief.retracted.why)}}


# ── the parts of an entry ──────────────────────────────────────────────────────────────────────


def _content(story: SiteStory) -> Html:
    """Return the HTML of an entry. Marked words are bold, because feed readers drop `<mark>`."""
    parts = []
    if retracted := story.brief.retracted:
        since = f"Опровергнуто {retracted.at.astimezone(ZoneInfo(_ZONE)):%d.%m.%Y}:"
        parts.append(_paragraph(join(" ", (tag("b", text(since)), text(line(retracted.why, _QUOTE_UNITS))))))
    if story.tellings:
        lead = story.tellings[0]
        parts += [tag("blockquote", _marked(quote)) for quote in lead.quotes[:_QUOTES]]
        source = text(", ".join(filter(None, (_name(lead.outlet), _time(lead.published_at)))))
        parts.append(_paragraph(source))
    if others := [link(_name(telling.outlet), iri(telling.url)) for telling in _one_an_outlet(story)[1:]]:
        parts.append(_paragraph(join("", (text("Также пишут: "), join(" · ", others)))))
    return join("\n", parts)


def _paragraph(inner: Html) -> Html:
    return Html(f"<p>{inner}</p>")


def _marked(quote: Quote) -> Html:
    shown = cut(quote.text, _QUOTE_UNITS)
    whole = len(shown) if shown == quote.text else len(shown.rstrip("… "))
    pieces, at = list[Html](), 0
    for start, end in sorted(quote.marks):
        if at <= start < end <= whole:
            pieces += [text(shown[at:start]), tag("b", text(shown[start:end]))]
            at = end
    return join("", [*pieces, text(shown[at:])])


def _one_an_outlet(story: SiteStory) -> list[SiteTelling]:
    """Return the first telling of each outlet; the outlet that the post shows comes first."""
    first: dict[str, SiteTelling] = {}
    for telling in story.tellings:
        first.setdefault(telling.outlet, telling)
    return list(first.values())[: _OUTLETS + 1]


def _headline(brief: StoryBrief) -> str:
    headline = line(brief.title, _TITLE_UNITS) or f"Новость {brief.id}"
    return f"Опровергнуто: {headline}" if brief.retracted else headline


def _name(outlet: str) -> str:
    return line(outlet, _NAME_UNITS)


def _language(story: SiteStory) -> str:
    """Return the language of the title and quotes where it is not the feed's: "kk", else ""."""
    return "kk" if story.tellings and story.tellings[0].language == "kk" else ""


def _time(at: datetime | None) -> str:
    return f"{at.astimezone(ZoneInfo(_ZONE)):%d.%m.%Y, %H:%M} (Алматы)" if at else ""


def _updated(brief: StoryBrief) -> datetime:
    return max(brief.posted_at, brief.updated_at)


def _newest(stories: Iterable[SiteStory], about: SiteAbout) -> datetime:
    """Return when the feed last changed; for an empty one, the archive's start."""
    beginning = about.since or datetime(1970, 1, 1, tzinfo=UTC)
    return max((_updated(story.brief) for story in stories), default=beginning)
