"""Small parts of a person's name, which are written with or without a capital letter."""

from collections.abc import Sequence
from dataclasses import replace

from monitor.config.keyword_rules import TermWord, TermWordKind

_SMALL_PARTS = (
    "заде оглы оглу кызы гызы улы уулу қызы ұлы аль эль ибн бин бен бинт абу де ди да ла ле дю дель дер фон ван"
)
_PARTICLES = frozenset(_SMALL_PARTS.split())


def with_particles(parts: Sequence[TermWord]) -> list[TermWord]:
    """Mark the parts of a name that need no capital letter as particles; all stay as they are if none would remain."""
    small = [part.text.lower() in _PARTICLES or part.text.islower() for part in parts]
    if all(small):
        return list(parts)
    return [
        replace(part, kind=TermWordKind.PARTICLE) if is_small else part
        for part, is_small in zip(parts, small, strict=True)
    ]
