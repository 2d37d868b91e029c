"""What a version of a page says, without what pages change by themselves. Pure.

Left out: the time of an update, counters, share buttons, «Читайте также» and what stands below it, notices on cookies
and rights. What is left is parted into prose (sentences of paragraphs) and asides: subheadings, captions, items, links
without a heading, any line that ends like no sentence. A page may show other asides at each look.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from monitor.models.articles import LONGEST_TEXT
from monitor.models.evidence import Version
from monitor.sources.pages import boilerplate
from monitor.text import dates, markup, unicode

_LONGEST_ASIDE = 160  # characters; what is longer is a paragraph however it ends
_LONGEST_STAMP = 120
_LONGEST_RELATIVE = 40  # of «вчера», which has no digit
_FIRST_LINES, _LAST_LINES = 2, 3  # where a notice of the site is no part of the article
_MOST_LETTERS = 10  # of a weekday and a «в» beside a time

_CLOSED = re.compile(r"(?<![.…])[.;:,][»”“\"')\]]*$")  # an ellipsis ends the teaser of something else
_HEADS_LINKS = re.compile(r"\W*(?:оқи отырыңыз|тағы да? ?оқыңыз|сондай-ақ,? оқыңыз|осы тақырыпта)\W*", re.IGNORECASE)
_UPDATED = r"обновл|дополн|опублик|измен[её]н|жаңарт|жариялан|updated|published"
_STAMPED = re.compile(rf"\((?:{_UPDATED})[^()]{{0,60}}\d[^()]{{0,40}}\)", re.IGNORECASE)
_OPENS_STAMP = re.compile(rf"\W*(?:последнее обновление|(?:{_UPDATED})[^\W\d_]*)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_CLOCK = re.compile(r"\d{1,2}[:.]\d\d")
_LETTERS = re.compile(r"[^\W\d_]+")
_HEADLINE_MARK = re.compile(r"^\s*+\(\d++\)\s*+|^\W*+(?:обновл|дополн)[^\W\d_]*+\W++", re.IGNORECASE)
_MARKS = ("обновл", "дополн")
_COUNTED = (
    "просмотр|комментар|нравится|лайк|репост|поделил|поделиться|рейтинг|оцен|голос|прочита|прочт|чтен|скопир|ссылк|печат"
    "|распечат|отправ|view|like|comment|share|read|copy|link|print|қарал|пікір|бөліс|оқыл|мин|тыс"
    "|facebook|twitter|telegram|whatsapp|вконтакте|одноклассник|instagram|viber|email|linkedin|threads"
)
_COUNTER = re.compile(rf"(?:{_COUNTED})", re.IGNORECASE)
_BESIDE = re.compile(rf"(?:{_COUNTED})[^\W\d_]*|[^\W\d_]{{1,2}}|мне|это|всего", re.IGNORECASE)  # of a line of counters
_MOST_COUNTED = 12  # words


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The headline, and the sentences as they stand on the page, in its order."""

    headline: str
    prose: tuple[str, ...]
    asides: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingKeys:
    """Hashes (the first half of SHA-256) by which what a version says is known again; the order does not matter."""

    prose: str  # of headline and prose
    whole: str  # of the asides as well


@lru_cache(maxsize=4)
def wording(version: Version) -> Wording:
    """What the version says; at most 200,000 characters of its text are read, in time linear in them.

    One look asks for the same versions several times: the last four are remembered.
    """
    prose: list[str] = []
    asides: list[str] = []
    for line in _own_lines(version.text):
        (prose if _is_prose(line) else asides).extend(_sentences(line))
    return Wording(headline=_headline(version.title), prose=tuple(prose), asides=tuple(asides))


def _headline(title: str) -> str:
    """Without «Обновлено» and the like at its beginning or end."""
    bare = _HEADLINE_MARK.sub("", title)
    rest, _, last = bare.rstrip().rpartition(" ")
    return rest if rest and last.strip("()[].,!—–-").lower().startswith(_MARKS) else bare


def said(passage: str) -> str:
    """Only its words, as they are compared: no signs, no capitals, е for ё, a blank between two."""
    return " ".join(unicode.WORD.findall(unicode.fold(passage).text))


def wording_keys(version: Version) -> WordingKeys:
    """Two versions that say the same have the same keys."""
    parts = wording(version)
    headline, prose, asides = said(parts.headline), _sorted(parts.prose), _sorted(parts.asides)
    return WordingKeys(prose=_hash([headline, *prose]), whole=_hash([headline, *prose, "", *asides]))


