"""Which recent story an article belongs to, with the evidence. grouping.py decides what follows.

Common words alone make two articles similar. To be one event they must also be of the same days, with no person and no
figure against it, and with the same step of the case if a person is common. In doubt they are split: a wrong merge
hides news.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from math import ceil, floor

from monitor.models.articles import Article
from monitor.models.stories import Story, Telling
from monitor.stories.claims.stance import stance, stances
from monitor.stories.claims.steps import taken_steps
from monitor.stories.copies import headline_words
from monitor.stories.differences import difference
from monitor.stories.novelty import are_other_steps, news
from monitor.stories.people.followed import is_same_person
from monitor.stories.people.subjects import are_of_others, common_persons, common_subjects
from monitor.stories.similarity import SimilarityIndex, common_figures, cosine, is_short

# from the nearest telling; after a longer silence the same words are about another event
SAME_EVENT = timedelta(days=10)
SAME_STEP = timedelta(days=3)  # from the first telling, if both name somebody; later it is another day of the case
NEW_STEP = timedelta(hours=36)  # from the first telling; after that a step that a headline calls new is new
SAME_HEADLINE = timedelta(days=1)  # between two articles of one headline; later it is another event
SAME_CASE = timedelta(days=60)  # how far back a story looks for the one it continues

ALIKE = 0.2  # mean similarity to a story's tellings from which an article is of the same event (docs/decisions/0020)
ALIKE_NAMED = 0.15  # the same if both are about the same person and days
ALIKE_LATER = 0.35  # the same if both name somebody, but the days differ
SAME_ADDRESS, LIKENESS, ONE_HEADLINE = "тот же адрес", "сходство", "тот же заголовок в тот же день"
"""Beginnings of the evidence for an article that joins a story."""
_SAME_PERSON = "тот же человек и тот же шаг дела"

_SAME_DAY = 0.02  # subtracted from the threshold for articles of the same day and night
_SAME_FIGURE = 0.03  # what a common figure adds to the similarity
_MOST_FIGURES = 2  # common figures that add to it
_FIGURES_ABROAD = 3  # common figures that replace a common person if the languages differ
_BORNE_OUT = 0.8  # of the similarity: this share of names and figures must agree…
_ENOUGH = 0.45  # …but never more than this
_ABOUT_THE_SAME = 0.05  # similarity enough for a continuation that names the same person
_UNDATED = timedelta(days=2)  # at least between articles without dates, so that a new step in the headline counts
_COMPARED = 20  # a story's last tellings that are compared
_NEVER = 2.0  # above any similarity


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The story that an article joins (its index among those given; None: it starts one), which part, and the evidence.

    `news` is what the article adds to the story. `follows` is the id of the story whose case a new story continues.
    """

    joins: int | None
    evidence: str
    part: int = 1
    news: str = ""
    same_article: bool = False  # not another telling but the same article, under the same address
    follows: int | None = None


def place(telling: Telling, recent: Sequence[Story], *, index: SimilarityIndex, now: datetime) -> Placement:
    """Place an article: in the story that has its address, else in the most similar one that may be the same event,
    else in the last one with the same headline and day (if there are too few words to compare), else with the same
    person and step.

    Articles about different people are never one story, however similar their words; articles in different languages
    only if a person or several figures are common.
    """
    for number, story in enumerate(recent):
        if telling.article.canonical_url in {one.article.canonical_url for one in story.tellings}:
            return Placement(joins=number, evidence=SAME_ADDRESS, same_article=True)
    ours = index.vector(telling.article.fingerprint)
    alike = [(_likeness(telling.article, ours, story, index), number) for number, story in enumerate(recent)]
    near = [(share, number) for share, number in alike if share >= ALIKE_NAMED - _SAME_DAY]
    needed = [_needed(telling, recent[number], share, index, now) for share, number in near]
    margins = ((share - least, share, number) for (least, _), (share, number) in zip(needed, near, strict=True))
    margin, share, number = max(margins, default=(-_NEVER, 0.0, -1))
    if margin < 0 and (twin := _by_headline(telling, recent, now) or _by_person(telling, recent, now)):
        return twin
    if margin < 0:
        evidence = _refusal(max(alike, default=(0.0, -1)), dict(zip(near, needed, strict=True)))
        return Placement(joins=None, evidence=evidence, follows=_followed(telling, recent, alike, now))
    story = recent[number]
    added = news(telling, story.tellings) or _is_late(telling.article, story, now)
    part = story.next_part if added else _nearest_part(telling, ours, story.tellings, index)
    return Placement(joins=number, evidence=f"{LIKENESS} {share:.2f}", part=part, news=added)


