"""Texts that no rule matched are archived; an entry is found by its address and knows its story.

Every column may be empty, so that a worker of the version before can go on writing. What it writes meanwhile is not
found by its address.
"""

import re
from hashlib import blake2b
from urllib.parse import SplitResult, quote_from_bytes, unquote_to_bytes, urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BATCH = 5_000

entries = sa.table("entries", sa.column("id", Id), sa.column("url", sa.String), sa.column("address", sa.BigInteger))


def upgrade() -> None:
    op.create_table(
        "archive",
        sa.Column("entry_id", Id, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_archive_entry_id_entries")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_archive")),
    )
    op.create_table(
        "archive_dictionaries",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_dictionaries")),
    )
    op.add_column("entries", sa.Column("language", sa.String(), nullable=True))
    op.add_column("entries", sa.Column("story_id", Id, nullable=True))
    op.add_column("entries", sa.Column("address", sa.BigInteger(), nullable=True))
    op.drop_index("ix_entries_url", "entries")
    op.execute(
        "UPDATE entries SET"
        " language = (SELECT articles.language FROM articles WHERE articles.entry_id = entries.id),"
        " story_id = (SELECT articles.story_id FROM articles WHERE articles.entry_id = entries.id)"
    )
    _number_addresses(op.get_bind())
    op.create_index("ix_entries_address", "entries", ["address"])
    has_story = sa.text("story_id IS NOT NULL")
    op.create_index("ix_entries_story_id", "entries", ["story_id"], sqlite_where=has_story, postgresql_where=has_story)
    _recreate_keys(with_rowid=False)


def _number_addresses(db: sa.Connection) -> None:
    """Read and written in batches: there may be millions."""
    last = 0
    page = sa.select(entries.c.id, entries.c.url).where(entries.c.url != "").order_by(entries.c.id).limit(BATCH)
    numbered = sa.update(entries).where(entries.c.id == sa.bindparam("which")).values(address=sa.bindparam("number"))
    while rows := db.execute(page.where(entries.c.id > last)).all():
        last = rows[-1].id
        db.execute(numbered, [{"which": row.id, "number": address_number(canonical(row.url))} for row in rows])


def _recreate_keys(*, with_rowid: bool) -> None:
    """On SQLite a table whose key is long is half as large when it is its own index."""
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("entry_keys", recreate="always", table_kwargs={"sqlite_with_rowid": with_rowid}):
            pass


def downgrade() -> None:
    _recreate_keys(with_rowid=True)
    op.drop_index("ix_entries_story_id", "entries")
    op.drop_index("ix_entries_address", "entries")
    op.drop_column("entries", "address")
    op.drop_column("entries", "story_id")
    op.drop_column("entries", "language")
    op.create_index("ix_entries_url", "entries", ["url"])
    op.drop_table("archive_dictionaries")
    op.drop_table("archive")


# What an address was known by when this revision was made. A migration depends on no living code: what the monitor
# takes for one address may change, what this revision did may not.

_LONGEST = 4_096  # longer than any address a browser opens; not worth understanding
_NOISE = re.compile(r"[\x00-\x20\x7f\u200b\ufeff\ud800-\udfff]+")  # blanks and control bytes within an address
_SAFE_PATH = "/:@!$&'()*+,;=~-._"
_FRONT_LABELS = ("www.", "m.", "amp.", "mobile.")
_TRACKING = frozenset(
    {"_ga", "_openstat", "amp", "at_campaign", "at_medium", "erid", "etext", "fbclid", "from", "gbraid", "gclid"}
    | {"igsh", "igshid", "maca", "mc_cid", "mc_eid", "msclkid", "outputtype", "rb_clickid", "ref", "twclid", "wbraid"}
    | {"yclid", "ymclid", "ysclid"}
)
_TRACKING_OF_HOST = {
    "kommersant.ru": frozenset({"query", "sids"}),
    "t.me": frozenset({"comment", "embed", "mode", "single", "thread"}),
}
_TWIN_HOSTS = dict.fromkeys(("fergana.media", "fergana.news", "fergana.ru"), "fergana.agency")  # blocked one by one
_TELEGRAM_HOSTS = frozenset({"t.me", "telegram.me", "telegram.dog"})
_RFERL_HOSTS = frozenset(
    {"rferl.org", "azattyq.org", "azattyqasia.org", "azattyk.org", "azatliq.org", "azathabar.com", "ozodi.org"}
    | {"ozodlik.org", "svoboda.org", "radiosvoboda.org", "sibreal.org", "severreal.org", "idelreal.org"}
    | {"kavkazr.com", "krymr.com", "ekhokavkaza.com", "currenttime.tv"}
)
_RFERL_ARTICLE = re.compile(r"/a/(?:[^/]+/)?(\d{5,})\.html?$")


