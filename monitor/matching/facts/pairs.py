"""Find words of rules that have no fact in the other language: the line of facts would leave them out.

Only for a file that has `facts:`. Words that no such line could hold are marked in the file («без пары»).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from monitor.config.keyword_rules import FactGroup, Keywords, Role, Term, TermWordKind
from monitor.errors import ConfigError
from monitor.matching.facts.naming import Namings, namings

_SHOWN = 5  # words of one list


def unpaired(keywords: Keywords) -> Iterator[ConfigError]:
    """Yield one doubt for each list (all rules count as one) and language, and one for fact words that no rule uses."""
    if not keywords.facts:
        return
    names = namings(keywords)
    lacking: defaultdict[tuple[str, str], dict[str, Term]] = defaultdict(dict)
    for term in _positive(keywords):
        if other := _lacks(term, names):
            lacking[term.key, other].setdefault(term.text, term)
    for (key, other), terms in lacking.items():
        first = min(term.line for term in terms.values())
        yield ConfigError(_message(other, terms.values()), file=keywords.file, line=first, key=key)
    yield from _never_met(keywords)


def _positive(keywords: Keywords) -> Iterator[Term]:
    """Yield each term that can meet a line once, but for names of people and terms of origin."""
    lines = (line for topic in keywords.topics for rule in topic.rules for line in rule.lines)
    # terms of a list are the same objects wherever it is used
    once = {id(term): term for line in lines for term in line}
    return (term for term in once.values() if term.role is not Role.ORIGIN and not _is_name(term))


def _is_name(term: Term) -> bool:
    return any(word.kind is TermWordKind.NAME for word in term.words)


def _lacks(term: Term, names: Namings) -> str:
    """Say in which language the term has no pair; "" when it has one or needs none."""
    if names.facts_of(term.text, term.role):
        return ""
    return "русской" if term.language == "kk" else "казахской"


def _message(other: str, terms: Iterable[Term]) -> str:
    words = [f"«{term.text}» (строка {term.line})" for term in sorted(terms, key=lambda term: term.line)]
    shown = ", ".join(words[:_SHOWN]) + (f" и ещё {len(words) - _SHOWN}" if len(words) > _SHOWN else "")
    return f"без {other} пары в facts: {shown} — назовите их там или впишите в «{FactGroup.NOTHING}»"


def _never_met(keywords: Keywords) -> Iterator[ConfigError]:
    """Report words of facts that occur in no list and no rule as written there."""
    rules = (rule for topic in keywords.topics for rule in topic.rules)
    lines = [declared.terms for declared in keywords.lists] + [line for rule in rules for line in rule.lines]
    written = {term.text for line in lines for term in line}
    for naming in keywords.facts:
        if strange := sorted(naming.words - written - {naming.ru, naming.kk}):
            message = (
                f"так не написано ни в одном списке и правиле: {', '.join(strange[:_SHOWN])} — исправьте или уберите"
            )
            yield ConfigError(message, file=keywords.file, line=naming.line, key="facts")
