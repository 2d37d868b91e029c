"""How `explain` and `why` show a reader, step by step, what was read and why the rules decided so."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from monitor.cli.console.output import LANGUAGES
from monitor.cli.console.screen import Screen
from monitor.matching.explanation import Passage, RuleReport, TopicReport, join_lines, lack, passages
from monitor.models.articles import Extracted, Match, Tier, Verdict, Veto
from monitor.models.labels import TIER_WORDS, VERDICTS, moment
from monitor.text.languages.detection import detect

_TIER_STYLES = {Tier.POST: "bold green", Tier.REVIEW: "bold yellow", Tier.NONE: "bold"}
_PLACES = {"title": "заголовок", "text": "текст"}
_WAYS = {  # of `Extracted.by`
    "selector": "по селектору из feeds.yaml",
    "named": "по разметке страницы",
    "dense": "по густоте текста",
    "run": "самый длинный связный отрывок",
    "whole": "весь связный текст страницы",
    "stated": "из данных страницы для поисковиков",
}
_LONGEST_PASSAGE = 600  # characters


def show_explanation(
    source: str, page: Extracted, verdict: Verdict, reports: Iterable[TopicReport], zone: ZoneInfo
) -> None:
    """Print it, no wider than the terminal."""
    screen = Screen()
    screen.print(_read(source, page, zone))
    show_reports(screen, page, verdict, reports)


def show_reports(screen: Screen, page: Extracted, verdict: Verdict, reports: Iterable[TopicReport]) -> None:
    """Print what the rules say, topic by topic, and what follows."""
    for report in reports:
        screen.print()
        screen.print(Rule(_heading(report), align="left", characters="─", style="dim"))
        screen.print(Padding(Group(*_topic(report, page)), (0, 0, 0, 2)))
    screen.print()
    unlikely = ", без звука: новость не похожа на другие новости темы" if verdict.is_unlikely else ""
    said = Text(VERDICTS[verdict.tier] + unlikely, style=_TIER_STYLES[verdict.tier])
    screen.print(Text("Итог: ", style="bold"), said, sep="")


def quote_passages(hits: Iterable[Match | Veto], *, title: str, text: str) -> Iterator[RenderableType]:
    """The sentences in which these words stand, the words marked, each sentence on a line of its own."""
    return (_Quote(passage=passage, style="bold") for passage in passages(hits, title=title, text=text))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quote:
    """A sentence with its words marked: by `style` where the output has any, else by [brackets].

    Of an endless one, what stands around its words.
    """

    passage: Passage
    style: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        is_plain = console.color_system is None
        first, last = self.passage.marks[0][0], self.passage.marks[-1][1]
        is_long = len(self.passage.text) > _LONGEST_PASSAGE
        at = max(first - _LONGEST_PASSAGE // 2, 0) if is_long else 0
        until = last + _LONGEST_PASSAGE // 2 if is_long else len(self.passage.text)
        quote = Text("«")
        for start, end in self.passage.marks:
            word = self.passage.text[start:end]
            quote.append(self.passage.text[at:start]).append(f"[{word}]" if is_plain else word, self.style)
            at = end
        yield quote.append(self.passage.text[at:until]).append("»")


def _read(source: str, page: Extracted, zone: ZoneInfo) -> Group:
    language = detect(f"{page.title}\n{page.text}", "both")
    facts = {
        "Источник": "стандартный ввод" if source == "-" else source,
        "Заголовок": page.title or "нет",
        "Дата": f"{moment(page.published_at, zone)} ({zone})" if page.published_at else "",
        "Язык": LANGUAGES[language],
        "Текст": f"{len(page.text)} зн." if page.text else "",
        "Найден": _WAYS.get(page.by, ""),
        "Замечание": page.problem,
    }
    return Group(*(Text(f"{name + ':':<11}{value}") for name, value in facts.items() if value))


def _heading(report: TopicReport) -> Text:
    tier = report.fired.tier if report.fired else Tier.NONE
    return Text.assemble((report.title, "bold"), f" ({report.id}): ", (VERDICTS[tier], _TIER_STYLES[tier]))


def _topic(report: TopicReport, page: Extracted) -> Iterator[RenderableType]:
    if report.fired:
        yield from _fired(report, page)
    for muted in report.muted:
        yield Text.assemble("Нашло правило «", (muted.rule, "bold"), "», но оно на паузе (/mute).")
        yield from _passages(muted.matches, page, style="bold")
    yield from _vetoed(report, page)
    for rule in report.nearest:
        if report.fired and rule.name == report.fired.rule:
            yield Text(f"Не сразу в канал: {rule.obstacle.removeprefix('мало: ')}.")
        else:
            yield from _near(rule)
    if not (report.fired or report.muted or report.vetoes or report.nearest):
        yield Text("Не нашлось ни одного слова правил.")


def _fired(report: TopicReport, page: Extracted) -> Iterator[RenderableType]:
    assert report.fired
    yield Text.assemble("Сработало правило «", (report.fired.rule, "bold"), "»:")
    yield from _passages(report.fired.matches, page, style="bold green underline")
    yield Padding(Text(join_lines(report.lines)), (0, 0, 0, 2))
    if report.is_hinted:
        yield Text(f"Этой темы в посте не будет: {lack(report)}.")


def _vetoed(report: TopicReport, page: Extracted) -> Iterator[RenderableType]:
    """Each word that forbade, once, with all the rules that it silenced."""
    stopped: dict[tuple[Veto, str], list[str]] = {}
    for veto, where in zip(report.vetoes, report.forbidding, strict=True):
        stopped.setdefault((replace(veto, rule=""), where), []).append(f"«{veto.rule}»")
    for (veto, where), rules in stopped.items():
        whom, named = "Правилу" if len(rules) == 1 else "Правилам", f" ({where})" if where else ""
        silenced = Text.assemble(f"{whom} ", (", ".join(rules), "bold"), " запретило слово ")
        yield silenced.append(veto.form, "bold red").append(f"{named}:")
        yield from _passages((veto,), page, style="bold red underline")


def _near(rule: RuleReport) -> Iterator[RenderableType]:
    why = "не хватает отмеченного «−»" if rule.lacking else rule.obstacle
    yield Text.assemble("Не сработало правило «", (rule.name, "bold"), f"» ({TIER_WORDS[rule.tier]}): {why}.")
    for line in dict.fromkeys(rule.lines):  # one word may meet two lines
        if line.match:
            row = Text.assemble("+ ", line.text, f" — {_PLACES[line.match.where]}")
        else:
            row = Text.assemble(("− ", "red"), line.text)
        yield Padding(row, (0, 0, 0, 2))


def _passages(hits: Iterable[Match | Veto], page: Extracted, *, style: str) -> Iterator[RenderableType]:
    for passage in passages(hits, title=page.title, text=page.text):
        yield Padding(_Quote(passage=passage, style=style), (0, 0, 0, 2))
