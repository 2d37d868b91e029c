"""`evidence list|show|export|verify`: what was kept of the pages behind the posts, and a proof for strangers."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from monitor import __version__
from monitor.app.environment import clock, environment, read_bytes
from monitor.cli.output import Screen, say
from monitor.config.settings import load_settings
from monitor.evidence import warc
from monitor.evidence.bundle.verification import verify as verify_bundle
from monitor.evidence.bundle.writing import About, write
from monitor.models.evidence import Capture, Link, Observed, TimeStamp
from monitor.models.labels import SIGHTS
from monitor.storage.database import open_existing
from monitor.storage.evidence.history import EvidenceHistory
from monitor.storage.evidence.stamps import StampStore

evidence_cli = typer.Typer(
    help="Копии страниц: посмотреть, выгрузить с доказательством, проверить выгрузку.",
    no_args_is_help=True,
    add_completion=False,
)

What = Annotated[str, typer.Argument(metavar="НОВОСТЬ", help="номер истории (его называет monitor why) или адрес")]


@evidence_cli.command("list")
def evidence_list(*, limit: Annotated[int, typer.Option(min=1, max=10_000, help="сколько страниц")] = 50) -> None:
    """Показать страницы, за которыми следит монитор, начиная с последних: что с ними и сколько копий."""
    pages = _history().watched(limit=limit)
    if not pages:
        say("Копий ещё нет: они появляются, когда новость уходит в канал.")
    screen = Screen()
    for page in pages:
        sight = SIGHTS[page.sight] if page.sight else "ещё не смотрели"
        seen = f", {page.seen_at:%d.%m.%Y %H:%M} UTC" if page.seen_at else ""
        screen.print(f"{page.url}\n  {page.feed}: «{page.title}»\n  {sight}{seen}; копий: {page.captures}")


@evidence_cli.command("show")
def evidence_show(what: What) -> None:
    """Показать, что монитор видел на страницах новости: каждый взгляд, что изменилось, хеши копий. Код 1: ничего."""
    history = _history()
    captures = {one.id: one for one in history.captures(_which(what))}
    observations = history.observations(_which(what))
    if not observations:
        _nothing(what)
    screen, url = Screen(), ""
    for observed in observations:
        if observed.url != url:
            url = observed.url
            screen.print(url, style="bold")
        for line in _look(observed, captures.get(observed.capture_id or 0)):
            screen.print(line)


def _look(observed: Observed, capture: Capture | None) -> Iterator[str]:
    yield f"  {observed.at:%d.%m.%Y %H:%M:%S} UTC: {SIGHTS[observed.sight]}"
    if observed.moved_to:
        yield f"    открывается {observed.moved_to}"
    yield from (f"    {line}" for line in observed.said.splitlines())
    if capture:
        yield f"    копия {capture.id}: {capture.file}, байты {capture.offset}–{capture.offset + capture.length}"
        yield f"    SHA-256 {capture.link.digest}, звено {capture.link.number} цепочки {capture.link.chain}"


@evidence_cli.command("export")
def evidence_export(
    what: What, folder: Annotated[Path, typer.Argument(metavar="ПАПКА", help="новая или пустая")]
) -> None:
    """Выгрузить копии с доказательством: папка, которую проверит любой, без нас и без сети."""
    settings = load_settings(environment())
    history, evidence_dir = _history(), Path(settings.evidence_dir)
    captures = history.captures(_which(what))
    if not captures:
        _nothing(what)
    chain, stamps = _proof(history, StampStore(open_existing(settings.database_url)), captures)
    about = About(
        story_id=int(what) if what.isdecimal() else 0,
        headline=next((one.version.title for one in captures if one.version), captures[0].url),
        addresses=tuple(dict.fromkeys(one.url for one in captures)),
        made_at=clock(),
        tool=f"monitor {__version__}",
    )
    roots = {"roots": read_bytes(settings.timestamp_ca)} if settings.timestamp_ca else {}
    write(
        folder,
        about=about,
        captures=captures,
        records=lambda capture: warc.read(evidence_dir, capture),
        chain=chain,
        stamps=stamps,
        certificates=roots,
    )
    stamped = f"меток времени: {len(stamps)}" if stamps else "меток времени нет: время копий подтверждаем только мы"
    say(f"Выгружено в {folder}: копий {len(captures)}, {stamped}. Проверить: monitor evidence verify {folder}")


def _proof(
    history: EvidenceHistory, store: StampStore, captures: Sequence[Capture]
) -> tuple[Sequence[Link], Sequence[TimeStamp]]:
    """The chains up to the first stamp that covers all of the captures, or to the last capture where there is none."""
    links: list[Link] = []
    stamps: list[TimeStamp] = []
    for name in sorted({one.link.chain for one in captures}):
        last = max(one.link.number for one in captures if one.link.chain == name)
        whole = list(history.chain(name))
        given = {one.hash: one for one in reversed(store.given([link.hash for link in whole[last - 1 :]]))}
        upto = next((link.number for link in whole[last - 1 :] if link.hash in given), last)
        links += whole[:upto]
        stamps += store.given([link.hash for link in whole[:upto]])
    return links, stamps


@evidence_cli.command("verify")
def evidence_verify(folder: Annotated[Path, typer.Argument(metavar="ПАПКА", help="выгрузка")]) -> None:
    """Проверить выгрузку, без сети: каждая строка «держится» или «нарушено здесь». Код 1: нарушена."""
    verdict = verify_bundle(folder)
    for line in verdict.lines:
        say(line.text, err=not line.ok)
    say("Выгрузка держится." if verdict.holds else "Выгрузка нарушена.", err=not verdict.holds)
    if not verdict.holds:
        raise typer.Exit(1)


def _which(what: str) -> int | str:
    return int(what) if what.isdecimal() else what


def _nothing(what: str) -> None:
    say(f"Копий по «{what}» нет. Какие есть: monitor evidence list", err=True)
    raise typer.Exit(1)


def _history() -> EvidenceHistory:
    return EvidenceHistory(open_existing(load_settings(environment()).database_url))
