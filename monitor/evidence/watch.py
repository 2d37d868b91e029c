"""What a look at a page means, whether people are told, and when to look again. Pure: looks are passed in order.

A look observes and does not conclude: a page that cannot be read is neither present nor gone. Whether to tell people is
decided by comparison with what they know (`PageState.shown`, `PageState.told_sight`), not with the previous look: news
that must wait for the end of a day is told then, if it still holds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.evidence import look_times
from monitor.evidence.comparison import Difference, compare, compare_with_posted
from monitor.evidence.wording import is_there, wording, wording_keys
from monitor.models.evidence import PageAnswer, Sight, Version

APART = timedelta(hours=1)  # at least, between two looks that found no page
QUIET = timedelta(days=1)  # at least, between two notices about one page
MOST_TOLD = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """The state of a page between two looks; aware UTC. A look that cannot read the page changes only the schedule."""

    sight: Sight | None = None  # the last observation other than `UNSEEN`; None: none yet
    version: Version | None = None  # the last one seen
    shown: Version | None = None  # what people know: the first version seen, then the last one told or posted
    posted: str | None = None  # hash of the article as posted when `shown` was set; None: unknown
    told: tuple[str, ...] = ()  # hashes of versions told: a page that alternates tells each once
    looks: int = 0  # completed looks of the schedule; before the first capture: failed attempts
    due_at: datetime | None = None  # the next look of the schedule; others may be earlier
    captured_at: datetime | None = None  # the first capture, from which the schedule is counted
    absent_since: datetime | None = None
    gone_since: datetime | None = None
    told_at: datetime | None = None
    told_sight: Sight | None = None  # CHANGED, GONE or BACK
    before: str | None = None  # hash of the prose that people knew before the last change was told
    moved_to: str = ""  # where its address redirects

    @classmethod
    def new(cls, at: datetime) -> "PageState":
        """Return the state of a page not yet looked at, with the first look due at `at`."""
        return cls(due_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A look at a page, at `at` (aware UTC).

    `version` is None unless the answer is a `PAGE` with an article. `site_answers`: another page of the site could be
    read (checked whenever this one is ABSENT). `moved_to`: the target of a permanent redirect, "" for none. `posted`:
    the article as last posted.
    """

    at: datetime
    answer: PageAnswer
    version: Version | None
    site_answers: bool
    moved_to: str = ""
    posted: Version | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """The result of a look.

    `difference` is to what people know when `tells`, else to the look before. `keeps`: this look brought what the one
    before had not (a version, the absence, a return, a new address). `moved`: it stands at `PageState.moved_to` since
    this look. `withdraws`: what was told last has been posted since; `undone`: the page says again what it said before;
    `waits`: there is news that may not be told yet. `next_look_at` is later than the look; None: the watch has ended.
    """

    state: PageState
    sight: Sight
    difference: Difference | None = None
    tells: bool = False
    keeps: bool = False
    moved: bool = False
    withdraws: bool = False
    undone: bool = False
    waits: bool = False
    next_look_at: datetime | None = None


def observe(state: PageState, look: Look, *, quoted: Sequence[str]) -> Observation:
    """Interpret a look, given the state after all looks before it; `quoted` as for `compare`.

    UNMODIFIED, or a PAGE without an article, is treated as NOTHING if no version is known.
    """
    state = _not_ahead(state, look.at)
    version = state.version if look.answer is PageAnswer.UNMODIFIED else look.version
    if look.answer is PageAnswer.ABSENT:
        seen = _absent(state, look)
    elif look.answer is PageAnswer.NOTHING or version is None:
        seen = _unseen(state, look)
    else:
        seen = _present(state, look, version, quoted)
    after, next_look_at = _scheduled(state, seen, look.at)
    return replace(seen, state=after, next_look_at=next_look_at)


