"""How `explain` and `why` show a reader, step by step, what was read and why the rules decided so."""

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from monitor.cli.output import LANGUAGES, TIERS, Screen
from monitor.matching.explanation import Passage, RuleReport, TopicReport, passages, shortened
from monitor.models.articles import Extracted, Match, Tier, TopicVerdict, Verdict, Veto
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


def show_explanation(source: str, page: Extracted, verdict: Verdict, reports: Iterable[TopicReport]) -> None:
    """Print it, no wider than the terminal."""
    screen = Screen()
    screen.print(_read(source, page))
    show_reports(screen, page, verdict, reports)


def show_reports(screen: Screen, page: Extracted, verdict: Verdict, reports: Iterable[TopicReport]) -> None:
    """Print what the rules say, topic by topic, and what follows."""
    for report in reports:
        screen.print()
        screen.print(Rule(_heading(report), align="left", characters="─", style="dim"))
        screen.print(Padding(Group(*_topic(report, page)), (0, 0, 0, 2)))
    screen.print()
    screen.print(Text("Итог: ", style="bold"), Text(TIERS[verdict.tier], style=_TIER_STYLES[verdict.tier]), sep="")


def quoted(hits: Iterable[Match | Veto], *, title: str, text: str) -> Iterator[Text]:
    """The sentences in which these words stand, the words in bold, each sentence on a line of its own."""
    return (_quoted(passage, "bold") for passage in passages(hits, title=title, text=text))


def _read(source: str, page: Extracted) -> Group:
    language = detect(f"{page.title}\n{page.text}", "both")
    facts = {
        "Источник": "стандартный ввод" if source == "-" else source,
        "Заголовок": page.title or "нет",
        "Дата": f"{page.published_at:%d.%m.%Y %H:%M} UTC" if page.published_at else "",
        "Язык": LANGUAGES[language],
        "Текст": f"{len(page.text)} зн." if page.text else "",
        "Найден": _WAYS.get(page.by, ""),
        "Замечание": page.problem,
    }
    return Group(*(Text(f"{name + ':':<11}{value}") for name, value in facts.items() if value))


def _heading(report: TopicReport) -> Text:
    tier = report.fired.tier if report.fired else Tier.NONE
    return Text.assemble((report.title, "bold"), f" ({report.id}): ", (TIERS[tier], _TIER_STYLES[tier]))


def _topic(report: TopicReport, page: Extracted) -> Iterator[RenderableType]:
    if report.fired:
        yield from _fired(report.fired, page)
    for muted in report.muted:
        yield Text.assemble("Нашло правило «", (muted.rule, "bold"), "», но оно на паузе (/mute).")
        yield from _passages(muted.matches, page, style="bold")
    for veto in report.vetoes:
        yield from _vetoed(veto, page)
    for rule in report.nearest:
        yield from _near(rule)
    if not (report.fired or report.muted or report.vetoes or report.nearest):
        yield Text("Не нашлось ни одного слова правил.")


def _fired(fired: TopicVerdict, page: Extracted) -> Iterator[RenderableType]:
    yield Text.assemble("Сработало правило «", (fired.rule, "bold"), "»:")
    for match in fired.matches:
        yield Text.assemble("  + ", match.term, " → ", (match.form, "bold green"), f" ({_PLACES[match.where]})")
    yield from _passages(fired.matches, page, style="bold green")


def _vetoed(veto: Veto, page: Extracted) -> Iterator[RenderableType]:
    yield Text.assemble("Правилу «", (veto.rule, "bold"), "» запретило слово ", (veto.form, "bold red"), ":")
    yield from _passages((veto,), page, style="bold red")


def _near(rule: RuleReport) -> Iterator[RenderableType]:
    why = "не хватило слов, отмеченных «−»" if rule.lacking else rule.obstacle
    yield Text.assemble("Не сработало правило «", (rule.name, "bold"), f"» ({rule.tier}): {why}.")
    for line in rule.lines:
        if line.match:
            form = (line.match.form, "bold")
            yield Text.assemble("  + ", line.match.term, " → ", form, f" ({_PLACES[line.match.where]})")
        else:
            yield Text.assemble(("  − ", "red"), shortened(line.terms))


def _passages(hits: Iterable[Match | Veto], page: Extracted, *, style: str) -> Iterator[RenderableType]:
    for passage in passages(hits, title=page.title, text=page.text):
        yield Padding(_quoted(passage, style), (0, 0, 0, 4))


def _quoted(passage: Passage, style: str) -> Text:
    """The passage on one line of thought; of an endless one what stands around its words."""
    text = Text(passage.text)
    for start, end in passage.marks:
        text.stylize(style, start, end)
    first, last = passage.marks[0][0], passage.marks[-1][1]
    if len(text) > _LONGEST_PASSAGE:
        text = text[max(first - _LONGEST_PASSAGE // 2, 0) : last + _LONGEST_PASSAGE // 2]
    return Text.assemble("«", text, "»")
