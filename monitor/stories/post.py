"""A story as the post that a subscriber reads on a locked phone and forwards: Telegram HTML.

    ● Экстрадиция: арест · Казахстан → Россия
    **Headline, linked to the article**
    Заголовок изменён, прежний: «The headline before the outlet changed it»
    Что: выдача · Куда: в Россию
    > The sentence that says the new thing, as the outlet wrote it.
    > The second and the third, folded away.
    Медиазона · 14:05 · дело · архив
    Ещё пишут: Медуза · Азаттық (қаз.) и ещё 2
    #экстрадиция #розыск #Казахстан

Our own words are in the destination's language (post_texts.py). The HTML is valid by construction
(text/telegram_html.py), and each line has its own limit in UTF-16 units, so that the whole stays below Telegram's 4096.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from monitor.models.articles import Article, FactKind, Match, Tier, TopicVerdict
from monitor.models.channels import Destination, Tongue
from monitor.models.stories import Story, Telling
from monitor.stories.claims.certainty import Certainty
from monitor.stories.claims.stance import stance
from monitor.stories.destinations import wants
from monitor.stories.fact_line import fact_line
from monitor.stories.first_line import first_line
from monitor.stories.post_texts import TEXTS, in_language, moment
from monitor.stories.quotes import bare, shown_spans, text_matches
from monitor.text.telegram_html import (
    SLOT,
    Html,
    join,
    line,
    link,
    link_below,
    marked_line,
    tag,
    text,
    visible_text,
    wrap_link,
)
from monitor.text.unicode import utf16_length

_Span = tuple[int, int]

STORY_NUMBER: Final = SLOT
"""Placeholder for the number of a story that is not recorded yet; storage/outbox/deliveries.py replaces it."""

_HERE: Final = "казахстан"

# UTF-16 units, or counts. The worst sum is below 3,800.
_HASHTAGS, _HASHTAG_UNITS = 6, 50
_HEADLINE_UNITS: Final = 300
_FACTS_UNITS: Final = 200
_SENTENCE_UNITS: Final = 400
_BEFORE_MATCH: Final = 150  # characters of an overlong sentence kept before its first match
_OUTLETS, _OUTLET_UNITS = 6, 80


def render(story: Story, part: int, *, to: Destination, now: datetime, marked: bool = False) -> Html:
    """Render a part of a story as Telegram HTML: at most 4096 UTF-16 units after parsing, usually well below 1200.

    The first line stands alone: at most 80 units of plain words. One telling of the part is shown, preferably in a
    language that the destination wants; the others add their outlets' names and topics' hashtags. A later part says
    what is new to those who read the earlier ones. Times are those of Almaty, with the day if it is not that of `now`.
    With `marked` the words that met the rules are underlined. An address that is not http(s) is shown as text.
    """
    story_part, earlier = part_of(story, part), _earlier(story, part, to)
    lead = _as_it_stands(lead_for(story_part, to), story)
    title, spans = _headed(lead, earlier, to.tongue, marked=marked)
    topics = [topic for telling in story_part.tellings for topic in _named_topics(telling, story_part)]
    rows = (
        text(first_line(lead, _named_topics(lead, story_part), earlier, to.tongue)),
        tag("b", wrap_link(title, lead.article.url)),
        _former(lead.article, visible_text(title), to.tongue),
        _facts(lead, earlier, to.tongue),
        *([] if to.brief else _quotes(lead, spans, marked=marked)),
        _source(story, lead.article, to, now),
        Html("") if to.brief else _others(lead, story_part.tellings, to.tongue),
        _hashtags(topics, lead),
    )
    return join("\n", filter(None, rows))


def _as_it_stands(lead: Telling, story: Story) -> Telling:
    """Drop text and facts of the telling if its outlet has replaced them; a later part tells what it says now."""
    same = (one for one in story.tellings if one.part > lead.part and one.article.feed == lead.article.feed)
    if all(one.article.canonical_url != lead.article.canonical_url for one in same):
        return lead
    return replace(lead, article=replace(lead.article, text=""), verdict=replace(lead.verdict, facts=()))


def _facts(lead: Telling, earlier: Sequence[Telling], tongue: Tongue) -> Html:
    """Return the line of facts for readers who do not know the article's language. Empty for a denial, because the
    facts would assert what is denied.
    """
    if lead.article.language == tongue or stance(lead, earlier) is Certainty.DENIED:
        return Html("")
    return text(line(fact_line(lead.verdict, tongue), _FACTS_UNITS))


def part_of(story: Story, number: int) -> Story:
    """Return the story with the tellings of one of its parts, which one post shows."""
    return replace(story, tellings=tuple(telling for telling in story.tellings if telling.part == number))


def headline_for(story: Story, part: int, *, to: Destination) -> Html:
    """Return the headline of a post: the title of the telling shown, else the sentence in its place."""
    return _headed(lead_for(part_of(story, part), to), _earlier(story, part, to), to.tongue, marked=False)[0]


def _headed(lead: Telling, earlier: Sequence[Telling], tongue: Tongue, *, marked: bool) -> tuple[Html, list[_Span]]:
    """Return the headline, and the sentences that remain to be quoted below it."""
    title, spans = _title(lead, marked=marked), shown_spans(lead, earlier)
    if title:
        return title, spans
    return (_sentence(lead, spans[0], marked=marked) if spans else text(TEXTS[tongue].untitled)), spans[1:]


def lead_for(part: Story, to: Destination) -> Telling:
    """Return the telling that a destination's post shows, preferably in a language that the destination wants."""
    wanted = tuple(telling for telling in part.tellings if telling.article.language in to.languages)
    return replace(part, tellings=wanted or part.tellings).lead


