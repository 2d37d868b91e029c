"""WARC files on the disk: what was acknowledged is there, whenever the process died, and other tools can read it."""

import gzip
import hashlib
import json
import os
import random  # noqa: TID251 - a seed makes the moments and bodies the same every time
import resource
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from monitor.errors import EvidenceError
from monitor.evidence.warc import WarcStore, read, safe_name
from monitor.evidence.warc_reading import LARGEST_GROUP, read_records
from monitor.evidence.warc_records import group
from monitor.models.evidence import Exchange, Kept

ROOT = Path(__file__).resolve().parents[3]
NOON = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)
FILE = "20260301-worker.warc.gz"
BODY = "<html><h1>Новость</h1></html>".encode()
ENTRY = "<item><title>Новость</title></item>".encode()


def exchange(url: str = "https://a.kz/1?x=1", *, body: bytes = BODY, status: int = 200) -> Exchange:
    return Exchange(
        url=url,
        asked_at=NOON,
        request=((b"host", b"a.kz"), (b"user-agent", b"monitor")),
        status=status,
        headers=((b"Content-Type", b"text/html"), (b"Content-Encoding", b"gzip"), (b"content-length", b"7")),
        body=body,
    )


def records(data: bytes) -> list[tuple[str, dict[str, str], bytes]]:
    """As warcio reads them: the type, the WARC headers, the body."""
    found = ArchiveIterator(BytesIO(data), check_digests="raise")
    return [(one.rec_type, dict(one.rec_headers.headers), one.content_stream().read()) for one in found]


def others_agree(path: Path) -> bool:
    """Whether `warcio check` finds nothing, nor `gzip -t`: the former says nothing of a record that is cut."""
    for command in ([sys.executable, "-m", "warcio.cli", "check"], ["gzip", "-t"]):
        done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
        if (done.returncode, done.stdout, done.stderr) != (0, "", ""):
            return False
    return True


def is_there(folder: Path, kept: Kept) -> bool:
    return hashlib.sha256(read(folder, kept)).hexdigest() == kept.digest


def test_a_look_is_kept_as_it_came(tmp_path: Path) -> None:
    kept = WarcStore(tmp_path / "evidence", "worker").append([exchange()], entry=ENTRY, taken_at=NOON)

    (_, asked_for, answered), (_, asked, _), (_, fed, entry) = found = records(read(tmp_path / "evidence", kept))
    assert [kind for kind, _, _ in found] == ["response", "request", "resource"]
    assert (answered, entry) == (BODY, ENTRY)
    assert asked_for["WARC-Date"] == "2026-03-01T12:00:00.000005Z"
    assert asked_for["WARC-Payload-Digest"] == f"sha256:{hashlib.sha256(BODY).hexdigest()}"
    assert asked["WARC-Concurrent-To"] == fed["WARC-Concurrent-To"] == asked_for["WARC-Record-ID"]
    assert kept.file == FILE
    (path,) = (tmp_path / "evidence").iterdir()
    assert others_agree(path)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert records(path.read_bytes())[0][0] == "warcinfo"
    assert b"X-Archive-Orig-" in records(path.read_bytes())[0][2]


def test_headers_that_spoke_of_codings_are_renamed(tmp_path: Path) -> None:
    answer = gzip.decompress(group([exchange()], entry=b"", taken_at=NOON)).partition(b"\r\n\r\n")[2]

    assert answer.startswith(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Archive-Orig-Content-Encoding: gzip\r\n"
        b"X-Archive-Orig-content-length: 7\r\nContent-Length: %d\r\n\r\n" % len(BODY)
    )
    assert b"\r\n\r\nGET /1?x=1 HTTP/1.1\r\nhost: a.kz\r\n" in answer


def test_a_group_always_has_a_record() -> None:
    assert [kind for kind, _, _ in records(group([], entry=b"", taken_at=NOON))] == ["resource"]


HEADERS = st.tuples(st.binary(min_size=1, max_size=12), st.binary(max_size=20))