def _not_ahead(state: PageState, at: datetime) -> PageState:
    """Move times in the future to `at`: after the clock was set back, waiting would otherwise never end."""
    return replace(
        state,
        absent_since=min(state.absent_since, at) if state.absent_since else None,
        told_at=min(state.told_at, at) if state.told_at else None,
    )


def _unseen(state: PageState, look: Look) -> Observation:
    """A first answer without an article is kept all the same: it may be gone later, or have one."""
    keeps = look.answer is PageAnswer.PAGE and state.captured_at is None
    after = replace(state, captured_at=look.at) if keeps else state
    return Observation(state=after, sight=Sight.UNSEEN, keeps=keeps)


def _absent(state: PageState, look: Look) -> Observation:
    if state.gone_since and not look.site_answers:
        return _unseen(state, look)  # no page of the site can be read, so nobody can say whether this one is back
    since = state.absent_since or look.at
    confirmed = look.site_answers and look.at - since >= APART
    gone_since = state.gone_since or (since if confirmed else None)
    sight = Sight.GONE if gone_since else Sight.MISSING
    is_again = state.told_at is not None and since > state.told_at  # it was back after an absence that was told
    is_news = sight is Sight.GONE and (state.told_sight is not Sight.GONE or is_again)
    tells = is_news and _may_tell(state, look.at, Sight.GONE)
    state_now = replace(state, sight=sight, absent_since=since, gone_since=gone_since)
    state_now = replace(state_now, captured_at=state.captured_at or look.at)
    return Observation(
        state=replace(state_now, told_at=look.at, told_sight=sight) if tells else state_now,
        sight=sight,
        tells=tells,
        keeps=state.absent_since is None or gone_since != state.gone_since,
        waits=is_news and not tells,
    )


def _present(state: PageState, look: Look, version: Version, quoted: Sequence[str]) -> Observation:
    since_look = compare(state.version, version, quoted=quoted) if state.version else None
    posted = _posted_since(state, look)
    since_told = _since_told(state, look, version, quoted)
    news = _news(state, version, since_told)
    tells = news is not None and _may_tell(state, look.at, news)
    calm = Sight.CHANGED if since_look else Sight.UNCHANGED
    sight = news if news and tells else Sight.BACK if state.gone_since else calm
    is_new = state.version is None or wording_keys(state.version) != wording_keys(version)
    moved = bool(look.moved_to) and look.moved_to != state.moved_to
    is_posted = _is_posted(state, version, posted)
    there = replace(
        state,
        sight=sight,
        version=version,
        shown=state.shown or version,
        captured_at=state.captured_at or look.at,
        absent_since=None,
        gone_since=None,
        moved_to=look.moved_to or state.moved_to,
        posted=_key(look.posted) if state.posted is None or (is_posted and (tells or not news)) else state.posted,
    )
    if is_posted and not news:
        there = _knowing(there, version)
    return Observation(
        state=_having_told(there, version, look.at, sight, before=state.shown or look.posted) if tells else there,
        sight=sight,
        difference=since_told if tells else since_look,
        tells=tells,
        keeps=is_new or state.absent_since is not None or moved,
        moved=moved and state.captured_at is not None,
        withdraws=is_posted and state.told_sight is Sight.CHANGED and _is_shown(state, version),
        undone=since_look is not None and wording_keys(version).prose == state.before,
        waits=news is not None and not tells,
    )


def _since_told(state: PageState, look: Look, version: Version, quoted: Sequence[str]) -> Difference | None:
    """Compare with what people know of the page, or, before anybody has seen it, with the article as posted."""
    if state.shown:
        return compare(state.shown, version, quoted=quoted, posted=_posted_since(state, look))
    return compare_with_posted(look.posted, version, quoted=quoted) if look.posted else None


def _posted_since(state: PageState, look: Look) -> Version | None:
    """Return the article if it was posted again, or under another headline, since people were shown the page."""
    return look.posted if state.posted not in {None, _key(look.posted)} else None


