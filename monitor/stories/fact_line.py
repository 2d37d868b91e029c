"""A story in one line made only of the words that met the rules: «Что: выдача · Куда: в Россию».

For readers who do not know the language of the news. The words are named in keywords.yaml (`facts:`);
matching/facts/saying.py decides what they say.
"""

from collections.abc import Callable, Iterator, Mapping

from monitor.models.articles import Fact, FactKind, Verdict
from monitor.models.channels import Tongue
from monitor.text.languages.kazakh_samples import samples
from monitor.text.languages.places import coming_from, going_to
from monitor.text.unicode import utf16_length

_MOST_UNITS = 160
_MOST_VALUES = 2  # values of one kind

_LABELS: Mapping[Tongue, Mapping[FactKind, str]] = {
    "ru": {
        FactKind.ACT: "Что",
        FactKind.MATTER: "О чём",
        FactKind.FROM: "Откуда",
        FactKind.TO: "Куда",
        FactKind.WHO: "Кто",
        FactKind.WHERE: "Где",
        FactKind.BY: "Ведомство",
    },
    "kk": {
        FactKind.ACT: "Не",
        FactKind.MATTER: "Не туралы",
        FactKind.FROM: "Қайдан",
        FactKind.TO: "Қайда",
        FactKind.WHO: "Кім",
        FactKind.WHERE: "Жері",
        FactKind.BY: "Орган",
    },
    "en": {
        FactKind.ACT: "What",
        FactKind.MATTER: "About",
        FactKind.FROM: "From",
        FactKind.TO: "To",
        FactKind.WHO: "Who",
        FactKind.WHERE: "Where",
        FactKind.BY: "Agency",
    },
}  # in the order of the line


def fact_line(verdict: Verdict, tongue: Tongue) -> str:
    """Return one line of plain text, at most 160 UTF-16 units; "" if the facts contain no act and no matter.

    Facts without a name in this language are left out.
    """
    parts = list(_parts(verdict, tongue))
    if not any(_values(verdict, kind, tongue) for kind in (FactKind.ACT, FactKind.MATTER)):
        return ""
    while len(parts) > 1 and utf16_length(" · ".join(parts)) > _MOST_UNITS:
        parts.pop()
    line = " · ".join(parts)
    return line if utf16_length(line) <= _MOST_UNITS else ""


def direction(verdict: Verdict) -> tuple[Fact | None, Fact | None]:
    """Return the countries from which and to which somebody is taken, where the words say so."""
    first = {fact.kind: fact for fact in reversed(verdict.facts)}
    return first.get(FactKind.FROM), first.get(FactKind.TO)


def _parts(verdict: Verdict, tongue: Tongue) -> Iterator[str]:
    for kind, label in _LABELS[tongue].items():
        if values := _values(verdict, kind, tongue):
            yield f"{label}: {', '.join(values)}"


def _values(verdict: Verdict, kind: FactKind, tongue: Tongue) -> list[str]:
    names = dict.fromkeys(fact_name(fact, tongue) for fact in verdict.facts if fact.kind is kind)
    return [_SAID.get((kind, tongue), str)(name) for name in names if name][:_MOST_VALUES]


def fact_name(fact: Fact, tongue: Tongue) -> str:
    """Return a fact's name in a language; "" if keywords.yaml has none."""
    return {"ru": fact.ru, "kk": fact.kk, "en": fact.en}[tongue]


def _kazakh(place: str, case: str) -> str:
    """Return the place in a Kazakh case; an acronym stays unchanged, because its ending depends on how it is read."""
    return place if place.isupper() else samples(place).get(case, place)


_SAID: Mapping[tuple[FactKind, Tongue], Callable[[str], str]] = {
    (FactKind.TO, "ru"): lambda place: f"в {going_to(place)}",
    (FactKind.FROM, "ru"): lambda place: f"из {coming_from(place)}",
    (FactKind.TO, "kk"): lambda place: _kazakh(place, "кому, куда"),
    (FactKind.FROM, "kk"): lambda place: _kazakh(place, "откуда"),
}
