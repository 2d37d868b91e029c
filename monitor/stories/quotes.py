"""Which sentences of an article a post shows, and which step of the case they tell. Pure."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from monitor.models.articles import Article, Match
from monitor.models.stories import Telling
from monitor.stories.claims.certainty import Certainty, certainty, denies
from monitor.stories.claims.stance import first_sentences, says_that_he_stays, stance
from monitor.stories.claims.steps import NO_REMOVAL, Step, denied_steps, taken_steps
from monitor.stories.novelty import AGAIN, NAME, NUMBER, PLACE, news_by_kind, steps_since
from monitor.text.languages.numerals import is_counted
from monitor.text.languages.places import is_named
from monitor.text.remembered import remembered
from monitor.text.unicode import sentences

_Span = tuple[int, int]

_SENTENCES: Final = 3
_STEM, _KEPT = 5, 0.88  # letters of a word's stem; the share of stems that an article keeps if it says the same
_REMEMBERED: Final = 1_000  # texts in the cache: each post of a story asks again about all earlier tellings
_SAYS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    NAME: lambda name, sentence: name in sentence,
    PLACE: is_named,
    NUMBER: is_counted,
}
"""For each kind of new fact, a function that says whether a sentence states it."""
_NEGATION: Final = re.compile(r"\b(?:не|нет|без|емес|жоқ)\b", re.IGNORECASE)
# a court decides, and hands nobody over
_COURT: Final = re.compile(r"\b(?:суд(?:ья|ом|ы)?|сот(?:ы)?)\b", re.IGNORECASE)


def quoted_sentences(telling: Telling) -> tuple[str, ...]:
    """Return the sentences of the article that hold its matches, whole and as the outlet wrote them."""
    return tuple(telling.article.text[slice(*span)] for span in quoted_spans(telling))


def quoted_spans(telling: Telling) -> tuple[_Span, ...]:
    """Return the sentences of `quoted_sentences` as spans of the article's text."""
    return tuple(_deciding(sentences(telling.article.text), text_matches(telling)))


def shown_spans(telling: Telling, earlier: Sequence[Telling]) -> list[_Span]:
    """Return the sentences that a post shows, at most three, the most important first: it says what is new, or the
    step.

    Sentences that equal the headline or occur in an `earlier` telling are left out. If no sentence holds a match, the
    first one is shown; an outdated article shows none.
    """
    article = telling.article
    if is_outdated(article):
        return []
    read = {hash(bare(said)) for said in ("", article.title, *(one.article.title for one in earlier))}
    read.update(*(_sentence_hashes(one.article.text) for one in earlier))
    spans = [span for span in sentences(article.text) if hash(bare(article.text[slice(*span)])) not in read]
    deciding = _deciding(spans, text_matches(telling))
    first = _foremost(telling, earlier, deciding, spans) or deciding[:1] or spans[:1]
    return [*first, *(span for span in deciding if span not in first)][:_SENTENCES]


def _foremost(
    telling: Telling, earlier: Sequence[Telling], deciding: Sequence[_Span], spans: Sequence[_Span]
) -> list[_Span]:
    """Return the first sentence that denies, if the article is a denial; else that tells a new step; else that says
    another new thing; [] if there is none.
    """
    text = telling.article.text
    step = next(iter(new_steps(telling, earlier)), None) if earlier else step_of(telling)
    telling_it = (span for span in (*deciding, *spans) if step in taken_steps([text[slice(*span)]]))
    new = news_by_kind(telling, earlier) if earlier else {}
    things = [(says, name) for kind, says in _SAYS.items() for name in new.get(kind, ())]
    saying_it = (span for span in spans if any(says(name, text[slice(*span)]) for says, name in things))
    is_denied = stance(telling, earlier) is Certainty.DENIED
    denying_it = (span for span in spans if is_denied and _denies(text[slice(*span)]))
    foremost_span = next(denying_it, None) or (next(telling_it, None) if step else None) or next(saying_it, None)
    return [foremost_span] if foremost_span else []


def _denies(sentence: str) -> bool:
    return denies(sentence) or bool(denied_steps(sentence)) or says_that_he_stays(sentence)


def step_of(telling: Telling, *, opens: bool = True) -> Step | None:
    """Return the step that the article says happened: in the headline, else in the deciding sentences. If it `opens`
    its story, its first sentence is tried last; later tellings begin with what is known.
    """
    steps = _steps_of(telling) or (_steps_at_first(telling.article) if opens else ())
    return next(iter(steps), None)


