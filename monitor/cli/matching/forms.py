"""`forms`: what a word of keywords.yaml matches, for a maintainer to check before writing it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import chain
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from monitor.app.environment import environment, read_text
from monitor.cli.console.options import AsJson, KeywordsFile
from monitor.cli.console.output import print_json, say, show_warning
from monitor.cli.console.screen import Screen
from monitor.config.keyword_rules import Role, Term, TermWordKind
from monitor.config.keywords import load_keywords
from monitor.config.settings import load_settings
from monitor.config.term_reader import read_terms
from monitor.config.yaml_reader import nearest
from monitor.errors import ConfigError
from monitor.matching.role_forms import RoleForms, found_in_role, role_forms
from monitor.matching.words.word_forms import WordForms, forms_of, found_in
from monitor.models.articles import Language
from monitor.text.languages.spelling import meant_by

MANY = 20  # words of a list, which are shown with all their forms

_SHOWN = 12  # forms in a role; an adjective has fifty
_KINDS = {
    TermWordKind.WORD: "слово, все формы",
    TermWordKind.EXACT: "только так, как написано",
    TermWordKind.PREFIX: "начало слова: подойдёт всё, что так начинается",
    TermWordKind.NAME: "имя: только с большой буквы",
    TermWordKind.PARTICLE: "часть имени: с большой буквы и с маленькой",
    TermWordKind.LIST: "любое слово списка",
    TermWordKind.DWELLER: "по-казахски: кто оттуда",
}


def forms(
    written: Annotated[
        list[str], typer.Argument(metavar="СЛОВО", help="как в keywords.yaml; словосочетание — в кавычках")
    ],
    *,
    lang: Annotated[Language | None, typer.Option(metavar="ru|kk", help="как под ru: или kk:; иначе оба языка")] = None,
    name: Annotated[bool, typer.Option("--name", help="имя человека, как в разделе people")] = False,
    attempt: Annotated[
        str, typer.Option("--try", metavar="ТЕКСТ", help="только сказать, найдётся ли слово в нём")
    ] = "",
    role: Annotated[
        str, typer.Option("--role", metavar="РОЛЬ", help="только формы в роли: куда, откуда, где, кого, кто, родом")
    ] = "",
    keywords: KeywordsFile = None,
    as_json: AsJson = False,
) -> None:
    """Показать все формы, по которым бот узнает слово; с --role — как оно стоит в роли; с --try — узнает ли он его
    здесь, с --role — в этой ли роли (код 1: нет).

    Длинный список ($имя) показан коротко, по строке на слово; с --try — только те его слова, что нашлись.
    """
    in_role = _role(role) if role else None
    kind = TermWordKind.NAME if name else TermWordKind.WORD
    asked = {
        word: tuple(_listed(word, lang, keywords) if _is_list(word) else read_terms(word, language=lang, kind=kind))
        for word in written
    }
    _warn_of_slips(term for word, terms in asked.items() if not _is_list(word) for term in terms)
    if attempt:
        _show_attempt(asked, attempt, in_role, as_json=as_json)
    elif in_role:
        _show_role([role_forms(term, in_role) for term in chain(*asked.values())], as_json=as_json)
    elif as_json:
        every = chain(*asked.values())
        print_json(
            {"terms": [{"term": term.text, "words": [_json(word) for word in forms_of(term)]} for term in every]}
        )
    else:
        for terms in asked.values():
            _show(terms)


def _is_list(word: str) -> bool:
    return word.startswith("$")


def _listed(reference: str, lang: Language | None, keywords: str | None) -> Iterator[Term]:
    """The terms of `$список`, those of one language if it is given."""
    path = keywords or load_settings(environment()).keywords
    lists = {f"${declared.name}": declared for declared in load_keywords(read_text(path), file=path).lists}
    if reference not in lists:
        raise ConfigError(f"нет списка «{reference}»{nearest(reference, lists)}", file=path)
    return (term for term in lists[reference].terms if lang is None or term.language in (lang, None))


def _role(named: str) -> Role:
    roles = {role.value: role for role in Role}
    if named not in roles:
        among = ", ".join(roles)
        raise ConfigError(f"нет роли «{named}» — есть {len(roles)}: {among}", file="monitor forms", key="--role")
    return roles[named]


def _show_role(terms: Sequence[RoleForms], *, as_json: bool) -> None:
    if as_json:
        print_json({"terms": [asdict(term) for term in terms]})
        return
    screen = Screen()
    for term in terms:
        rows = {"с предлогом": term.prepositional, "без предлога": term.bare, "по-казахски": term.kazakh}
        table = Table.grid(padding=(0, 2))
        for name, forms in rows.items():
            if forms:
                more = f" … и ещё {len(forms) - _SHOWN}" if len(forms) > _SHOWN else ""
                table.add_row(f"{name}:", Text(", ".join(forms[:_SHOWN]) + more))
        screen.print(Text.assemble((term.term, "bold"), f" — роль «{term.role}»"))
        if table.rows:
            screen.print(Padding(table, (0, 0, 0, 2)))
        if term.note:
            screen.print(Padding(Text(term.note), (0, 0, 0, 2)))


def _warn_of_slips(terms: Iterable[Term]) -> None:
    """As `check` does of what stands in the file."""
    plain = (word for term in terms if term.language != "kk" for word in term.words if word.kind is TermWordKind.WORD)
    for word in dict.fromkeys(word.text for word in plain):
        if meant := meant_by(word, among=()):
            message = f"слова «{word}» нет в словаре — может быть, «{meant}»?"
            show_warning(ConfigError(message, file="monitor forms"))


def _show_attempt(asked: Mapping[str, Sequence[Term]], text: str, role: Role | None, *, as_json: bool) -> None:
    """Which words stand in the text, in the role if there is one; of a list only those. Exits with 1 when what was
    asked for is not there.
    """
    standing = {argument: _standing(terms, text, role) for argument, terms in asked.items()}
    if as_json:
        every = _standing(chain(*asked.values()), text, role)
        print_json({"text": text, "found": {word: list(hits) for word, hits in every.items()}})
    else:
        for argument, words in standing.items():
            _show_standing(argument, words, f"нет в роли «{role}»" if role else "нет")
    if not all((any if _is_list(argument) else all)(words.values()) for argument, words in standing.items()):
        raise typer.Exit(1)


def _standing(terms: Iterable[Term], text: str, role: Role | None) -> Mapping[str, Mapping[str, None]]:
    """The forms of each word that stand in the text; a list may have one word in both languages."""
    forms_by_word: dict[str, dict[str, None]] = {}
    for term in terms:
        forms_in_text = found_in_role(term, role, text) if role else found_in(term, text)
        forms_by_word.setdefault(term.text, {}).update(dict.fromkeys(forms_in_text))
    return forms_by_word


def _show_standing(argument: str, words: Mapping[str, Mapping[str, None]], missing: str) -> None:
    if _is_list(argument) and not any(words.values()):
        say(f"{argument}: {missing}, ни одного слова из {len(words)}")
        return
    for word, hits in words.items():
        if hits:
            say(f"{word}: да, {', '.join(f'«{form}»' for form in hits)}")
        elif not _is_list(argument):
            say(f"{word}: {missing}")


def _show(terms: Sequence[Term]) -> None:
    screen = Screen()
    if len(terms) <= MANY:
        for term in terms:
            for renderable in _term(term):
                screen.print(renderable)
        return
    for term in terms:
        screen.print(_line(term), no_wrap=True, overflow="ellipsis")
    screen.print(f"Слов: {len(terms)}. Все формы одного: monitor forms СЛОВО")


def _line(term: Term) -> Text:
    """A term and as many of its forms as fit into a line."""
    words = forms_of(term)
    forms = (", ".join([*chain(*one.russian.values()), *(f"{stem}-" for stem in one.kazakh_stems)]) for one in words)
    about = "слова подряд" if len(words) > 1 else next(forms) or _KINDS[words[0].kind]
    return Text.assemble((term.text, "bold"), f" — {about}")


def _term(term: Term) -> Iterator[RenderableType]:
    words = forms_of(term)
    if len(words) > 1:
        yield Text.assemble((term.text, "bold"), " — слова подряд")
    for word in words:
        yield Text.assemble((word.text, "bold"), f" — {_KINDS[word.kind]}")
        if word.kind in (TermWordKind.WORD, TermWordKind.NAME, TermWordKind.PARTICLE):
            yield Padding(_table(word), (0, 0, 1, 2))


def _table(word: WordForms) -> RenderableType:
    """Groups of forms, one a row; long ones wrap within their column."""
    if not (word.russian or word.kazakh_stems):
        return Text("Форм нет: проверьте написание и язык или возьмите в «ёлочки».", style="red")
    table = Table.grid(padding=(0, 2))
    for group, members in word.russian.items():
        table.add_row(f"{group}:", Text(", ".join(members)))
    if word.kazakh_stems:
        stems = ", ".join(f"{stem}-" for stem in word.kazakh_stems)
        table.add_row("по-казахски:", Text(f"{stems} и окончания, латиницей тоже"))
    for meaning, form in word.kazakh_samples.items():
        table.add_row(f"  {meaning}:", Text(form))
    return table


def _json(word: WordForms) -> dict[str, object]:
    return {
        "word": word.text,
        "kind": word.kind.value,
        "ru": word.russian,
        "kk": {"stems": word.kazakh_stems, "samples": word.kazakh_samples},
    }
