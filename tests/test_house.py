"""The rules of the house that no linter knows. A rule without a checker is a wish."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

import pytest

import monitor
from monitor.config import channels as channels_file
from monitor.config import feeds as feeds_file
from monitor.config.settings import KNOWN
from monitor.errors import MonitorError
from tests.harness.command_line import call
from tests.harness.mentions import missing_files, prose, unknown_names
from tests.harness.sources import ROOT, SOURCES, nodes_of, statements, tree_of

TESTS = sorted([*(ROOT / "tests").rglob("*.py"), *(ROOT / "demo").rglob("*.py")])
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
PAGES_OF_THE_CODE = [
    *(ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md")),
    *sorted(ROOT.glob("docs/decisions/*.md")),
]
MODULES = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in SOURCES]

PACKAGES = {
    "app", "bot", "cli", "config", "desk", "edits", "evidence", "health", "matching", "models", "polling", "site",
    "sources", "stories", "storage", "text",
}  # fmt: skip

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
LONGEST_LISTING = 20
VAGUE = {"utils", "util", "common", "helpers", "helper", "manager", "service", "handler", "misc", "base"}


@pytest.fixture(scope="module", autouse=True)
def sources_parsed_once() -> Iterator[None]:
    """For all the rules, and no longer."""
    yield
    nodes_of.cache_clear()


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_alembic_is_never_a_package() -> None:
    """It would shadow the library, and mypy would not notice."""
    assert not list((ROOT / "alembic").rglob("__init__.py"))


def test_the_package_has_these_rooms_and_the_errors() -> None:
    here = {path.relative_to(ROOT / "monitor").parts[0] for path in SOURCES}

    assert here == PACKAGES | {"__init__.py", "__main__.py", "errors.py"}


def test_no_folder_lists_too_much() -> None:
    for folder, files in Counter(path.parent for path in SOURCES).items():
        assert files <= LONGEST_LISTING, f"{folder} lists {files} files"


def test_a_package_is_its_charter() -> None:
    """One name, one place: a package says what it is for and hands on nothing."""
    for path in (path for path in SOURCES if path.name == "__init__.py"):
        _, *rest = tree_of(path).body
        version = [f"__version__ = {monitor.__version__!r}"] if path.parent.name == "monitor" else []
        assert [ast.unparse(statement) for statement in rest] == version, path


def test_a_class_is_called_what_no_other_class_is() -> None:
    places: dict[str, list[str]] = {}
    for path in SOURCES:
        for node in nodes_of(path):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(relative(path))

    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_a_migration_depends_on_no_living_code() -> None:
    """What a revision needs of us it copies: the code goes on, the revision does not."""
    for path in (ROOT / "alembic" / "versions").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.partition(".")[0] == "monitor"], path


def test_a_module_says_what_lives_in_it() -> None:
    said = {relative(path): ast.get_docstring(tree_of(path)) or "" for path in SOURCES}

    assert [path for path, docstring in said.items() if len(docstring) <= 40] == []


def test_files_and_functions_stay_short() -> None:
    assert [relative(path) for path in [*SOURCES, *TESTS] if len(lines_of(path)) > LONGEST_FILE] == []
    assert [name for path in SOURCES for name in long_functions(path, nodes_of(path))] == []
    assert [name for path in TESTS for name in long_functions(path, statements(ast.parse(path.read_bytes())))] == []


def long_functions(path: Path, nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{relative(path)}:{node.lineno} {node.name} has {length} lines"


def test_names_say_something() -> None:
    installed = {name.partition(".")[0] for name in sys.stdlib_module_names} | {
        "alembic", "apscheduler", "feedparser", "httpx", "rich", "selectolax", "sqlalchemy", "telegram", "typer",
    }  # fmt: skip
    for path in SOURCES:
        name = path.stem
        assert name not in VAGUE, f"{path}: a vague name"
        top_level = path.parent.name == "monitor" and not name.startswith("__")
        assert not (top_level and name in installed), f"{path} bears the name of a library"


def test_a_suppression_gives_its_reason() -> None:
    bare = []
    for path, number, line in lines_of_all([*SOURCES, *TESTS]):
        found = re.search(r"#\s*(noqa|type:\s*ignore)(?P<rest>.*)", line)
        if not found or "re.search" in line:
            continue
        if not re.match(r"(: ?|\[)[\w, -]+\]?\s+([-#—]\s*)+\w", found["rest"]):
            bare.append(f"{path}:{number}: {line.strip()}")
    assert bare == []


def test_nothing_is_patched_and_nothing_left_for_later() -> None:
    others = [path for path in [*SOURCES, *TESTS] if path != Path(__file__)]
    left = re.compile(r"\b(mock\.patch|MagicMock|TODO|FIXME|XXX)\b")
    assert [f"{path}:{number}" for path, number, line in lines_of_all(others) if left.search(line)] == []


def lines_of_all(paths: Iterable[Path]) -> Iterator[tuple[str, int, str]]:
    for path in paths:
        name = relative(path)
        yield from ((name, number, line) for number, line in enumerate(lines_of(path), start=1))


def test_broad_excepts_stand_only_where_the_house_allows() -> None:
    allowed = {
        "monitor/app/daemon.py": 2,  # the two ticks: a bad moment must not stop the clock
        "monitor/app/rules/cache.py": 1,  # what a damaged pickle raises nobody can list
        "monitor/edits/child.py": 1,  # its parent tells of it, in the log that somebody reads
        "monitor/evidence/timestamps.py": 1,  # a panic of the library is no Exception
        "monitor/polling/poll.py": 2,  # the boundary of one poll, and of recording it
        "monitor/polling/recorder.py": 1,  # one poll that cannot be recorded must not cost the others of its batch
        "monitor/bot/client.py": 1,  # a post's fate must be told, whatever the library stumbled over
        "monitor/bot/updates.py": 1,  # one update that the library cannot read must not hold up the others
        "monitor/bot/review_chat.py": 1,  # nor one that breaks its handling
        "monitor/sources/sandbox.py": 1,  # one page that trips us costs its feed no more than that page
        "monitor/sources/sandbox_child.py": 1,  # its parent tells of it
        "monitor/sources/feeds/lenient.py": 1,  # feedparser raises anything on hostile bytes
    }
    for path in SOURCES:
        broad = [
            node
            for node in nodes_of(path)
            if isinstance(node, ast.ExceptHandler)
            and (
                node.type is None
                or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})
            )
        ]
        assert len(broad) <= allowed.get(relative(path), 0), f"{path}: a broad except"


def test_a_library_has_one_door() -> None:
    """Exchanging a library means rewriting what stands behind its door."""
    doors: dict[str, str | tuple[str, ...]] = {
        "httpx": (
            "monitor.sources.http",
            "monitor.bot.failures",
            "monitor.health.heartbeat",
            "monitor.evidence.timestamps",
        ),
        "httpcore": "monitor.sources.http",
        "socksio": "monitor.sources.http.transport",
        "protego": "monitor.sources.http.robots",
        "brotli": "monitor.sources.http.decompression",
        "zstandard": (
            "monitor.sources.http.decompression",
            "monitor.storage.archive",
            "monitor.storage.edits",
            "monitor.storage.evidence",
        ),
        "feedparser": "monitor.sources.feeds.lenient",
        "lxml": "monitor.sources.feeds.fast_xml",
        "selectolax": ("monitor.sources", "monitor.text.markup", "monitor.bot.channel_page"),
        "pymorphy3": ("monitor.text.languages.dictionary", "monitor.app.rules.dictionary_files"),
        "telegram": ("monitor.bot.client", "monitor.bot.failures", "monitor.bot.updates"),
        "apscheduler": "monitor.app.daemon",
        "uvloop": "monitor.cli.run",
        "prometheus_client": "monitor.health.metrics",
        "pydantic": "monitor.site.manifest",
        "isal": ("monitor.evidence.warc_records", "monitor.site.pictures.png_format"),
        "jinja2": ("monitor.site.environment", "monitor.desk.pages"),
        "starlette": "monitor.desk",
        "uvicorn": "monitor.desk.server",
        "babel": ("monitor.site.texts", "monitor.site.environment"),
        "warcio": "monitor.evidence.warc_records",
        "rfc3161_client": "monitor.evidence.timestamps",
        "cryptography": ("monitor.evidence.timestamps", "monitor.evidence.cms"),
        "yaml": ("monitor.config.yaml_reader", "monitor.config.yaml_failures"),
        "dotenv": "monitor.app.environment",
        "pagefind_bin": "monitor.site.outputs.search_index",
        "Stemmer": "monitor.site.outputs.search_forms",
        "resvg_py": "monitor.site.pictures",
        "fontpkg_pt_sans": "monitor.site.pictures",
    }
    for path, module in zip(SOURCES, MODULES, strict=True):
        for library in imports(path) & doors.keys():
            assert module.startswith(doors[library]), f"{path} imports {library}: {doors[library]}"


def imports(path: Path) -> set[str]:
    """The top-level packages that a file imports, wherever in it."""
    nodes = nodes_of(path)
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
    return {name.partition(".")[0] for name in names}


PRINTING = {
    *("print", "typer.echo", "typer.secho", "rich.print", "rich.print_json", "rich.console.Console"),
    *("sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__"),
}
DOORS = {  # to the terminal, and what stands behind each
    "monitor/cli/console/output.py": {"sys.stdout", "sys.stderr"},  # what commands say
    "monitor/cli/console/screen.py": {"rich.console.Console", "sys.stderr"},  # what they draw
    "monitor/cli/matching/explanation_view.py": {"rich.console.Console"},  # only the type that rich hands over
    "monitor/app/logs.py": {"sys.stderr"},  # what is logged
    "monitor/bot/terminal.py": {"rich.console.Console", "sys.stdout"},  # posts in preview mode
    "monitor/__main__.py": {"sys.stdout", "sys.stderr"},  # a guard for stderr, and the end of a broken stdout
    "monitor/sources/children.py": {"sys.stdout", "sys.stderr"},  # a guard, and answers to a parent
    "monitor/health/watchdog.py": {"sys.stderr"},  # where the threads stand: our own lines of code
    "monitor/cli/health.py": {"sys.stdout"},  # what is wrong, made visible
    "monitor/cli/run_daemon.py": {"sys.stdout"},  # flushed before the process is ended
}


def test_the_terminal_has_few_doors() -> None:
    """What is printed past them would reach it as it came from outside: print by cli/console, or log."""
    for path in SOURCES:
        nodes = nodes_of(path)
        names = {ast.unparse(node) for node in nodes if isinstance(node, ast.Name | ast.Attribute)}
        for node in nodes:
            if isinstance(node, ast.ImportFrom):
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
        assert names & PRINTING <= DOORS.get(relative(path), set()), f"{path} prints past cli/console"


def test_importing_needs_no_environment_no_files_and_no_sockets(tmp_path: Path) -> None:
    """Every module, in an empty folder, with an empty environment, with sockets forbidden; no signal is taken over."""
    program = (
        "import signal, socket, sys\n"
        "def refuse(*args, **kwargs): raise AssertionError('a socket at import')\n"
        "socket.socket.connect = refuse; socket.socket.bind = refuse\n"
        "import importlib\n"
        "for name in sys.argv[1:]: importlib.import_module(name)\n"
        "assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, 'a signal handler at import'\n"
    )

    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *MODULES],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert list(tmp_path.iterdir()) == []


def said_in(path: Path) -> str:
    return prose(path) if path.suffix == ".py" else path.read_text(encoding="utf-8")


def test_every_file_mentioned_exists() -> None:
    naming = [path for path in [*SOURCES, *TESTS, *PAGES] if ".py" in path.read_text(encoding="utf-8")]
    said = {relative(path): missing_files(said_in(path), path.parent) for path in naming}
    assert {path: missing for path, missing in said.items() if missing} == {}


def test_every_name_mentioned_exists() -> None:
    said = {relative(path): unknown_names(said_in(path)) for path in [*SOURCES, *PAGES_OF_THE_CODE]}
    assert {path: unknown for path, unknown in said.items() if unknown} == {}


@pytest.mark.parametrize(
    ("text", "missing", "unknown"),
    [
        ("See tables.py, `storage/tables.py` and `text/languages/kazakh*.py`.", [], []),
        ("See doors.py and `text/latvian*.py`.", ["doors.py", "text/latvian*.py"], []),
        ("feeds.py stands in three folders, storage/feeds.py in one.", ["feeds.py"], []),
        ("`config.settings`, `Settings.proxy`, `storage.database.open_engine(url)`, `deliveries.state`", [], []),
        ("`config.walls`, `Settings.porch`, `open_doors(url)`", [], ["config.walls", "Settings.porch", "open_doors"]),
        ("`asyncio.to_thread`, `README.md`, `key: value`, `$list`, `/why`", [], []),
        ("```console\n$ python walls.py `of_clay`\n```", [], []),
    ],
)  # fmt: skip
def test_a_mention_is_recognised(text: str, missing: list[str], unknown: list[str]) -> None:
    assert missing_files(text, ROOT / "docs") == missing
    assert unknown_names(text) == unknown


def test_the_table_of_packages_is_made_of_their_charters() -> None:
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", page, flags=re.MULTILINE))
    charters = {name: import_module(f"monitor.{name}").__doc__ or "" for name in PACKAGES}

    assert rows == {name: " ".join(charter.split()) for name, charter in charters.items()}


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    named = set(re.findall(r"MONITOR_[A-Z_]*[A-Z]", (ROOT / "docs/operating.md").read_text(encoding="utf-8")))

    assert {name.removesuffix("_FILE") for name in named} == KNOWN


def test_every_command_is_documented() -> None:
    documented = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    for group in ([], ["outbox"], ["feeds"], ["evidence"]):
        shown = call(*group, "--help", columns=200).stdout
        names = re.findall(r"^│ ([a-z][a-z-]*) ", shown, flags=re.MULTILINE)
        assert names, shown
        for name in names:
            assert f"monitor {' '.join([*group, name])}" in documented


def test_every_key_of_the_feeds_file_is_documented() -> None:
    documented = (ROOT / "docs/feeds.md").read_text(encoding="utf-8")
    for key in feeds_file.KEYS:
        assert f"`{key}`" in documented


def test_every_key_of_the_channels_file_is_documented() -> None:
    documented = (ROOT / "docs/channels.md").read_text(encoding="utf-8")
    for key in channels_file.KEYS:
        assert f"| `{key}` |" in documented


def test_the_head_of_every_list_says_when_a_word_belongs_there() -> None:
    written = (ROOT / "keywords.yaml").read_text(encoding="utf-8").partition("\nlists:\n")[2].partition("\npeople:")[0]
    heads = re.findall(r"^  ([^\s#][^:\n]*):(.*)$", written, flags=re.MULTILINE)

    assert len(heads) > 20
    for name, said in heads:
        assert len(re.findall(r"\w+", said.partition("#")[2])) >= 2, f"${name}: say after # when a word belongs there"


def test_the_error_tree_is_drawn() -> None:
    """Every error of ours stands in the tree that errors.py opens with."""
    drawn = (sys.modules[MonitorError.__module__].__doc__ or "").split()
    kinds = [MonitorError]
    while kinds:
        kind = kinds.pop()
        if kind.__module__ == MonitorError.__module__:
            assert any(word.partition("(")[0] == kind.__name__ for word in drawn), kind
        kinds.extend(kind.__subclasses__())


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_name_no_address_and_hash_everything(name: str) -> None:
    lock = (ROOT / name).read_text(encoding="utf-8")

    assert not re.search(r"https?://|file:|^--", lock, flags=re.MULTILINE)
    pinned = re.findall(r"^[a-z0-9][^\s=]*==", lock, flags=re.MULTILINE)
    assert len(pinned) > 20
    assert lock.count("--hash=sha256:") >= len(pinned)


def test_nothing_secret_and_no_machine_path_is_kept() -> None:
    """Tokens (but those made up for tests), keys, and paths of somebody's machine."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git tree (an unpacked archive)")
    paths = [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
    for path in (path for path in paths if path.is_file() and path != Path(__file__)):
        text = path.read_text(encoding="utf-8", errors="replace")
        assert "PRIVATE KEY" not in text, path
        assert not re.search(r"(?<![\w.$])/(home|root|Users|work)/\w", text), path
        for token in re.findall(r"\b\d{8,10}:[A-Za-z0-9_-]{30,}", text):
            assert re.search(r"test|made-up|stand-in|demo", token), f"{path}: {token[:12]}…"
