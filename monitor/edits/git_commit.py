"""A save committed to git, if the file is in a repository: only this file, with an initial as the author.

Nothing configured in the repository is run: no hook, filter, signature, network or file system monitor. So `git
commit`, which reads the working tree, is not used, but the low-level commands, which are given the content. Other
staged changes stay staged.
"""

import os
import subprocess
from contextlib import suppress
from pathlib import Path

_SECONDS = 10.0
_QUIET = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.autocrlf=false",
    "gc.auto=0",
    "log.showSignature=false",
    "protocol.allow=never",
)
_BRANCH = "HEAD"


class _GitError(Exception):
    """A git command failed."""


def commit(file: str, content: bytes, *, initial: str, summary: str) -> str:
    """Commit this content of a file that git tracks; return in Russian why it failed, else "" (also if git does not
    track it).

    Never raises for a failing git: a save does not depend on it.
    """
    path = Path(file).resolve()
    try:
        _commit(path, content, initial=initial, summary=summary)
    except FileNotFoundError:
        pass  # git is not installed
    except (_GitError, OSError, subprocess.SubprocessError) as error:
        said = str(error).strip().splitlines()
        return f"файл сохранён, но в git не записан: {said[0] if said else type(error).__name__}"
    return ""


def _commit(path: Path, content: bytes, *, initial: str, summary: str) -> None:
    folder = path.parent
    if not any((parent / ".git").exists() for parent in (folder, *folder.parents)):
        return
    prefix = _git(folder, "rev-parse", "--show-prefix")
    place = f"{prefix}{path.name}"
    known = _git(folder, "ls-tree", "--full-tree", _BRANCH, "--", place)
    if not known:
        return
    mode = known.split()[0]
    before = _git(folder, "rev-parse", "--verify", f"{_BRANCH}^{{commit}}")
    blob = _git(folder, "hash-object", "-w", "--no-filters", "--stdin", given=content)
    entry = f"{mode},{blob},{place}"
    index = Path(_git(folder, "rev-parse", "--absolute-git-dir")) / f"desk-index-{os.getpid()}"
    beside = {"GIT_INDEX_FILE": str(index)}
    try:
        _git(folder, "read-tree", before, more=beside)
        _git(folder, "update-index", "--add", "--cacheinfo", entry, more=beside)
        tree = _git(folder, "write-tree", more=beside)
    finally:
        index.unlink(missing_ok=True)
    made = _git(folder, "commit-tree", tree, "-p", before, given=f"{summary}\n".encode(), more=_author(initial))
    _git(folder, "update-ref", "-m", "desk", _BRANCH, made, before)
    # the commit is made; if the user's index is locked just now, it shows the file as changed
    with suppress(_GitError):
        _git(folder, "update-index", "--add", "--cacheinfo", entry)


def _author(initial: str) -> dict[str, str]:
    name = initial if initial.isalnum() else "?"
    who = {"NAME": name, "EMAIL": "desk@monitor.invalid"}
    return {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}


def _git(folder: Path, *arguments: str, given: bytes = b"", more: dict[str, str] | None = None) -> str:
    """Return what a git command prints. Raises _GitError with its error output."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    quiet = [part for setting in _QUIET for part in ("-c", setting)]
    done = subprocess.run(  # noqa: S603 - a fixed program, the arguments are ours, no shell
        ["git", *quiet, *arguments],  # noqa: S607 - wherever the system has it
        cwd=folder,
        input=given,
        capture_output=True,
        timeout=_SECONDS,
        check=False,
        # A repository may name a command that fetches missing objects: this prevents it.
        env=ours | {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"} | (more or {}),
    )
    if done.returncode:
        raise _GitError(done.stderr.decode(errors="replace"))
    return done.stdout.decode(errors="replace").rstrip("\n")
