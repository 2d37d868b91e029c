"""Bundles of evidence for tests: made of real files, signed by openssl where it is, and looked at with both tools."""

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from monitor.evidence import warc
from monitor.evidence.bundle import writing as bundle
from monitor.evidence.bundle.verification import verify
from monitor.evidence.chain import link
from monitor.evidence.timestamps import check
from monitor.evidence.warc import WarcStore
from monitor.models.evidence import Capture, Exchange, Link, Observed, Sight, TimeStamp, Version
from tests.servers.timestamp_authority import HAS_OPENSSL, TimestampAuthority

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ABOUT = bundle.About(
    story_id=7, headline="Суд «выдал»", addresses=("https://a.kz/1",), made_at=NOON, tool="monitor 0.1"
)


LOOKS = (
    Observed(
        id=0,
        page_id=1,
        url="https://a.kz/1",
        at=NOON,
        sight=Sight.UNCHANGED,
        said="",
        moved_to="",
        capture_id=None,
        is_first=True,
    ),
    Observed(
        id=1,
        page_id=1,
        url="https://a.kz/1",
        at=NOON,
        sight=Sight.CHANGED,
        said="было «да», стало «нет»\nи ещё",
        moved_to="",
        capture_id=1,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a bundle is made of."""

    store: Path
    links: tuple[Link, ...]
    captures: tuple[Capture, ...]
    stamps: tuple[TimeStamp, ...] = ()
    certificates: Mapping[str, bytes]

    def write(self, folder: Path) -> Path:
        bundle.write(
            folder,
            about=ABOUT,
            captures=self.captures,
            looks=LOOKS,
            records=lambda capture: warc.read(self.store, capture),
            chain=self.links,
            stamps=self.stamps,
            certificates=self.certificates,
        )
        return folder


def made(store: Path) -> Case:
    """Three looks of one worker and one of another; the first of them is of another story."""
    links: list[Link] = []
    captures: list[Capture] = []
    for number, chain in enumerate(("host-1", "host-1", "host-1", "другой узел"), start=1):
        at = NOON + timedelta(minutes=number)
        seen = () if number == 3 else (exchange(at, f"<p>Взгляд {number}</p>".encode()),)
        kept = WarcStore(store, chain).append(seen, entry=b"<item/>", taken_at=at)
        before = links[-1] if links and links[-1].chain == chain else None
        links.append(link(before, chain=chain, digest=kept.digest, taken_at=at))
        captures.append(
            Capture(
                id=number,
                url="https://a.kz/1",
                link=links[-1],
                file=kept.file,
                offset=kept.offset,
                length=kept.length,
                status=200 if seen else 0,
                version=Version(title="Суд", text=f"Взгляд {number}") if seen else None,
            )
        )
    return Case(store=store, links=tuple(links), captures=tuple(captures[1:]), certificates={})


def exchange(at: datetime, body: bytes) -> Exchange:
    return Exchange(
        url="https://a.kz/1",
        asked_at=at,
        request=((b"host", b"a.kz"),),
        status=200,
        headers=((b"content-type", b"text/html"),),
        body=body,
    )


def stamped(case: Case, folder: Path) -> Case:
    """The second and the last link are stamped by an authority of openssl's."""
    folder.mkdir()
    with TimestampAuthority(folder) as authority:
        stamps = [stamp(one.hash, token(authority, one.hash)) for one in (case.links[2], case.links[3])]
        return replace(case, stamps=tuple(stamps), certificates={"tsa.example": authority.roots})


def stamp(hash_: str, answer: bytes) -> TimeStamp:
    """As the authority says."""
    return TimeStamp(hash=hash_, authority="http://tsa/", token=answer, stamped_at=check(answer, hash_.encode()))


def token(authority: TimestampAuthority, hash_: str) -> bytes:
    (authority.folder / "data").write_text(hash_)
    query = ["openssl", "ts", "-query", "-data", "data", "-sha256", "-cert"]
    return authority.reply(subprocess.run(query, cwd=authority.folder, capture_output=True, check=True).stdout)


def case_in(folder: Path) -> Case:
    """With stamps where there is openssl."""
    plain = made(folder / "evidence")
    return stamped(plain, folder / "authority") if HAS_OPENSSL else plain


def files_of(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def breaks(folder: Path) -> list[str]:
    return [line.text for line in verify(folder).lines if not line.ok]


def sum_up(folder: Path) -> None:
    """Make the two lists anew, as anybody can who alters a bundle on purpose."""
    manifest = json.loads((folder / "manifest.json").read_text())
    digests = {path: sha256((folder / path).read_bytes()).hexdigest() for path in files_of(folder)}
    manifest["files"] = {path: value for path, value in digests.items() if path not in {"manifest.json", "SHA256SUMS"}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    digests["manifest.json"] = sha256((folder / "manifest.json").read_bytes()).hexdigest()
    digests.pop("SHA256SUMS", None)
    (folder / "SHA256SUMS").write_text(bundle.sums(digests))


def shell_says(folder: Path, readme: str = "README.md") -> str:
    """What the lines of the README print."""
    (lines,) = re.findall(r"```bash\n(.*?)```", (folder / readme).read_text(errors="replace"), flags=re.DOTALL)
    done = subprocess.run(["bash", "-u", "-c", lines], cwd=folder, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout
