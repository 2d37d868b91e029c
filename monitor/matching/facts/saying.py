"""What the words that met the rules say about an event, as facts; never more than they say.

The names stand in keywords.yaml (`facts:`). A word gives no fact where grammar does not show who does what: a denied
act, somebody to whom it is not done, a place that is neither where, from nor to.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from monitor.config.keyword_rules import FactGroup, Naming, Role, TermWordKind
from monitor.matching.compiled_rules import CompiledRules
from monitor.matching.matched_article import MatchedArticle
from monitor.matching.term_index import Hit
from monitor.models.articles import Fact, FactKind
from monitor.text.languages.denial import happens_in_kazakh, happens_in_russian, is_denied, is_negative
from monitor.text.languages.russian import is_person
from monitor.text.unicode import fold

DEEDS = frozenset({FactKind.ACT, FactKind.MATTER})
"""Without one of these the facts make no line."""

_PLAIN = {FactGroup.MATTER: FactKind.MATTER, FactGroup.WHO: FactKind.WHO, FactGroup.BY: FactKind.BY}
_PLACES = (FactGroup.COUNTRY, FactGroup.PLACE)
# A Kazakh noun in an oblique case after a word without a case: «Петропавл пойызымен», «ресейлік дезертирден»; not
# «Ресейге».
_OBLIQUE = re.compile(r"\s+[a-zа-яёәғқңөұүһі][\w-]{2,}(?:[дтн][ае]н|[мбп]ен|[ғқгк][ае]|(?<=[ыі])н[ае])\b")
_OF_TOWN = re.compile(r"\s+(?:облыс|қала|аудан|obly|qala)", re.IGNORECASE)  # «Жамбыл облысында»
_HELD = re.compile(r"\s+өткен", re.IGNORECASE)  # «Алматыда өткен мәслихатта»
_NOT_THERE = re.compile(r"\bне (?:в|на|из|с) $", re.IGNORECASE)
_NOT_THERE_KAZAKH = re.compile(r"\s+емес", re.IGNORECASE)
_FROM = frozenset({"из", "с", "со"})
_SPEECH = re.compile(
    r"\b(?:деп\b|деді|дейді|айт|хабарла|мәлімде|санай|пікір|шақыр(?!ыл|т)|сообщ|заяв|сказа|счита|слов|утвержд|рассказ|призва|пиш"
    r"|написа|отмет|dep\b|dedi|deidi|ait)",
    re.IGNORECASE,
)
_TOLD = re.compile(r"\s+(?:айт|сөз|пікір|хабарла|мәлімде|жаз)", re.IGNORECASE)  # «белсендінің айтуынша»
_BESIDE = 3  # words between an act and the place from or to which it goes
_WAYS = {Role.AT: FactKind.WHERE, Role.FROM: FactKind.FROM, Role.TO: FactKind.TO}


def facts(compiled: CompiledRules, article: MatchedArticle, rules: Iterable[tuple[Hit, ...]]) -> tuple[Fact, ...]:
    """Return the facts of the deciding rules' hits, each once, in text order."""
    known = (fact for hits in rules for fact in _of_rule(compiled, article, hits))
    return tuple(dict.fromkeys(fact for _, fact in sorted(known, key=lambda one: one[0])))


def _of_rule(compiled: CompiledRules, article: MatchedArticle, hits: tuple[Hit, ...]) -> Iterator[tuple[Hit, Fact]]:
    """Yield the facts of one rule's hits. A hit that shares no sentence with an act or a matter may belong to another
    event and is skipped, unless it is an agency (BY), which is only said to have to do with it.
    """
    meant = [(hit, naming) for hit in hits if (naming := _meant(compiled, hit))]
    acts = {hit: _deed(compiled, article, hit) for hit, naming in meant if naming[0].group is FactGroup.ACT}
    done = [hit for hit, kind in acts.items() if kind]
    matters = [*acts, *(hit for hit, naming in meant if naming[0].group is FactGroup.MATTER)]
    for hit, naming in meant:
        group = naming[0].group
        is_apart = not any(article.is_one_sentence(hit, matter) for matter in matters)
        if (is_apart and group is not FactGroup.BY) or (group is FactGroup.WHO and not _is_affected(article, hit)):
            continue
        if group in _PLACES:
            yield from ((hit, fact) for fact in _place(compiled, article, hit, naming, done))
        elif kind := acts.get(hit) or _PLAIN.get(group):
            yield hit, _fact(kind, naming[0])


