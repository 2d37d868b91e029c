"""`backtest`: what an edited keywords.yaml would have caught among everything the monitor has read."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from monitor.app.config_files import load_matcher
from monitor.app.environment import clock, environment
from monitor.cli.console.options import AsJson, KeywordsFile, Since, period_of
from monitor.cli.console.output import print_json
from monitor.cli.console.screen import Screen
from monitor.cli.matching.explanation_view import quote_passages
from monitor.config.settings import load_settings
from monitor.matching import explanation
from monitor.matching.backtest import Change, Comparison, Kind, judge_by, recorded_verdict
from monitor.matching.matcher import Matcher
from monitor.models.articles import Match, Tier, Verdict
from monitor.models.labels import VERDICTS
from monitor.storage.archive import Archive
from monitor.storage.database import open_existing
from monitor.text.unicode import clean

CHANGED = 6  # the exit code when the edit changes a decision, for CI
DAY = timedelta(days=1)

_KINDS: dict[Kind, tuple[str, str, str]] = {
    "gained": ("Прибавилось", "+", "bold green"),
    "lost": ("Пропало", "−", "bold red"),
    "moved": ("Решено иначе", "~", "bold yellow"),
}


def backtest(
    *,
    keywords: KeywordsFile = None,
    against: Annotated[
        str, typer.Option(metavar="ФАЙЛ", help="сравнить с этими правилами, а не с тем, что решено в тот день")
    ] = "",
    since: Since = "30d",
    show: Annotated[int, typer.Option(metavar="ЧИСЛО", help="сколько новостей показать в каждом списке", min=0)] = 20,
    as_json: AsJson = False,
) -> None:
    """Примерить правила к прочитанному: что прибавилось бы, что пропало, по каждому правилу и с предложением.

    Новости берутся из базы, решает тот же код, что и в работе. Код 0 — ничего не изменилось, 6 — есть разница.
    """
    period = period_of(since)
    settings = load_settings(environment())
    archive = Archive(open_existing(settings.database_url))
    matcher = load_matcher(keywords or settings.keywords)
    compared = Comparison(judge_by(load_matcher(against)) if against else recorded_verdict, judge_by(matcher))
    now = clock()
    for article in archive.iter_articles(now - period):
        compared.add(article)
    days = max((now - (compared.oldest or now)) / DAY, 1.0)
    if as_json:
        print_json(_json(compared, days))
    else:
        _show(compared, days, matcher, show)
    if compared.changes:
        raise typer.Exit(CHANGED)


def _show(compared: Comparison, days: float, matcher: Matcher, limit: int) -> None:
    screen = Screen()
    if not compared.articles:
        screen.print("За этот срок в базе нет прочитанных новостей.")
        return
    screen.print(f"Прочитано новостей: {compared.articles} за {days:.0f} дн.")
    before, after = (f"{count} ({count / days:.1f} в день)" for count in (compared.before, compared.after))
    screen.print(f"Подходит: было {before}, стало {after}")
    screen.print(_table(compared))
    for kind, (title, sign, style) in _KINDS.items():
        count = compared.counts[kind]
        if count:
            screen.print(Text(f"\n{title}: {count}", style="bold"))
        for change in compared.list_changes(kind)[:limit]:
            _show_change(screen, change, matcher, Text(sign, style=style))
        if count > limit:
            screen.print(f"  … и ещё {count - limit}: --show {count}")
    if not compared.changes:
        screen.print("Ни одно решение не изменилось.")


def _table(compared: Comparison) -> Table:
    table = Table("Тема", "Правило", "Было", "Стало", "+", "−")
    for (topic, rule), tally in sorted(compared.rules.items()):
        counts = (tally.before, tally.after, tally.gained, tally.lost)
        table.add_row(topic, rule, *map(str, counts))
    for column in table.columns[2:]:
        column.justify = "right"
    return table


def _show_change(screen: Screen, change: Change, matcher: Matcher, sign: Text) -> None:
    article = change.article
    screen.print(Text.assemble("  ", sign, f" {_date(article.seen_at)} {article.feed}: {clean(article.title)}"))
    screen.print(Padding(article.url, (0, 0, 0, 4)))
    for line in _why(change, matcher):
        screen.print(Padding(line, (0, 0, 0, 4)))


def _why(change: Change, matcher: Matcher) -> Iterator[RenderableType]:
    article = change.article
    if change.kind == "moved":
        yield Text(f"было: {_decided(change.before)}; стало: {_decided(change.after)}")
    else:
        yield Text(_decided(change.before if change.kind == "lost" else change.after))
    verdict = change.before if change.kind == "lost" else change.after
    yield from quote_passages(_matches(verdict), title=article.title, text=article.text)
    if change.kind == "lost":
        lost = {topic.id for topic in verdict.topics}
        for report in explanation.explain(matcher, title=article.title, text=article.text):
            if report.id in lost:
                yield Text(f"теперь: {explanation.lack(report)}")


def _decided(verdict: Verdict) -> str:
    rules = ", ".join(f"{topic.id}: {topic.rule}" for topic in verdict.topics)
    return f"{rules} — {VERDICTS[verdict.tier]}" if rules else VERDICTS[Tier.NONE]


def _matches(verdict: Verdict) -> list[Match]:
    return [match for topic in verdict.topics for match in topic.matches]


def _date(at: datetime) -> str:
    return f"{at:%d.%m.%Y}"


def _json(compared: Comparison, days: float) -> dict[str, object]:
    return {
        "articles": compared.articles,
        "days": round(days, 2),
        "before": compared.before,
        "after": compared.after,
        "counts": {kind: compared.counts[kind] for kind in _KINDS},
        "per_day": {"before": round(compared.before / days, 3), "after": round(compared.after / days, 3)},
        "rules": [
            {"topic": topic, "rule": rule, "before": tally.before, "after": tally.after}
            | {"gained": tally.gained, "lost": tally.lost}
            for (topic, rule), tally in sorted(compared.rules.items())
        ],
        **{kind: [_change_json(change) for change in compared.list_changes(kind)] for kind in _KINDS},
    }


def _change_json(change: Change) -> dict[str, object]:
    article = change.article
    verdict = change.before if change.kind == "lost" else change.after
    passages = explanation.passages(_matches(verdict), title=article.title, text=article.text)
    return {
        "entry_id": article.entry_id,
        "feed": article.feed,
        "url": article.url,
        "title": article.title,
        "seen_at": article.seen_at.isoformat(),
        "before": explanation.verdict_json(change.before, id=article.entry_id),
        "after": explanation.verdict_json(change.after, id=article.entry_id),
        "sentences": [passage.text for passage in passages],
    }
