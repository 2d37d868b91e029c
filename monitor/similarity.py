"""Which story an article belongs to: near-copies of a text already told join it; everything else starts its own.

A wrong merge hides news from people who depend on it, so a doubt is a new story: an article that names a
person, a place or a topic which the story does not know never joins it. Pure: the stories to choose from are
an argument.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

from monitor.models import Article, Story, Telling

LEAD = 600  # characters of text beside the title: the lead tells the event, the tail repeats background
STEM = 5  # letters kept of a word: enough to see through endings in both languages
SHARED = 0.5  # Jaccard of the fingerprints; agency copies measure .6-1, other events on one topic below .35
FEWEST = 8  # fingerprints smaller than this say too little to merge on

_WORD = re.compile(r"\w{3,}")
# A capital letter inside a sentence: after a blank that follows no full stop, quote or line break.
_NAME = re.compile(r"(?<=[\w,;:(-] )[А-ЯЁӘҒҚҢӨҰҮҺІ][а-яёәғқңөұүһі]{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The story an article joins (its index among those given; None: it starts one) and the evidence."""

    index: int | None
    evidence: str
    same_article: bool = False  # not another telling: the very article, under the same address


def fingerprint(title: str, text: str) -> tuple[int, ...]:
    """The words of title and lead, cut to stems, as sorted 32-bit numbers; blanks and case do not matter."""
    return tuple(sorted({crc32(stem.encode("utf-8", "replace")) for stem in _stems(f"{title}\n{text[:LEAD]}")}))


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:STEM] for word in _WORD.findall(text.casefold().replace("ё", "е")))


def _names(article: Article) -> frozenset[str]:
    """Stems of the proper names in title and lead."""
    return _stems(" ".join(_NAME.findall(f"{article.title}\n{article.text[:LEAD]}")))


def _known(story: Story) -> frozenset[str]:
    """Stems of every word of the story: a name that stands anywhere in it is not new."""
    return _stems("\n".join(f"{told.article.title}\n{told.article.text}" for told in story.tellings))


def place(telling: Telling, recent: Sequence[Story]) -> Placement:
    """The best recent story for an article: the same address anywhere, else the nearest text.

    A story is joined only if it already carries every topic and knows every name of the article's beginning:
    a merge never hides a topic or a person.
    """
    for index, story in enumerate(recent):
        if telling.article.canonical_url in {told.article.canonical_url for told in story.tellings}:
            return Placement(index=index, evidence="тот же адрес", same_article=True)
    topics = {topic.id for topic in telling.verdict.topics}
    names = _names(telling.article)
    near = [
        (_nearest(telling.article, story.tellings), index)
        for index, story in enumerate(recent)
        if topics <= story.topics and names <= _known(story)
    ]
    share, index = max(near, default=(0.0, -1))
    if share < SHARED:
        return Placement(index=None, evidence=f"похожих новостей нет (ближайшая: {share:.0%} общих слов)")
    return Placement(index=index, evidence=f"{share:.0%} общих слов")


def _nearest(article: Article, tellings: Iterable[Telling]) -> float:
    return max(_jaccard(article.fingerprint, told.article.fingerprint) for told in tellings)


def _jaccard(one: Sequence[int], other: Sequence[int]) -> float:
    first, second = set(one), set(other)
    if min(len(first), len(second)) < FEWEST:
        return 0.0
    return len(first & second) / len(first | second)
