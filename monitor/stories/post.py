"""A story as the post a subscriber reads and forwards: Telegram HTML.

    #экстрадиция #розыск
    **Headline, linked to the article**
    Заголовок изменён, прежний: «The headline before the outlet changed it»
    > The sentence that matched, as the outlet wrote it. … And the other one.
    Медиазона · қаз. · 22 ноября 2026, 14:05 (Алматы)
    Также пишут: Медуза · Азаттық (қаз.) и ещё 2

Valid by construction (text/telegram_html.py), and every part has its own limit in UTF-16 units, so that the whole stays
below Telegram's 4096.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from monitor.models.articles import Article, Match, Tier, TopicVerdict
from monitor.models.channels import Destination
from monitor.models.stories import Story, Telling
from monitor.text.telegram_html import Html, join, line, link, linked, marked_line, seen, tag, text
from monitor.text.unicode import sentences, utf16_length

_Span = tuple[int, int]

_ZONE: Final = "Asia/Almaty"
_MONTHS: Final = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)
_YEARS: Final = range(1990, 2100)  # a feed's default value (1970, 0001, 9999) is no date

# UTF-16 units, or counts. Their worst sum is below 3,800.
_HASHTAGS, _HASHTAG_UNITS = 6, 50
_RULES, _RULE_UNITS = 3, 100
_HEADLINE_UNITS: Final = 300
_SENTENCES, _SENTENCE_UNITS = 3, 400
_BEFORE_MATCH: Final = 150  # characters of an overlong sentence kept before its first match
_OUTLETS, _OUTLET_UNITS = 6, 80


def render(story: Story, part: int, *, to: Destination, now: datetime, marked: bool = False) -> Html:  # noqa: ARG001 - for the new form
    """Telegram HTML of a part of a story: at most 4096 UTF-16 units after parsing, usually well below 1200.

    The story's lead is shown; every other telling adds its outlet's name and its topics' hashtags. Times are those
    of Almaty. An article without a believable date shows none; a link that is not http(s) shows as text.
    A story of tier `review` is headed by the rules a maintainer has to judge, until one has published it. `marked`: the
    words that met the rules are underlined.
    """
    story = part_of(story, part)
    lead = story.lead
    rest = [telling for telling in story.tellings if telling is not lead]
    headline, quote = _headline_and_quote(lead, marked=marked)
    asks = story.tier is Tier.REVIEW and lead.part not in story.published
    label = _review_label(lead) if asks else Html("")
    title = tag("b", linked(headline, lead.article.url))
    head = (label, _hashtags(story.tellings), title, _former(lead.article, seen(headline)))
    cited = tag("blockquote", quote) if quote else Html("")
    foot = (cited, _source(lead.article), _others(lead, rest))
    return join("\n\n", [join("\n", filter(None, part)) for part in (head, foot) if any(part)])


def part_of(story: Story, number: int) -> Story:
    """The story with the tellings of one of its parts, which one post shows."""
    return replace(story, tellings=tuple(telling for telling in story.tellings if telling.part == number))


def quoted(telling: Telling) -> tuple[str, ...]:
    """The sentences of the article that a post of it shows, whole and as the outlet wrote them."""
    return tuple(telling.article.text[slice(*span)] for span in quoted_spans(telling))


def quoted_spans(telling: Telling) -> tuple[tuple[int, int], ...]:
    """Where in the article's text they stand."""
    matches = [match for topic in telling.verdict.topics for match in topic.matches if match.where == "text"]
    spans = sentences(telling.article.text)
    return tuple(spans[index] for index in _deciding_sentences(spans, matches))


def _review_label(lead: Telling) -> Html:
    rules = [line(topic.rule, _RULE_UNITS) for topic in lead.verdict.topics if topic.tier is Tier.REVIEW]
    named = ", ".join(f"«{rule}»" for rule in rules[:_RULES])
    return text(f"На проверку · правило {named}")


def _hashtags(tellings: Iterable[Telling]) -> Html:
    topics: Iterable[TopicVerdict] = (topic for telling in tellings for topic in telling.verdict.topics)
    words = (re.sub(r"\W+", "_", line(topic.hashtag, _HASHTAG_UNITS)).strip("_") for topic in topics)
    unique = [word for word in dict.fromkeys(words) if word]
    return text(" ".join(f"#{word}" for word in unique[:_HASHTAGS]))


def _former(article: Article, headline: str) -> Html:
    """The headline of before, when the outlet has changed what it says (and not only its commas)."""
    former = line(article.former_title, _HEADLINE_UNITS)
    if _bare(former) in ("", _bare(headline)):
        return Html("")
    return text(f"Заголовок изменён, прежний: «{former}»")


