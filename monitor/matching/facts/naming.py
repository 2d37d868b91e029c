"""What a term means, by the facts of keywords.yaml: which of several names is its own. Knows nothing of any article."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.config.keyword_rules import FactGroup, Keywords, Naming, Role

_Place = tuple[str, Role | None]  # a term as written, and the role in which a list has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Namings:
    """The names of words that a fact names itself, and of those that stand in a list it names; in the file's order."""

    own: Mapping[str, tuple[Naming, ...]] = field(default_factory=dict)
    listed: Mapping[_Place, tuple[Naming, ...]] = field(default_factory=dict)

    def of(self, text: str, role: Role | None) -> tuple[Naming, ...]:
        """What a term of this text, asked for in this role, means; the first name counts.

        A name of the word itself counts before one of its list; a town has that of its country beside it. Where
        somebody is from («{родом: $россия}») is what the list of such people is called, not a place.
        """
        own = () if role is Role.ORIGIN else self.own.get(text, ())
        listed = self.listed.get((text, role if role is Role.ORIGIN else None), ())
        if own and own[0].group is FactGroup.PLACE:
            return *own, *(naming for naming in listed if naming.group is FactGroup.COUNTRY)
        return own or listed


def namings(keywords: Keywords) -> Namings:
    """The names of every word of the file that a fact covers."""
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
