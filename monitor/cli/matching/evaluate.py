"""`evaluate`: how good the rules are, measured over labelled records."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, BinaryIO

import typer
from rich.table import Table
from rich.text import Text

from monitor.app.config_files import load_matcher
from monitor.app.environment import environment
from monitor.cli.console.options import AsJson, KeywordsFile
from monitor.cli.console.output import LANGUAGES, print_json, say
from monitor.cli.console.screen import Screen
from monitor.cli.matching.jsonl import Record, numbered_lines, open_input, record_of
from monitor.config.settings import load_settings
from monitor.errors import ConfigError
from monitor.matching import evaluation
from monitor.stories.evaluation import evaluate_events
from monitor.text.unicode import clean

_BOUND = re.compile(r"(\w+):(precision|recall)=(1(?:\.0+)?|0(?:\.\d+)?)", re.ASCII)

Scores = Mapping[str, Any]


def evaluate(
    corpus: Annotated[
        str, typer.Argument(metavar="КОРПУС", help="JSONL с полями title, text, lang, topics; «-» — стандартный ввод")
    ],
    *,
    keywords: KeywordsFile = None,
    as_json: AsJson = False,
    fail_under: Annotated[
        str, typer.Option(metavar="МЕРКИ", help="например post:precision=0.97,any:recall=0.9: хуже — код выхода 1")
    ] = "",
) -> None:
    """Измерить точность и полноту правил: по темам, языкам и уровням, с каждым промахом и ложной тревогой.

    У записей с event_id измеряется и то, верно ли изложения сведены в события.
    """
    bounds = _bounds(fail_under)
    matcher = load_matcher(keywords or load_settings(environment()).keywords)
    with open_input(corpus) as stream:
        records = list(_records(stream, corpus))
    events = evaluate_events(records)
    result: Scores = evaluation.evaluate(records, matcher) | ({"events": events} if events else {})
    if as_json:
        print_json(result)
    else:
        _show(result)
    failures = list(_failures(bounds, result))
    for failure in failures:
        say(failure, err=True)
    if failures:
        raise typer.Exit(1)


def _records(stream: BinaryIO, file: str) -> Iterator[Record]:
    for number, line in numbered_lines(stream):
        try:
            record = record_of(line)
        except ValueError as error:
            raise ConfigError(str(error), file=file, line=number) from error
        if not isinstance(record.get("topics"), list):
            raise ConfigError("нет списка тем; у записи без темы пишут []", file=file, line=number, key="topics")
        yield record


def _bounds(written: str) -> tuple[tuple[str, str, float], ...]:
    """`any:recall=0.9,…` as (whose, measure, least)."""
    bounds = []
    for item in filter(None, written.split(",")):
        bound = _BOUND.fullmatch(item.strip())
        if bound is None:
            raise ConfigError(f"«{item}»: пишут так: post:precision=0.97", file="--fail-under")
        bounds.append((bound[1], bound[2], float(bound[3])))
    return tuple(bounds)


def _failures(bounds: Sequence[tuple[str, str, float]], result: Scores) -> Iterator[str]:
    events = {"events": result["events"]} if "events" in result else {}
    scores = {"any": result["any"], **result["tiers"], **events, **result["topics"]}
    for whose, measure, least in bounds:
        if whose not in scores:
            raise ConfigError(f"«{whose}» — можно: {', '.join(scores)}", file="--fail-under")
        if scores[whose][measure] < least:
            yield f"{whose}: {measure} {scores[whose][measure]:.3f} меньше {least}"


def _show(result: Scores) -> None:
    screen = Screen()
    table = Table("", "Точность", "Полнота", "Верно", "Лишних", "Пропущено", title="Оценка правил")
    for title, score in _rows(result):
        row = [f"{score[key]:.3f}" for key in ("precision", "recall")] + [str(score[key]) for key in ("tp", "fp", "fn")]
        table.add_row(title, *row)
    for column in table.columns[1:]:
        column.justify = "right"
    screen.print(table)
    if result["unscored"]:
        screen.print(f"Не оценивались (тема maybe): {result['unscored']}")
    for miss in result["misses"]:
        screen.print(_line("− пропущено", "red", miss, f"{miss['topic']}: {miss['why']}"))
    for alarm in result["false_alarms"]:
        about = f"{alarm['topic']}: правило «{alarm['rule']}» ({alarm['tier']}) на словах {', '.join(alarm['words'])}"
        screen.print(_line("+ лишнее", "yellow", alarm, about))
    for kind, style, key in (("+ слито зря", "yellow", "wrong"), ("− не слито", "red", "missed")):
        for one, other in result.get("events", {}).get(key, ()):
            screen.print(Text.assemble((kind, style), f" {clean(str(one))} и {clean(str(other))}"))


def _rows(result: Scores) -> Iterator[tuple[str, Scores]]:
    for topic, score in result["topics"].items():
        yield topic, score
        for language, part in result["topics_languages"][topic].items():
            yield f"  {_named(language)}", part
    yield "любая тема", result["any"]
    for language, part in result["languages"].items():
        yield f"  {_named(language)}", part
    yield "только post", result["tiers"]["post"]
    yield "post и review", result["tiers"]["review"]
    if "events" in result:
        yield "события (пары)", result["events"]


def _named(language: str) -> str:
    return LANGUAGES.get(language, language or "язык не указан")


def _line(kind: str, style: str, record: Scores, about: str) -> Text:
    return Text.assemble((kind, style), f" {record['id']} «{clean(str(record['title'] or ''))}» — {about}")
