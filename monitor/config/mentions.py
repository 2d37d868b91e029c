"""What a line of a rule says in keywords.yaml before its lists are resolved, to tell people which line it is."""

import re
from collections.abc import Collection, Iterator, Mapping

from monitor.config.keyword_rules import Mention, Role
from monitor.config.yaml_reader import Node, Scalar, Sequence, nearest
from monitor.config.yaml_slips import odd_sign
from monitor.models.articles import Language

_ITEM = re.compile(r"(?:«[^«»]*»|[^,\n])+")
LANGUAGES: Mapping[str, Language] = {"ru": "ru", "kk": "kk"}
ROLES = {role.value: role for role in Role}
NAMES = (*LANGUAGES, *ROLES)
_LANGUAGES_MEANT = {"ру": "ru", "рус": "ru", "кк": "kk", "қаз": "kk", "каз": "kk", "кз": "kk", "kz": "kk"}


def items(text: str) -> Iterator[re.Match[str]]:
    """Split a text at commas outside «…»; blanks are kept."""
    return _ITEM.finditer(text)


def mentions(
    node: Node, lists: Mapping[str, int], *, role: Role | None = None, language: Language | None = None
) -> Iterator[Mention]:
    """Yield every word and list of a line, in order. `lists` maps declared lists to their lines."""
    if isinstance(node, Scalar):
        for item in items(node.text):
            text, line = item[0].strip(), node.line_at(item.end() - len(item[0].lstrip()))
            if text:
                place = lists.get(text[1:], line) if text[0] == "$" else line
                yield Mention(text=text, line=place, role=role, language=language)
    elif isinstance(node, Sequence):
        for part in node.items:
            yield from mentions(part, lists, role=role, language=language)
    else:
        for name, value in node.items:
            own = LANGUAGES.get(name.text, language)
            yield from mentions(value, lists, role=ROLES.get(name.text, role), language=own)


def unknown_list(name: str, lists: Collection[str]) -> str:
    """Return the message about a reference to an undeclared list, in Russian."""
    longer = next((one for one in lists if one.startswith(f"{name} ")), "")
    if longer:
        return f"нет списка «${name}»: во фразе имя списка — одно слово, не «{longer}»"
    return f"нет списка «${name}»{nearest(name, [*lists, 'people'])}"


def wrong_list_name(name: str) -> str:
    """Return the message about a list declared as «$беглецы» or «беглецы:ru», in Russian; "" if the name is right."""
    bare, _, after = name.partition(":")
    if after in NAMES:
        return f"нет пробела после двоеточия — напишите {bare}: {{{after}: …}}"
    return f"имя списка здесь пишут без «$»: {name.lstrip('$')}" if name.startswith("$") else ""


def wrong_name(name: str) -> str:
    """Return the message about a key that is neither a language nor a role, in Russian."""
    written, colon, _ = name.partition(":")
    if colon and written in NAMES:
        return no_blank(written, name)
    if language := _LANGUAGES_MEANT.get(name.casefold()):
        return f"здесь можно только ru и kk, латинскими буквами — напишите {language}"
    meant = nearest(name, NAMES)
    if "может быть" not in meant:
        odd = odd_sign(name)
        meant = f' — если это слова, возьмите весь их ряд в кавычки: ru: "слово, другое"{odd and f" ({odd})"}'
    return f"здесь можно только ru и kk или роли ({', '.join(ROLES)}){meant}"


def no_blank(name: str, written: str) -> str:
    """Return the message about «куда:$россия», which is one word for YAML, in Russian."""
    return f"в «{written}» нет пробела после двоеточия — напишите {{{name}: {written.removeprefix(f'{name}:')}}}"
