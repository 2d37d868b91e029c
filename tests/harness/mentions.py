"""What a text says of the code, and whether it is so: files by path, modules, classes and functions by name.

    `storage/tables.py`, tables.py     one Python file: beside the text, from the root or monitor/, or the only one of
                                       that name
    `kazakh*.py`                       at least one file
    `judge.Judge`, `Judge.triage`      a part of a module or class; as much of the path as the writer liked
    `asyncio.to_thread`                a library that we import: taken on trust
    `outlet`                           a word of our code: a name, or a word in a string

Fenced blocks are not read: they show what people type and programs answer.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from tests.harness.sources import ROOT, SOURCES, nodes_of

PYTHON = [
    *SOURCES,
    *(path for folder in ("tests", "demo", "benchmarks", "alembic") for path in (ROOT / folder).rglob("*.py")),
]

_FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(  # behind the strings, which may hold its sign; a tokenizer takes twenty times as long
    r'""".*?"""|"(?:\\.|[^"\\\n])*"|\'\'\'.*?\'\'\'|\'(?:\\.|[^\'\\\n])*\'|(#[^\n]*)', re.DOTALL
)
_FILE = re.compile(r"(?<![\w./*-])[\w./*-]*[\w*]\.py\b")
_QUOTED = re.compile(r"`([^`\n]+?)(?:\([^`\n]*\))?`")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_WORD = re.compile(r"[A-Za-z_]\w*")
_OURS = re.compile(r"(?<![\w./@-])monitor(?:\.[a-z_]\w*)+")  # without backticks as well
_SETTING = re.compile(r"MONITOR_\w+")  # compared with the operator's page by a test of its own
_OTHERS = {
    "vesti.kz", "vesti.com.kz",  # hosts
    "sendMessage", "editMessageReplyMarkup", "getChat",  # methods of the Bot API
    "PR_SET_PDEATHSIG", "ttl", "NO",  # of Linux, RSS, YAML
    "koi8r", "zoneinfo", "make",  # of character sets, Python, the shell
    "relatedArticles", "adventure", "metal",  # class names on web pages
    "tiers.post", "tiers.review",  # keys that `evaluate --json` prints
}  # fmt: skip
"""Names of other projects, and those that no code of ours spells out."""

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@cache
def prose(path: Path) -> str:
    """What a Python file says in docstrings (of constants too) and comments."""
    source = path.read_text(encoding="utf-8")
    nodes = nodes_of(path) if path in SOURCES else ast.walk(ast.parse(source))
    return "\n\n".join([*_docstrings(nodes), *filter(None, _COMMENT.findall(source))])


def missing_files(text: str, folder: Path) -> list[str]:
    """The Python files that the text names and that are not there; `folder` is where the text stands."""
    return [name for name in _FILE.findall(_FENCE.sub("", text)) if not _is_file(name, folder)]


def unknown_names(text: str) -> list[str]:
    """The names in backticks, and those that begin with monitor, that stand nowhere in monitor/."""
    text = _FENCE.sub("", text)
    return [name for name in dict.fromkeys([*_QUOTED.findall(text), *_OURS.findall(text)]) if not _is_known(name)]


def _is_known(name: str) -> bool:
    paths, words, libraries = _code()
    if name in _OTHERS or _SETTING.fullmatch(name) or (ROOT / name).exists():
        return True
    if _DOTTED.fullmatch(name):
        return name in paths or name.partition(".")[0] in libraries or name.endswith(".py")
    return not _WORD.fullmatch(name) or name in words


def _docstrings(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield text


def _is_file(name: str, folder: Path) -> bool:
    if any((place / name).is_file() for place in (folder, ROOT, ROOT / "monitor")):
        return True
    count = sum(path.match(name) for path in PYTHON)
    return count > 0 if "*" in name else count == 1


@cache
def _code() -> tuple[set[str], set[str], set[str]]:
    """Of monitor/: every dotted path and its ends, every word, and the libraries that are imported."""
    paths: set[str] = set()
    words: set[str] = set()
    libraries: set[str] = set()
    for path in SOURCES:
        tree, *nodes = nodes_of(path)
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for dotted in [module, *(f"{module}.{name}" for name in _members(tree))]:
            parts = dotted.split(".")
            paths.update(".".join(parts[start:]) for start in range(len(parts)))
        said = set(_docstrings(nodes))
        for node in nodes:
            words.update(_words(node, said))
            if isinstance(node, ast.Import):
                libraries.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                libraries.add((node.module or "").partition(".")[0])
    return paths, words | paths, libraries - {"monitor"}


def _members(node: ast.AST) -> Iterator[str]:
    """What is defined in a module or class: names, and names of names (`Class.field`)."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield child.name
            yield from (f"{child.name}.{name}" for name in _members(child))
        elif isinstance(child, _Definition):
            yield child.name
            yield from (
                part.attr for part in ast.walk(child) if isinstance(part, ast.Attribute) and _is_self(part.value)
            )
        elif isinstance(child, ast.Assign | ast.AnnAssign):
            targets = child.targets if isinstance(child, ast.Assign) else [child.target]
            for name in (part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)):
                yield name
                yield from (f"{name}.{column}" for column in _columns(child.value))


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _columns(value: ast.expr | None) -> Iterator[str]:
    """The columns of a `Table(...)` of SQLAlchemy."""
    for call in ast.walk(value) if value else ():
        match call:
            case ast.Call(func=ast.Name(id="Column"), args=[ast.Constant(value=str(column)), *_]):
                yield column


def _words(node: ast.AST, said: set[str]) -> set[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
            return {name}
        case ast.alias(name=name):
            return set(name.split("."))
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Constant(value=str(text)) if text not in said:
            return set(re.findall(r"\w+", text))
    return set()
