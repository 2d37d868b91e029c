"""keywords.yaml as maintainers work at it: what is written where, an edit tried before it is saved, saves taken back.

Everything is asked anew of the file on the disk; what a form was made from is known by the file's digest, and a save
over another content is refused. Kept in memory: the rules of the file and those of the last edit; and the texts that
the last forms were made from, so that what others changed meanwhile can be shown. That is 60 MB: it is asked in a
process of its own (edits/child_process.py), and what it answers with goes through a pipe.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.edits.checking import CheckedRules, check_rules, new_ones
from monitor.edits.files import FileContent, read_file
from monitor.edits.keywords.keyword_edits import Spot, added, removed, spots
from monitor.edits.keywords.keyword_places import KeywordsText, WordGroup, read_places
from monitor.edits.keywords.told_changes import told
from monitor.edits.keywords.trial import ReadyRules, Trial, Trials
from monitor.edits.keywords.word_doubts import terms_of, word_doubts
from monitor.edits.keywords.word_edits import Conflict, KeywordsLook, Preview, TriedEdit, WordEdit
from monitor.edits.keywords.word_search import find_words
from monitor.edits.line_diff import ChangedLine, changed_lines
from monitor.edits.saving import Saved, Saving
from monitor.edits.written_words import WrittenWord
from monitor.errors import ConfigError, EditConflict
from monitor.matching.compiled_rules import CompiledRules
from monitor.matching.words.word_forms import WordForms, forms_of

DAYS = 30  # of news that an edit is tried on
SECONDS = 0.35  # for judging: the first answer comes within a second
TOLD = 20  # stories of one look
_REMEMBERED = 6  # texts that forms were made from


class KeywordsFile:
    """The file of one monitor, `clock` is its time. For one thread.

    `needs` says what else in the monitor would not work with these topics.
    """

    def __init__(
        self,
        file: str,
        *,
        saving: Saving,
        trials: Trials,
        clock: Callable[[], datetime],
        needs: Callable[[Collection[str]], Sequence[ConfigError]] = lambda _: (),
    ) -> None:
        self.file = file
        self._saving, self._trials = saving, trials
        self._clock, self._needs = clock, needs
        self._content: _Content | None = None
        self._edited: tuple[str, CheckedRules] | None = None
        self._doubts: tuple[str, tuple[ConfigError, ...]] | None = None
        self._seen: OrderedDict[str, bytes] = OrderedDict()

    def look(self) -> KeywordsLook:
        """The file as it is now. Raises ConfigError when there is none or nobody may read it."""
        now = self._now()
        written, errors = now.written, now.rules.errors
        groups = written.groups if written else ()
        return KeywordsLook(digest=now.file.digest, groups=groups, errors=errors, is_broken=written is None)

    def problems(self) -> tuple[ConfigError, ...]:
        """Why the monitor does not take up what lies there. Raises ConfigError when nobody can read it."""
        return self._wrong_with(self._now().rules)

    def problems_of(self, content: bytes) -> tuple[ConfigError, ...]:
        """Why the monitor would not take up this content, if it lay there."""
        return self._check(self.file, content)

    def find(self, asked: str) -> list[tuple[WordGroup, list[WrittenWord]]]:
        """Where a word is written, asked in any of its forms."""
        now = self._now()
        return find_words(now.written.groups if now.written else (), now.rules.matcher, asked)

    def spots(self, key: str) -> tuple[Spot, ...]:
        """As what a word can be added to a group."""
        written = self._now().written
        group = written and written.group(key)
        return spots(written, group) if written and group else ()

    def forms(self, edit: WordEdit) -> tuple[tuple[WordForms, ...], ...]:
        """The forms of a word that somebody types, at once: nothing else is asked. Raises ConfigError."""
        _, group = self._group(self._now(), edit.group)
        return _forms(edit, group, self.file)

    def preview(self, edit: WordEdit) -> Preview:
        """What an edit would make of the file. Raises ConfigError (it cannot be made), EditConflict (look again)."""
        return self._made(edit).preview

    def tried(self, edit: WordEdit, *, doubts: bool, trial: bool, begin: int | None = None) -> TriedEdit:
        """An edit with what is doubtful in it, and with what it would have changed among the news of the last days, as
        far as there is time. `begin` goes on where an earlier look stopped. Raises as `preview` does, DatabaseError.
        """
        made = self._made(edit)
        look = self._tried(made, begin) if trial else None
        return TriedEdit(
            preview=made.preview,
            doubts=self._doubts_of(made) if doubts else (),
            trial=look,
            told=tuple(told(look.changes[:TOLD], made.rules.matcher)) if look and made.rules.matcher else (),
        )

    def save(self, edit: WordEdit, *, initial: str) -> Saved:
        """Make the edit. Raises EditConflict, EditRefused, ConfigError, DatabaseError: then the file is as it was."""
        made = self._made(edit)
        summary = f"{_place(made.preview.group)}: {'+' if edit.is_added else '−'} {edit.word}"
        return self._saving.save(
            self.file, edit.digest, made.content, initial=initial, summary=summary, check=self._check
        )

    def conflict(self, edit: WordEdit) -> Conflict:
        """What others did meanwhile, beside an edit that was refused for it. Raises ConfigError."""
        theirs, again = self._changed_since(edit.digest), replace(edit, digest=self._now().file.digest)
        try:
            return Conflict(theirs=theirs, again=again, ours=self.preview(again), trouble="")
        except ConfigError as error:
            where = f"строка {error.line}: " if error.line else ""
            return Conflict(theirs=theirs, again=again, ours=None, trouble=f"{where}{error.message}")
        except EditConflict as error:
            return Conflict(theirs=theirs, again=again, ours=None, trouble=str(error))

    def _now(self) -> "_Content":
        now = read_file(self.file)
        if self._content is None or self._content.file.digest != now.digest:
            self._content, self._edited = self._read(now), None
        self._remember(now)
        return self._content

    def _read(self, now: FileContent) -> "_Content":
        try:
            written = read_places(now.text, file=self.file)
        except ConfigError as error:
            return _Content(file=now, written=None, rules=CheckedRules(errors=(error,)))
        if self._edited and self._edited[0] == now.digest:  # it was saved here
            return _Content(file=now, written=written, rules=self._edited[1])
        rules = check_rules(written.text, file=self.file, root=written.root, like=_like(self._content))
        return _Content(file=now, written=written, rules=rules)

    def _made(self, edit: WordEdit) -> "_MadeEdit":
        now = self._now()
        if now.file.digest != edit.digest:
            raise EditConflict(file=self.file, found=now.file.content)
        written, group = self._group(now, edit.group)
        if edit.is_added:
            made = added(written, group, edit.word, language=edit.language, role=edit.role, line=edit.line)
        else:
            made = removed(written, group, edit.word, role=edit.role, line=edit.line)
        content = now.file.with_text(made.text)
        rules = self._checked(FileContent(file=self.file, content=content), made, now)
        preview = Preview(
            edit=edit,
            group=group,
            forms=_forms(edit, group, self.file),
            lines=changed_lines(written.text, made.text),
            errors=rules.errors,
            brought=new_ones(now.rules.errors, rules.errors),
        )
        return _MadeEdit(preview=preview, before=now, rules=rules, content=content)

    def _group(self, now: "_Content", key: str) -> tuple[KeywordsText, WordGroup]:
        if now.written is None:
            broken = now.rules.errors[0]
            message = f"файл сломан, слова в нём не разобрать: {broken.message}"
            raise ConfigError(message, file=self.file, line=broken.line)
        if (group := now.written.group(key)) is None:
            raise ConfigError("такого места в файле нет — откройте список заново", file=self.file)
        return now.written, group

    def _checked(self, made: FileContent, written: KeywordsText, now: "_Content") -> CheckedRules:
        """Remembered: the form is shown, then the trial, then it is saved."""
        if self._edited is None or self._edited[0] != made.digest:
            rules = check_rules(written.text, file=self.file, root=written.root, like=_like(now))
            self._edited = made.digest, replace(rules, errors=self._wrong_with(rules))
        return self._edited[1]

    def _tried(self, made: "_MadeEdit", begin: int | None) -> Trial | None:
        before, after = _rules(made.before.rules), _rules(made.rules)
        if before is None or after is None or made.rules.errors:
            return None
        since = self._clock() - timedelta(days=DAYS)
        return self._trials.look(before, after, since=since, seconds=SECONDS, begin=begin)

    def _doubts_of(self, made: "_MadeEdit") -> tuple[ConfigError, ...]:
        """What is doubtful in the word, and what `check` would warn of after the edit and does not now.

        Takes half a second, the first time one.
        """
        before = made.before
        if self._doubts is None or self._doubts[0] != before.file.digest:
            self._doubts = (before.file.digest, before.rules.doubts())
        of_file = new_ones(self._doubts[1], made.rules.doubts())
        return (*word_doubts(made.preview.edit, made.preview.group, file=self.file), *of_file)

    def _check(self, file: str, content: bytes) -> tuple[ConfigError, ...]:
        made = FileContent(file=file, content=content)
        if self._edited and self._edited[0] == made.digest:
            return self._edited[1].errors
        return self._wrong_with(check_rules(made.text, file=file, like=_like(self._content)))

    def _wrong_with(self, rules: CheckedRules) -> tuple[ConfigError, ...]:
        """What they say wrong themselves; of sound ones, what else in the monitor would not work with them."""
        if rules.errors or rules.keywords is None:
            return rules.errors
        return tuple(self._needs([topic.id for topic in rules.keywords.topics]))

    def _changed_since(self, digest: str) -> tuple[ChangedLine, ...]:
        seen = self._seen.get(digest)
        if seen is None:
            return ()
        before = FileContent(file=self.file, content=seen)
        return changed_lines(before.text, read_file(self.file).text)

    def _remember(self, now: FileContent) -> None:
        self._seen.pop(now.digest, None)
        self._seen[now.digest] = now.content
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """The file as it lies there, read and compiled. `written` is None if it cannot be read."""

    file: FileContent
    written: KeywordsText | None
    rules: CheckedRules


@dataclass(frozen=True, slots=True, kw_only=True)
class _MadeEdit:
    """An edit with the file that comes of it."""

    preview: Preview
    before: _Content
    rules: CheckedRules
    content: bytes


def _like(content: _Content | None) -> CompiledRules | None:
    """Rules with much the same words as an edit of this content."""
    return content.rules.matcher.compiled if content and content.rules.matcher else None


def _rules(checked: CheckedRules) -> ReadyRules | None:
    if checked.keywords is None or checked.matcher is None:
        return None
    return ReadyRules(keywords=checked.keywords, matcher=checked.matcher)


def _forms(edit: WordEdit, group: WordGroup, file: str) -> tuple[tuple[WordForms, ...], ...]:
    """Of a list's name none: its words have pages of their own."""
    if "$" in edit.word:
        return ()
    try:
        return tuple(forms_of(term) for term in terms_of(edit.word, edit.language, group))
    except ConfigError as error:
        raise ConfigError(error.message, file=file, line=group.line) from error


def _place(group: WordGroup) -> str:
    """Which group it is, in a few words."""
    if group.kind in ("never", "doubt", "there", "here"):
        return f"тема {group.topic}, {group.kind}" if group.topic else group.kind
    named = {"list": f"список {group.title}", "people": "люди"}
    if group.kind in named:
        return named[group.kind]
    return f"тема «{group.title}», none" if group.kind == "against" else f"правило «{group.rule}»"
