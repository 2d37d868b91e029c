"""Slips of the pen after which YAML is read differently from its looks, or not at all: what happened, what to write."""

import re
from collections.abc import Iterator

from monitor.text.unicode import INVISIBLE

_BLANKS = "\xa0\u2000-\u200a\u202f\u205f\u3000"
_DASHES = "‒-―−"
_STRAY = re.compile(rf"^[ -]*(?:\w+:)?[{_BLANKS}{INVISIBLE}]", re.MULTILINE)
_NO_ITEM = re.compile(rf"\s*(?:[{_DASHES}]|-[^\s-])")
_FAR_IN = 80  # characters of indentation that are examined
_COMMENT = re.compile(r"[ \t]+#(?=\w)(\S*)")
_IN_FOLDED = re.compile(r"\n.*?(?<!\S)#(?=\s)")
_CURLY = re.compile(r"[“„][^“”„]*[“”]")
_QUOTES = 'кавычки “…” здесь не кавычки — нужны "…"'
_UNSEEN = (
    (re.compile(f"[{_BLANKS}]"), "неразрывный пробел — сотрите его и поставьте обычный"),
    (re.compile(f"[{INVISIBLE}]"), "невидимый знак — сотрите это место и наберите заново"),
)
_ALIKE = (
    (re.compile("[\u0300-\u036f]"), "знак ударения — уберите его"),
    (re.compile(f"[{_DASHES}]"), "длинное тире — напишите дефис «-» или уберите"),
    (re.compile("[“”„‟]"), _QUOTES),
)
_DASHED = "в начале строки длинное тире или дефис без пробела — пункт списка начинают с «- », дефиса и пробела"
_LOST = "ниже идёт список, где каждая строка начинается с «- » — начните так и эту"
_FAR_DASH = "слились две строки: начните «- » с того же отступа, что и строкой выше"
_STRAYED = "в отступе или после двоеточия"
_SURE = (  # wrong wherever they are
    (re.compile(r"^ *\t"), "в отступе стоит табуляция — замените её пробелами"),
    (_STRAY, f"{_STRAYED} неразрывный пробел или невидимый знак — сотрите и поставьте обычный"),
    (re.compile(rf"^{_NO_ITEM.pattern}"), _DASHED),
    (re.compile(r"[-:,{[] *[“„]"), _QUOTES),
)
_HINTS = (
    (
        re.compile(r"""(?:^|[-:,{[]) *([*&@%`!]|[|>](?![-+0-9]*\s*(?:#|$)))\S"""),
        'текст начинается со служебного знака «{}» — возьмите его в «"…"»',
    ),
    (re.compile(r"""["'] *,? *[^\s,:#}\]]"""), "после закрывающей кавычки идёт текст — возьмите в кавычки всю строку"),
    (re.compile(r":\s.*:\s"), 'в строке два двоеточия — возьмите текст после первого в «"…"»'),
    (re.compile(r"^[^:]*\S[^:]*$"), "проверьте отступы и двоеточие после имени ключа (после двоеточия нужен пробел)"),
)


def unseen_sign(text: str) -> str:
    """Name the invisible character in a text, with advice; "" if there is none."""
    return next((said for pattern, said in _UNSEEN if pattern.search(text)), "")


def odd_sign(text: str) -> str:
    """Name a sign that is invisible or looks like another, with advice; "" if there is none."""
    return unseen_sign(text) or next((said for pattern, said in _ALIKE if pattern.search(text)), "")


def hint(text: str, line: int) -> tuple[int, str]:
    """Guess what is wrong on the line where the parser stopped, or on the one before: return that line, and advice."""
    lines = text.splitlines()
    near = [number for number in (line, line - 1) if 0 < number <= len(lines)]
    tried = ((number, *one) for known in (_SURE, _HINTS) for number in near for one in known)
    matches = ((number, pattern.search(lines[number - 1]), said) for number, pattern, said in tried)
    hints = ((number, said.format(*match.groups())) for number, match, said in matches if match)
    return next(hints, (line, "проверьте отступы, кавычки и двоеточия в этой строке и строкой выше"))


def slips(source: str, start: int, end: int, *, style: str, is_item: bool, flow: bool) -> Iterator[tuple[int, str]]:
    """Yield text that YAML silently loses or joins: how many lines below the start, and what to write.

    `style` is the text's quotation mark or block sign, "" if plain; `is_item`: it follows a «- »; `flow`: it is inside
    brackets, where a line that begins with «- » means that a bracket is not closed.
    """
    typed = source[start:end]
    if style == ">" and (comment := _IN_FOLDED.search(typed)):
        message = "внутри >- примечаний не бывает: всё станет словами — поставьте примечание над этим текстом"
        yield typed.count("\n", 0, comment.end()), message
    if style:
        return
    if stray := _STRAY.search(typed):
        yield typed.count("\n", 0, stray.end()), f"{_STRAYED} {unseen_sign(stray[0])}"
    if _CURLY.fullmatch(typed):
        yield 0, _QUOTES
    if not flow:
        begins_line = source[max(0, start - _FAR_IN) : start].rstrip(" ")[-1:] in ("", "\n")
        yield from _undashed(typed.split("\n"), begins_line=begins_line, is_item=is_item)
    if comment := _COMMENT.match(source, end):
        yield typed.count("\n"), _commented(typed.rpartition("\n")[2].strip(), comment[1])


def _undashed(rows: list[str], *, begins_line: bool, is_item: bool) -> Iterator[tuple[int, str]]:
    if begins_line and _NO_ITEM.match(rows[0]):
        yield 0, _DASHED
    for number, row in enumerate(rows[1:], start=1):
        if row.lstrip().startswith("- "):
            yield (0, _LOST) if begins_line else (number, _FAR_DASH)
        elif is_item and _NO_ITEM.match(row):
            yield number, _DASHED


def _commented(read: str, sign: str) -> str:
    if not read:
        return f"«#{sign}» — примечание, а значения нет: напишите «{sign}» без # или возьмите в кавычки"
    return (
        f"после « #» всё — примечание, прочитано «{read}» — если знак # нужен, возьмите текст в кавычки; если это"
        " примечание, поставьте после # пробел"
    )
