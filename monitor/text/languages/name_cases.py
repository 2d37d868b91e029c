"""Decline names that no dictionary has by their endings, which also show a place's case: «в Костанае», «в Костанай»."""

import re
from collections.abc import Iterable, Iterator

from monitor.text.languages.cases import ANY, Case

_BARE = Case.NOMINATIVE | Case.ACCUSATIVE  # «прибыл в Шымкент»: the accusative of a thing equals its nominative
_OBLIQUE = Case.GENITIVE | Case.DATIVE | Case.LOCATIVE
_MASCULINE = {
    "": _BARE,
    "й": _BARE,
    "а": Case.GENITIVE,
    "я": Case.GENITIVE,
    "у": Case.DATIVE,
    "ю": Case.DATIVE,
    "ом": Case.INSTRUMENTAL,
    "ем": Case.INSTRUMENTAL,
    "е": Case.LOCATIVE,
}
_FEMININE = {
    "а": Case.NOMINATIVE,
    "я": Case.NOMINATIVE,
    "ы": Case.GENITIVE,
    "и": _OBLIQUE,  # «Железинки», «Жулдызие»: for some the genitive only
    "е": Case.DATIVE | Case.LOCATIVE,
    "у": Case.ACCUSATIVE,
    "ю": Case.ACCUSATIVE,
    "ой": Case.INSTRUMENTAL,
    "ою": Case.INSTRUMENTAL,
    "ей": Case.INSTRUMENTAL,
    "ею": Case.INSTRUMENTAL,
}
_OF_PERSONS = ("ов", "ев", "ин", "ын")  # as likely a surname, whose accusative equals its genitive
_CONSONANTS = tuple("бвгджзклмнпрстфхцчшщ")
_HUSHING = "жчшщ"


def cases_by_ending(name: str, forms: Iterable[str]) -> dict[str, Case]:
    """Return each folded form of a folded name with its cases; ANY where the ending does not show them."""
    endings, stem = _class(name)
    return {form: endings.get(form[len(stem) :], ANY) if form.startswith(stem) else ANY for form in forms}


def _class(name: str) -> tuple[dict[str, Case], str]:
    """Return the endings that a name takes, and the stem they follow."""
    if name.endswith(_OF_PERSONS):
        return {}, name
    if name.endswith(("а", "я")):
        return _FEMININE, name[:-1]
    if name.endswith("й"):
        return _MASCULINE, name[:-1]
    return (_MASCULINE if name.endswith(_CONSONANTS) else {}), name


# ── forms ──────────────────────────────────────────────────────────────────────────────────────

# Endings to add after removing so many letters; the first row whose pattern fits decides. Families («Мовлаевы») only
# where the plural is no other surname: «Исмаилов» is not «Исмаил».
_NAME_TABLE: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    (r".+(?:ов|ев|ин|ын)", 0, ("а", "у", "ым", "е", "ы", "ых", "ыми")),
    (r".+(?:ова|ева|ина|ына)", 1, ("ой", "ою", "у")),
    (r".+[жшщч]ая", 2, ("ей", "ею", "ую")),
    (r".+ая", 2, ("ой", "ою", "ую")),
    (r".+яя", 2, ("ей", "ею", "юю")),
    (r".+[гкх][ио]й", 2, ("ого", "ому", "им", "ом", "ие", "их", "ими")),
    (r".+[жшщч]ий", 2, ("его", "ему", "им", "ем", "ие", "их", "ими")),
    (r".+[^аеиоуэюя](?:ый|ой)", 2, ("ого", "ому", "ым", "ом", "ые", "ых", "ыми")),
    (r".+(?:[оеиуюэы]|ых|их)", 0, ()),
    (r".+ия", 1, ("и", "ю", "ей", "ею")),
    (r".+я", 1, ("и", "е", "ю", "ей", "ею")),
    (r".+[гкх]а", 1, ("и", "е", "у", "ой", "ою")),
    (r".+[жшщч]а", 1, ("и", "е", "у", "ей", "ой", "ею")),
    (r".+а", 1, ("ы", "е", "у", "ой", "ою")),
    (r".+ец", 2, ("ца", "цу", "цем", "цом", "це", "еца", "ецу", "ецем", "ецом", "еце")),
    (r".+ий", 1, ("я", "ю", "ем", "и")),
    (r".+й", 1, ("я", "ю", "ем", "е")),
    (r".+ь", 1, ("я", "ю", "ем", "е", "и", "ью")),  # a man or a woman: Айгуль
    (r".", 0, ()),  # О’Коннор
    (r".+[жшщчц]", 0, ("а", "у", "ем", "ом", "е")),
    (r".*", 0, ("а", "у", "ом", "е")),
)
_FLEETING = re.compile(r"(.+[^аеиоуыэюя])[ео](к)")  # Волчок → Волчка


def forms_by_ending(name: str) -> Iterator[str]:
    """Yield the singular forms of a folded name or noun, without itself; for some surnames also the family's."""
    head, hyphen, last = name.rpartition("-")
    _, taken, endings = next(row for row in _NAME_TABLE if re.fullmatch(row[0], last))
    stems = {last[: len(last) - taken]}
    if taken == 0 and (fleeting := _FLEETING.fullmatch(last)):
        stems.add(fleeting[1] + fleeting[2])
    yield from (head + hyphen + stem + ending for stem in stems for ending in endings)


def plural_by_ending(noun: str) -> Iterator[str]:
    """Yield the plural forms of a folded noun in -ка or in a consonant: «блогерок», «дроперы»; none for any other."""
    if noun.endswith("ка"):
        stem, endings = noun[:-2], ("ки", "кам", "ками", "ках", "ек" if noun[-3:-2] in _HUSHING else "ок")
    elif noun.endswith(_CONSONANTS):
        hushes = noun[-1] in _HUSHING
        stem, endings = (
            noun,
            ("ы" if noun[-1] not in "гкх" and not hushes else "и", "ей" if hushes else "ов", "ам", "ами", "ах"),
        )
    else:
        return
    yield from (stem + ending for ending in endings)
