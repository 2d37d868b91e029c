"""What passes between a page of words and keywords_file.py: the file looked at, an edit, what it would do."""

from dataclasses import dataclass

from monitor.edits.checking import CheckedRules
from monitor.edits.files import FileContent
from monitor.edits.keyword_places import KeywordsText, WordGroup
from monitor.edits.line_diff import ChangedLine
from monitor.errors import ConfigError
from monitor.matching.word_forms import WordForms
from monitor.models.articles import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class WordEdit:
    """A word to be put into a group of words, or to be taken out of it; `digest` is of the file it was seen in.

    `line` says which place of the group, 0 the last one that fits.
    """

    group: str
    word: str
    is_added: bool
    digest: str
    language: Language | None = None
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordsLook:
    """The file as it lies on the disk: its words, and what is wrong with it. `written` is None if it cannot be read."""

    file: FileContent
    written: KeywordsText | None
    rules: CheckedRules

    @property
    def groups(self) -> tuple[WordGroup, ...]:
        """What can be edited in it."""
        return self.written.groups if self.written else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """An edit that is not saved yet: the forms of its word, the lines that change, what `check` says of the outcome."""

    edit: WordEdit
    group: WordGroup
    forms: tuple[tuple[WordForms, ...], ...]
    lines: tuple[ChangedLine, ...]
    errors: tuple[ConfigError, ...]
    rules: CheckedRules
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """An edit of a file that others changed meanwhile: the lines they changed (() if nobody remembers), the same edit
    `again` of the file as it is now, and what that would do: `ours`, or why it cannot be made (`trouble`).
    """

    theirs: tuple[ChangedLine, ...]
    again: WordEdit
    ours: Preview | None
    trouble: str
