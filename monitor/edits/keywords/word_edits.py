"""Values between a page of words and keywords_file.py: the file as read, an edit, and what it would do."""

from dataclasses import dataclass

from monitor.config.keyword_rules import Role
from monitor.edits.keywords.change_texts import ToldChange
from monitor.edits.keywords.keyword_places import WordGroup
from monitor.edits.keywords.trial import Trial
from monitor.edits.line_diff import ChangedLine
from monitor.errors import ConfigError
from monitor.matching.words.word_forms import WordForms
from monitor.models.articles import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class WordEdit:
    """A word to be added to a group or removed from it; `digest` is that of the file the editor saw.

    `role` is the one the word must have, `line` selects the place of the group (0: the last one that fits).
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
    """The file on the disk: its words, its errors and its digest. `is_broken` means that its words cannot be read."""

    digest: str
    groups: tuple[WordGroup, ...]
    errors: tuple[ConfigError, ...]
    is_broken: bool

    def group(self, key: str) -> WordGroup | None:
        """Return the group with this key, or None."""
        return next((group for group in self.groups if group.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """An unsaved edit: the forms of its word, the lines that change, and the errors of the result.

    `brought` are the `errors` that the file did not have before.
    """

    edit: WordEdit
    group: WordGroup
    forms: tuple[tuple[WordForms, ...], ...]
    lines: tuple[ChangedLine, ...]
    errors: tuple[ConfigError, ...]
    brought: tuple[ConfigError, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedEdit:
    """The requested results of an edit: its doubts, and a trial on the kept news with its first stories in `told`.

    `trial` is None when it was not requested, or when the file or the edit has errors.
    """

    preview: Preview
    doubts: tuple[ConfigError, ...] = ()
    trial: Trial | None = None
    told: tuple[ToldChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """An edit of a file that others changed meanwhile.

    `theirs` are the lines they changed (() if the earlier text is no longer kept), `again` is the edit based on the
    current file, and `ours` is what that would do, or None with the reason in `trouble`.
    """

    theirs: tuple[ChangedLine, ...]
    again: WordEdit
    ours: Preview | None
    trouble: str
