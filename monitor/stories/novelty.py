"""What an article brings to a story that its readers do not know yet: a topic, a person, a step, a place, a number.

A doubt counts as news: a line too many is a nuisance, a line too few may hide somebody's arrest. Persons and steps are
looked for in the headline and in the sentences that matched; background paragraphs name people of older cases.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import accumulate
from operator import or_

from monitor.models.articles import Article, TopicVerdict
from monitor.models.stories import Telling
from monitor.stories.claims.certainty import Certainty, certainty, denial, doubt
from monitor.stories.claims.step_forms import ABOUT_BEFORE
from monitor.stories.claims.steps import NO_REMOVAL, Step, denied_in, happened, speaks_of, spoken_of
from monitor.stories.differences import additions
from monitor.stories.people.naming import LEAD, Person, in_common, is_meant, is_official, named_in, people
from monitor.text.languages.kazakh_latin import in_russian_letters
from monitor.text.languages.places import TOWNS, places
from monitor.text.unicode import sentences

_NEXT_DAY = timedelta(hours=12)
_STEM = 5  # letters by which a word is known in another form
AGAIN = re.compile(r"\b(?:снова|вновь|опять|повторно|қайта(?:дан)?)\b", re.IGNORECASE)
_LEAVING = {Step.HANDED_OVER, Step.TAKEN_AWAY, Step.KIDNAPPED, Step.DISAPPEARED, Step.DIED}
_ALIVE = re.compile(r"\bжив[аы]?\b(?! (?:в|на)\b)", re.IGNORECASE)
_AT_HOME = re.compile(
    r"\bникуда (?:его|е[её]|их)? ?не\b|\bсидит там же\b|\b(?:находится|находятся|он|она|сидит) (?:у себя )?дома\b"
    r"|\b(?:қызым|ұлым|күйеуім|ол|мен) үйде\w*|\bүйдемін\b|\bжив[аы]? и (?:здоров[аы]?\b|на связи)|\bаман-есен\b",
    re.IGNORECASE,
)
_STILL = re.compile(r"\b(?:оста[её]тся|по-прежнему)\b([^.!?,]{0,60})", re.IGNORECASE)
_REMOVALS = frozenset({Step.HANDED_OVER, Step.TAKEN_AWAY, Step.REMOVAL_DECIDED})
_REMOVAL = re.compile(
    r"\b(?:выдач|экстрадиц|экстрадир|депортац|депортир|передач|высылк|высыла|высла|выдвор|вывоз|вывез|этапир)"
    r"|\bне (?:выда|переда)|\b(?:беріл|жіберіл|жөнелтіл|жеткізіл|экстрадицияла|депортацияла)",
    re.IGNORECASE,
)
_JAILED = re.compile(r"\b(?:СИЗО|колони|тюрьм|түрме)", re.IGNORECASE)
_SUBJECT = 200  # characters in which those stand whom it is about
_FIRST = 2  # sentences that say what it is about
# «На прошлой неделе задержали другого россиянина»
_OF_ANOTHER = re.compile(
    r"\b(?:на (?:прошлой|этой) неделе|недел\w+ (?:назад|ранее)|друг(?:о(?:го|й|му)|ую)|ещё одн\w+|өткен апта\w*"
    r"|тағы бір)\b",
    re.IGNORECASE,
)

# «Задержанного отпустили», «ұсталған ресейлік»: who he is, not what happened
_WHO = re.compile(r"\b\w+(?:нн(?:ый|ого|ому|ым|ом|ая|ой|ую|ые|ых|ыми)\b|[ғқкг][ае]н(?= \w))", re.IGNORECASE)
_OF_WHOM = re.compile(r"\b(?:обвиняем|подозреваем|разыскиваем)\w+|, котор\w+[^,.!?]*", re.IGNORECASE)

NAME, PLACE, NUMBER = "имя", "место", "число"
DENIAL, CONFIRMATION, DOUBT = "опровержение", "подтверждение", "сомнение"
"""Kinds of what is new, as `news` calls them; the others are a topic and a step."""


def news(telling: Telling, earlier: Sequence[Telling]) -> str:
    """What `telling` adds to the earlier ones, in Russian, for the post's reason; "" when it repeats them."""
    return "; ".join(f"{what}: {', '.join(names)}" for what, names in added(telling, earlier).items())


