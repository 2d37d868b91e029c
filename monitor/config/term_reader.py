"""Terms of keywords.yaml as lines and lists write them, with the lists they refer to.

A term is one alternative of a line: `слово`, `слово другое` (a phrase), `«выдан»` (this form only), `экстради*`,
`$список` (all terms of that list; under `ru:` or `kk:` those of that language), `снять с $транспорт` (a phrase with any
one word of that list in its place). `{куда: $россия}` requires a grammatical role.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, product
from math import prod

from monitor.config.keyword_rules import Role, Term, TermWord, TermWordKind, WordList
from monitor.config.mentions import LANGUAGES, NAMES, ROLES, items, no_blank, unknown_list, wrong_list_name, wrong_name
from monitor.config.name_parts import with_particles
from monitor.config.yaml_reader import Mapping, Node, Scalar, Sequence, YamlReader, raise_first
from monitor.config.yaml_slips import odd_sign
from monitor.models.articles import Language
from monitor.text.languages.kazakh_samples import dweller

MIN_PREFIX = 3
MAX_VARIANTS = 200  # of one phrase with lists in it
MAX_NESTED = 20  # lists within lists

_TOKEN = re.compile(r"«([^«»]*)»|([^\s«»‐‑-]+)([‐‑-]?)")
_WORD = re.compile(r"[^\W\d_]+|\d+")  # words as in text/unicode.py: letters or digits
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ`′")
_Phrase = tuple[tuple[TermWord, ...], Language | None]  # the words of a term, and their language


def read_terms(
    written: str, *, language: Language | None = None, kind: TermWordKind = TermWordKind.WORD
) -> tuple[Term, ...]:
    """Read terms as one line of a rule writes them, without a file, so without `$list`. Raises ConfigError."""
    reader = TermReader(f"«{written}»")
    line = Scalar(text=unicodedata.normalize("NFC", written), line=0)
    terms = tuple(replace(term, language=language) for term in reader.terms(line, key="", kind=kind))
    raise_first(reader.problems)
    return terms


class TermReader(YamlReader):
    """Reads terms and resolves `$list`, so that an unknown or circular reference is reported at its place."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.lists: dict[str, Node] = {}
        self.people: tuple[Term, ...] = ()
        self._names: list[Scalar] = []
        self._lines: dict[str, int] = {}  # of the lists' names
        self._references: defaultdict[str, set[str]] = defaultdict(set)  # from a list; from rules under ""
        self._resolved: dict[str, tuple[Term, ...]] = {}
        self._opening: list[str] = []
        # a list inside a phrase: the token that stands for its single words
        self._in_phrases: dict[str, list[TermWord]] = {}
        self._longer: dict[str, tuple[_Phrase, ...]] = {}  # terms of several words of a list inside a phrase
        self._inner_roles: set[tuple[int, Role]] = set()  # roles inside lists that were refused, by line
        # by id() of the term, which is kept too
        self._roles: dict[tuple[int, Role], tuple[Term, tuple[Term, ...]]] = {}

    def declare(self, root: Mapping) -> None:
        """Remember the lists by name, and read the people."""
        lists = root.get("lists")
        if lists is not None and (mapping := self.mapping(lists, key="lists", at=root)):
            self.lists = {name.text: node for name, node in mapping.items}
            self._names += [name for name, _ in mapping.items]
            for name, _ in mapping.items:
                if wrong := wrong_list_name(name.text):
                    self.problem(wrong, at=name, key=name.text)
        people = root.get("people")
        if people is not None:
            self.people = self.terms(people, key="people", kind=TermWordKind.NAME)
            self._names += [name for name, _ in root.items if name.text == "people"]
        self._lines = {name.text: name.line for name in self._names}

    def word_lists(self) -> Iterator[WordList]:
        """Yield the lists, after everything has been read."""
        reached: set[str] = set()
        new = {""}
        while new:
            reached |= new
            new = {name for reaching in new for name in self._references[reaching]} - reached
        for name in self._names:
            terms = self._resolved.get(name.text, self.people)
            yield WordList(name=name.text, terms=terms, is_used=name.text in reached, line=name.line)

    def list_terms(self, name: str) -> tuple[Term, ...]:
        """Return the terms of a declared list."""
        if name not in self._resolved:
            self._opening.append(name)
            self._resolved[name] = self.terms(self.lists[name], key=name)
            self._opening.pop()
        return self._resolved[name]

    def optional(self, node: Node | None, *, key: str) -> tuple[Term, ...]:
        """Return the terms of a line that may be missing: () if it is."""
        return () if node is None else self.terms(node, key=key)

    def terms(self, node: Node, *, key: str, kind: TermWordKind = TermWordKind.WORD) -> tuple[Term, ...]:
        """Return every term of a line: a text, `{ru: …, kk: …}`, or a sequence of them. () only after a problem."""
        before = len(self.problems)
        terms = tuple(self._terms(node, key, kind, None))
        if not terms and len(self.problems) == before:
            self.problem("пустой список — впишите хотя бы одно слово", at=node, key=key)
        return terms

    def _terms(self, node: Node, key: str, kind: TermWordKind, language: Language | None) -> list[Term]:
        if isinstance(node, Scalar):
            return self._split(node, key, kind, language)
        if isinstance(node, Sequence):
            return [term for item in node.items for term in self._terms(item, key, kind, language)]
        self._refuse_two_roles(node)
        return [term for name, value in node.items for term in self._of_language(name, value, key, kind)]

    def _refuse_two_roles(self, node: Mapping) -> None:
        """Refuse two roles in one mapping: it would mean that either will do, while most authors mean both."""
        roles = [name for name, _ in node.items if name.text in ROLES]
        if len(roles) > 1:
            either = ", ".join(f"{{{name.text}: …}}" for name in roles)
            named = " и ".join(f"«{name.text}»" for name in roles)
            self.problem(
                f"{named} в одних скобках — если нужны все, напишите их отдельными строками all; если любая — списком:"
                f" [{either}]",
                at=roles[1],
                key=roles[1].text,
            )

    def _of_language(self, name: Scalar, value: Node, key: str, kind: TermWordKind) -> list[Term]:
        if language := LANGUAGES.get(name.text):
            return self._terms(value, key, kind, language)
        if role := ROLES.get(name.text):
            return [one for term in self._terms(value, key, kind, None) for one in self._in_role(term, role, name)]
        self.problem(wrong_name(name.text), at=name, key=name.text)
        return []

    def _in_role(self, term: Term, role: Role, at: Scalar) -> tuple[Term, ...]:
        """Return the term in its role; for role «родом» of a place also the Kazakh word for its inhabitants."""
        if term.role is not None:
            self._refuse_second_role(term, term.role, role, at)
        known = self._roles.get((id(term), role))
        if known is None:  # equal terms share one object: many rules use a list in the same role
            there = dwellers(term) if role is Role.ORIGIN else ()
            known = self._roles[id(term), role] = (term, (replace(term, role=role, role_line=at.line), *there))
        return known[1]

    def _refuse_second_role(self, term: Term, inner: Role, role: Role, at: Scalar) -> None:
        """Report a word that has a role inside a list used in another role: once, at the word's line, however many
        rules use the list so.
        """
        if term.role_line == at.line:
            self.problem(f"«{term.text}» уже стоит в роли «{inner}» — оставьте одну", at=at, key=role)
        elif (term.role_line, inner) not in self._inner_roles:
            self._inner_roles.add((term.role_line, inner))
            message = (
                f"«{term.text}» здесь в роли «{inner}», а в строке {at.line} весь этот список берут в роли «{role}» —"
                " напишите слово без роли или в списке, который берут без неё"
            )
            self.problem(message, at=replace(at, line=term.role_line), key=inner)

    def _split(self, node: Scalar, key: str, kind: TermWordKind, language: Language | None) -> list[Term]:
        terms: list[Term] = []
        for item in items(node.text):
            written = item[0].strip()
            start = item.end() - len(item[0].lstrip())
            line, last = node.line_at(start), node.line_at(start + len(written) - 1)
            here = replace(node, line=line) if node.rows else node
            if written.startswith("$") and not self._is_phrase(written):
                referred = self._referred(written[1:], here, key)
                terms += [term for term in referred if term.language in (None, language)] if language else referred
            elif written:
                words = self._words(written, here, key, kind)
                variants = self._variants(words, language, here, key)
                term = Term(text=written, words=words, language=language, line=line, key=key, is_torn=line != last)
                terms += [term] if variants == [words] else [replace(term, words=one) for one in variants]
        return terms

    def _variants(
        self, words: tuple[TermWord, ...], language: Language | None, node: Scalar, key: str
    ) -> list[tuple[TermWord, ...]]:
        """Return a phrase's variants: one for all one-word terms of a list inside it, and one for each longer term."""
        choices = [
            [
                *([(word,)] if word.choices or word.kind is not TermWordKind.LIST else []),
                *(longer for longer, own in self._longer.get(word.text, ()) if language in (None, own) or not own),
            ]
            for word in words
        ]
        if prod(map(len, choices)) > MAX_VARIANTS:
            hint = _lost_comma(words)
            self.problem(
                f"слишком много сочетаний: во фразе стоят списки с длинными выражениями{hint}", at=node, key=key
            )
            return [words]
        return [tuple(chain.from_iterable(chosen)) for chosen in product(*choices)]

    def _is_phrase(self, written: str) -> bool:
        """Whether it is a phrase that begins with a list: «$транспорт остановить», where only «транспорт» is a list."""
        first, blank, _ = written[1:].partition(" ")
        return bool(blank) and written[1:] not in self.lists and first in self.lists

    def _referred(self, name: str, node: Scalar, key: str) -> tuple[Term, ...]:
        self._references[self._opening[-1] if self._opening else ""].add(name)
        if name == "people" and self.people:
            return self.people
        if name not in self.lists:
            self.problem(unknown_list(name, self.lists), at=node, key=key)
            return ()
        if name in self._opening:
            ring = " → ".join(f"${one}" for one in [*self._opening[self._opening.index(name) :], name])
            self.problem(f"список ссылается сам на себя: {ring} — уберите эту ссылку", at=node, key=key)
            return ()
        if len(self._opening) > MAX_NESTED:
            message = f"списки вложены друг в друга глубже {MAX_NESTED} — впишите слова ближе к правилу"
            self.problem(message, at=node, key=key)
            return ()
        return self.list_terms(name)

    def _words(self, written: str, node: Scalar, key: str, kind: TermWordKind) -> tuple[TermWord, ...]:
        rest = _TOKEN.sub("", written).strip()
        if rest:
            wrong = "не закрыта кавычка «…»" if rest[0] in "«»" else f"лишний знак «{rest[0]}»"
            self.problem(f"в «{written}» {wrong}", at=node, key=key)
        words: list[TermWord] = []
        for exact, word, hyphen in _TOKEN.findall(written):
            if exact:
                words += [TermWord(text=token, kind=TermWordKind.EXACT) for token in _WORD.findall(exact)]
            elif word:
                bound = hyphen and kind is TermWordKind.WORD  # «бизнес-рейсом»: the first word is not inflected
                words += self._token(word, node, key, TermWordKind.EXACT if bound else kind)
        if kind is TermWordKind.NAME and len(words) > 1:
            words = with_particles(words)
        if words and all(part.kind is TermWordKind.LIST for part in words):
            self.problem(
                f"«{written}» — во фразе нужно хотя бы одно слово кроме списков{_lost_comma(words)}", at=node, key=key
            )
            return ()
        if not words and not rest:
            self.problem(f"«{written}» — здесь нет ни одного слова", at=node, key=key)
        return tuple(words)

    def _token(self, token: str, node: Scalar, key: str, kind: TermWordKind) -> list[TermWord]:
        """Return the words of a token, usually one; letters and digits («С4») are separate and searched for as
        written.
        """
        if token.startswith("$"):
            return self._list_token(token, node, key)
        stem = token.removesuffix("*")
        words = _WORD.findall(stem)
        is_name = kind is TermWordKind.NAME
        if is_name and re.fullmatch(r"(?:\w\.)+", token):
            self.problem(f"инициалы «{token}» не ищутся — впишите имя целиком или одну фамилию", at=node, key=key)
        elif (name := token.partition(":")[0]) != token and name in NAMES:
            self.problem(no_blank(name, token), at=node, key=key)
        elif "".join(words) != (stem.translate(_APOSTROPHES) if is_name else stem):
            self.problem(f"в «{token}» лишний знак{_extra(token)}", at=node, key=key)
        elif stem != token and len(stem) < MIN_PREFIX:
            self.problem(f"«{token}»: начало слова короче {MIN_PREFIX} букв", at=node, key=key)
        if len(words) == 1:
            kind = TermWordKind.PREFIX if stem != token else kind
            return [TermWord(text=stem, kind=kind)]
        return [TermWord(text=word, kind=kind if is_name else TermWordKind.EXACT) for word in words]

    def _list_token(self, token: str, node: Scalar, key: str) -> list[TermWord]:
        """Return the word for a list inside a phrase, which stands for one of its words."""
        terms = self._referred(token[1:], node, key)
        if terms and token not in self._in_phrases:  # one object for all phrases with this list
            alone = dict.fromkeys((term.words[0], term.language) for term in terms if len(term.words) == 1)
            longer = dict.fromkeys((term.words, term.language) for term in terms if len(term.words) > 1)
            word = TermWord(text=token, kind=TermWordKind.LIST, choices=tuple(alone))
            self._in_phrases[token], self._longer[token] = [word], tuple(longer)
        return self._in_phrases[token] if terms else []


def _extra(token: str) -> str:
    """Name the character that no word has, with advice."""
    if odd := odd_sign(token):
        return f": {odd}"
    sign = next(one for one in token if not one.isalnum())
    return f" «{sign}» — можно буквы, цифры, «точная форма», начало* и $список"


def _lost_comma(words: tuple[TermWord, ...] | list[TermWord]) -> str:
    """Return a question about a lost comma for a phrase with several lists; "" for any other."""
    lists = [word.text for word in words if word.kind is TermWordKind.LIST]
    return f" — не потеряна ли запятая: {', '.join(lists)}?" if len(lists) > 1 else ""


def dwellers(term: Term) -> tuple[Term, ...]:
    """Return the Kazakh word for inhabitants of a place («пермьдік» for «Пермь»); () for any other term or an
    acronym.
    """
    place = term.words[0].text
    is_name = len(term.words) == 1 and term.words[0].kind is TermWordKind.WORD and place.istitle()
    if term.language == "ru" or not is_name:
        return ()
    words = (TermWord(text=place, kind=TermWordKind.DWELLER),)
    return (replace(term, text=dweller(place), words=words, language="kk"),)