def _sorted(sentences: Iterable[str]) -> list[str]:
    return sorted(filter(None, map(said, sentences)))


def _hash(lines: Iterable[str]) -> str:
    return sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()[:32]


# ── what was posted of a page ─────────────────────────────────────────────────────────────────────────────────────


def with_posted(shown: Wording, now: Wording, posted: Wording) -> Wording:
    """What people knew of a page (`shown`), with what it has `now` of what was `posted` since, and without what the
    posted article has dropped. A post is made of what the feed and the page had then: what only one of them had, the
    page is not said to have lost.
    """
    posted_keys, here = _keys(posted), _keys(now)
    gained = posted_keys & here - _keys(shown)
    kept = posted_keys | here if gained else _keys(shown)
    return Wording(
        headline=now.headline if said(now.headline) == said(posted.headline) else shown.headline,
        prose=(*_among(kept, shown.prose), *_among(gained, now.prose)),
        asides=(*_among(kept, shown.asides), *_among(gained, now.asides)),
    )


def is_there(now: Wording, posted: Wording, *, shown: Wording) -> bool:
    """Whether the page shows what was posted: something of it that it had not `shown` before, or nothing else. An older
    copy of the page does not, which a server may still give out.
    """
    if with_posted(shown, now, posted) != shown:
        return True
    return said(now.headline) == said(posted.headline) and frozenset(map(sentence_key, now.prose)) <= _keys(posted)


def says_no_more(version: Version, than: Version) -> bool:
    """Whether all sentences of a version stand in another one."""
    return _keys(wording(version)) <= _keys(wording(than))


def sentence_key(sentence: str) -> str:
    """Its words in any order: who does what to whom shows in their endings."""
    return " ".join(sorted(said(sentence).split()))


def _keys(wording: Wording) -> frozenset[str]:
    return frozenset(map(sentence_key, (*wording.prose, *wording.asides)))


def _among(keys: frozenset[str], passages: Sequence[str]) -> tuple[str, ...]:
    return tuple(passage for passage in passages if sentence_key(passage) in keys)


# ── which lines count ─────────────────────────────────────────────────────────────────────────────────────────────


def _own_lines(text: str) -> list[str]:
    """The lines that are neither about the page nor links below a heading."""
    kept = []
    below_heading = False
    for line in filter(None, unicode.clean(text[:LONGEST_TEXT]).split("\n")):
        if boilerplate.opens_others(line) or _HEADS_LINKS.fullmatch(line[:_LONGEST_ASIDE]):
            below_heading = True
            continue
        below_heading = below_heading and not _is_prose(line)
        if not below_heading and not _is_about_page(line):
            kept.append(line)
    return _without_notices(markup.without_disclaimers("\n".join(kept)).split("\n"))


def _without_notices(lines: list[str]) -> list[str]:
    """An article may speak of rights and personal data itself: only at its edges such a line is the site's."""
    first, last = min(_FIRST_LINES, len(lines)), max(len(lines) - _LAST_LINES, 0)
    edges = [*range(first), *range(max(first, last), len(lines))]
    spoken = boilerplate.notices([lines[number] for number in edges])
    dropped = {edges[place] for place in spoken}
    return [line for number, line in enumerate(lines) if line and number not in dropped]


def _is_prose(line: str) -> bool:
    return len(line) > _LONGEST_ASIDE or _CLOSED.search(line) is not None


def _is_about_page(line: str) -> bool:
    if len(line) > _LONGEST_ASIDE:
        return False
    if boilerplate.is_about_page(line) or boilerplate.opens_comments(line) or _is_stamp(line):
        return True
    words = _LETTERS.findall(line)
    counted = len(words) <= _MOST_COUNTED and any(map(_COUNTER.match, words)) and all(map(_BESIDE.fullmatch, words))
    return counted or not words


def _sentences(line: str) -> Iterator[str]:
    line = _STAMPED.sub("", line) if "(" in line else line
    for start, end in unicode.sentences(line):
        if not _is_stamp(line[start:end]):
            yield line[start:end]


def _is_stamp(sentence: str) -> bool:
    """Whether it says when the page was published or changed, and nothing else."""
    if len(sentence) > (_LONGEST_STAMP if _DIGIT.search(sentence) else _LONGEST_RELATIVE):
        return False
    opening = _OPENS_STAMP.match(sentence)
    rest = sentence[opening.end() :] if opening else sentence
    if dates.is_alone(rest):
        return True
    letters = sum(map(len, _LETTERS.findall(rest)))
    return opening is not None and letters <= _MOST_LETTERS and _CLOCK.search(rest) is not None
