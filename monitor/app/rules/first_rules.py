"""The rules of a start of which nobody has kept the compiled form: made in a child, as an edit's are.

Compiled here they would leave 7 MB of holes for as long as the daemon lives (docs/decisions/0038).
"""

from functools import partial

from monitor.app.environment import as_text
from monitor.app.rules.cache import Compiled
from monitor.config.keywords import load_keywords
from monitor.edits.child_process import ask_once
from monitor.matching.compiler import compile_rules, with_russian
from monitor.matching.matcher import Matcher


def compile_content(content: bytes, file: str) -> Compiled:
    """The rules of this content of a file. Raises ConfigError."""
    keywords = load_keywords(as_text(content, file), file=file)
    return Compiled(keywords, with_russian(compile_rules(keywords)))


def compile_and_check(content: bytes, file: str) -> Compiled:
    """As `compile_content`, and which of its examples do not hold. Raises ConfigError."""
    from monitor.matching.explanation import check_examples  # noqa: PLC0415 - rules that were kept hold

    made = compile_content(content, file)
    return made._replace(failing=check_examples(made.keywords, Matcher(made.rules)))


def compile_in_child(content: bytes, file: str) -> Compiled:
    """As `compile_and_check`; here, when the child ends without an answer. Raises ConfigError."""
    return ask_once(partial(compile_and_check, file=file), content)