def _meant(compiled: CompiledRules, hit: Hit) -> tuple[Naming, ...]:
    """Return the term's facts; a person gets a fact with the name as the file has it."""
    term = compiled.terms[hit.term]
    if any(compiled.written[word][0].kind is TermWordKind.NAME for word in term.words):
        name = term.text
        return (Naming(group=FactGroup.WHO, ru=name, kk=name, en=name, words=frozenset(), lists=(), line=0),)
    return compiled.namings.facts_of(term.text, term.role)


def _deed(compiled: CompiledRules, article: MatchedArticle, hit: Hit) -> FactKind | None:
    """Return ACT if the form says that it happens, else MATTER; None if it is denied. A term that is itself a denial
    («бермеу») is not denied by its own ending.
    """
    term = compiled.terms[hit.term]
    before, form, after = article.sentence_around(hit)
    word, last = compiled.words[term.words[-1]], form.split()[-1]
    is_own = is_negative(fold(term.text).text.split()[-1], word.stems)
    if is_denied(before, after) or (not is_own and is_negative(last, word.stems)):
        return None
    is_kazakh = form[:1] < "\u0400" or article.is_in_kazakh(hit.start)
    is_done = is_kazakh and happens_in_kazakh(last)  # in Kazakh the verb stands last
    if not is_done and (not is_kazakh or last in word.forms):
        is_done = any(map(happens_in_russian, form.split()))
    return FactKind.ACT if is_done else FactKind.MATTER


def _is_affected(article: MatchedArticle, hit: Hit) -> bool:
    """Whether the act may be done to this person; «ресейлік дезертирден сұхбат» is hardly about a Russian.

    The subject of a sentence in which somebody says something may be the one who says it, and does not count.
    """
    roles, (before, _, after) = article.roles(hit), article.sentence_around(hit)
    speaks = Role.WHO in roles and _SPEECH.search(before + after)
    return Role.WHOM in roles and not (speaks or _TOLD.match(after) or _OBLIQUE.match(after))


def _is_somebodys(before: str) -> bool:
    """Whether «из» follows a person: «экстрадиция программиста из Казани» says where he is from, not taken from."""
    *_, somebody, preposition = ("", "", *before.lower().rsplit(maxsplit=2))
    return preposition in _FROM and is_person(somebody)


def _is_elsewhere(before: str, after: str) -> bool:
    """Whether the place is negated: «не в Россию, а в Сербию», «Ресейге емес»."""
    return bool(_NOT_THERE.search(before) or _NOT_THERE_KAZAKH.match(after))


def _place(
    compiled: CompiledRules, article: MatchedArticle, hit: Hit, meant: tuple[Naming, ...], done: Sequence[Hit]
) -> Iterator[Fact]:
    """Yield the place facts: WHERE from the most specific name; FROM and TO from countries, of an act not denied."""
    asked, roles, after = compiled.terms[hit.term].role, article.roles(hit), article.sentence_around(hit)[2]
    ways = [_WAYS[role] for role in ([asked] if asked else roles) if role in _WAYS]
    is_beside = any(article.stands_beside(hit, deed, words=_BESIDE) for deed in done)
    countries = [naming for naming in meant if naming.group is FactGroup.COUNTRY]
    if len(ways) != 1 or _OBLIQUE.match(after) or _is_elsewhere(article.sentence_around(hit)[0], after):
        return
    if ways == [FactKind.FROM] and _is_somebodys(article.sentence_around(hit)[0]):
        return
    if ways != [FactKind.WHERE]:
        yield from (_fact(ways[0], naming) for naming in countries if is_beside or (asked and done))
    elif {Role.FROM, Role.ORIGIN} & {*roles} or _HELD.match(after):
        return  # «российской армии» may be anywhere, and so may the people a meeting talks about
    elif not {Role.WHO, Role.WHOM} & {*roles} or _OF_TOWN.match(after):
        yield _fact(FactKind.WHERE, meant[0])
    elif Role.WHO in roles and is_beside:  # «Казахстан выдал», «Астана отказала»
        yield from (_fact(FactKind.WHERE, naming) for naming in countries)


def _fact(kind: FactKind, naming: Naming) -> Fact:
    return Fact(kind=kind, ru=naming.ru, kk=naming.kk, en=naming.en)
