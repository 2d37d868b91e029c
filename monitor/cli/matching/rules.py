"""`rules`: how each rule fares with the news read and with what editors decided."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from monitor.app.config_files import load_matcher
from monitor.app.environment import clock, environment
from monitor.cli.console.options import AsJson, KeywordsFile, Since, period_of
from monitor.cli.console.output import print_json
from monitor.cli.console.screen import Screen
from monitor.config.settings import load_settings
from monitor.matching.rule_scores import RuleScore, RuleScores
from monitor.models.labels import TIER_WORDS, span
from monitor.storage.archive import Archive
from monitor.storage.database import open_existing
from monitor.storage.reviews import Reviews


def rules(
    *,
    keywords: KeywordsFile = None,
    since: Since = "30d",
    least: Annotated[
        float, typer.Option(metavar="ДОЛЯ", help="какую долю опубликованного считать малой", min=0, max=1)
    ] = 0.3,
    as_json: AsJson = False,
) -> None:
    """Показать пользу каждого правила: сколько нашло, что нашло только оно, что решили редакторы, что с ним делать.

    Прочитанное берётся из базы за срок, решения — все; и то и другое заново судят нынешние правила.
    """
    period = period_of(since)
    settings = load_settings(environment())
    engine = open_existing(settings.database_url)
    scores = RuleScores(load_matcher(keywords or settings.keywords))
    for article in Archive(engine).iter_articles(clock() - period):
        scores.add_article(title=article.title, text=article.text)
    for record in Reviews(engine).decisions():
        scores.add_decision(record)
    if as_json:
        print_json(_json(scores, least))
    else:
        _show(scores, period, least)


def _json(scores: RuleScores, least: float) -> dict[str, object]:
    rows = [{**asdict(row), "share": row.share, "proposal": row.proposal(least) or None} for row in scores.rows]
    return {"articles": scores.articles, "decisions": scores.decisions, "rules": rows}


def _show(scores: RuleScores, period: timedelta, least: float) -> None:
    screen = Screen()
    table = Table("Правило", "Нашло", "Только оно", "Опубликовано", "Отклонено", "Доля", title="Правила")
    for column in table.columns[1:]:
        column.justify = "right"
    topic = ""
    for row in scores.rows:
        if row.topic != topic:
            table.add_row(Text(row.topic, style="bold"))
            topic = row.topic
        table.add_row(*_cells(row))
    screen.print(table)
    screen.print(f"Прочитано за {span(period)}: {scores.articles}. Решений редакторов: {scores.decisions}.")
    for row in scores.rows:
        if proposal := row.proposal(least):
            screen.print(Text.assemble(("→ ", "yellow"), f"«{row.rule}» ({row.topic}): {proposal}"))


def _cells(row: RuleScore) -> Sequence[Text]:
    share = "" if row.share is None else f"{row.share:.0%}"
    counts = (row.fired, row.alone, row.published, row.rejected)
    return Text(f"  {row.rule} · {TIER_WORDS[row.tier]}"), *(Text(str(count or "")) for count in counts), Text(share)
