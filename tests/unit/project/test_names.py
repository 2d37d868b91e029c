"""Names of variables, which no linter reads."""

import ast
from collections.abc import Iterator
from pathlib import Path

import monitor

ROOM = Path(monitor.__file__).parent
SAYS_HOW = {"found", "told"}  # how somebody came by it, not what it is


def variables(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """What is assigned, and parameters; fields of a class are no variables."""
    fields = {id(node.target) for node in ast.walk(tree) if isinstance(node, ast.AnnAssign)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in fields:
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno


def test_a_variable_is_called_what_it_holds() -> None:
    sources = [path for path in ROOM.rglob("*.py") if path.name != "errors.py"]  # what was found there, what expected
    read = ((path, ast.parse(path.read_bytes())) for path in sources)

    assert [f"{path}:{line}" for path, tree in read for name, line in variables(tree) if name in SAYS_HOW] == []


def test_variables_are_seen() -> None:
    tree = ast.parse("class A:\n  found: int\ndef f(told):\n  for found in told: pass")

    assert list(variables(tree)) == [("told", 3), ("found", 4)]