def _is_posted(state: PageState, version: Version, posted: Version | None) -> bool:
    if posted is None or state.shown is None:
        return False
    return is_there(wording(version), wording(posted), shown=wording(state.shown))


def _is_shown(state: PageState, version: Version) -> bool:
    return state.shown is not None and wording_keys(state.shown).prose == wording_keys(version).prose


def _key(posted: Version | None) -> str | None:
    return wording_keys(posted).whole if posted else None


def _news(state: PageState, version: Version, since_told: Difference | None) -> Sight | None:
    """Return what people do not know yet about a page that is there; None if nothing."""
    if state.told_sight is Sight.GONE:
        return Sight.BACK
    if since_told is None or not since_told.matters or _is_told(state, version):
        return None
    return Sight.CHANGED


def _is_told(state: PageState, version: Version) -> bool:
    """Whether the version was told already: by its prose, because asides may differ at each look; by all of it if only
    asides differ.
    """
    keys = wording_keys(version)
    shown = wording_keys(state.shown) if state.shown else keys
    return keys.whole in state.told or (keys.prose in state.told and keys.prose != shown.prose)


def _may_tell(state: PageState, at: datetime, news: Sight) -> bool:
    """Whether a notice may be sent: one a day, but an absence need not wait for a day after a change."""
    if state.told_at is None or at - state.told_at >= QUIET:
        return True
    return news is Sight.GONE and state.told_sight is Sight.CHANGED


def _having_told(
    state: PageState, version: Version, at: datetime, sight: Sight, *, before: Version | None
) -> PageState:
    state = replace(_knowing(state, version), told_at=at, told_sight=sight)
    return replace(state, before=wording_keys(before).prose) if before and sight is Sight.CHANGED else state


def _knowing(state: PageState, version: Version) -> PageState:
    keys = wording_keys(version)
    return replace(state, shown=version, told=_with(_with(state.told, keys.prose), keys.whole))


def _with(hashes: tuple[str, ...], newest: str) -> tuple[str, ...]:
    return (*(known for known in hashes if known != newest), newest)[-MOST_TOLD:]


# ── when to look again ──────────────────────────────────────────────────────────────────────────────────────────


def _scheduled(before: PageState, seen: Observation, at: datetime) -> tuple[PageState, datetime | None]:
    """The state with its place in the schedule, and the next look."""
    state = seen.state
    if state.captured_at is None:
        retry_at = look_times.retry_at(at, failed=state.looks)
        return replace(state, looks=state.looks + 1, due_at=retry_at), retry_at
    is_due = before.captured_at is None or state.due_at is None or at >= state.due_at
    looks = -1 if before.captured_at is None else state.looks  # the first capture is not a look of the schedule
    looks, due_at = look_times.place(at, since=state.captured_at, looks=looks, due_at=None if is_due else state.due_at)
    state = replace(state, looks=looks, due_at=due_at)
    is_open = seen.waits or seen.sight in {Sight.MISSING, Sight.UNSEEN}
    if due_at is None or (look_times.is_over(looks) and not is_open):
        return state, None
    if seen.sight is Sight.MISSING:
        return state, at + look_times.pause_of_missing(state.absent_since, at)
    return state, max(at + look_times.FLOOR, min([due_at, *_sooner(state, seen, at, is_due=is_due)]))


def _sooner(state: PageState, seen: Observation, at: datetime, *, is_due: bool) -> Iterator[datetime]:
    """What comes before the schedule."""
    if seen.sight is Sight.UNSEEN:
        yield at + look_times.UNSEEN_AGAIN
        if state.absent_since and not state.gone_since:
            yield at + look_times.pause_of_missing(state.absent_since, at)
    if seen.sight in {Sight.CHANGED, Sight.BACK} and is_due:  # once: a page of random teasers would never end
        yield at + look_times.AFTER_CHANGE
    if seen.waits and state.told_at:
        yield state.told_at + QUIET
