"""keywords.yaml as maintainers work at it: what is written where, an edit tried before it is saved, saves taken back.

Everything is asked anew of the file on the disk; what a form was made from is known by the file's digest, and a save
over another content is refused. Kept in memory: while somebody asks, the rules of the file and those of the last edit;
and the texts that the last forms were made from, so that what others changed meanwhile can be shown.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock

from monitor.edits.checking import CheckedRules, check_rules, new_ones
from monitor.edits.file_history import FileHistory
from monitor.edits.files import FileContent, FileTrouble, read_file, trouble_of
from monitor.edits.keyword_edits import Spot, added, removed, spots
from monitor.edits.keyword_places import KeywordsText, WordGroup, read_places
from monitor.edits.line_diff import ChangedLine, changed_lines
from monitor.edits.saving import Saved, Saving
from monitor.edits.told_changes import ToldChange, told
from monitor.edits.trial import ReadyRules, Trial, Trials
from monitor.edits.word_doubts import terms_of, word_doubts
from monitor.edits.word_edits import Conflict, KeywordsLook, Preview, WordEdit
from monitor.edits.word_search import find_words
from monitor.edits.written_words import WrittenWord
from monitor.errors import ConfigError, EditConflict
from monitor.matching.matcher import Matcher
from monitor.matching.word_forms import WordForms, forms_of
from monitor.storage.edits.versions import FileVersions

DAYS = 30  # of news that an edit is tried on
SECONDS = 0.35  # for judging: the first answer comes within a second
TOLD = 20  # stories of one look
_REMEMBERED = 6  # texts that forms were made from


class KeywordsFile:
    """The file of one monitor. `in_force` are the rules that it works with, `clock` its time, `zone` its maintainers'.

    `needs` says what else in the monitor would not work with these topics.
    """

    def __init__(
        self,
        file: str,
        *,
        saving: Saving,
        versions: FileVersions,
        trials: Trials,
        in_force: Callable[[], Matcher],
        clock: Callable[[], datetime],
        zone: str,
        needs: Callable[[Collection[str]], Sequence[ConfigError]] = lambda _: (),
    ) -> None:
        self.file = file
        self._saving, self._trials, self._in_force = saving, trials, in_force
        self.history = FileHistory(file, saving=saving, versions=versions, check=self._check, zone=zone)
        self._clock, self._needs = clock, needs
        self._lock = Lock()  # of what is remembered; one edit is compiled at a time
        self._is_asked = False  # since `let_go` was last called
        self._look: KeywordsLook | None = None
        self._other: Matcher | None = None  # rules in force that were compared with those of the file
        self._edited: tuple[str, CheckedRules] | None = None
        self._doubts: tuple[str, tuple[ConfigError, ...]] | None = None
        self._seen: OrderedDict[str, bytes] = OrderedDict()

    def look(self) -> KeywordsLook:
        """The file as it is now. Raises ConfigError when there is none or nobody may read it."""
        now = read_file(self.file)
        with self._lock:
            if self._look is None or self._look.file.digest != now.digest:
                self._look, self._edited, self._other = self._read(now), None, None
            self._look, self._is_asked = self._sharing(self._look), True
            self._remember(now)
            return self._look

    def trouble(self) -> FileTrouble | None:
        """Why the monitor does not take up what lies there, and works by what it had before; None: it does."""
        return trouble_of(self.file, lambda: self._wrong_with(self.look().rules))

    def let_go(self) -> None:
        """Forget the rules of the file and of the last edit, which are made anew in half a second, if nobody has asked
        for them since this was last called.
        """
        with self._lock:
            if not self._is_asked:
                self._look = self._other = self._edited = self._doubts = None
            self._is_asked = False

    def find(self, asked: str) -> list[tuple[WordGroup, list[WrittenWord]]]:
        """Where a word is written, asked in any of its forms."""
        look = self.look()
        return find_words(look.groups, look.rules.matcher or self._in_force(), asked)

    def preview(self, edit: WordEdit) -> Preview:
        """What an edit would make of the file. Raises ConfigError (it cannot be made), EditConflict (look again)."""
        look = self._seen_by(edit.digest)
        written, group = self._group(look, edit.group)
        if edit.is_added:
            made = added(written, group, edit.word, language=edit.language, role=edit.role, line=edit.line)
        else:
            made = removed(written, group, edit.word, role=edit.role, line=edit.line)
        content = look.file.with_text(made.text)
        rules = self._checked(FileContent(file=self.file, content=content), made, look)
        return Preview(
            edit=edit,
            group=group,
            forms=_forms(edit, group, self.file),
            lines=changed_lines(written.text, made.text),
            errors=rules.errors,
            brought=new_ones(look.rules.errors, rules.errors),
            rules=rules,
            content=content,
        )

    def _group(self, look: KeywordsLook, key: str) -> tuple[KeywordsText, WordGroup]:
        if look.written is None:
            broken = look.rules.errors[0]
            message = f"файл сломан, слова в нём не разобрать: {broken.message}"
            raise ConfigError(message, file=self.file, line=broken.line)
        if (group := look.group(key)) is None:
            raise ConfigError("такого места в файле нет — откройте список заново", file=self.file)
        return look.written, group

    def spots(self, look: KeywordsLook, group: WordGroup) -> tuple[Spot, ...]:
        """As what a word can be added."""
        return spots(look.written, group) if look.written else ()

    def forms(self, edit: WordEdit) -> tuple[tuple[WordForms, ...], ...]:
        """The forms of a word that somebody types, at once: nothing else is asked. Raises ConfigError."""
        _, group = self._group(self.look(), edit.group)
        return _forms(edit, group, self.file)

    def told(self, preview: Preview, trial: Trial) -> tuple[ToldChange, ...]:
        """The first stories of a trial, with their sentences."""
        after = preview.rules.matcher
        return tuple(told(trial.changes[:TOLD], after)) if after else ()

    def doubts(self, preview: Preview) -> tuple[ConfigError, ...]:
        """What is doubtful in the word, and what `check` would warn of after the edit and does not now.

        Takes half a second, the first time one.
        """
        look = self.look()
        if self._doubts is None or self._doubts[0] != look.file.digest:
            self._doubts = (look.file.digest, look.rules.doubts())
        of_file = new_ones(self._doubts[1], preview.rules.doubts())
        return (*word_doubts(preview.edit, preview.group, file=self.file), *of_file)

    def trial(self, preview: Preview, *, begin: int | None = None) -> Trial | None:
        """What the edit would have changed among the news of the last days, as far as there is time; None if it is
        refused, or the file is. `begin` goes on where an earlier look stopped.
        """
        before, after = _rules(self.look().rules), _rules(preview.rules)
        if before is None or after is None or preview.errors:
            return None
        since = self._clock() - timedelta(days=DAYS)
        return self._trials.look(before, after, since=since, seconds=SECONDS, begin=begin)

    def save(self, edit: WordEdit, *, initial: str) -> Saved:
        """Make the edit. Raises EditConflict, EditRefused, ConfigError, DatabaseError: then the file is as it was."""
        preview = self.preview(edit)
        sign = "+" if edit.is_added else "−"
        place = _place(preview.group)
        return self._save(edit.digest, preview.content, initial, f"{place}: {sign} {edit.word}")

    def conflict(self, edit: WordEdit) -> Conflict:
        """What others did meanwhile, beside an edit that was refused for it. Raises ConfigError."""
        theirs, again = self._changed_since(edit.digest), replace(edit, digest=self.look().file.digest)
        try:
            return Conflict(theirs=theirs, again=again, ours=self.preview(again), trouble="")
        except ConfigError as error:
            where = f"строка {error.line}: " if error.line else ""
            return Conflict(theirs=theirs, again=again, ours=None, trouble=f"{where}{error.message}")
        except EditConflict as error:
            return Conflict(theirs=theirs, again=again, ours=None, trouble=str(error))

    def _changed_since(self, digest: str) -> tuple[ChangedLine, ...]:
        with self._lock:
            seen = self._seen.get(digest)
        if seen is None:
            return ()
        before = FileContent(file=self.file, content=seen)
        return changed_lines(before.text, read_file(self.file).text)

    def _save(self, digest: str, content: bytes, initial: str, summary: str) -> Saved:
        return self._saving.save(self.file, digest, content, initial=initial, summary=summary, check=self._check)

    def _check(self, file: str, content: bytes) -> Sequence[ConfigError]:
        made = FileContent(file=file, content=content)
        with self._lock:
            if self._edited and self._edited[0] == made.digest:
                return self._edited[1].errors
        rules = check_rules(made.text, file=file, like=self._in_force().compiled)
        return self._wrong_with(rules)

    def _read(self, now: FileContent) -> KeywordsLook:
        try:
            written = read_places(now.text, file=self.file)
        except ConfigError as error:
            return KeywordsLook(file=now, written=None, rules=CheckedRules(errors=(error,)))
        if self._edited and self._edited[0] == now.digest:  # it was saved here
            return KeywordsLook(file=now, written=written, rules=self._edited[1])
        like = self._in_force().compiled
        rules = check_rules(written.text, file=self.file, root=written.root, like=like)
        return KeywordsLook(file=now, written=written, rules=rules)

    def _sharing(self, look: KeywordsLook) -> KeywordsLook:
        """With the rules that the monitor works by, when they are the same: one of them is enough in memory."""
        in_force, keywords = self._in_force(), look.rules.keywords
        if in_force in (look.rules.matcher, self._other) or keywords is None:
            return look
        self._other = in_force
        if (keywords.topics, keywords.never) != _said(in_force):
            return look
        return replace(look, rules=replace(look.rules, matcher=in_force))

    def _checked(self, made: FileContent, written: KeywordsText, look: KeywordsLook) -> CheckedRules:
        """Remembered: the form is shown, then the trial, then it is saved."""
        with self._lock:
            if self._edited is None or self._edited[0] != made.digest:
                like = look.rules.matcher or self._in_force()
                rules = check_rules(written.text, file=self.file, root=written.root, like=like.compiled)
                self._edited = made.digest, replace(rules, errors=self._wrong_with(rules))
            return self._edited[1]

    def _wrong_with(self, rules: CheckedRules) -> tuple[ConfigError, ...]:
        """What they say wrong themselves; of sound ones, what else in the monitor would not work with them."""
        if rules.errors or rules.keywords is None:
            return rules.errors
        return tuple(self._needs([topic.id for topic in rules.keywords.topics]))

    def _seen_by(self, digest: str) -> KeywordsLook:
        look = self.look()
        if look.file.digest != digest:
            raise EditConflict(file=self.file, found=look.file.content)
        return look

    def _remember(self, now: FileContent) -> None:
        self._seen.pop(now.digest, None)
        self._seen[now.digest] = now.content
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)


def _said(matcher: Matcher) -> tuple[object, object]:
    return matcher.compiled.topics, matcher.compiled.silencing


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
    named = {"list": f"список {group.title}", "people": "люди", "never": "never"}
    if group.kind in named:
        return named[group.kind]
    return f"тема «{group.title}», none" if group.kind == "against" else f"правило «{group.rule}»"