def added(telling: Telling, earlier: Sequence[Telling]) -> Mapping[str, Sequence[str]]:
    """What `telling` adds to the earlier ones, by its kind; no kind is empty."""
    known_topics = {topic.id for one in earlier for topic in one.verdict.topics}
    texts = [f"{one.article.title}\n{one.article.text}" for one in earlier]
    known = "\n".join(texts)
    new_topics = [topic for topic in telling.verdict.topics if topic.id not in known_topics]
    topics = [topic.title for topic in new_topics if not _is_of_known_words(topic, known)]
    title = telling.article.title
    unsaid = _unsaid(dict.fromkeys([*spoken_of(_OF_WHOM.sub("", title)), *happened([title])]), texts)
    steps = [step.value for step in dict.fromkeys([*unsaid, *taken_since(telling.article, earlier)])]
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
    """Whether nothing makes it of the topic but what earlier ones have, too, and not its headline."""
    small = known.casefold()
    return bool(topic.matches) and all(
        match.where == "text" and match.form.casefold()[:_STEM] in small for match in topic.matches
    )


def taken_since(article: Article, earlier: Sequence[Telling]) -> list[Step]:
    """The steps that its headline, else its first sentence, tells as happened half a day after the story began, and
    that were nobody's news: what the texts speak of may be an older one («в июне суд продлил арест»).
    """
    if AGAIN.search(article.title):  # «повторно задержали»
        before = happened(one.article.title_read for one in earlier if AGAIN.search(one.article.title_read))
        return [step for step in happened([article.title]) if step not in before]
    dates = [one.article.published_at for one in earlier if one.article.published_at]
    if not dates or article.published_at is None or article.published_at - min(dates) < _NEXT_DAY:
        return []
    known = happened(words for one in earlier for words in (one.article.title_read, *first_words(one.article)))
    taken = happened([article.title]) or happened(first_words(article)[:1])
    return [step for step in taken if step not in known]


def first_words(article: Article) -> list[str]:
    """The two sentences that say what it is about."""
    return [article.text[slice(*span)] for span in sentences(article.text)[:_FIRST]]


def stances(tellings: Sequence[Telling]) -> list[Certainty]:
    """How sure each outlet was beside those before it, under the headline that readers had."""
    as_read = [replace(one, article=replace(one.article, title=one.article.title_read)) for one in tellings]
    before = accumulate(map(_steps_told, as_read), or_, initial=frozenset[Step]())
    return [_stance(one.article, steps) for one, steps in zip(as_read, before, strict=False)]


def stance(telling: Telling, earlier: Sequence[Telling]) -> Certainty:
    """How sure an outlet is beside what was told before: whoever says of a step told there that it did not happen
    («не задерживали») denies it, in whatever words.
    """
    return _stance(telling.article, frozenset[Step]().union(*map(_steps_told, earlier)))


def _steps_told(telling: Telling) -> frozenset[Step]:
    return frozenset(happened((telling.article.title_read, telling.article.text)))


def _stance(article: Article, known: frozenset[Step]) -> Certainty:
    """`known`: the steps that were told before."""
    told_now = frozenset(happened([article.title]))
    if NO_REMOVAL & told_now or (Step.RELEASED in told_now and not denial(article.title)):
        return Certainty.SAID  # «отпустили: её спутали с другой»
    if known and (_denies_any(article, known) or _denied(article) & known):
        return Certainty.DENIED
    return Certainty.DENIED if _stays(article, known) else certainty(article)


def denies(words: str, earlier: Sequence[Telling]) -> bool:
    """Whether a sentence by itself denies a step that was told: speaks of it, and says that it did not happen or was
    not true; or says that who had gone is at home, and of no prison. «Опроверг слухи, что его били» denies nothing.
    """
    known = frozenset[Step]().union(*map(_steps_told, earlier))
    if ABOUT_BEFORE.search(words) or known.intersection(happened([words])):
        return False
    if known & denied_in(words) or (denial(words) and known.intersection(_spoken_in(words))):
        return True
    is_away = bool(known & _LEAVING) and says_that_he_stays(words)
    return (is_away or (Step.DIED in known and _ALIVE.search(words) is not None)) and not _JAILED.search(words)


def _spoken_in(words: str) -> frozenset[Step]:
    """The steps of which a sentence speaks, whatever it says of them."""
    of_removal = _REMOVALS if _REMOVAL.search(words) else frozenset[Step]()
    return frozenset(spoken_of(words)) | denied_in(words) | of_removal


def _stays(article: Article, known: frozenset[Step]) -> bool:
    """Whether somebody of whom it was told that he had gone or was taken away is where he was."""
    beginning = "\n".join([article.title, *first_words(article)])
    is_alive = Step.DIED in known and _ALIVE.search(beginning) is not None
    return is_alive or bool(known & _LEAVING and says_that_he_stays(beginning))