def canonical(url: str) -> str:
    """The address as identity: equal for every spelling of one article's address. Idempotent.

    Scheme, `www.`/`m.`/`amp.`, tracking parameters, fragment and trailing slash do not count; an article of
    RFE/RL is its number, because hosts and slugs of one article change; a Telegram post is `t.me/name/id`; the
    hosts that one site changes to are one.
    What is not an http(s) address comes back trimmed.
    """
    trimmed = _NOISE.sub("", url)
    return _canonical(trimmed) if len(trimmed) <= _LONGEST else trimmed


def _canonical(trimmed: str) -> str:
    parts = _split(trimmed)
    if parts is None:
        return trimmed
    host, path = _host(parts.netloc), _path(parts.path)
    host = _TWIN_HOSTS.get(host, host)
    if host in _TELEGRAM_HOSTS:
        host, path = "t.me", _telegram_path(path)
    if article := _is_rferl(host) and _RFERL_ARTICLE.search(path):
        return f"https://rferl.org/a/{article[1]}.html"
    query = _query(parts.query, host)
    return f"https://{host}{path}" + (f"?{query}" if query else "")


def address_number(canonical_url: str) -> int:
    """A canonical address as a signed 64-bit number, for an index that stays small; equal ones are to be verified."""
    digest = blake2b(canonical_url.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _split(url: str) -> SplitResult | None:
    if len(url) > _LONGEST:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and _host(parts.netloc) else None


def _host(netloc: str) -> str:
    """The host and a port that is not the usual one; "" when there is none or it is not sound."""
    parts = SplitResult("", netloc, "", "", "")
    try:
        port = parts.port  # reading it checks it
    except ValueError:
        return ""
    host = (parts.hostname or "").strip(".").lower()
    while (front := _front_label(host)) and "." in host.removeprefix(front).strip("."):
        host = host.removeprefix(front).strip(".")
    if ":" in host:
        host = f"[{host}]"
    return f"{host}:{port}" if host and port not in (None, 80, 443) else host


def _front_label(host: str) -> str:
    return next((label for label in _FRONT_LABELS if host.startswith(label)), "")


def _path(path: str) -> str:
    normal = quote_from_bytes(unquote_to_bytes(path), safe=_SAFE_PATH)
    while normal.endswith(("/", "/amp")):
        normal = normal.removesuffix("/amp").rstrip("/")
    return normal


def _telegram_path(path: str) -> str:
    """Channel names know no case; `/s/` is the preview of the same post."""
    lowered = path.lower()
    return lowered.removeprefix("/s") if lowered.startswith("/s/") else lowered


def _is_rferl(host: str) -> bool:
    return ".".join(host.split(".")[-2:]) in _RFERL_HOSTS


def _query(query: str, host: str) -> str:
    dropped = _TRACKING | _TRACKING_OF_HOST.get(host, frozenset())
    pieces = (piece for piece in query.split("&") if piece)
    return "&".join(piece for piece in pieces if not _is_tracking(piece.split("=", 1)[0].lower(), dropped))


def _is_tracking(name: str, dropped: frozenset[str]) -> bool:
    return name in dropped or name.startswith("utm_")