def _is_late(article: Article, story: Story, now: datetime) -> str:
    """Say that the article comes too late to be a retelling: after three days without a common name it may be another
    event in the same words. "" otherwise.
    """
    named = common_persons(article, [one.article for one in story.tellings])
    is_late = not named and _apart(article, story, now)[0] > SAME_STEP
    return "прошло больше трёх дней" if is_late else ""


def _by_headline(telling: Telling, recent: Sequence[Story], now: datetime) -> Placement | None:
    """Return the story of the last telling with the same headline within a day, if one of the two is short."""
    article, words, says_little = telling.article, headline_words(telling.article), is_short(telling.article)
    twins = [
        (number, one)
        for number, story in enumerate(recent)
        for one in story.tellings
        if words and (says_little or is_short(one.article)) and headline_words(one.article) == words
        if (apart := _between(article, one.article, story, now)) <= SAME_HEADLINE
        if not _forbids(telling, story, apart, apart, named=common_persons(article, [one.article]))
    ]
    if not twins:
        return None
    number, twin = twins[-1]
    added = news(telling, recent[number].tellings)
    part = recent[number].next_part if added else twin.part
    return Placement(joins=number, evidence=ONE_HEADLINE, part=part, news=added)


def _by_person(telling: Telling, recent: Sequence[Story], now: datetime) -> Placement | None:
    """Return the last story within NEW_STEP about the same person and step, however few words are common: «В Риддере
    задержали Назара Сечина», «Назара Сечина задержали в Риддере».
    """
    taken = frozenset(taken_steps([telling.article.title]))
    if not taken:
        return None
    for number, story in reversed([*enumerate(recent)]):
        told_steps = taken_steps(one.article.title_read for one in story.tellings)
        nearest, first = _apart(telling.article, story, now)
        if (
            taken.intersection(told_steps)
            and first <= NEW_STEP
            and is_same_person(telling.article, story)
            and not _forbids(telling, story, nearest, first, named=True)
        ):
            added = news(telling, story.tellings)
            part = story.next_part if added else story.tellings[-1].part
            return Placement(joins=number, evidence=_SAME_PERSON, part=part, news=added)
    return None


def _between(article: Article, twin: Article, story: Story, now: datetime) -> timedelta:
    """Return the time between two articles by their dates, else the time since the story was updated."""
    if article.published_at and twin.published_at:
        return abs(article.published_at - twin.published_at)
    return abs(now - story.updated_at) if story.updated_at else timedelta()


def _refusal(nearest: tuple[float, int], needed: Mapping[tuple[float, int], tuple[float, str]]) -> str:
    """Say why no story was near enough. Numbers are rounded apart: «0.20 при пороге 0.20» would look wrong."""
    least, why = needed.get(nearest, (ALIKE, ""))
    wanted = f"но {why}" if why else f"при пороге {ceil(round(least * 100, 6)) / 100:.2f}"
    return f"похожих новостей нет (ближайшая: {floor(nearest[0] * 100) / 100:.2f}{',' if why else ''} {wanted})"


def _likeness(article: Article, ours: Mapping[int, float], story: Story, index: SimilarityIndex) -> float:
    """Return the mean similarity to the story's last tellings, so that one bridge does not join two events, plus a
    bonus for common figures.
    """
    fingerprints = [one.article.fingerprint for one in story.tellings[-_COMPARED:]]
    words = sum(cosine(ours, index.vector(one)) for one in fingerprints) / len(fingerprints)
    if words < _ABOUT_THE_SAME:
        return words
    figures = common_figures(article.fingerprint, chain.from_iterable(fingerprints))
    return words + _SAME_FIGURE * min(len(figures), _MOST_FIGURES)


def _needed(telling: Telling, story: Story, share: float, index: SimilarityIndex, now: datetime) -> tuple[float, str]:
    """Return the similarity needed to be of the story's event; _NEVER if it cannot be, with the reason in Russian."""
    article, earlier = telling.article, [one.article for one in story.tellings]
    nearest, first = _apart(article, story, now)
    named = common_persons(article, earlier)
    forbidden = _forbids(telling, story, nearest, first, named=named)
    if forbidden:
        return _NEVER, forbidden
    if all(article.language != one.language for one in earlier):
        return _needed_abroad(article, earlier, first)
    if not named and not _is_borne_out(article, earlier[-_COMPARED:], share, index):
        return _NEVER, "имена и числа другие"
    return _needed_at_home(article, earlier, nearest, first, named=named), ""


