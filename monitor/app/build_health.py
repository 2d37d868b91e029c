"""The monitor's care of itself, wired: the watch, the word of a database outage, the pages over HTTP."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, nullcontext
from functools import partial
from pathlib import Path

from monitor.app.build_bot import operator_notifier, send_directly
from monitor.app.environment import clock, worker_name
from monitor.app.logs import Redactor
from monitor.app.startup import Config
from monitor.bot.dispatcher import Chat
from monitor.config.channels import chats_of
from monitor.config.settings import Settings
from monitor.evidence.audit import ChainAudit
from monitor.evidence.retention import Retention
from monitor.health import http_endpoint
from monitor.health.clock_watch import ClockWatch
from monitor.health.database_outage import DatabaseOutage
from monitor.health.heartbeat import Heartbeat
from monitor.health.metrics import Metrics
from monitor.health.watch import Watch
from monitor.matching.matcher import Matcher
from monitor.matching.mutes import names_of
from monitor.models.health import EvidenceVitals
from monitor.storage.store import Store


async def open_watch(
    stack: AsyncExitStack,
    config: Config,
    store: Store,
    *,
    is_down: Callable[[], bool],
    copy_trouble: Sequence[str],
    site_trouble: Sequence[str],
    audit: ChainAudit,
) -> Watch:
    """What looks at the work once a minute; `is_down` says whether our own network is gone, `copy_trouble` is the
    capturer's list of why copies cannot be kept, `site_trouble` the keeper's of why the site is not fresh.
    """
    settings = config.settings

    def evidence() -> EvidenceVitals:
        authorities = settings.timestamp_authorities
        return store.stats.evidence.vitals(clock(), worker=worker_name(), authorities=authorities)

    heartbeat = None
    if settings.heartbeat_url:
        heartbeat = await stack.enter_async_context(Heartbeat(settings.heartbeat_url, proxy=settings.proxy or None))
    return Watch(
        worker=worker_name(),
        served=chats_of(settings, config.destinations),
        stats=store.stats,
        feeds=store.feeds.health,
        metrics=Metrics(lambda: store.stats.vitals(clock()), clock=clock, evidence=evidence),
        alarm_store=store.alarms,
        housekeeping=store.housekeeping,
        rules=partial(rule_names, config.matcher),
        clock=clock,
        heartbeat=heartbeat,
        notify=operator_notifier(settings, store),
        operator=settings.operator_chat,
        redact=Redactor(settings.secrets),
        is_down=is_down,
        evidence=evidence,
        copy_trouble=lambda: next(iter(copy_trouble), ""),
        chain_breaks=lambda: audit.breaks,
        site_trouble=lambda: next(iter(site_trouble), ""),
    )


def build_clock_watch(settings: Settings, store: Store, watch: Watch) -> ClockWatch:
    """The beats of this worker's jobs, and what they find of its clock."""
    return ClockWatch(heartbeats=store.heartbeats, clock=clock, notify=watch.notify, zone=settings.timezone)


def build_audit(config: Config, store: Store) -> ChainAudit:
    """What checks that copies and chains are still what was kept."""
    folder = Path(config.settings.evidence_dir)
    return ChainAudit(stats=store.stats.evidence, folder=folder, chain=worker_name(), clock=clock)


def build_retention(settings: Settings, store: Store) -> Retention | None:
    """What deletes old copies of pages; None: they are kept for ever."""
    keep = settings.evidence_kept_for
    if keep is None:
        return None
    return Retention(
        folder=Path(settings.evidence_dir), keep=keep, outlived=store.stats.evidence.outlived_files, clock=clock
    )


def rule_names(matcher: Matcher) -> Sequence[str]:
    """Every rule as "topic/name"."""
    return [name.path for name in names_of(matcher.compiled)]


def build_database_outage(settings: Settings, chats: Mapping[str, Chat], watch: Watch) -> DatabaseOutage:
    """What tells the operator, past the outbox, that the database takes nothing."""
    through = chats.get(settings.operator_chat)
    directly = partial(send_directly, through, settings.operator_chat) if through else None
    return DatabaseOutage(
        worker=watch.worker, clock=clock, send_directly=directly, notify=watch.notify, redact=watch.redact
    )


def serve_pages(settings: Settings, watch: Watch) -> AbstractContextManager[object]:
    """Health and metrics over HTTP while the block lasts, if a port is set. Raises PortTaken."""
    if not settings.http_port:
        return nullcontext()
    pages = http_endpoint.HealthPages(problems=watch.problems, metrics=watch.metrics.page)
    return http_endpoint.serve(settings.http_host, settings.http_port, pages)
