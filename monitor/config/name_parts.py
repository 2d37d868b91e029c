"""The small parts of a person's name, which some write with a capital letter and some without."""

from collections.abc import Sequence
from dataclasses import replace

from monitor.config.keyword_rules import TermWord, TermWordKind

_SMALL_PARTS = (
    "заде оглы оглу кызы гызы улы уулу қызы ұлы аль эль ибн бин бен бинт абу де ди да ла ле дю дель дер фон ван"
)
_PARTICLES = frozenset(_SMALL_PARTS.split())


def with_particles(parts: Sequence[TermWord]) -> list[TermWord]:
    """The parts of a name; those that need no capital letter are particles. One at least keeps its need."""
    small = [part.text.lower() in _PARTICLES or part.text.islower() for part in parts]
    if all(small):
        return list(parts)
    return [
        replace(part, kind=TermWordKind.PARTICLE) if is_small else part
        for part, is_small in zip(parts, small, strict=True)
    ]
