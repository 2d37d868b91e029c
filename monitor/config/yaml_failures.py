"""Where the YAML parser stopped: the line with the mistake, and what to write instead."""

from yaml.error import MarkedYAMLError
from yaml.events import Event, ScalarEvent

from monitor.config.yaml_slips import hint

_MIXED = "выше идёт список, где каждая строка начинается с «- » — начните так и эту"
_OPEN_QUOTE = "в этой строке открыта кавычка, а закрыта не здесь — закройте её там, где кончается текст"
_OPEN_BRACKET = (
    "в этой строке открыта скобка «{}» — закройте её; если она закрыта ниже, там нет запятой или лишнее двоеточие"
)


def unreadable(error: MarkedYAMLError, text: str, *, last: Event | None) -> tuple[int, str]:
    """Return the line to look at, and advice. `last` is the last event before the parser stopped."""
    line, advice = _unclosed(error, text, last)
    if line:
        return line, advice
    line = min(_line_of(error), text.rstrip("\n").count("\n") + 1)  # the parser counts one more at the end
    return (line, _MIXED) if _is_mixed(error) else hint(text, line)


def _line_of(error: MarkedYAMLError) -> int:
    """Return the line to look at (0 if unknown); for a key without «:» its own line, not where the parser missed it."""
    is_key = error.context == "while scanning a simple key"
    mark = (error.context_mark if is_key else None) or error.problem_mark or error.context_mark
    return mark.line + 1 if mark else 0


def _is_mixed(error: MarkedYAMLError) -> bool:
    """Whether something other than an item is in a list, indented as its «- »."""
    began, met = error.context_mark, error.problem_mark
    is_list = error.context == "while parsing a block collection"
    return is_list and began is not None and met is not None and began.column == met.column


def _unclosed(error: MarkedYAMLError, text: str, last: Event | None) -> tuple[int, str]:
    """Return the line of an opening quotation mark or bracket that is not closed, and advice; 0 if there is none."""
    began, met, context = error.context_mark, error.problem_mark, error.context or ""
    lines = (last.start_mark.line, last.end_mark.line) if last and last.start_mark and last.end_mark else (0, 0)
    if met and isinstance(last, ScalarEvent) and last.style in ('"', "'") and lines[0] < lines[1] == met.line:
        return lines[0] + 1, _OPEN_QUOTE
    if began and context == "while scanning a quoted scalar":
        return began.line + 1, _OPEN_QUOTE
    is_later = began and met and (met.line > began.line or text[met.index : met.index + 1] in "]}")
    if began and is_later and context in ("while parsing a flow mapping", "while parsing a flow sequence"):
        return began.line + 1, _OPEN_BRACKET.format(text[began.index])
    return 0, ""