def _earlier(story: Story, part: int, to: Destination) -> tuple[Telling, ...]:
    """Return the tellings of earlier parts that readers of the destination had when this part began."""
    first = next(place for place, telling in enumerate(story.tellings) if telling.part == part)
    parts = {telling.part for telling in story.tellings[:first] if telling.part < part}
    read = {number for number in parts if _was_shown(story, number, to)}
    return tuple(telling for telling in story.tellings[:first] if telling.part in read)


def _was_shown(story: Story, part: int, to: Destination) -> bool:
    story_part = part_of(story, part)
    is_public = story_part.tier is Tier.POST or part in story.published
    return is_public and part not in story.deleted and wants(to, story_part)


def _named_topics(telling: Telling, part: Story) -> list[TopicVerdict]:
    """Return the topics that a post names: of tier `post`, or all if a maintainer decides or has published the part."""
    every = part.tier is not Tier.POST or telling.part in part.published
    return [topic for topic in telling.verdict.topics if every or topic.tier is Tier.POST]


# ── the lines under it ─────────────────────────────────────────────────────────────────────────


def _former(article: Article, headline: str, tongue: Tongue) -> Html:
    """Return the line with the previous headline, if the outlet changed more than its punctuation."""
    former = line(article.former_title, _HEADLINE_UNITS)
    if bare(former) in ("", bare(headline)):
        return Html("")
    return text(TEXTS[tongue].former.format(former))


def _source(story: Story, article: Article, to: Destination, now: datetime) -> Html:
    words = TEXTS[to.tongue]
    number = STORY_NUMBER if story.id is None else str(story.id)
    parts = (
        text(in_language(line(article.feed, _OUTLET_UNITS), article.language, to.tongue)),
        text(moment(article.published_at, now, to.tongue)),
        link_below(words.case, to.archive, f"case/{story.case}.html") if story.case is not None else Html(""),
        link_below(words.archive, to.archive, f"story/{number}.html"),
    )
    return join(" · ", filter(None, parts))


def _others(lead: Telling, tellings: Iterable[Telling], tongue: Tongue) -> Html:
    outlets: dict[str, Article] = {}
    for telling in tellings:
        if telling.article.feed != lead.article.feed:
            outlets.setdefault(telling.article.feed, telling.article)
    if not outlets:
        return Html("")
    shown = join(" · ", [_outlet(article, tongue) for article in [*outlets.values()][:_OUTLETS]])
    words, more = TEXTS[tongue], len(outlets) - _OUTLETS
    return join("", (text(f"{words.others}: "), shown, text(f" {words.more.format(more)}" if more > 0 else "")))


def _outlet(article: Article, tongue: Tongue) -> Html:
    return link(in_language(line(article.feed, _OUTLET_UNITS), article.language, tongue), article.url)


def _hashtags(topics: Iterable[TopicVerdict], lead: Telling) -> Html:
    words = (re.sub(r"\W+", "_", line(topic.hashtag, _HASHTAG_UNITS)).strip("_") for topic in topics)
    unique = [word for word in dict.fromkeys(words) if word][:_HASHTAGS]
    places = (fact.ru for fact in lead.verdict.facts if fact.kind in (FactKind.WHERE, FactKind.FROM))
    here = ["Казахстан"] if any(_HERE in place.casefold() for place in places) else []
    return text(" ".join(f"#{word}" for word in dict.fromkeys([*unique, *here])))


# ── the words of the article ───────────────────────────────────────────────────────────────────


def _title(telling: Telling, *, marked: bool) -> Html:
    article = telling.article
    every = [match for topic in telling.verdict.topics for match in topic.matches if match.where == "title" and marked]
    return marked_line(article.title, _marks(every, (0, len(article.title))), _HEADLINE_UNITS)


def _quotes(telling: Telling, spans: Sequence[_Span], *, marked: bool) -> list[Html]:
    """Return the first sentence, and the others folded away, in the order of the text."""
    first, others = spans[:1], sorted(spans[1:])
    shown = [tag("blockquote", _sentence(telling, span, marked=marked)) for span in first]
    return [*shown, tag("blockquote expandable", _running(telling, others, marked=marked))] if others else shown


def _running(telling: Telling, spans: Sequence[_Span], *, marked: bool) -> Html:
    """Join sentences, with dots where the text between them is left out."""
    whole, shown, last = telling.article.text, Html(""), spans[0][0]
    for start, end in spans:
        skips = whole[last:start].strip() and not shown.endswith("…")
        gap = " … " if skips else " " if shown else ""
        shown, last = join("", (shown, text(gap), _sentence(telling, (start, end), marked=marked))), end
    return shown


def _sentence(telling: Telling, span: _Span, *, marked: bool) -> Html:
    """Return a sentence on one line; an overlong one begins shortly before its first match, which is never cut off."""
    (start, end), whole, matches = span, telling.article.text, text_matches(telling)
    first = min((match.start for match in matches if start <= match.start < end), default=start)
    if utf16_length(whole[start:end]) > _SENTENCE_UNITS and first - start > _BEFORE_MATCH:
        blank = whole.find(" ", first - _BEFORE_MATCH, first)
        start = blank + 1 if blank >= 0 else first
    marks = _marks(matches, (start, end)) if marked else ()
    shown = marked_line(whole[start:end], marks, _SENTENCE_UNITS)
    return join("", (text("…"), shown)) if start > span[0] else shown


def _marks(matches: Iterable[Match], span: _Span) -> list[_Span]:
    """Return the matches within the span, relative to its start."""
    start, end = span
    return sorted({(match.start - start, match.end - start) for match in matches if start <= match.start < end})
