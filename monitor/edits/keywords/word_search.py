"""Searching keywords.yaml for a word in any of its forms: «байконуре» finds «Байконур»; and the uses of a list."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches

from monitor.edits.keywords.keyword_places import WordGroup
from monitor.edits.written_words import WrittenWord
from monitor.matching.matcher import Matcher
from monitor.matching.words.word_index import WordIndex
from monitor.text.unicode import fold

MOST = 200  # words shown
_TOKEN = re.compile(r"[^\W_]+")
_AGAINST = ("none", "against", "never", "doubt", "there")
_ALIKE = 0.75  # similarity of a misspelt word


def find_words(
    groups: Iterable[WordGroup], matcher: Matcher | None, asked: str
) -> list[tuple[WordGroup, list[WrittenWord]]]:
    """Return groups with the matching words, in the file's order; if none match, the most similar words.

    Without a `matcher`, which knows forms, words are compared as written.
    """
    tokens = _TOKEN.findall(asked)
    if not tokens:
        return []
    among = tuple(groups)
    meant = [{*(_meant(matcher, token) if matcher else ()), fold(token).text} for token in tokens]
    groups_meant = list(_having(among, lambda words: all(words & kin for kin in meant)))
    folded = " ".join(fold(token).text for token in tokens)
    return groups_meant or list(_having_part(among, folded)) or list(_alike(among, folded))


def uses(groups: Sequence[WordGroup], of: WordGroup) -> tuple[tuple[WordGroup, bool], ...]:
    """Return the groups, other than lists, that use a list directly or through other lists, in the file's order.

    Each comes with whether it is an exclusion.
    """
    reached = {of.title} if of.kind == "list" else set()
    more = True
    while more:
        through = {group.title for group in groups if group.kind == "list" and _names(group.words, reached)}
        more = not through <= reached
        reached |= through
    using = (group for group in groups if group.kind != "list" and _names(group.words, reached))
    return tuple((group, group.kind in _AGAINST) for group in using)


def _meant(matcher: Matcher, token: str) -> Iterator[str]:
    """Yield the words of the rules, as written, that have this form; a name may be written without a capital here."""
    compiled = matcher.compiled
    index = WordIndex(compiled.words)
    for spelling in {token, token.capitalize()}:
        for word in index.words_in(spelling):
            yield from (fold(compiled.written[number][0].text).text for number in (*word.words, *word.doubtful))


def _having(
    groups: Iterable[WordGroup], is_meant: Callable[[set[str]], bool]
) -> Iterator[tuple[WordGroup, list[WrittenWord]]]:
    for group in groups:
        words = [word for word in group.words if is_meant({fold(token).text for token in _TOKEN.findall(word.text)})]
        if words:
            yield group, words


def _having_part(groups: Iterable[WordGroup], folded: str) -> Iterator[tuple[WordGroup, list[WrittenWord]]]:
    for group in groups:
        words = [word for word in group.words if folded in fold(word.text).text]
        if words or folded in fold(group.title).text:
            yield group, words


def _alike(groups: Iterable[WordGroup], folded: str) -> Iterator[tuple[WordGroup, list[WrittenWord]]]:
    among = tuple(groups)
    texts = {fold(word.text).text for group in among for word in group.words}
    close = {*get_close_matches(folded, texts, n=5, cutoff=_ALIKE)}
    for group in among:
        words = [word for word in group.words if fold(word.text).text in close]
        if words:
            yield group, words


def _names(words: Iterable[WrittenWord], lists: set[str]) -> bool:
    """Whether one of the words is one of these lists or contains one: «снять с $транспорт»."""
    return any(word.text in lists or any(word.text.endswith(f" {name}") for name in lists) for word in words)
