"""The people an article is about, and whether two articles are about the same people. Pure."""

import re
from bisect import bisect_right
from collections.abc import Iterable

from monitor.models.articles import Article
from monitor.models.stories import Telling
from monitor.stories.claims.step_forms import ABOUT_BEFORE
from monitor.stories.people.naming import LEAD, Person, in_common, is_meant, named_in, people
from monitor.text.unicode import sentences

_SUBJECT = 200  # characters that name the people an article is about
_FIRST = 2  # sentences that say what it is about
# «На прошлой неделе задержали другого россиянина»
_OF_ANOTHER = re.compile(
    r"\b(?:на (?:прошлой|этой) неделе|недел\w+ (?:назад|ранее)|друг(?:о(?:го|й|му)|ую)|ещё одн\w+|өткен апта\w*"
    r"|тағы бір)\b",
    re.IGNORECASE,
)


def persons(telling: Telling) -> frozenset[Person]:
    """Return the people in the headline, the first sentence and those that matched, but not of older events."""
    article = telling.article
    spans = sentences(article.text)
    starts = [start for start, _ in spans]
    matches = [match.start for topic in telling.verdict.topics for match in topic.matches if match.where == "text"]
    chosen = {0, *(bisect_right(starts, at) - 1 for at in matches)}
    chosen_words = (article.text[slice(*span)] for number, span in enumerate(spans) if number in chosen)
    return people("\n".join([article.title, *(words for words in chosen_words if not ABOUT_BEFORE.search(words))]))


def are_of_others(article: Article, earlier: Iterable[Article]) -> bool:
    """Whether both are about people, none of whom may be meant in the other: then they are different cases, however
    alike the words are. Background paragraphs, which name people of older cases, are ignored.
    """
    ours, theirs = _subjects(article), frozenset(person for one in earlier for person in _subjects(one))
    if not (ours and theirs):
        return False
    sides = ((ours, "\n".join(map(_of_now, earlier))), (theirs, _of_now(article)))
    return not any(is_meant(person, text) for persons, text in sides for person in persons)


def _of_now(article: Article) -> str:
    """Return the article's beginning without sentences about older events."""
    text = article.text[:LEAD]
    all_words = [text[slice(*span)] for span in sentences(text)]
    kept = (
        words
        for at, words in enumerate(all_words)
        if not (ABOUT_BEFORE.search(words) or (at >= _FIRST and _OF_ANOTHER.search(words)))
    )
    return "\n".join([article.title, *kept])


def common_persons(article: Article, earlier: Iterable[Article]) -> bool:
    """Whether somebody is named in both."""
    return in_common(named_in(article), (person for one in earlier for person in named_in(one)))


def common_subjects(article: Article, earlier: Iterable[Article]) -> bool:
    """Whether somebody is named in the headline or at the very beginning of both."""
    return in_common(_subjects(article), (person for one in earlier for person in _subjects(one)))


def _subjects(article: Article) -> frozenset[Person]:
    return people(f"{article.title}\n{article.text[:_SUBJECT]}")