@given(
    url=st.text(max_size=40).map("https://a.kz/".__add__),
    status=st.integers(100, 999),
    headers=st.lists(HEADERS, max_size=4),
    body=st.binary(max_size=200),
    resources=st.tuples(st.binary(max_size=50), st.binary(max_size=50)),
)
def test_hostile_answers_stay_in_their_records(
    url: str, status: int, headers: list[tuple[bytes, bytes]], body: bytes, resources: tuple[bytes, bytes]
) -> None:
    one = Exchange(url=url, asked_at=NOON, request=tuple(headers), status=status, headers=tuple(headers), body=body)
    data = group([one, one], entry=resources[0], source=resources[1], taken_at=NOON)

    found = read_records(data)
    assert [(record.kind, record.status) for record in found[:4]] == [("response", status), ("request", 0)] * 2
    assert len(found) == 4 + sum(map(bool, resources))
    assert {record.url for record in found[:4]} == {found[0].url}
    assert found[0].url.isascii()
    assert found[0].url.isprintable()


@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_end_in_anything_but_evidence_error(junk: bytes, is_packed: bool) -> None:
    with pytest.raises(EvidenceError):
        read_records(gzip.compress(b"WARC/1.1\r\n" + junk) if is_packed else junk)


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(EvidenceError, match="после распаковки"):
        read_records(gzip.compress(bytes(LARGEST_GROUP + 1), 9))


