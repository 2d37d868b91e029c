"""The package's own sources, parsed."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "monitor").rglob("*.py"))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """A source, parsed: the module, and all that is in it. Who has asked of all files forgets them (`cache_clear`)."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def tree_of(path: Path) -> ast.Module:
    tree = nodes_of(path)[0]
    assert isinstance(tree, ast.Module)
    return tree


def statements(node: ast.AST) -> Iterator[ast.stmt]:
    """All of a module; no expression, in which no function can be defined."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        if not isinstance(child, ast.expr):
            yield from statements(child)
