"""What a version of a page says, without what pages change by themselves. Pure.

Removed are times of updates, counters, share buttons, «Читайте также» and what follows it, notices about cookies and
rights. The rest is split into prose (sentences of paragraphs) and asides: subheadings, captions, items, links without a
heading, any line that does not end like a sentence. A page may show other asides at each look.
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

_LONGEST_ASIDE = 160  # characters; a longer line is a paragraph, however it ends
_LONGEST_STAMP = 120
_LONGEST_RELATIVE = 40  # with «вчера», which has no digit
_FIRST_LINES, _LAST_LINES = 2, 3  # lines in which a site's notice is not part of the article
_MOST_LETTERS = 10  # of a weekday and «в» beside a time

_CLOSED = re.compile(r"(?<![.…])[.;:,][»”“\"')\]]*$")  # an ellipsis ends a teaser
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
# words in a line of counters
_BESIDE = re.compile(rf"(?:{_COUNTED})[^\W\d_]*|[^\W\d_]{{1,2}}|мне|это|всего", re.IGNORECASE)
_MOST_COUNTED = 12  # words


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The headline and the sentences of a page, in its order."""

    headline: str
    prose: tuple[str, ...]
    asides: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingKeys:
    """Hashes (the first half of SHA-256) that are equal for versions that say the same; the order does not matter."""

    prose: str  # of headline and prose
    whole: str  # of the asides too


@lru_cache(maxsize=4)
def wording(version: Version) -> Wording:
    """Return what the version says; at most 200,000 characters of its text are read, in linear time.

    One look asks for the same versions several times, so the last four are cached.
    """
    prose: list[str] = []
    asides: list[str] = []
    for line in _own_lines(version.text):
        (prose if _is_prose(line) else asides).extend(_sentences(line))
    return Wording(headline=_headline(version.title), prose=tuple(prose), asides=tuple(asides))


def _headline(title: str) -> str:
    """Return the title without «Обновлено» and the like at its beginning or end."""
    bare = _HEADLINE_MARK.sub("", title)
    rest, _, last = bare.rstrip().rpartition(" ")
    return rest if rest and last.strip("()[].,!—–-").lower().startswith(_MARKS) else bare


def fold_words(passage: str) -> str:
    """Return the passage's words for comparison: folded, without signs, separated by blanks."""
    return " ".join(unicode.WORD.findall(unicode.fold(passage).text))


def wording_keys(version: Version) -> WordingKeys:
    """Return keys that are equal for versions that say the same."""
    parts = wording(version)
    headline, prose, asides = fold_words(parts.headline), _sorted(parts.prose), _sorted(parts.asides)
    return WordingKeys(prose=_hash([headline, *prose]), whole=_hash([headline, *prose, "", *asides]))


def _sorted(sentences: Iterable[str]) -> list[str]:
    return sorted(filter(None, map(fold_words, sentences)))


def _hash(lines: Iterable[str]) -> str:
    return sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()[:32]


# ── what was posted of a page ─────────────────────────────────────────────────────────────────────────────────────


def with_posted(shown: Wording, now: Wording, posted: Wording) -> Wording:
    """Return what people know of a page after a post: `shown`, plus those parts of `posted` that the page has `now`,
    minus what the posted article dropped. A post is made from both feed and page, so a page is not said to have lost
    what only one of them had.
    """
    posted_keys, here = _keys(posted), _keys(now)
    gained = posted_keys & here - _keys(shown)
    kept = posted_keys | here if gained else _keys(shown)
    return Wording(
        headline=now.headline if fold_words(now.headline) == fold_words(posted.headline) else shown.headline,
        prose=(*_among(kept, shown.prose), *_among(gained, now.prose)),
        asides=(*_among(kept, shown.asides), *_among(gained, now.asides)),
    )


def is_there(now: Wording, posted: Wording, *, shown: Wording) -> bool:
    """Whether the page shows what was posted: parts of it that were not `shown` before, or nothing but it. An older
    copy of the page, which a server may still deliver, does not.
    """
    if with_posted(shown, now, posted) != shown:
        return True
    is_same_headline = fold_words(now.headline) == fold_words(posted.headline)
    return is_same_headline and frozenset(map(sentence_key, now.prose)) <= _keys(posted)


def says_no_more(version: Version, than: Version) -> bool:
    """Whether all sentences of a version are in the other one."""
    return _keys(wording(version)) <= _keys(wording(than))


def sentence_key(sentence: str) -> str:
    """Return the sentence's words sorted: endings show who does what to whom, so their order is ignored."""
    return " ".join(sorted(fold_words(sentence).split()))


def _keys(wording: Wording) -> frozenset[str]:
    return frozenset(map(sentence_key, (*wording.prose, *wording.asides)))


def _among(keys: frozenset[str], passages: Sequence[str]) -> tuple[str, ...]:
    return tuple(passage for passage in passages if sentence_key(passage) in keys)


# ── which lines count ─────────────────────────────────────────────────────────────────────────────────────────────


def _own_lines(text: str) -> list[str]:
    """Return the lines that are neither about the page nor links below a heading."""
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
    """Drop the site's notices at the edges of the text; inside, an article itself may be about rights and data."""
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
    """Whether the sentence only says when the page was published or changed."""
    if len(sentence) > (_LONGEST_STAMP if _DIGIT.search(sentence) else _LONGEST_RELATIVE):
        return False
    opening = _OPENS_STAMP.match(sentence)
    rest = sentence[opening.end() :] if opening else sentence
    if dates.is_alone(rest):
        return True
    letters = sum(map(len, _LETTERS.findall(rest)))
    return opening is not None and letters <= _MOST_LETTERS and _CLOCK.search(rest) is not None
