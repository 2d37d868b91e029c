"""The how-tos stay true: a page is followed from top to bottom, and each command must answer as the page shows.

A page begins in a folder with the rules of docs/keywords.md, one feed, and a database in which a monitor has worked
for three days. ```diff blocks are applied to the file that the comment before them names; in ```console blocks
`$ monitor` is run. Dates are the reader's own: any date equals any other.
"""

import re
import shlex
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.factories.channels import to_channel
from tests.harness.command_line import call
from tests.harness.polled_history import FeedArticle, PolledHistory, feed_article
from tests.servers.web import WebServer

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted((ROOT / "docs" / "howto").glob("*.md"))

NOW = datetime.now(UTC)  # noqa: TID251 - the commands look back from the real clock
DAY = timedelta(days=1)
FEEDS = """\
feeds:
  - name: Вестник Алатау
    kind: rss
    url: https://alatau.example/rss.xml
    lang: ru
    tz: Asia/Almaty
"""

_RULES = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
_STEP = re.compile(
    r"^<!-- (?P<file>[\w.]+) -->\n```diff\n(?P<edit>.*?)^```|^```console\n(?P<shown>.*?)^```", re.MULTILINE | re.DOTALL
)
_COMMAND = re.compile(r"^\$ monitor (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
_DATE = re.compile(r"\d\d\.\d\d\.\d{4}(?: \d\d:\d\d)?")


def article(number: int, title: str, text: str, **given: int) -> FeedArticle:
    one = feed_article(number, title, text, **given)
    return FeedArticle(title=one.title, text=one.text, url=f"https://alatau.example/news/{number}")


def work(history: PolledHistory) -> None:
    """What the monitor of the how-tos has seen."""
    history.poll(
        [
            article(
                1,
                "Астана выдала программиста",
                "Казахстан экстрадировал россиянина Егора Неверова, сообщил его адвокат.",
            ),
            article(2, "Журналиста вернули силой", "Казахстан передал российским властям журналиста Платона Тихого."),
        ],
        NOW - 3 * DAY,
        name="Вестник Алатау",
    )
    again = "Казахстан экстрадировал россиянина Егора Неверова, сообщил его адвокат. Он просил убежища."
    history.poll([article(3, "Неверова выдали Москве", again, like=1)], NOW - 2 * DAY, name="Голос Иртыша")
    history.poll(
        [
            article(
                4,
                "Заречный вышел в финал",
                "Шахматист Пётр Заречный на три часа задержал соперника в цейтноте.",
                like=6,
            ),
            article(5, "Ищут художника", "Художника Бориса Сосновского объявили в розыск, пишет его сестра."),
            article(6, "Снег на перевале", "На перевале выпал снег, дорогу закрыли до утра."),
        ],
        NOW - DAY,
        name="Вестник Алатау",
    )
    history.post(NOW - DAY)


def steps(page: str) -> Iterator[tuple[str, str, str]]:
    """(`run`, command, answer) and (`edit`, file, diff), in the page's order."""
    for step in _STEP.finditer(page):
        if step["file"]:
            yield "edit", step["file"], step["edit"]
        else:
            yield from (("run", command, answer) for command, answer in _COMMAND.findall(step["shown"]))


def edit(file: Path, diff: str) -> None:
    """Apply lines that begin with « », «-» or «+»; what they replace must stand in the file once."""
    before = "".join(f"{line[1:]}\n" for line in diff.splitlines() if line[:1] != "+")
    after = "".join(f"{line[1:]}\n" for line in diff.splitlines() if line[:1] != "-")
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{file.name} has not exactly one place that reads:\n{before}"
    file.write_text(text.replace(before, after), encoding="utf-8")


def answer(command: str) -> str:
    """What a terminal would show, without the blanks that fill lines up."""
    ended = call(*shlex.split(command))
    return "\n".join([*ended.stderr.splitlines(), *ended.rows]).rstrip()


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """In which every page begins."""
    folder = tmp_path_factory.mktemp("installation")
    rules = _RULES.findall((ROOT / "docs" / "keywords.md").read_text(encoding="utf-8"))[0]
    (folder / "keywords.yaml").write_text(rules, encoding="utf-8")
    (folder / "feeds.yaml").write_text(FEEDS, encoding="utf-8")
    with WebServer() as web:
        work(PolledHistory(folder, web, chats=to_channel("@alatau_news", review="-1001234567890")))
        yield folder


@pytest.fixture
def folder(installation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return shutil.copytree(installation, tmp_path, dirs_exist_ok=True)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_how_to_leads_where_it_says(page: Path, folder: Path) -> None:
    for kind, what, content in steps(page.read_text(encoding="utf-8")):
        if kind == "edit":
            edit(folder / what, content)
        else:
            assert _DATE.sub("ДАТА", answer(what)) == _DATE.sub("ДАТА", content.rstrip()), what


def test_there_are_how_tos_to_follow() -> None:
    assert len(PAGES) >= 5
    assert sum(len(list(steps(page.read_text(encoding="utf-8")))) for page in PAGES) >= 20
