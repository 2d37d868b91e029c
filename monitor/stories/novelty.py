"""What an article adds to a story that its readers do not know yet: a topic, a person, a step, a place, a number.

In doubt it counts as news: a line too many is a nuisance, a line too few may hide somebody's arrest. Persons and steps
are looked for in the headline and in the sentences that matched, because background paragraphs name people of older
cases.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta

from monitor.models.articles import Article, TopicVerdict
from monitor.models.stories import Telling
from monitor.stories.claims.certainty import Certainty, denial, doubt
from monitor.stories.claims.stance import first_sentences, stance, stances
from monitor.stories.claims.step_forms import OFFICIALS_SAID
from monitor.stories.claims.steps import Step, mentioned_steps, speaks_of, taken_steps
from monitor.stories.differences import additions
from monitor.stories.people.naming import LEAD, Person, in_common, is_official, people
from monitor.stories.people.subjects import persons
from monitor.text.languages.kazakh_latin import in_russian_letters

_NEXT_DAY = timedelta(hours=12)
_STEM = 5  # letters by which a word is recognised in another form
AGAIN = re.compile(r"\b(?:снова|вновь|опять|повторно|қайта(?:дан)?)\b", re.IGNORECASE)
# «Задержанного отпустили», «ұсталған ресейлік»: a description of the person, not an event
_WHO = re.compile(r"\b\w+(?:нн(?:ый|ого|ому|ым|ом|ая|ой|ую|ые|ых|ыми)\b|[ғқкг][ае]н(?= \w))", re.IGNORECASE)
_OF_WHOM = re.compile(r"\b(?:обвиняем|подозреваем|разыскиваем)\w+|, котор\w+[^,.!?]*", re.IGNORECASE)

NAME, PLACE, NUMBER = "имя", "место", "число"
DENIAL, CONFIRMATION, DOUBT = "опровержение", "подтверждение", "сомнение"
"""Kinds of what is new, as `news` calls them; others are a topic and a step."""


def news(telling: Telling, earlier: Sequence[Telling]) -> str:
    """Return what `telling` adds to the earlier ones, in Russian, for the post's reason; "" if it repeats them."""
    return "; ".join(f"{what}: {', '.join(names)}" for what, names in news_by_kind(telling, earlier).items())


def news_by_kind(telling: Telling, earlier: Sequence[Telling]) -> Mapping[str, Sequence[str]]:
    """Return what `telling` adds to the earlier ones, by kind; no kind is empty."""
    known_topics = {topic.id for one in earlier for topic in one.verdict.topics}
    texts = [f"{one.article.title}\n{one.article.text}" for one in earlier]
    known = "\n".join(texts)
    new_topics = [topic for topic in telling.verdict.topics if topic.id not in known_topics]
    topics = [topic.title for topic in new_topics if not _is_of_known_words(topic, known)]
    title = telling.article.title
    unsaid = _unsaid(dict.fromkeys([*mentioned_steps(_OF_WHOM.sub("", title)), *taken_steps([title])]), texts)
    steps = [step.value for step in dict.fromkeys([*unsaid, *steps_since(telling.article, earlier)])]
    where, how_many = additions(telling.article, [one.article for one in earlier])
    kinds = {
        **_certainties(telling, earlier),
        "тема": topics,
        NAME: _strangers(telling, known),
        "событие": steps,
        PLACE: where,
        NUMBER: how_many,
    }
    return {kind: names for kind, names in kinds.items() if names}


def _is_of_known_words(topic: TopicVerdict, known: str) -> bool:
    """Whether it is of this topic only by words of the text that earlier tellings have too, not by its headline."""
    small = known.casefold()
    return bool(topic.matches) and all(
        match.where == "text" and match.form.casefold()[:_STEM] in small for match in topic.matches
    )


def steps_since(article: Article, earlier: Sequence[Telling]) -> list[Step]:
    """Return the steps that the headline, else the first sentence, says happened, if that is half a day or more after
    the story began and no earlier headline or beginning told them. A mention in the body does not count: it may be
    older («в июне суд продлил арест»). If the headline says «снова», what no other such headline told is new at any
    time.
    """
    if AGAIN.search(article.title):  # «повторно задержали»
        before = taken_steps(one.article.title_read for one in earlier if AGAIN.search(one.article.title_read))
        return [step for step in taken_steps([article.title]) if step not in before]
    dates = [one.article.published_at for one in earlier if one.article.published_at]
    if not dates or article.published_at is None or article.published_at - min(dates) < _NEXT_DAY:
        return []
    known = taken_steps(words for one in earlier for words in (one.article.title_read, *first_sentences(one.article)))
    taken = taken_steps([article.title]) or taken_steps(first_sentences(article)[:1])
    return [step for step in taken if step not in known]


def _certainties(telling: Telling, earlier: Sequence[Telling]) -> dict[str, list[str]]:
    """Return what is new about certainty. A first denial is news, and so are a doubt about what was sure and a
    statement of what was only heard or was denied.
    """
    now, before = stance(telling, earlier), stances(earlier)
    if now is Certainty.DENIED and now not in before:
        return {DENIAL: [denial(telling.article.title) or "в тексте"]}
    if now is Certainty.UNCONFIRMED and set(before) == {Certainty.SAID} and (words := doubt(telling.article.title)):
        return {DOUBT: [words]}
    is_heard = set(before) == {Certainty.UNCONFIRMED}
    is_denied = before[-1:] == [Certainty.DENIED] and bool(taken_steps([telling.article.title]))
    is_confirmed = now is Certainty.SAID and (is_heard or is_denied)
    return {CONFIRMATION: ["раньше не подтверждалось"]} if is_confirmed else {}


def _strangers(telling: Telling, known: str) -> list[str]:
    """Return surnames of the telling's people who are not in the earlier texts, or have another first name there."""
    known_people, small = people(known), in_russian_letters(known.casefold().replace("ё", "е"))
    return sorted(
        {
            person.surname
            for person in persons(telling)
            if not person.is_short and not is_official(person, f"{telling.article.title}\n{telling.article.text}")
            if (person.stem not in small and not in_common([person], known_people))
            or (person.first and not in_common([person], known_people) and _bears(person, known_people))
        }
    )


def _bears(person: Person, others: Iterable[Person]) -> bool:
    return any(person.stem == other.stem for other in others)


def is_rewritten(article: Article, earlier: Iterable[Telling]) -> bool:
    """Whether the outlet published this very article earlier under another headline."""
    same = (one.article for one in earlier if one.article.canonical_url == article.canonical_url)
    return any(one.feed == article.feed and one.title_read != article.title for one in same)


def are_other_steps(article: Article, earlier: Sequence[Article]) -> bool:
    """Whether a headline of one side has a step of the case that the other side's beginning does not mention."""
    ours, theirs = [_beginning(article)], [_beginning(one) for one in earlier]
    steps = mentioned_steps(_WHO.sub("", article.title))
    return bool(
        _unsaid(steps, theirs) or any(_unsaid(mentioned_steps(_WHO.sub("", one.title)), ours) for one in earlier)
    )


def _beginning(article: Article) -> str:
    return f"{article.title}\n{article.text[:LEAD]}"


def _unsaid(steps: Collection[Step], texts: Collection[str]) -> list[Step]:
    if not steps:
        return []
    known = set(taken_steps(texts, before_too=True))
    if Step.KIDNAPPED in known:
        known.add(Step.DISAPPEARED)
    if any(map(OFFICIALS_SAID.search, texts)):
        known.add(Step.COMMENTED)
    return [step for step in steps if step not in known and not any(speaks_of(step, text) for text in texts)]
