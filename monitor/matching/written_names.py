"""A person's name as a maintainer writes it, «Тургунбаева Асель Маратовна», → as the news write it: «Асель
Тургунбаева».

A name of several words is searched for word by word as written, and a name in an oblique case has no other forms.
"""

import re
from collections.abc import Iterator

from monitor.config.keyword_rules import Term, TermWordKind
from monitor.text.languages.first_names import is_first_name
from monitor.text.languages.russian import is_noun, lemmas, likely_tags, name_forms, surnames
from monitor.text.unicode import fold

_NAME = re.compile(r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?")
_OF_A_FATHER = re.compile(r".{2,}(?:(?:[ое]в|ь)ич(?:а|у|ем|е)?|(?:[ое]в|ич)н(?:а|ы|е|у|ой|ою)|улы|кызы)")
_SURNAME = re.compile(r".{2,}(?:[ое]в|[иы]н|[сц]к(?:ий|ая))а?")
_ADJECTIVE = re.compile(r".{2,}[ое]го")  # «Заречного»
_OBLIQUE = re.compile(r"(.{2,}(?:[ое]в(?!о)|[иы]н|[сц]к(?!ой)))(?:у|ым|ой|ою|ую|ого|ому|им|ом)")  # «Яровой», «Донской»
_OF_A_WOMAN = re.compile(r"(?<=[оеё]в|[иы]н)а\b")
_SURELY_A_SURNAME = re.compile(r"[А-ЯЁ][а-яё]+(?:[ое]ва?|[кшчщц]ина?|[сц]к(?:ий|ая)|енко|швили)")  # not «Ясин»
_LIKE_A_SURNAME = re.compile(
    r".{2,}(?:(?:[ое]в|[иы]н)(?:а|у|ы|е|ой|ою|ым|ом)?|[сц]к(?:ий|ая|ого|ой|ую)|енко|у[кч]|юк|ян|швили|дзе)"
)


def as_news_write(term: Term) -> tuple[str, ...]:
    """Return better ways to write a person's name; () when it is right or nothing better is known."""
    parts = term.text.split()
    if not all(map(_NAME.fullmatch, parts)) or any(word.kind is not TermWordKind.NAME for word in term.words):
        return ()
    if len(parts) == 1:
        better = [] if _is_first(parts[0]) else _nominatives(parts[0])
    else:
        better = [f"{first} {surname}" for name in _first_and_last(parts) for first, surname in _upright(*name)]
    return () if term.text in better else tuple(better)


def are_surnames(term: Term) -> bool:
    """Whether a name consists of surnames only, as after a lost comma: «Зимородков Пуговкин»."""
    parts = term.text.split()
    return len(parts) > 1 and all(
        word.kind is TermWordKind.NAME and _SURELY_A_SURNAME.fullmatch(word.text) and not is_first_name(word.text)
        for word in term.words
    )


def _first_and_last(parts: list[str]) -> list[tuple[str, str]]:
    """Return first name and surname, in whatever case, as one pair; [] when it is not plain which is which."""
    if len(parts) == 3 and _is_of_a_father(parts[1]):
        return [(parts[0], parts[2])]
    if len(parts) == 3 and _is_of_a_father(parts[2]) and not is_first_name(parts[0]):
        return [(parts[1], parts[0])]
    if len(parts) != 2 or _is_of_a_father(parts[1]):
        return []
    one, other = parts
    is_turned = is_first_name(other) and not _is_first(one) and _LIKE_A_SURNAME.fullmatch(_folded(one))
    return [(other, one) if is_turned else (one, other)]


def _upright(first: str, surname: str) -> Iterator[tuple[str, str]]:
    """Yield both names in the nominative; «Ивана Петрова» is a man, as no woman is called so."""
    tags = _tags(first)
    is_man = bool(tags) and all("masc" in tag for tag in tags)
    is_upright = any("nomn" in tag for tag in tags) and is_noun(_folded(surname))  # «Иван Калина»
    of_a_man = surname if is_upright else _OF_A_WOMAN.sub("", surname)
    likely = [of_a_man] if is_man and of_a_man != surname else _nominatives(surname) or [surname]
    for meant in likely:
        gender = "femn" if meant.endswith(("а", "ая")) else "masc"
        if len(likely) == 1 or not tags or any(gender in tag for tag in tags):
            yield _first_name(first, gender), meant


def _nominatives(surname: str) -> list[str]:
    """Return the nominatives that an oblique surname may be of: «Коробову» of «Коробов» and «Коробова»; [] if it may be
    a nominative itself.
    """
    word = _folded(surname)
    known = lemmas(word)
    meant = surnames(word) or (known if _ADJECTIVE.fullmatch(word) else ()) or _by_ending(word)
    if word in (*meant, *known):
        return []
    return [name.title() for name in meant if _SURNAME.fullmatch(name) or _ADJECTIVE.fullmatch(word)]


def _by_ending(word: str) -> tuple[str, ...]:
    """Do what `_nominatives` does for surnames that the dictionary lacks: «зиминой», «сосновскую»."""
    form = _OBLIQUE.fullmatch(word)
    likely = [form[1] + end for end in ("", "а", "ий", "ая")] if form else []
    return tuple(name for name in likely if _SURNAME.fullmatch(name) and word in map(str.lower, name_forms(name)))


def _first_name(word: str, gender: str) -> str:
    """Return the nominative of a first name, if the dictionary knows it: «Юлия» for «Юлии», «Асель» for «Асели»."""
    if _is_nominative(word, gender):
        return word
    likely = (lemma.title() for lemma in (*lemmas(_folded(word)), f"{_folded(word)[:-1]}ь"))
    return next((name for name in likely if _is_form(word, name, gender)), word)


def _is_form(word: str, name: str, gender: str) -> bool:
    return _is_nominative(name, gender) and _folded(word) in map(str.lower, name_forms(name))


def _is_nominative(name: str, gender: str) -> bool:
    return any({"nomn", "sing", gender} <= tag for tag in _tags(name))


def _tags(word: str) -> list[frozenset[str]]:
    return [tag for tag in likely_tags(word.lower()) if "Name" in tag]


def _is_first(word: str) -> bool:
    return is_first_name(word) or bool(_tags(word))


def _is_of_a_father(word: str) -> bool:
    return _OF_A_FATHER.fullmatch(_folded(word)) is not None


def _folded(word: str) -> str:
    return fold(word).text