def _source(article: Article) -> Html:
    mark = "қаз." if article.language == "kk" else ""
    parts = (line(article.feed, _OUTLET_UNITS), mark, _time(article.published_at))
    return text(" · ".join(filter(None, parts)))


def _time(at: datetime | None) -> str:
    """«22 ноября 2026, 14:05 (Алматы)». With the year: a post is forwarded, and old news comes up again."""
    if at is None or at.year not in _YEARS:
        return ""
    local = at.astimezone(ZoneInfo(_ZONE))
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M} (Алматы)"


def _others(lead: Telling, rest: Iterable[Telling]) -> Html:
    outlets: dict[str, Article] = {}
    for telling in rest:
        if telling.article.feed != lead.article.feed:
            outlets.setdefault(telling.article.feed, telling.article)
    if not outlets:
        return Html("")
    shown = join(" · ", [_outlet(article) for article in [*outlets.values()][:_OUTLETS]])
    more = len(outlets) - _OUTLETS
    return join("", (text("Также пишут: "), shown, text(f" и ещё {more}" if more > 0 else "")))


def _outlet(article: Article) -> Html:
    name = line(article.feed, _OUTLET_UNITS)
    return link(f"{name} (қаз.)" if article.language == "kk" else name, article.url)


# ── which words of the article are shown ───────────────────────────────────────────────────────


def _headline_and_quote(telling: Telling, *, marked: bool) -> tuple[Html, Html]:
    """The title (else the first sentence that matters) and the sentences to quote, without the headline again."""
    article = telling.article
    every = [match for topic in telling.verdict.topics for match in topic.matches]
    matches = [match for match in every if match.where == "text"]
    in_title = [match for match in every if match.where == "title" and marked]
    title = marked_line(article.title, _marks(in_title, (0, len(article.title))), _HEADLINE_UNITS)
    shown_already = ("", _bare(article.title))
    spans = [span for span in sentences(article.text) if _bare(article.text[slice(*span)]) not in shown_already]
    chosen = _deciding_sentences(spans, matches) or list(range(len(spans)))[:1]
    shown = {index: _sentence(article.text, spans[index], matches, marked=marked) for index in chosen}
    if not title and chosen:
        title = shown[chosen.pop(0)]
    return title or text("Без заголовка"), _quote(shown, chosen)


def _deciding_sentences(spans: Sequence[_Span], matches: Iterable[Match]) -> list[int]:
    """The fewest sentences that together hold every matched term (at most three), in text order.

    Greedy: each step takes the sentence with the most terms not shown yet, the earlier of equals.
    """
    starts = [start for start, _ in spans]
    terms: dict[int, set[str]] = {}
    for match in matches:
        index = bisect_right(starts, match.start) - 1
        if index >= 0 and match.start < spans[index][1]:
            terms.setdefault(index, set()).add(match.term)
    chosen: list[int] = []
    wanted: set[str] = set().union(*terms.values())
    while wanted and len(chosen) < _SENTENCES:
        best = max(terms, key=lambda index: (len(terms[index] & wanted), -index))
        chosen.append(best)
        wanted -= terms[best]
    return sorted(chosen)


def _quote(shown: Mapping[int, Html], chosen: Iterable[int]) -> Html:
    quote, last = Html(""), -1
    for index in chosen:
        gap = "" if last < 0 else " … " if index != last + 1 and not quote.endswith("…") else " "
        quote, last = join("", (quote, text(gap), shown[index])), index
    return quote


def _sentence(whole: str, span: _Span, matches: Sequence[Match], *, marked: bool) -> Html:
    """One sentence on one line; an overlong one begins shortly before its first match, which is never cut off."""
    start, end = span
    first = min((match.start for match in matches if start <= match.start < end), default=start)
    if utf16_length(whole[start:end]) > _SENTENCE_UNITS and first - start > _BEFORE_MATCH:
        blank = whole.find(" ", first - _BEFORE_MATCH, first)
        start = blank + 1 if blank >= 0 else first
    marks = _marks(matches, (start, end)) if marked else ()
    shown = marked_line(whole[start:end], marks, _SENTENCE_UNITS)
    return join("", (text("…"), shown)) if start > span[0] else shown


def _marks(matches: Iterable[Match], span: _Span) -> list[_Span]:
    """Where in the span they stand."""
    start, end = span
    return sorted({(match.start - start, match.end - start) for match in matches if start <= match.start < end})


def _bare(sentence: str) -> str:
    return re.sub(r"\W+", " ", sentence).strip().casefold()
