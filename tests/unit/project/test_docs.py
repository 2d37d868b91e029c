"""The documents stay true: each YAML example loads and holds, each command answers as shown, each link leads on."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent
from unicodedata import category

import pytest
from typer.main import get_command

from monitor.cli.main import cli
from monitor.config.channels import load_channels
from monitor.config.feeds import load_feeds
from monitor.config.keywords import load_keywords
from monitor.config.settings import Settings
from monitor.matching.compiler import compile_rules
from monitor.matching.explanation import check_examples
from monitor.matching.matcher import Matcher
from tests.harness.command_line import call, write_files

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

_FENCE = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SHOWN = re.compile(r'^\$ (?:echo "([^"]*)" \| )?monitor (.*)\n((?:(?!\$ ).*\n)*)', re.MULTILINE)
_MESSAGE = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
_CODE = re.compile(r"`([^`\n]+)`|^```(?:sh|text)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def examples(page: str) -> list[str]:
    return _FENCE.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))


def commands_named(text: str, program: str) -> Iterator[str]:
    for inline, block in _CODE.findall(text):
        for line in (inline or block).splitlines():
            yield from re.findall(rf"(?:^|&& |: ){program} ([a-z][a-z-]*)", line.strip())


@pytest.mark.parametrize("example", examples("keywords.md"))
def test_every_keywords_example_loads_and_holds(example: str) -> None:
    rule_alone = "topics:\n  extradition:\n    title: Тема\n    any_of:\n" + indent(example, " " * 6)
    keywords = load_keywords(rule_alone if example.startswith("- name") else example, file="docs/keywords.md")

    assert check_examples(keywords, Matcher(compile_rules(keywords))) == ()


def shown(page: str) -> list[tuple[str, str, list[str]]]:
    """Every command with its input and the rows it answers."""
    blocks = "".join(_CONSOLE.findall((ROOT / "docs" / page).read_text(encoding="utf-8")))
    return [(command, stdin, told.rstrip().splitlines()) for stdin, command, told in _SHOWN.findall(blocks)]


@pytest.mark.parametrize(("command", "stdin", "told"), shown("keywords.md"))
def test_every_command_shown_answers_so(
    command: str, stdin: str, told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path)
    (tmp_path / "keywords.yaml").write_text(examples("keywords.md")[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    answer = call(*shlex.split(command), stdin=stdin)

    assert "\n".join([*answer.stderr.splitlines(), *answer.rows]).rstrip().splitlines() == told


def test_the_mistakes_named_are_those_we_tell() -> None:
    page = (ROOT / "docs" / "keywords.md").read_text(encoding="utf-8").partition("## 8.")[2]
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "monitor").rglob("*.py"))
    messages = _MESSAGE.findall(page)

    assert len(messages) >= 6
    for message in messages:
        for piece in re.split(r"«[^»]*»|\$\w+| — ", message):
            assert piece.strip(" ?,") in sources, message


@pytest.mark.parametrize("example", examples("feeds.md"))
def test_every_feeds_example_loads(example: str) -> None:
    assert load_feeds(example, file="docs/feeds.md")


@pytest.mark.parametrize("example", examples("channels.md"))
def test_every_channels_example_loads(example: str) -> None:
    assert len(load_channels(example, file="docs/channels.md", settings=Settings(), topics=("extradition",))) > 1


def test_there_are_examples_to_test() -> None:
    assert len(examples("keywords.md")) >= 3
    assert len(shown("keywords.md")) >= 6
    assert len(examples("feeds.md")) >= 1
    assert len(examples("channels.md")) >= 1


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = _LINK.findall(page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    commands = set(getattr(get_command(cli), "commands", ()))

    assert set(commands_named(text, "make")) <= targets
    assert set(commands_named(text, "monitor")) <= commands


def test_every_sign_of_a_post_and_a_message_is_explained() -> None:
    """By a row of the table «Знаки»: what is no letter and no punctuation."""
    told = [*(ROOT / "monitor/stories").glob("*.py"), *(ROOT / "monitor/health").glob("*.py")]
    code = "".join(path.read_text(encoding="utf-8") for path in [*told, ROOT / "monitor/app/config_diff.py"])
    signs = {sign for sign in code if sign in "·•" or (sign > "~" and category(sign) in {"Sm", "So"})} - {*"─№"}
    table = (ROOT / "docs/review-chat.md").read_text(encoding="utf-8").partition("## Знаки")[2].partition("\n## ")[0]

    assert signs >= {*"●→·•⚠✅−"}
    assert {sign for sign in signs if sign not in "".join(re.findall(r"^\|([^|]+)\|", table, re.MULTILINE))} == set()


def test_make_help_tells_of_every_target() -> None:
    (targets,) = re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert re.findall(r"^make ([a-z-]+) +\S", shown, re.MULTILINE) == targets.split()
