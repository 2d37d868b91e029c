"""What a term means, by the facts of keywords.yaml, and which of several entries counts. Independent of any article."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.config.keyword_rules import FactGroup, Keywords, Naming, Role

_Place = tuple[str, Role | None]  # a term as written, and the role in which a list has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Namings:
    """Facts of a word's own entry, and of the lists it is in; both in the file's order."""

    own: Mapping[str, tuple[Naming, ...]] = field(default_factory=dict)
    listed: Mapping[_Place, tuple[Naming, ...]] = field(default_factory=dict)

    def facts_of(self, text: str, role: Role | None) -> tuple[Naming, ...]:
        """Return the facts of a term in a role; the first one counts.

        A word's own entry comes before its lists' entries; a town also gets the entry of its country. For the role of
        origin («{родом: $россия}») the list's name for such people is used, not a place.
        """
        own = () if role is Role.ORIGIN else self.own.get(text, ())
        listed = self.listed.get((text, role if role is Role.ORIGIN else None), ())
        if own and own[0].group is FactGroup.PLACE:
            return *own, *(naming for naming in listed if naming.group is FactGroup.COUNTRY)
        return own or listed


def namings(keywords: Keywords) -> Namings:
    """Collect the facts of every word of the file."""
    terms = {declared.name: declared.terms for declared in keywords.lists}
    own: defaultdict[str, tuple[Naming, ...]] = defaultdict(tuple)
    listed: defaultdict[_Place, tuple[Naming, ...]] = defaultdict(tuple)
    for naming in keywords.facts:
        for word in naming.words:
            own[word] += (naming,)
        places = {(term.text, term.role) for name in naming.lists for term in terms.get(name, ())}
        for place in places:
            listed[place] += (naming,)
    return Namings(own=dict(own), listed=dict(listed))
