"""What an event is in a line, for readers who do not read the article's language; whence and whither. Pure."""

from collections.abc import Iterable
from typing import Final

from monitor.models.articles import Fact, FactKind, Verdict
from monitor.models.channels import Tongue

_ORDER: Final = (FactKind.ACT, FactKind.WHO, FactKind.FROM, FactKind.TO, FactKind.WHERE)
_LABELS: Final[dict[Tongue, tuple[str, ...]]] = {
    "ru": ("Что", "Кто", "Откуда", "Куда", "Где"),
    "kk": ("Не", "Кім", "Қайдан", "Қайда", "Қай жерде"),
    "en": ("What", "Who", "From", "To", "Where"),
}


def fact_line(verdict: Verdict, tongue: Tongue) -> str:
    """«Что: выдача · Куда: Россия», the first fact of each kind; "" for none."""
    facts = ((label, _first(verdict.facts, kind)) for label, kind in zip(_LABELS[tongue], _ORDER, strict=True))
    return " · ".join(f"{label}: {_name(fact, tongue)}" for label, fact in facts if fact)


def direction(verdict: Verdict) -> tuple[Fact | None, Fact | None]:
    """Whence and whither, as far as the words that met the rules say it."""
    return _first(verdict.facts, FactKind.FROM), _first(verdict.facts, FactKind.TO)


def _name(fact: Fact, tongue: Tongue) -> str:
    """The fact in a language; in Russian where keywords.yaml has no other name."""
    return {"ru": fact.ru, "kk": fact.kk, "en": fact.en}[tongue] or fact.ru


def _first(facts: Iterable[Fact], kind: FactKind) -> Fact | None:
    return next((fact for fact in facts if fact.kind is kind), None)
