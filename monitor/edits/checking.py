"""Checks of a keywords.yaml: its errors and doubts, as `monitor check` prints them and as every save runs them.

No database is read here; the doubts that need the kept news are `matching.lint.Usage`.
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
    """A keywords.yaml with all its errors. `matcher` is None when the file cannot even be read."""

    errors: tuple[ConfigError, ...]
    keywords: Keywords | None = None
    matcher: Matcher | None = None

    def doubts(self) -> tuple[ConfigError, ...]:
        """Return the lint warnings: what the file probably does not mean. Takes half a second."""
        # The daemon, which takes up edits with `check_rules`, never calls this.
        from monitor.matching.lint import lint  # noqa: PLC0415 - as above

        return lint(self.keywords, self.matcher.compiled) if self.keywords and self.matcher else ()


def check_rules(
    text: str, *, file: str, root: Mapping | None = None, like: CompiledRules | None = None
) -> CheckedRules:
    """Read and compile the rules and run their examples.

    `root` is the parsed text; `like` are compiled rules with mostly the same words, which saves time.
    """
    try:
        keywords, errors = load_checked(text, file=file, root=root)
    except ConfigError as error:
        return CheckedRules(errors=(error,))
    if errors:
        return CheckedRules(errors=errors)
    compiled, errors = compile_checked(keywords, like)
    errors = errors or compile_checked(keywords.counting, compiled)[1]
    matcher = Matcher(compiled)
    errors = errors or tuple(check_examples(keywords, matcher))  # examples are run only with rules that have no errors
    return CheckedRules(errors=errors, keywords=keywords, matcher=matcher)


def new_ones(before: Sequence[ConfigError], after: Sequence[ConfigError]) -> tuple[ConfigError, ...]:
    """Return the errors or doubts that an edit adds. Line numbers in their messages are not compared."""
    known = {(doubt.key, _PLACE.sub("", doubt.message)) for doubt in before}
    return tuple(doubt for doubt in after if (doubt.key, _PLACE.sub("", doubt.message)) not in known)