def _steps_of(telling: Telling) -> tuple[Step, ...]:
    """Return the steps of the headline, else of the quoted sentences. If the text, or a court in the headline, shows
    that «выдворили» was only a decision, the decision is returned. A denial tells no step except that removal was
    refused.
    """
    said = taken_steps([telling.article.title])
    quoted_steps = () if is_outdated(telling.article) else taken_steps(quoted_sentences(telling))
    is_decided = Step.REMOVAL_DECIDED in quoted_steps or _COURT.search(telling.article.title)
    if Step.HANDED_OVER in said and Step.HANDED_OVER not in quoted_steps and is_decided:
        said = (Step.REMOVAL_DECIDED, *(step for step in said if step is not Step.HANDED_OVER))
    if Step.RELEASED in said and not AGAIN.search(telling.article.title):  # «задержан, допрошен, отпущен»
        said = (Step.RELEASED, *said)
    if certainty(telling.article) is Certainty.DENIED:
        return tuple(step for step in (*said, *quoted_steps) if step in NO_REMOVAL)[:1]
    return tuple(dict.fromkeys(said)) or quoted_steps


def _steps_at_first(article: Article) -> tuple[Step, ...]:
    is_empty = is_outdated(article) or certainty(article) is Certainty.DENIED
    return () if is_empty else taken_steps(first_sentences(article)[:1])


def is_outdated(article: Article) -> bool:
    """Whether the article's text was read under a former headline that claimed something else than the present one."""
    return bool(article.former_title) and _headline_says(article) != _headline_says(
        replace(article, title=article.former_title)
    )


def _headline_says(article: Article) -> tuple[Certainty, bool, tuple[Step, ...]]:
    """Return how sure the headline is, whether it has a negation, and its steps."""
    return certainty(article), _NEGATION.search(article.title) is not None, taken_steps([article.title])


def is_turned(telling: Telling, earlier: Telling) -> bool:
    """Whether an outlet's article now says something else: another step, another certainty, a negation added or dropped
    (all fourteen such changes were news), or it retracts a part. Other words for the same do not count.
    """
    if _took_back(telling.article, earlier.article):
        return True
    (*claim, steps), (*earlier_claim, earlier_steps) = map(_headline_says, (telling.article, earlier.article))
    return claim != earlier_claim or not (steps == earlier_steps or step_of(telling) is step_of(earlier))


def _took_back(now: Article, before: Article) -> bool:
    """Whether the headline has a word that the earlier article lacked, and an eighth of its words are gone. Of thirty
    changed articles those that said the same had kept nine tenths.
    """
    was, said = _stems(before.text), _stems(now.text)
    is_whole = not now.problem and len(now.text) * 2 >= len(before.text)  # otherwise the page could not be fetched
    is_new = bool(_stems(now.title) - _stems(before.title) - was)
    return is_whole and is_new and len(was & said) < _KEPT * len(was)


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in re.findall(r"[^\W\d_]{4,}", text.casefold().replace("ё", "е")))


def new_steps(telling: Telling, earlier: Sequence[Telling]) -> tuple[Step, ...]:
    """Return the steps that no earlier telling mentions as having happened, or that count as new by `steps_since`."""
    known = taken_steps([one for it in earlier for one in (it.article.title_read, it.article.text)], before_too=True)
    since = steps_since(telling.article, earlier)
    return tuple(step for step in _steps_of(telling) if step not in known or step in since)


def text_matches(telling: Telling) -> list[Match]:
    """Return the matches in the article's text."""
    return [match for topic in telling.verdict.topics for match in topic.matches if match.where == "text"]


def _deciding(spans: Sequence[_Span], matches: Iterable[Match]) -> list[_Span]:
    """Return the fewest sentences that together hold every matched term (at most three), in text order.

    Greedy: each step takes the sentence with the most terms not shown yet; the earlier one if equal.
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
    return [spans[index] for index in sorted(chosen)]


@remembered(_REMEMBERED)
def _sentence_hashes(text: str) -> frozenset[int]:
    return frozenset(hash(bare(text[start:end])) for start, end in sentences(text))


def bare(sentence: str) -> str:
    """Return the words alone, folded: equal results read the same."""
    return re.sub(r"\W+", " ", sentence).strip().casefold()
