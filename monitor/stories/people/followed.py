"""People whose stories the channel published: an article that names one of them may continue the story.

Denials and later steps often have none of the words that rules know: «Бабушкин на связи, он дома». No rule matches such
an article, and nobody would see it. So maintainers are asked; nothing is published because of a name alone.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final, NamedTuple, Self

from monitor.models.articles import Article, Match, Tier, TopicVerdict, Verdict, Where
from monitor.models.stories import Story, Telling
from monitor.stories import recent_events
from monitor.stories.claims.certainty import Certainty
from monitor.stories.claims.stance import denies_what_was_told, first_sentences, stances
from monitor.stories.people.naming import LEAD, Person, in_common, is_official, named_in, people
from monitor.stories.recent_events import RecentEvents

FOLLOWED: Final = timedelta(days=30)
RULE: Final = "о том же человеке"
"""The rule's name in a verdict for such an article."""
NO_RULE: Final = "ни одно правило не сработало"
BEFORE_CLAIM: Final = timedelta(hours=3)  # a rumour may be denied before the outlets we read report it

_SUBJECT: Final = 400  # characters that name the people an article is about
MOST_STORIES: Final = 3  # stories of one name; a person in more of them is an official, or has a name that many have
_SHORT_NAME: Final = re.compile(r"\b[А-ЯЁӘҒҚҢӨҰҮҺІ][а-яёәғқңөұүһі]+ [А-ЯЁӘҒҚҢӨҰҮҺІ]\.")
_CAPITALIZED: Final = re.compile(r"\b[А-ЯЁӘҒҚҢӨҰҮҺІ][а-яёәғқңөұүһі-]+")


def subjects(title: str, text: str) -> list[Person]:
    """Return the people named in the headline or at the beginning of the text, without officials who speak there."""
    beginning = f"{title}\n{text[:_SUBJECT]}"
    return [one for one in people(beginning) if one.is_surely_one and not is_official(one, beginning)]


class ToldStory(NamedTuple):
    """The beginning of a telling in the channel: its story's number, the headline and the text."""

    story_id: int
    title: str
    text: str


class Followed(NamedTuple):
    """The people whom the stories in the channel are about, by their surnames' stems, and its recent events."""

    by_stem: Mapping[str, frozenset[Person]]
    events: RecentEvents = recent_events.NONE

    @classmethod
    def from_tellings(cls, tellings: Iterable[ToldStory], events: RecentEvents = recent_events.NONE) -> Self:
        """Those of these stories' tellings."""
        stories, persons = defaultdict[str, set[int]](set), defaultdict[str, set[Person]](set)
        for one in tellings:
            for person in subjects(one.title, one.text):
                stories[person.stem].add(one.story_id)
                persons[person.stem].add(person)
        by_stem = {stem: frozenset(persons[stem]) for stem, its in stories.items() if len(its) <= MOST_STORIES}
        return cls(by_stem, events)

    def without(self, known: "Followed") -> "Followed":
        """Return those who are certainly none of the people in `known`."""
        new = {stem: _strangers(persons, known.by_stem.get(stem, ())) for stem, persons in self.by_stem.items()}
        return Followed({stem: persons for stem, persons in new.items() if persons})

    def is_told_of(self, title: str, text: str) -> bool:
        """Whether an article may go on with what the channel told: by whom it names, or by its words."""
        return self.is_named(title, text) or self.events.has(title, text)

    def is_named(self, title: str, text: str) -> bool:
        """Whether the headline or the lead names one of them, and nobody else with that surname."""
        lead = f"{title}\n{text[:LEAD]}"
        if _SHORT_NAME.search(lead) and self._is_shortened(lead):
            return True
        words = (word for word in _CAPITALIZED.findall(lead) if Person(word).stem in self.by_stem)
        written = {one for word in words for one in self.by_stem[Person(word).stem] if one.is_written(word)}
        named = people(lead) if written else frozenset()
        return any(_is_meant(person, named) for person in written)

    def _is_shortened(self, lead: str) -> bool:
        """Whether one of them is named as «Антон Р.»."""
        short = [one for one in people(lead) if one.is_short]
        return any(in_common(short, persons) for persons in self.by_stem.values() if short)


