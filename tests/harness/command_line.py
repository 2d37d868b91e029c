"""The command line in the test's own process: quicker than a subprocess, with the same exit codes and messages."""

from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from monitor.cli.main import cli
from monitor.errors import MonitorError

RULES = """\
lists:
  путь: {ru: "рейс, поезд"}
topics:
  flight:
    title: Побеги
    hashtag: побег
    any_of:
      - name: побег у границы
        all: [{ru: "побег, беглец"}, {ru: "граница, таможня"}]
        none: {ru: роман}
      - name: побег в пути
        tier: review
        all: [{ru: "побег, беглец"}, $путь]
    examples:
      post: [Беглеца остановила таможня]
"""
FEEDS = "feeds:\n  - {name: Лента, kind: rss, url: 'https://news.example/rss', lang: ru}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandResult:
    """Exit code and output of a command; a MonitorError stands in `stderr` as `main` would show it."""

    code: int
    stdout: str
    stderr: str

    @property
    def rows(self) -> list[str]:
        """The lines of `stdout` without the blanks that fill them up."""
        return [line.rstrip() for line in self.stdout.splitlines()]


def call(*arguments: str, stdin: str | bytes = "", columns: int = 100, **environment: str) -> CommandResult:
    """Run `monitor` with these arguments in a terminal of so many columns."""
    settings = {"COLUMNS": str(columns), "TERM": "dumb", "NO_COLOR": "1"} | environment
    result = CliRunner().invoke(cli, arguments, input=stdin, env=settings)
    if isinstance(result.exception, MonitorError):
        return CommandResult(
            code=result.exception.exit_code, stdout=result.stdout, stderr=f"Ошибка: {result.exception}\n"
        )
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return CommandResult(code=result.exit_code, stdout=result.stdout, stderr=result.stderr)


def write_files(folder: Path) -> None:
    """keywords.yaml with RULES and feeds.yaml with FEEDS."""
    (folder / "keywords.yaml").write_text(RULES, encoding="utf-8")
    (folder / "feeds.yaml").write_text(FEEDS, encoding="utf-8")
