"""What is wrong with a keywords.yaml, and what is doubtful in it: as `monitor check` says and as every save asks.

No database is asked here; what the kept news say against rules is `matching.lint.Usage`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.config.keyword_rules import Keywords
from monitor.config.keywords import load_checked
from monitor.config.yaml_reader import Mapping
from monitor.errors import ConfigError
from monitor.matching.compiled_rules import CompiledRules
from monitor.matching.compiler import compile_checked
from monitor.matching.explanation import check_examples
from monitor.matching.matcher import Matcher

_PLACE = re.compile(r"строк[аеиу] \d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRules:
    """A keywords.yaml with everything that is wrong with it. `matcher` is None when it cannot even be looked at."""

    errors: tuple[ConfigError, ...]
    keywords: Keywords | None = None
    matcher: Matcher | None = None

    def doubts(self) -> tuple[ConfigError, ...]:
        """What it may say but hardly means; takes half a second of the project's own rules."""
        # The daemon, which takes up edits by `check_rules`, never asks.
        from monitor.matching.lint import lint  # noqa: PLC0415 - as above

        return lint(self.keywords, self.matcher.compiled) if self.keywords and self.matcher else ()


def check_rules(
    text: str, *, file: str, root: Mapping | None = None, like: CompiledRules | None = None
) -> CheckedRules:
    """Read, compile, try the examples. `root` is the text parsed, `like` are rules with much the same words."""
    try:
        keywords, errors = load_checked(text, file=file, root=root)
    except ConfigError as error:
        return CheckedRules(errors=(error,))
    if errors:
        return CheckedRules(errors=errors)
    compiled, errors = compile_checked(keywords, like)
    errors = errors or compile_checked(keywords.counting, compiled)[1]
    matcher = Matcher(compiled)
    errors = errors or tuple(check_examples(keywords, matcher))  # examples are tried only with rules that hold
    return CheckedRules(errors=errors, keywords=keywords, matcher=matcher)


def new_ones(before: Sequence[ConfigError], after: Sequence[ConfigError]) -> tuple[ConfigError, ...]:
    """The errors or doubts that an edit brings: not told before, whatever lines they spoke of."""
    known = {(doubt.key, _PLACE.sub("", doubt.message)) for doubt in before}
    return tuple(doubt for doubt in after if (doubt.key, _PLACE.sub("", doubt.message)) not in known)