@given(data=st.data())
def test_a_byte_altered_in_a_record_is_found(data: st.DataObject) -> None:
    plain = bytearray(gzip.decompress(group([], entry=ENTRY, taken_at=NOON)))
    start = plain.index(b"\r\n\r\n") + 4
    plain[data.draw(st.integers(start, len(plain) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(EvidenceError):
        read_records(gzip.compress(bytes(plain)))


def test_days_and_workers_have_files_of_their_own(tmp_path: Path) -> None:
    for worker, at in (("a", NOON), ("b", NOON), ("a", NOON + timedelta(days=1)), ("a", NOON)):
        WarcStore(tmp_path, worker).append([exchange()], entry=b"", taken_at=at)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "20260301-a.warc.gz", "20260301-b.warc.gz", "20260302-a.warc.gz",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["../../etc/passwd", "хост 1", "", ".", "a/b", "a b", "a_b", "x" * 300, "\ud800"])
def test_a_worker_of_any_name_has_a_file_in_the_folder(tmp_path: Path, name: str) -> None:
    kept = WarcStore(tmp_path / "deep" / "evidence", name).append([], entry=ENTRY, taken_at=NOON)

    assert is_there(tmp_path / "deep" / "evidence", kept)
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["evidence"]


def test_two_names_never_become_one() -> None:
    names = ["a b", "a_b", "a/b", "хост", "узел", "a" * 50, "a" * 51]

    assert len({safe_name(name) for name in names}) == len(names)


@settings(max_examples=12)  # two programs are started for each
@given(data=st.data())
def test_a_file_cut_anywhere_is_gone_on_with(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """At the start the database may know of all groups but the last, or of none."""
    folder = tmp_path_factory.mktemp("evidence")
    store = WarcStore(folder, "worker")
    first, second = (store.append([exchange()], entry=ENTRY, taken_at=NOON) for _ in range(2))
    path, known = folder / FILE, data.draw(st.sampled_from([None, first.offset + first.length]))
    cut = data.draw(st.integers(first.offset + first.length, second.offset + second.length))
    os.truncate(path, cut)
    if data.draw(st.booleans()):
        with path.open("ab") as file:
            file.write(bytes(data.draw(st.integers(0, 40))))  # what a disk may show after a power cut

    third = WarcStore(folder, "worker", end_of=lambda _: known).append([exchange()], entry=ENTRY, taken_at=NOON)

    assert third.file == FILE
    assert is_there(folder, first)
    assert is_there(folder, third)
    assert others_agree(path)


def test_a_tail_that_is_cut_is_seen_by_others(tmp_path: Path) -> None:
    kept = WarcStore(tmp_path, "worker").append([exchange()], entry=ENTRY, taken_at=NOON)
    os.truncate(tmp_path / FILE, kept.offset + kept.length - 3)

    assert not others_agree(tmp_path / FILE)


def test_a_beginning_that_was_cut_is_begun_anew(tmp_path: Path) -> None:
    kept = WarcStore(tmp_path, "worker").append([], entry=ENTRY, taken_at=NOON)
    for size in (0, 1, 2, kept.offset - 1):
        os.truncate(tmp_path / FILE, size)
        assert WarcStore(tmp_path, "worker").append([], entry=ENTRY, taken_at=NOON) == kept


def test_what_is_whole_is_never_cut_off(tmp_path: Path) -> None:
    """A database restored from an older copy knows less than there is."""
    kept = [WarcStore(tmp_path, "worker").append([], entry=b"%d" % number, taken_at=NOON) for number in range(3)]
    known = kept[0].offset + kept[0].length

    kept.append(WarcStore(tmp_path, "worker", end_of=lambda _: known).append([], entry=b"new", taken_at=NOON))

    assert all(is_there(tmp_path, one) for one in kept)


@pytest.mark.parametrize(("content", "known"), [(b"not gzip at all", None), (b"\x1f\x8b", 100), (None, 100)])
def test_a_file_that_is_not_ours_is_left_alone(tmp_path: Path, content: bytes | None, known: int | None) -> None:
    if content is not None:
        (tmp_path / FILE).write_bytes(content)
    store = WarcStore(tmp_path, "worker", end_of={FILE: known}.get)

    kept = [store.append([], entry=ENTRY, taken_at=NOON) for _ in range(2)]

    assert {one.file for one in kept} == {"20260301-worker-2.warc.gz"}
    assert all(is_there(tmp_path, one) for one in kept)
    assert ((tmp_path / FILE).read_bytes() if content is not None else not (tmp_path / FILE).exists()) == (
        content or True
    )


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(EvidenceError, match="MONITOR_EVIDENCE_DIR"):
        WarcStore(tmp_path / "file", "worker").append([], entry=ENTRY, taken_at=NOON)
    with pytest.raises(EvidenceError, match="не читается"):
        read(tmp_path, Kept(file="none", offset=0, length=1, digest=""))
    with pytest.raises(EvidenceError, match="обрывается"):
        read(tmp_path, Kept(file="file", offset=0, length=1, digest=""))


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    """The limit on a file's size stands for the disk's: the write ends in the middle, as there."""
    store = WarcStore(tmp_path, "worker")
    kept = store.append([], entry=ENTRY, taken_at=NOON)
    before = (tmp_path / FILE).read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 1_000, hard))
    try:
        with pytest.raises(EvidenceError, match="место"):
            store.append([exchange(body=random.Random(1).randbytes(50_000))], entry=b"", taken_at=NOON)
        assert (tmp_path / FILE).read_bytes() == before
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    after = store.append([exchange()], entry=b"", taken_at=NOON)
    assert after.offset == kept.offset + kept.length
    assert others_agree(tmp_path / FILE)


def test_workers_of_one_name_do_each_other_no_harm(tmp_path: Path) -> None:
    kept: list[Kept] = []

    def work() -> None:
        store = WarcStore(tmp_path, "worker")
        kept.extend(store.append([exchange()], entry=ENTRY, taken_at=NOON) for _ in range(10))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(kept) == 40
    assert all(is_there(tmp_path, one) for one in kept)
    assert others_agree(tmp_path / FILE)


CHILD = """
import json, random, sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from monitor.evidence.warc import WarcStore
from monitor.models.evidence import Exchange
known = json.loads(sys.argv[2])
store, chance = WarcStore(Path(sys.argv[1]), "worker", end_of=known.get), random.Random(int(sys.argv[3]))
noon = datetime.fromisoformat(sys.argv[4])
while True:
    body = chance.randbytes(chance.choice([100, 100_000, 3_000_000]))
    one = Exchange(url="https://a.kz/", asked_at=noon, request=(), status=200, headers=(), body=body)
    print(json.dumps(asdict(store.append([one], entry=b"<item/>", taken_at=noon))), flush=True)
"""


def killed_after(folder: Path, known: dict[str, int], seed: int, *, lines: int, pause: float) -> list[Kept]:
    """What a process acknowledged before it was killed, some time after so many groups."""
    command = [sys.executable, "-c", CHILD, str(folder), json.dumps(known), str(seed), NOON.isoformat()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdout
        said = [child.stdout.readline() for _ in range(lines)]
        time.sleep(pause)
        child.send_signal(signal.SIGKILL)
        said.extend(child.stdout.readlines())
    return [Kept(**json.loads(line)) for line in said if line.endswith(b"\n")]


def test_a_process_killed_at_any_moment_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    kept: list[Kept] = []
    chance = random.Random(0)
    for seed in range(8):  # a process each; what it was at differs by the pause
        known = {FILE: max((one.offset + one.length for one in kept), default=0)}
        kept += killed_after(tmp_path, known, seed, lines=chance.randint(1, 3), pause=chance.random() * 0.2)
    kept.append(WarcStore(tmp_path, "worker").append([], entry=ENTRY, taken_at=NOON))

    assert len(kept) > 8
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert all(is_there(tmp_path, one) for one in kept)
    assert others_agree(tmp_path / FILE)