def _strangers(persons: Iterable[Person], known: Iterable[Person]) -> frozenset[Person]:
    return frozenset(one for one in persons if not in_common([one], known))


def _is_meant(person: Person, named: Iterable[Person]) -> bool:
    bearers = [one for one in named if one.stem == person.stem]
    return not bearers or in_common([person], bearers)


NOBODY: Final = Followed({})


def is_about(article: Article, story: Story, *, headline: bool = False) -> bool:
    """Whether the article (only its title if `headline`) names somebody whom the story is about."""
    tellings = (ToldStory(0, one.article.title, one.article.text) for one in story.tellings)
    return Followed.from_tellings(tellings).is_named(article.title, "" if headline else article.text)


def is_same_person(article: Article, story: Story, *, in_full: bool = False) -> bool:
    """Whether both name somebody by the same first name and surname; with `in_full` an initial is not enough."""
    ours, theirs = (
        [person for person in named if person.first and not (in_full and "." in person.first)]
        for named in (named_in(article), (person for one in story.tellings for person in named_in(one.article)))
    )
    return in_common(ours, theirs)


def is_denied_by(telling: Telling, story: Story) -> bool:
    """Whether a sentence of the article's beginning names only a person of the story and denies what was told about
    him, as the first to do so: readers would believe him safe. An article published long before the claim is no denial.
    """
    article, earlier = telling.article, story.tellings
    if _is_older(article, story) or Certainty.DENIED in stances(earlier):
        return False
    told_of = Followed.from_tellings(ToldStory(0, one.article.title, one.article.text) for one in earlier)
    naming = [words for words in (article.title, *first_sentences(article)) if told_of.is_named(words, "")]
    known = [person for one in earlier for person in named_in(one.article)]
    return any(denies_what_was_told(words, earlier) and not _names_others(words, known) for words in naming)


def _names_others(words: str, known: Iterable[Person]) -> bool:
    return any(one.first and not is_official(one, words) and not in_common([one], known) for one in people(words))


def _is_older(article: Article, story: Story) -> bool:
    dates = [one.article.published_at for one in story.tellings if one.article.published_at]
    return bool(dates) and article.published_at is not None and article.published_at < min(dates) - BEFORE_CLAIM


def question_of(article: Article, story: Story) -> Verdict:
    """What maintainers are asked about an article that no rule knows: the story's topic, and the names in it."""
    topic = _topic(article, story, Tier.REVIEW)
    return Verdict(topics=(topic if topic.matches else replace(topic, rule=recent_events.RULE),), lack=NO_RULE)


def denial_of(telling: Telling, story: Story) -> Verdict:
    """Return the verdict with which a denial is published, of tier `post`: its own topics, else the story's."""
    by_rules = tuple(replace(topic, tier=Tier.POST) for topic in telling.verdict.topics)
    return Verdict(topics=by_rules or (_topic(telling.article, story, Tier.POST),))


def _topic(article: Article, story: Story, tier: Tier) -> TopicVerdict:
    persons = tuple(person for one in story.tellings for person in named_in(one.article))
    topic = story.lead.verdict.topics[0]
    return replace(topic, rule=RULE, tier=tier, matches=tuple(_matches(article, persons)))


def _matches(article: Article, persons: Iterable[Person]) -> Iterable[Match]:
    """Yield the first place of one of their surnames in the headline and in the text."""
    stems = {person.stem for person in persons}
    parts: tuple[tuple[Where, str], ...] = (("title", article.title), ("text", article.text[:LEAD]))
    for where, part in parts:
        words = (word for word in _CAPITALIZED.finditer(part) if Person(word[0]).stem in stems)
        if word := next(words, None):
            yield Match(term=word[0], form=word[0], where=where, start=word.start(), end=word.end())
