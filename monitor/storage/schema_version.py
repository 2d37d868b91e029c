"""Which version of the tables this code expects, and which others it can work on (docs/decisions/0018)."""

from pathlib import Path

from monitor.errors import DatabaseError

SCRIPTS = Path(__file__).resolve().parents[2] / "alembic"


def expected_revision() -> str:
    """Return the newest migration; their files are named in order. Raises DatabaseError."""
    if not (SCRIPTS / "env.py").exists():
        raise DatabaseError(f"Нет папки миграций {SCRIPTS}: запускайте monitor из его дерева, не из wheel-пакета.")
    return max(file.name.partition("_")[0] for file in (SCRIPTS / "versions").glob("*_*.py"))


def serves(revision: str, wanted: str) -> bool:
    """Whether code that expects version `wanted` works on tables of version `revision`: within an era (`2` in `2-0007`,
    none in `0003`) migrations only add what earlier code need not know.
    """
    return revision == wanted or (revision > wanted and _era(revision) == _era(wanted))


def _era(revision: str) -> str:
    return revision.rpartition("-")[0]
