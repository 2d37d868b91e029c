"""What an article brings to a story that its readers do not know yet: a topic, a person, a step, a place, a number.

A doubt counts as news: a line too many is a nuisance, a line too few may hide somebody's arrest. Persons and steps are
looked for in the headline and in the sentences that matched; background paragraphs name people of older cases.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from monitor.models.articles import Article
from monitor.models.stories import Telling
from monitor.stories.differences import additions
from monitor.stories.people import Person, in_common, people
from monitor.text.unicode import sentences

_LEAD = 1_200  # characters in which an article's people are looked for
_SUBJECT = 200  # characters in which those stand whom it is about

# The steps of a case, by the beginnings of the words that headlines have for them. A step in a headline that no
# earlier telling speaks of is news even when everything else is known.
_HANDED_OVER = (
    "выдан выдал экстрадирован экстрадировал депортирован депортировал выслан выслал выдворен выдворил"
    " экстрадирует депортирует высылает выдворяет экстрадируют депортируют высылают выдворяют"
    " передан передал вывезен вывезл депортацияланды экстрадицияланды шығарылды жөнелтілді қайтарылды тапсырылды"
)
# «Правозащитники осудили обыск»: nobody was sentenced
_CONDEMNED = "обыск|арест(?!ован)|задержани|выдач|экстрадици|депортаци|высылк|решени|преследовани|давлени"
_STEPS = {
    "задержание": ("задерж ұстад ұстал ұстаған", r"снят?\w* с (?:рейса|поезда)"),
    "арест": ("арест қамау қамал қамады тұтқын", r"под стражу"),
    "запрос": ("запрос запрашива сұрат розыск іздеу", r"сұрау сал"),
    "решение о выдаче": ("", r"(?:одобр|разреш|постанов|реш)\w+ (?:\w+ ){0,3}?(?:выда|экстрад|депорт|высл|выдвор)"),
    "выдача": (_HANDED_OVER, r"ұстап бер(?:ді|ілді)|шығарып жібер(?:ді|ілді)"),
    "отказ в выдаче": ("", r"отказал\w* (?:\w+ ){0,2}?(?:выда|экстрад)|не выда|беруден бас тарт"),
    "отказ в освобождении": ("", r"отказал\w* (?:\w+ ){0,2}?освобо|босатудан бас тарт|босат(?:ыл)?мады"),
    "освобождение": ("освобо отпущен отпустил босат бостандық", r"выш(?:ел|ла) на свободу"),
    "отказ в убежище": ("", r"отказ\w* (?:\w+ ){0,2}?(?:убежищ|статус)|мәртебе\w* берме"),
    "допрос": ("допрос допрош допраш вызва вызов шақыр тергеуге сұраққа", r"жауап(?:қа)? (?:ал|тарт)"),
    "обыск": ("обыск изъял изъят тінт тәркіле", ""),
    "обвинение": ("обвин предъяв приговор осужд айыпта үкім сотталды", rf"осудил\w* (?!{_CONDEMNED})"),
    "отказ суда": ("", r"(?:отклонил|отверг)\w* (?:\w+ ){0,2}?(?:жалоб|иск|апелляц|ходатайств)|қанағаттандырмады"),
    "продление": ("продл ұзартты ұзартылды", ""),
    "отсрочка": ("отложил отложен отсроч приостанов тоқтата", "кейінге қалдыр"),
    "смерть": ("погиб умер убит скончал қайтыс өлтірілді", r"қаза тапты"),
    "побег": ("сбежал бежал покинул уехал вылетел қашып", ""),
}

# «Задержанного отпустили», «ұсталған ресейлік»: who he is, not what happened
_WHO = re.compile(r"\b\w+(?:нн(?:ый|ого|ому|ым|ом|ая|ой|ую|ые|ых|ыми)\b|[ғқкг][ае]н(?= \w))", re.IGNORECASE)


# «Суд отказался освободить», «босатпады»: it did not happen. Told so, it is not told as happened either.
_NOT_BEFORE = re.compile(
    r"\b(?:не|отказ\w*|отмен\w*|избежа\w*|без|вместо)"
    r"(?: (?:в|от|его|ее|её|их|стал\w*|буд\w+|хо[тч]\w+|могут|может))* $",
    re.IGNORECASE,
)
_NOT_AFTER = re.compile(r"\w*?(?:[мпб][ае](?:д[ыі]|йд[ыі]|[ғг][ае]н)\b|[дт][ае]н бас тарт)", re.IGNORECASE)
_NOT_WITHIN = 40  # characters before a step in which its denial stands


def _any_of(words: str, phrases: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(filter(None, [*words.split(), phrases])) + ")", re.IGNORECASE)


_STEP = {step: _any_of(words, phrases) for step, (words, phrases) in _STEPS.items()}


def news(telling: Telling, earlier: Sequence[Telling]) -> str:
    """What `telling` adds to the earlier ones, in Russian, for the post's reason; "" when it repeats them."""
    known_topics = {topic.id for one in earlier for topic in one.verdict.topics}
    topics = [topic.title for topic in telling.verdict.topics if topic.id not in known_topics]
    known = "\n".join(f"{one.article.title}\n{one.article.text}" for one in earlier)
    steps = _unsaid(_steps(telling.article.title), known)
    facts = additions(telling.article, [one.article for one in earlier])
    parts = (("тема", topics), ("имя", _strangers(telling, known)), ("событие", steps), *facts)
    return "; ".join(f"{what}: {', '.join(names)}" for what, names in parts if names)