def _forbids(telling: Telling, story: Story, nearest: timedelta, first: timedelta, *, named: bool) -> str:
    """Say in Russian why the article cannot be of the story's event, however similar; "" if nothing is against it."""
    article, earlier = telling.article, [one.article for one in story.tellings]
    if nearest > SAME_EVENT:
        return "прошло больше десяти дней"
    if are_of_others(article, earlier):
        return "названы другие люди"
    if named and first > NEW_STEP and are_other_steps(article, earlier):
        return "в заголовке другой шаг дела"
    if not named and not _have_a_topic_in_common(telling, story):
        return "другая тема"
    return "" if common_subjects(article, earlier) else difference(article, earlier)


def _have_a_topic_in_common(telling: Telling, story: Story) -> bool:
    ours = {topic.id for topic in telling.verdict.topics}
    theirs = {topic.id for one in story.tellings for topic in one.verdict.topics}
    return not (ours and theirs) or bool(ours & theirs)


def _needed_at_home(
    article: Article, earlier: Sequence[Article], nearest: timedelta, first: timedelta, *, named: bool
) -> float:
    if named and first > SAME_STEP:
        return ALIKE_LATER
    needed = ALIKE_NAMED if common_subjects(article, earlier) else ALIKE
    return needed - _SAME_DAY if nearest <= NEW_STEP else needed


def _is_borne_out(article: Article, earlier: Sequence[Article], share: float, index: SimilarityIndex) -> bool:
    """Whether names and figures agree as much as words do; weekly news in the same words differ in them."""
    wanted = min(_BORNE_OUT * share, _ENOUGH)
    return any(index.agreement(article, one) >= wanted for one in earlier)


def _needed_abroad(article: Article, earlier: Sequence[Article], first: timedelta) -> tuple[float, str]:
    """Return the similarity needed across languages; words say little, so a person or several figures must agree."""
    if common_subjects(article, earlier):
        return (ALIKE_NAMED, "") if first <= SAME_STEP else (_NEVER, "другой язык и другие дни")
    figures = max(len(common_figures(article.fingerprint, one.fingerprint)) for one in earlier)
    return (ALIKE_NAMED, "") if figures >= _FIGURES_ABROAD else (_NEVER, "другой язык, а общих имён и чисел мало")


def _apart(article: Article, story: Story, now: datetime) -> tuple[timedelta, timedelta]:
    """Return the times to the story's nearest and first telling, by dates; not less than the time since its update."""
    silence = abs(now - story.updated_at) if story.updated_at else timedelta()
    dates = [one.article.published_at for one in story.tellings if one.article.published_at]
    if article.published_at is None or not dates:
        return max(silence, _UNDATED), max(silence, _UNDATED)
    nearest = min(abs(article.published_at - at) for at in dates)
    return max(silence, nearest), max(silence, abs(article.published_at - min(dates)))


def _nearest_part(
    telling: Telling, ours: Mapping[int, float], earlier: Sequence[Telling], index: SimilarityIndex
) -> int:
    """Return the part of the most similar telling among those as sure as this one: a denial joins denials only."""
    sure = stance(telling, earlier)
    alike = [one for one, its in zip(earlier, stances(earlier), strict=True) if its is sure] or earlier
    return max(alike, key=lambda one: (cosine(ours, index.vector(one.article.fingerprint)), -one.part)).part


def _followed(
    telling: Telling, recent: Sequence[Story], alike: Iterable[tuple[float, int]], now: datetime
) -> int | None:
    """Return the id of the story of the last sixty days that names the same person, and not only as an older case; the
    most similar one. Similarity is not required of a short article, nor if first name and surname agree («Рыкова» and
    «Рыков» share no word).
    """
    cases = [
        (share, story.id)
        for share, story in ((share, recent[number]) for share, number in alike)
        if story.id is not None
        if share >= _ABOUT_THE_SAME or is_short(telling.article) or is_same_person(telling.article, story, in_full=True)
        if story.updated_at is None or now - story.updated_at <= SAME_CASE
        if common_persons(telling.article, (one.article for one in story.tellings))
        if not are_of_others(telling.article, [one.article for one in story.tellings])
    ]
    return max(cases, default=(0.0, None))[1]
