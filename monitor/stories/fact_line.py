"""What a story says in one line, made of nothing but the words that met the rules: «Что: выдача · Куда: в Россию».

For readers who do not know the language of the news. The words are named in keywords.yaml (`facts:`); what they say is
decided in matching/facts/saying.py.
"""

from collections.abc import Callable, Iterator, Mapping

from monitor.models.articles import Fact, FactKind, Verdict
from monitor.models.channels import Tongue
from monitor.text.languages.kazakh_samples import samples
from monitor.text.languages.places import coming_from, going_to
from monitor.text.unicode import utf16_length

_MOST_UNITS = 160
_MOST_VALUES = 2  # of one kind

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
    """One line of plain text, at most 160 UTF-16 units; "" when the words that met the rules name no act.

    What has no name in that language is left out.
    """
    parts = list(_parts(verdict, tongue))
    if not any(_values(verdict, kind, tongue) for kind in (FactKind.ACT, FactKind.MATTER)):
        return ""
    while len(parts) > 1 and utf16_length(" · ".join(parts)) > _MOST_UNITS:
        parts.pop()
    line = " · ".join(parts)
    return line if utf16_length(line) <= _MOST_UNITS else ""


def direction(verdict: Verdict) -> tuple[Fact | None, Fact | None]:
    """The countries whence and whither somebody is taken, where the words say so."""
    first = {fact.kind: fact for fact in reversed(verdict.facts)}
    return first.get(FactKind.FROM), first.get(FactKind.TO)


def _parts(verdict: Verdict, tongue: Tongue) -> Iterator[str]:
    for kind, label in _LABELS[tongue].items():
        if values := _values(verdict, kind, tongue):
            yield f"{label}: {', '.join(values)}"


def _values(verdict: Verdict, kind: FactKind, tongue: Tongue) -> list[str]:
    names = dict.fromkeys(named(fact, tongue) for fact in verdict.facts if fact.kind is kind)
    return [_SAID.get((kind, tongue), str)(name) for name in names if name][:_MOST_VALUES]


def named(fact: Fact, tongue: Tongue) -> str:
    """What a fact is called in a language; "" where keywords.yaml does not say."""
    return {"ru": fact.ru, "kk": fact.kk, "en": fact.en}[tongue]


def _kazakh(place: str, case: str) -> str:
    """An acronym stays as it is: how it is read, and so its ending, is not known."""
    return place if place.isupper() else samples(place).get(case, place)


_SAID: Mapping[tuple[FactKind, Tongue], Callable[[str], str]] = {
    (FactKind.TO, "ru"): lambda place: f"в {going_to(place)}",
    (FactKind.FROM, "ru"): lambda place: f"из {coming_from(place)}",
    (FactKind.TO, "kk"): lambda place: _kazakh(place, "кому, куда"),
    (FactKind.FROM, "kk"): lambda place: _kazakh(place, "откуда"),
}