def _strangers(telling: Telling, known: str) -> list[str]:
    """Surnames of the telling's people that nobody known bears, or that somebody of another first name does."""
    known_people, small = people(known), known.casefold()
    return sorted(
        {
            person.surname
            for person in persons(telling)
            if person.stem not in small
            or (person.first and not in_common([person], known_people) and _bears(person, known_people))
        }
    )


def _bears(person: Person, others: Iterable[Person]) -> bool:
    return any(person.stem == other.stem for other in others)


def persons(telling: Telling) -> frozenset[Person]:
    """The people in the headline and in the sentences that matched."""
    article = telling.article
    spans = sentences(article.text)
    starts = [start for start, _ in spans]
    matches = [match.start for topic in telling.verdict.topics for match in topic.matches if match.where == "text"]
    chosen = sorted({bisect_right(starts, at) - 1 for at in matches} - {-1})
    return people("\n".join([article.title, *(article.text[slice(*spans[number])] for number in chosen)]))


def are_of_others(article: Article, earlier: Iterable[Article]) -> bool:
    """Whether both name people, and none in common: then the cases differ, however alike the words are."""
    ours, theirs = _named(article), frozenset(person for one in earlier for person in _named(one))
    return bool(ours and theirs) and not in_common(ours, theirs)


def common_persons(article: Article, earlier: Iterable[Article]) -> bool:
    """Whether somebody is named in both."""
    return in_common(_named(article), (person for one in earlier for person in _named(one)))


def common_subjects(article: Article, earlier: Iterable[Article]) -> bool:
    """Whether both are about somebody: name them in the headline, or at the very beginning."""
    return in_common(_subjects(article), (person for one in earlier for person in _subjects(one)))


def _subjects(article: Article) -> frozenset[Person]:
    return people(f"{article.title}\n{article.text[:_SUBJECT]}")


def are_other_steps(article: Article, earlier: Sequence[Article]) -> bool:
    """Whether one's headline has a step of the case that the other's beginning does not speak of at all."""
    ours, theirs = _beginning(article), "\n".join(map(_beginning, earlier))
    happened = _steps(_WHO.sub("", article.title))
    return bool(_unsaid(happened, theirs) or any(_unsaid(_steps(_WHO.sub("", one.title)), ours) for one in earlier))


def _beginning(article: Article) -> str:
    return f"{article.title}\n{article.text[:_LEAD]}"


def _unsaid(steps: Iterable[str], text: str) -> list[str]:
    return [step for step in steps if not _tells(step, text)]


def _named(article: Article) -> frozenset[Person]:
    return people(_beginning(article))


def _steps(headline: str) -> list[str]:
    return [step for step in _STEP if _tells(step, headline)]


def _tells(step: str, text: str) -> bool:
    """Whether a text says that the step happened: at least once without a denial."""
    return any(
        not _NOT_BEFORE.search(text[max(0, word.start() - _NOT_WITHIN) : word.start()])
        and not _NOT_AFTER.match(text, word.end())
        for word in _STEP[step].finditer(text)
    )
