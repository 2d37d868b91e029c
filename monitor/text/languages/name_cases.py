"""The cases of a place that no dictionary has, by its ending: «в Костанае» is where, «в Костанай» whither."""

from collections.abc import Iterable

from monitor.text.languages.cases import ANY, Case

_BARE = Case.NOMINATIVE | Case.ACCUSATIVE  # «прибыл в Шымкент», a thing's accusative is its nominative
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
    "и": _OBLIQUE,  # «Железинки», «Жулдызие»: of some the genitive only
    "е": Case.DATIVE | Case.LOCATIVE,
    "у": Case.ACCUSATIVE,
    "ю": Case.ACCUSATIVE,
    "ой": Case.INSTRUMENTAL,
    "ою": Case.INSTRUMENTAL,
    "ей": Case.INSTRUMENTAL,
    "ею": Case.INSTRUMENTAL,
}
_OF_PERSONS = ("ов", "ев", "ин", "ын")  # a surname as likely, whose accusative is its genitive
_CONSONANTS = tuple("бвгджзклмнпрстфхцчшщ")


def cases_by_ending(name: str, forms: Iterable[str]) -> dict[str, Case]:
    """Each of the folded forms of a folded name with its cases; ANY where the ending does not show them."""
    endings, stem = _class(name)
    return {form: endings.get(form[len(stem) :], ANY) if form.startswith(stem) else ANY for form in forms}


def _class(name: str) -> tuple[dict[str, Case], str]:
    """The endings that a name takes, and what they are put on."""
    if name.endswith(_OF_PERSONS):
        return {}, name
    if name.endswith(("а", "я")):
        return _FEMININE, name[:-1]
    if name.endswith("й"):
        return _MASCULINE, name[:-1]
    return (_MASCULINE if name.endswith(_CONSONANTS) else {}), name
