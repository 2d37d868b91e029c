"""Where a list of keywords.yaml is used: the lines of rules that name it, through other lists too."""

from collections.abc import Iterable, Sequence

from monitor.edits.keyword_places import WordGroup
from monitor.edits.written_words import WrittenWord

_AGAINST = ("none", "against", "never")


def uses(groups: Sequence[WordGroup], of: WordGroup) -> tuple[tuple[WordGroup, bool], ...]:
    """The groups that are no lists themselves, in the file's order, each with whether it speaks against a rule."""
    reached = {of.title} if of.kind == "list" else set()
    more = True
    while more:
        through = {group.title for group in groups if group.kind == "list" and _names(group.words, reached)}
        more = not through <= reached
        reached |= through
    using = (group for group in groups if group.kind != "list" and _names(group.words, reached))
    return tuple((group, group.kind in _AGAINST) for group in using)


def _names(words: Iterable[WrittenWord], lists: set[str]) -> bool:
    """Whether one of the words is one of these lists, or has it within: «снять с $транспорт»."""
    return any(word.text in lists or any(word.text.endswith(f" {name}") for name in lists) for word in words)
