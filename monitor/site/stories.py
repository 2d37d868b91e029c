"""A published story → what the archive shows: headlines, sentences that met the rules, towns, counts. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from monitor.matching.matcher import Matcher
from monitor.models.articles import Article, Match
from monitor.models.site import Quote, Retracted, SiteStory, SiteTelling, SiteTopic, StoryBrief
from monitor.models.stories import Story, Telling
from monitor.storage.site.published import PublishedStory
from monitor.stories.quotes import quoted_spans
from monitor.text.languages.places import TOWNS, places

LONGEST_QUOTE = 400  # characters: a quotation, never an article
_LONGEST_TITLE = 300
_LEAD = 1_000  # leading characters of a text, which say what it is about and in which events are counted
_OPENING = 300  # leading characters of a text in which towns are looked for
_BEFORE_MARK = 100  # characters kept before the first word that met a rule when a sentence is too long
_BELIEVABLE = timedelta(days=7)  # the most between an outlet's own date and our post


def site_story(published: PublishedStory, counters: Matcher | None, *, brief: StoryBrief | None = None) -> SiteStory:
    """Return what the archive shows of a published story.

    `counters` matches the rules that only count (None: no such rules). A known `brief` is not made again.
    """
    story = published.story
    read = list(zip(story.tellings, published.seen_at, strict=True))
    read.sort(key=lambda one: one[0] is not story.lead)
    tellings = tuple(_telling(telling, seen_at) for telling, seen_at in read)
    return SiteStory(
        brief=brief or _brief(published, tellings, counters),
        tellings=tellings,
        looks=published.looks,
        post_url=published.post_url,
        follows=published.follows,
        followed_by=published.followed_by,
    )


def _telling(telling: Telling, seen_at: datetime) -> SiteTelling:
    article = telling.article
    matches = [match for topic in telling.verdict.topics for match in topic.matches]
    in_title = [match for match in matches if match.where == "title"]
    in_text = [match for match in matches if match.where == "text"]
    return SiteTelling(
        outlet=article.feed,
        url=article.url,
        headline=_quote(article.title, (0, len(article.title)), in_title, _LONGEST_TITLE),
        quotes=tuple(_quote(article.text, span, in_text, LONGEST_QUOTE) for span in quoted_spans(telling)),
        language=article.language,
        published_at=article.published_at,
        seen_at=seen_at,
        former_title=article.former_title[:_LONGEST_TITLE],
    )


def _quote(whole: str, span: tuple[int, int], matches: Sequence[Match], longest: int) -> Quote:
    """Return a sentence with its marks; if it is too long, the part around its first mark."""
    start, end = span
    first = min((match.start for match in matches if start <= match.start < end), default=start)
    if end - start > longest:
        start = max(start, min(first - _BEFORE_MARK, end - longest))
        end = min(end, start + longest)
    before, after = "…" * (start > span[0]), "…" * (end < span[1])
    shift = len(before) - start
    marks = {(match.start + shift, match.end + shift) for match in matches if start <= match.start < match.end <= end}
    return Quote(text=f"{before}{whole[start:end]}{after}", marks=_apart(sorted(marks)))


def _apart(marks: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return the marks in order; overlapping ones are merged."""
    kept: list[tuple[int, int]] = []
    for start, end in marks:
        if kept and start < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((start, end))
    return tuple(kept)


def _brief(published: PublishedStory, tellings: Sequence[SiteTelling], counters: Matcher | None) -> StoryBrief:
    story, lead, retracted = published.story, published.story.lead, _retracted(published.story)
    topics = dict.fromkeys(
        SiteTopic(id=topic.id, title=topic.title, hashtag=topic.hashtag)
        for telling in story.tellings
        for topic in telling.verdict.topics
    )
    return StoryBrief(
        id=story.id or 0,
        posted_at=published.posted_at,
        updated_at=max(at for at in (published.posted_at, story.updated_at, retracted and retracted.at) if at),
        title=tellings[0].headline.text or next((quote.text for quote in tellings[0].quotes), ""),
        outlets=tuple(dict.fromkeys(telling.outlet for telling in tellings)),
        languages=tuple(dict.fromkeys(telling.language for telling in tellings if telling.language)),
        topics=tuple(topics),
        places=tuple(sorted(_towns(lead.article))),
        counts=_counts(lead.article, counters),
        case=published.case,
        delay=_delay(lead.article.published_at, published.posted_at),
        first_quote=next((quote.text for quote in tellings[0].quotes), ""),
        retracted=retracted,
    )


def _retracted(story: Story) -> Retracted | None:
    """Return the retraction if the story's headline is struck: editors may have retracted only what was added later."""
    if story.retracted is None or story.lead.part not in story.struck:
        return None
    return Retracted(at=story.retracted.at, why=story.retracted.why)


def _towns(article: Article) -> frozenset[str]:
    said = f"{article.title}\n{article.text[:_OPENING]}"
    return places(said, kazakh=article.language == "kk") & TOWNS


def _counts(article: Article, counters: Matcher | None) -> tuple[str, ...]:
    holding = counters.holding(title=article.title, text=article.text[:_LEAD]) if counters else ()
    return tuple(dict.fromkeys(rule.name for rule in holding))


def _delay(published_at: datetime | None, posted_at: datetime) -> float | None:
    if published_at is None or not timedelta(0) <= posted_at - published_at <= _BELIEVABLE:
        return None
    return (posted_at - published_at).total_seconds()
