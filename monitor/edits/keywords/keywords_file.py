"""keywords.yaml as maintainers work on it: what is written where, edits tried before they are saved, saves reverted.

Every call reads the file on the disk again; a form is tied to the file's digest, and a save over another content is
refused. Kept in memory are the rules of the file, those of the last edit, and the texts that the last forms were made
from, so that changes by others can be shown. That is 60 MB, so this runs in a child process (edits/child_process.py),
and its answers are pickled.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.edits.checking import CheckedRules, check_rules, new_ones
from monitor.edits.files import FileContent, read_file
from monitor.edits.keywords.change_texts import describe
from monitor.edits.keywords.keyword_edits import Spot, add_word, remove_word, spots
from monitor.edits.keywords.keyword_places import KeywordsText, WordGroup, read_places
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

DAYS = 30  # days of news that an edit is tried on
SECONDS = 0.35  # for judging articles: the first answer comes within a second
TOLD = 20  # stories shown per look
_REMEMBERED = 6  # texts from which forms were made


class KeywordsFile:
    """The keywords.yaml of one monitor, for use in one thread.

    `needs` returns what else in the monitor would not work with these topics.
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
        """Return the file as it is now. Raises ConfigError when it does not exist or cannot be read."""
        now = self._now()
        written, errors = now.written, now.rules.errors
        groups = written.groups if written else ()
        return KeywordsLook(digest=now.file.digest, groups=groups, errors=errors, is_broken=written is None)

    def problems(self) -> tuple[ConfigError, ...]:
        """Return why the monitor does not take up the file as it is. Raises ConfigError when it cannot be read."""
        return self._wrong_with(self._now().rules)

    def problems_of(self, content: bytes) -> tuple[ConfigError, ...]:
        """Return why the monitor would not take up this content."""
        return self._check(self.file, content)

    def find(self, asked: str) -> list[tuple[WordGroup, list[WrittenWord]]]:
        """Return where a word is written; it may be given in any of its forms."""
        now = self._now()
        return find_words(now.written.groups if now.written else (), now.rules.matcher, asked)

    def spots(self, key: str) -> tuple[Spot, ...]:
        """Return how a word can be added to a group."""
        written = self._now().written
        group = written and written.group(key)
        return spots(written, group) if written and group else ()

    def forms(self, edit: WordEdit) -> tuple[tuple[WordForms, ...], ...]:
        """Return the forms of a word while it is typed, without any other check. Raises ConfigError."""
        _, group = self._group(self._now(), edit.group)
        return _forms(edit, group, self.file)

    def preview(self, edit: WordEdit) -> Preview:
        """Return what an edit would do. Raises ConfigError (it cannot be made) and EditConflict (file changed)."""
        return self._made(edit).preview

    def try_edit(self, edit: WordEdit, *, doubts: bool, trial: bool, begin: int | None = None) -> TriedEdit:
        """Return an edit with its doubts, and with what it would have changed among the news of the last `DAYS`.

        The trial goes as far as time allows; `begin` continues an earlier one. Raises as `preview` does, and
        DatabaseError.
        """
        made = self._made(edit)
        look = self._tried(made, begin) if trial else None
        return TriedEdit(
            preview=made.preview,
            doubts=self._doubts_of(made) if doubts else (),
            trial=look,
            told=tuple(describe(look.changes[:TOLD], made.rules.matcher)) if look and made.rules.matcher else (),
        )

    def save(self, edit: WordEdit, *, initial: str) -> Saved:
        """Save an edit. Raises EditConflict, EditRefused, ConfigError and DatabaseError: the file is then unchanged."""
        made = self._made(edit)
        summary = f"{_place(made.preview.group)}: {'+' if edit.is_added else '−'} {edit.word}"
        return self._saving.save(
            self.file, edit.digest, made.content, initial=initial, summary=summary, check=self._check
        )

    def conflict(self, edit: WordEdit) -> Conflict:
        """Return what others changed meanwhile, with the edit that was refused because of it. Raises ConfigError."""
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
        if self._edited and self._edited[0] == now.digest:  # this content was checked here
            return _Content(file=now, written=written, rules=self._edited[1])
        rules = check_rules(written.text, file=self.file, root=written.root, like=_like(self._content))
        return _Content(file=now, written=written, rules=rules)

    def _made(self, edit: WordEdit) -> "_MadeEdit":
        now = self._now()
        if now.file.digest != edit.digest:
            raise EditConflict(file=self.file, found=now.file.content)
        written, group = self._group(now, edit.group)
        if edit.is_added:
            made = add_word(written, group, edit.word, language=edit.language, role=edit.role, line=edit.line)
        else:
            made = remove_word(written, group, edit.word, role=edit.role, line=edit.line)
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
        """Check edited rules. The result is kept, because the form, the trial and the save ask for the same."""
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
        """Return the doubts about the word, and the lint warnings that only appear after the edit.

        Takes half a second; the first time one second.
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
        """Return the rules' errors; if they have none, what else in the monitor would not work with them."""
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
    """The file on the disk, read and compiled. `written` is None if it cannot be read."""

    file: FileContent
    written: KeywordsText | None
    rules: CheckedRules


@dataclass(frozen=True, slots=True, kw_only=True)
class _MadeEdit:
    """An edit with the file it results in."""

    preview: Preview
    before: _Content
    rules: CheckedRules
    content: bytes


def _like(content: _Content | None) -> CompiledRules | None:
    """Return compiled rules with mostly the same words as an edit of this content."""
    return content.rules.matcher.compiled if content and content.rules.matcher else None


def _rules(checked: CheckedRules) -> ReadyRules | None:
    if checked.keywords is None or checked.matcher is None:
        return None
    return ReadyRules(keywords=checked.keywords, matcher=checked.matcher)


def _forms(edit: WordEdit, group: WordGroup, file: str) -> tuple[tuple[WordForms, ...], ...]:
    """Return the forms of an edit's words; () for a list's name, whose words have pages of their own."""
    if "$" in edit.word:
        return ()
    try:
        return tuple(forms_of(term) for term in terms_of(edit.word, edit.language, group))
    except ConfigError as error:
        raise ConfigError(error.message, file=file, line=group.line) from error


def _place(group: WordGroup) -> str:
    """Return a short Russian description of the group."""
    if group.kind in ("never", "doubt", "there", "here"):
        return f"тема {group.topic}, {group.kind}" if group.topic else group.kind
    named = {"list": f"список {group.title}", "people": "люди"}
    if group.kind in named:
        return named[group.kind]
    return f"тема «{group.title}», none" if group.kind == "against" else f"правило «{group.rule}»"