def says_that_he_stays(text: str) -> bool:
    """Whether somebody is said to be at home, or still in Kazakhstan: «остаётся в СИЗО Алматы», not «… Омска»."""
    still = (words[1] for words in _STILL.finditer(text))
    return _AT_HOME.search(text) is not None or any("Казахстан" in words or places(words) & TOWNS for words in still)


def _denies_any(article: Article, known: frozenset[Step]) -> bool:
    """Whether its first words deny a deed, whatever it was, but for steps that were not told: «не депортировали» denies
    no detention.
    """
    denying = (words for words in first_words(article) if denial(words) and not ABOUT_BEFORE.search(words))
    return any(not denied_in(words) or denied_in(words) & known for words in denying)


def _denied(article: Article) -> frozenset[Step]:
    """The steps of which its headline, or its first words, say that they did not happen."""
    now = (words for words in (article.title, *first_words(article)) if not ABOUT_BEFORE.search(words))
    return frozenset[Step]().union(*map(denied_in, now))


def _certainties(telling: Telling, earlier: Sequence[Telling]) -> dict[str, list[str]]:
    """A claim is not borne out by who denies it: told beside it, the denial would read as one more telling. What was
    only heard until now is news again when somebody says it.
    """
    now, before = stance(telling, earlier), stances(earlier)
    if now is Certainty.DENIED and now not in before:
        return {DENIAL: [denial(telling.article.title) or "в тексте"]}
    if now is Certainty.UNCONFIRMED and set(before) == {Certainty.SAID} and (words := doubt(telling.article.title)):
        return {DOUBT: [words]}
    is_heard = set(before) == {Certainty.UNCONFIRMED}
    is_denied = before[-1:] == [Certainty.DENIED] and bool(happened([telling.article.title]))
    is_confirmed = now is Certainty.SAID and (is_heard or is_denied)
    return {CONFIRMATION: ["раньше не подтверждалось"]} if is_confirmed else {}


def _strangers(telling: Telling, known: str) -> list[str]:
    """Surnames of the telling's people that nobody known bears, or that somebody of another first name does."""
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
    """Whether its outlet told this very article before under another headline, as readers had it."""
    same = (one.article for one in earlier if one.article.canonical_url == article.canonical_url)
    return any(one.feed == article.feed and one.title_read != article.title for one in same)


def persons(telling: Telling) -> frozenset[Person]:
    """The people in the headline, the first sentence and those that matched, but for what tells of older things."""
    article = telling.article
    spans = sentences(article.text)
    starts = [start for start, _ in spans]
    matches = [match.start for topic in telling.verdict.topics for match in topic.matches if match.where == "text"]
    chosen = sorted({0, *(bisect_right(starts, at) - 1 for at in matches)} - {-1})[: len(spans)]
    telling_now = (
        words for words in (article.text[slice(*spans[at])] for at in chosen) if not ABOUT_BEFORE.search(words)
    )
    return people("\n".join([article.title, *telling_now]))


def are_of_others(article: Article, earlier: Iterable[Article]) -> bool:
    """Whether both are about people, and none of them is meant in the other: then the cases differ, however alike the
    words are. Background paragraphs name people of older cases.
    """
    ours, theirs = _subjects(article), frozenset(person for one in earlier for person in _subjects(one))
    if not (ours and theirs):
        return False
    sides = ((ours, "\n".join(map(_of_now, earlier))), (theirs, _of_now(article)))
    return not any(is_meant(person, text) for persons, text in sides for person in persons)


def _of_now(article: Article) -> str:
    """Its beginning without sentences that tell of older things."""
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
    """Whether both are about somebody: name them in the headline, or at the very beginning."""
    return in_common(_subjects(article), (person for one in earlier for person in _subjects(one)))


def _subjects(article: Article) -> frozenset[Person]:
    return people(f"{article.title}\n{article.text[:_SUBJECT]}")


def are_other_steps(article: Article, earlier: Sequence[Article]) -> bool:
    """Whether one's headline has a step of the case that the other's beginning does not speak of at all."""
    ours, theirs = [_beginning(article)], [_beginning(one) for one in earlier]
    steps = spoken_of(_WHO.sub("", article.title))
    return bool(_unsaid(steps, theirs) or any(_unsaid(spoken_of(_WHO.sub("", one.title)), ours) for one in earlier))


def _beginning(article: Article) -> str:
    return f"{article.title}\n{article.text[:LEAD]}"


def _unsaid(steps: Collection[Step], texts: Collection[str]) -> list[Step]:
    if not steps:
        return []
    known = set(happened(texts, before_too=True))
    if Step.KIDNAPPED in known:
        known.add(Step.DISAPPEARED)
    return [step for step in steps if step not in known and not any(speaks_of(step, text) for text in texts)]
