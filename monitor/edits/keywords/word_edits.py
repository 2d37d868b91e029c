"""What passes between a page of words and keywords_file.py: the file looked at, an edit, what it would do."""

from dataclasses import dataclass

from monitor.config.keyword_rules import Role
from monitor.edits.keywords.keyword_places import WordGroup
from monitor.edits.keywords.told_changes import ToldChange
from monitor.edits.keywords.trial import Trial
from monitor.edits.line_diff import ChangedLine
from monitor.errors import ConfigError
from monitor.matching.words.word_forms import WordForms
from monitor.models.articles import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class WordEdit:
    """A word to be put into a group of words, or to be taken out of it; `digest` is of the file it was seen in.

    `role` is that in which it must stand, `line` says which place of the group, 0 the last one that fits.
    """

    group: str
    word: str
    is_added: bool
    digest: str
    language: Language | None = None
    role: Role | None = None
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordsLook:
    """The file as it lies on the disk: its words, and what is wrong with it. `digest` is what it is known by.

    `is_broken`: nobody can tell what words there are.
    """

    digest: str
    groups: tuple[WordGroup, ...]
    errors: tuple[ConfigError, ...]
    is_broken: bool

    def group(self, key: str) -> WordGroup | None:
        """The one so named."""
        return next((group for group in self.groups if group.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """An edit that is not saved yet: the forms of its word, the lines that change, what `check` says of the outcome.

    `brought` are those of the `errors` that the file has not had before.
    """

    edit: WordEdit
    group: WordGroup
    forms: tuple[tuple[WordForms, ...], ...]
    lines: tuple[ChangedLine, ...]
    errors: tuple[ConfigError, ...]
    brought: tuple[ConfigError, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedEdit:
    """What was asked of an edit: the doubts in it, and a look at the kept news, of which the first stories are `told`.

    `trial` is None when there is nothing to try: the edit is refused, or the file is; or when nobody asked.
    """

    preview: Preview
    doubts: tuple[ConfigError, ...] = ()
    trial: Trial | None = None
    told: tuple[ToldChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """An edit of a file that others changed meanwhile: the lines they changed (() if nobody remembers), the same edit
    `again` of the file as it is now, and what that would do: `ours`, or why it cannot be made (`trouble`).
    """

    theirs: tuple[ChangedLine, ...]
    again: WordEdit
    ours: Preview | None
    trouble: str
