"""`evidence list|show|export|verify`: what was kept of the pages behind the posts, and a proof for strangers."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import Annotated, NoReturn

import typer
from rich.padding import Padding
from rich.text import Text

from monitor import __version__
from monitor.app.environment import clock, environment
from monitor.app.timestamp_roots import timestamp_roots
from monitor.cli.console.output import say
from monitor.cli.console.screen import Screen
from monitor.config.settings import load_settings
from monitor.errors import EvidenceError
from monitor.evidence import retention, warc
from monitor.evidence.bundle.verdict import missing_message
from monitor.evidence.bundle.verification import verify as verify_bundle
from monitor.evidence.bundle.writing import CHAIN, MANIFEST, SUMS, About, write
from monitor.models.evidence import Capture, Link, Observed, TimeStamp, WatchedPage
from monitor.models.labels import CUT_TEXT, sight_label
from monitor.storage.database import open_existing
from monitor.storage.evidence.history import EvidenceHistory, PageRecord, answer_label
from monitor.storage.evidence.stamps import StampStore
from monitor.text.numbers import whole

evidence_cli = typer.Typer(
    help="Копии страниц: посмотреть, выгрузить с доказательством, проверить выгрузку.",
    no_args_is_help=True,
    add_completion=False,
)

What = Annotated[str, typer.Argument(metavar="НОВОСТЬ", help="номер истории (его называет monitor why) или адрес")]


@evidence_cli.command("list")
def evidence_list(
    *, limit: Annotated[int, typer.Option(metavar="ЧИСЛО", min=1, max=10_000, help="сколько страниц")] = 50
) -> None:
    """Показать страницы, за которыми следит монитор, начиная с последних: что с ними и сколько копий."""
    pages = _history().watched_pages(limit=limit + 1)
    if not pages:
        say("Копий ещё нет: они появляются, когда новость уходит в канал.")
    screen = Screen()
    for page in pages[:limit]:
        screen.print(Text(page.title or page.url, style="bold"))
        _put(screen, f"{_story(page)}{page.feed}; {_seen(page)}; копий: {page.captures}")
        _put(screen, page.url, whole=True)
    if len(pages) > limit:
        screen.print(f"… и более ранние: monitor evidence list --limit {limit * 2}")


@evidence_cli.command("show")
def evidence_show(what: What) -> None:
    """Показать, что монитор видел на страницах новости: каждый взгляд, что изменилось, хеши копий. Код 1: ничего."""
    history = _history()
    records = history.records(_which(what))
    if not records:
        _nothing(what)
    screen, deleted = Screen(), retention.deleted_files(Path(load_settings(environment()).evidence_dir))
    for record in records:
        _show_page(screen, record)
        captured = record.captured
        for look in record.looks:
            _show_look(screen, record, look)
            if capture := captured.get(look.capture_id or 0):
                _show_capture(screen, capture, history.first_stamp(capture.link), deleted)
        screen.print()
    if any(capture.file not in deleted for record in records for capture in record.captures):
        screen.print(f"Выгрузить с доказательством: monitor evidence export {quote(what)} ПАПКА", soft_wrap=True)


def _show_page(screen: Screen, record: PageRecord) -> None:
    page = record.page
    screen.print(Text(page.title or page.url, style="bold"))
    screen.print(page.url, soft_wrap=True)
    next_look = f"следующий взгляд {_minute(page.due_at)}" if page.due_at else "больше не смотрим"
    screen.print(f"{_story(page)}{page.feed}. Следим с {_minute(page.begun_at)}, {next_look}. Копий: {page.captures}.")
    screen.print(f"{record.standing(_minute)}.")


def _show_look(screen: Screen, record: PageRecord, look: Observed) -> None:
    screen.print()
    screen.print(f"{look.at:%d.%m.%Y %H:%M:%S} UTC: {record.label(look)}")
    if look.moved_to:
        _put(screen, f"открывается по адресу {look.moved_to}", whole=True)
    for line in look.said.splitlines():
        _put(screen, line)


def _show_capture(
    screen: Screen, capture: Capture, stamped: tuple[Link, TimeStamp] | None, deleted: Collection[str]
) -> None:
    """What is to be compared or copied (hash, file) is a line of its own, which nothing of ours breaks."""
    _put(screen, f"копия {capture.id}: {answer_label(capture)}, звено {capture.link.number} цепи {capture.link.chain}")
    _put(screen, f"SHA-256 {capture.link.digest}", whole=True)
    _put(screen, f"{capture.file}, с байта {capture.offset}, байт: {capture.length}", whole=True)
    if capture.file in deleted:
        _put(screen, "файл удалён по сроку")
    if capture.version and capture.version.is_cut:
        _put(screen, CUT_TEXT)
    if stamped is None:
        _put(screen, "метки времени нет: время известно только из наших записей")
        return
    link, stamp = stamped
    where = "" if link == capture.link else f" (на звене {link.number})"
    _put(screen, f"метка времени{where}: {_minute(stamp.stamped_at)}, {stamp.authority}")


def _put(screen: Screen, said: str, *, whole: bool = False) -> None:
    """An indented paragraph; or a `whole` line, which the terminal may break and a copy joins again."""
    if whole:
        screen.print(f"  {said}", soft_wrap=True)
    else:
        screen.print(Padding(said, (0, 0, 0, 2), expand=False))


def _story(page: WatchedPage) -> str:
    return f"история {page.story_id}; " if page.story_id else ""


def _seen(page: WatchedPage) -> str:
    if page.sight is None or page.seen_at is None:
        return "ещё не смотрели"
    return f"{sight_label(page.sight, is_first=page.is_first)}, {_minute(page.seen_at)}"


def _minute(at: datetime) -> str:
    return f"{at:%d.%m.%Y %H:%M} UTC"


@evidence_cli.command("export")
def evidence_export(
    what: What, folder: Annotated[Path, typer.Argument(metavar="ПАПКА", help="новая или пустая")]
) -> None:
    """Выгрузить копии с доказательством: папка, которую проверит любой, без нас и без сети. Код 1: копия испорчена."""
    settings = load_settings(environment())
    history, evidence_dir = _history(), Path(settings.evidence_dir)
    of = _which(what)
    kept = history.captures(of)
    present = _present(kept, retention.deleted_files(evidence_dir))
    captures = _sound(present, evidence_dir)
    if not captures:
        _nothing(what, is_watched=bool(history.pages(of)))
    chain, stamps = _proof(history, StampStore(open_existing(settings.database_url)), captures)
    about = About(
        story_id=of if isinstance(of, int) else 0,
        headline=next((one.version.title for one in captures if one.version), captures[0].url),
        addresses=tuple(dict.fromkeys(one.url for one in captures)),
        made_at=clock(),
        tool=f"monitor {__version__}",
        missing=tuple(sorted({one.id for one in kept} - {one.id for one in captures})),
    )
    roots = timestamp_roots(settings)
    write(
        folder,
        about=about,
        captures=captures,
        looks=history.observations(of),
        records=lambda capture: warc.read(evidence_dir, capture),
        chain=chain,
        stamps=stamps,
        certificates={"roots": roots} if roots else {},
    )
    stamped = f"меток времени: {len(stamps)}" if stamps else "меток времени нет: время копий подтверждаем только мы"
    checked = f"monitor evidence verify {quote(str(folder))}"
    copies = f"копий {len(captures)}" + (f" из {len(kept)}, {missing_message(about.missing)}" if about.missing else "")
    say(f"Выгружено в {folder}: {copies}, {stamped}. Проверить: {checked}")
    if len(captures) < len(present):  # else what is missing was deleted by its age, as the operator wishes
        raise typer.Exit(1)


def _present(captures: Sequence[Capture], deleted: Collection[str]) -> Sequence[Capture]:
    """The copies whose files were not deleted by their age; says which are not there. Ends the command if none is."""
    gone = [one for one in captures if one.file in deleted]
    for one in gone:
        say(f"Копии {one.id} от {_minute(one.link.taken_at)} больше нет: файл {one.file} удалён по сроку", err=True)
    if gone and len(gone) == len(captures):
        say(
            "Выгружать нечего: файлы всех копий удалены по сроку (MONITOR_EVIDENCE_KEEP). Верните их из бэкапа.",
            err=True,
        )
        raise typer.Exit(1)
    return [one for one in captures if one.file not in deleted]


def _sound(captures: Sequence[Capture], evidence_dir: Path) -> Sequence[Capture]:
    """Those whose bytes are what was kept; says of the others what is wrong. Ends the command if none is left."""
    sound = []
    for one in captures:
        try:
            if hashlib.sha256(warc.read(evidence_dir, one)).hexdigest() == one.link.digest:
                sound.append(one)
            else:
                say(f"Ошибка: Копия {one.id} не та, что сохранена ({one.file}): в выгрузку не войдёт.", err=True)
        except EvidenceError as error:
            say(f"Ошибка: {error} В выгрузку копия {one.id} не войдёт.", err=True)
    if captures and not sound:
        say("Выгружать нечего: ни одна копия не цела. Верните файлы из бэкапа.", err=True)
        raise typer.Exit(1)
    return sound


def _proof(
    history: EvidenceHistory, store: StampStore, captures: Sequence[Capture]
) -> tuple[Sequence[Link], Sequence[TimeStamp]]:
    """The chains up to the first stamp that covers all of the captures, or to the last capture where there is none."""
    links: list[Link] = []
    stamps: list[TimeStamp] = []
    for name in sorted({one.link.chain for one in captures}):
        last = max((one.link for one in captures if one.link.chain == name), key=lambda link: link.number)
        stamped = history.first_stamp(last)
        chain = list(history.chain(name, upto=stamped[0].number if stamped else last.number))
        links += chain
        stamps += store.list_stamps([link.hash for link in chain])
    return links, stamps


@evidence_cli.command("verify")
def evidence_verify(folder: Annotated[Path, typer.Argument(metavar="ПАПКА", help="выгрузка")]) -> None:
    """Проверить выгрузку, без сети: каждая строка «держится» или «нарушено здесь». Код 1: нарушена."""
    if not folder.is_dir():
        say(f"Папки {folder} нет: укажите ту, что назвала команда monitor evidence export.", err=True)
        raise typer.Exit(1)
    if not any((folder / name).exists() for name in (MANIFEST, CHAIN, SUMS)):
        say(f"{folder} — не выгрузка: в ней нет ни описи ({MANIFEST}), ни цепи ({CHAIN}).", err=True)
        raise typer.Exit(1)
    verdict = verify_bundle(folder)
    for line in verdict.lines:
        say(line.text, err=not line.ok)
    say(
        f"Выгрузка держится{_doubt(folder, verdict.missing)}." if verdict.holds else "Выгрузка нарушена.",
        err=not verdict.holds,
    )
    if not verdict.holds:
        raise typer.Exit(1)


def _doubt(folder: Path, missing: Sequence[int]) -> str:
    """What a bundle that holds still leaves to be believed, or has not."""
    if missing:
        return f", но она не вся: {missing_message(missing)}"
    if not any(folder.glob("stamps/*.tsr")):
        return "; меток времени в ней нет: время копий известно только со слов того, кто её сделал"
    if not any(folder.glob("certificates/*.pem")):
        return "; корневых сертификатов в ней нет: кто подписал метки времени, не проверено"
    return ""


def _which(what: str) -> int | str:
    """A number that no story can have is looked for as an address, and not found."""
    if not what.strip():
        say("Назовите новость: номер истории или адрес. Какие есть: monitor evidence list", err=True)
        raise typer.Exit(1)
    number = whole(what)
    return what if number is None else number


def _nothing(what: str, *, is_watched: bool = False) -> NoReturn:
    if is_watched:
        say(
            f"Копий по «{what}» ещё нет: первый взгляд впереди. Как дела: monitor evidence show {quote(what)}", err=True
        )
    else:
        say(f"Копий по «{what}» нет: за этой страницей монитор не следит. Какие есть: monitor evidence list", err=True)
    raise typer.Exit(1)


def _history() -> EvidenceHistory:
    return EvidenceHistory(open_existing(load_settings(environment()).database_url))
