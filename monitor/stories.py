"""Matched entries and recent stories → what changes in the stories, and what the chats should show of them.

Pure, and called inside the transaction that records a poll: two feeds that tell the same event at the same
moment must not both start it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from monitor.models import EntryOutcome, Outcome, Story, StoryChange, Telling, Tier, WantedPost
from monitor.rendering import render
from monitor.similarity import Placement, place


@dataclass(frozen=True, slots=True, kw_only=True)
class Chats:
    """Where stories go. `review` is "" when nobody reviews: such stories are kept, but shown nowhere."""

    post: str
    review: str = ""


@dataclass(slots=True, kw_only=True)
class _Draft:
    """A story while the entries of one poll are placed; lives only inside `group`."""

    story: Story
    added: list[EntryOutcome] = field(default_factory=list)


def group(matched: Sequence[EntryOutcome], recent: Sequence[Story], *, chats: Chats) -> tuple[StoryChange, ...]:
    """Place each matched entry (all have a telling); every one is in exactly one change, its outcome final."""
    drafts = [_Draft(story=story) for story in recent]
    for decided in matched:
        assert decided.telling is not None
        placement = place(decided.telling, [draft.story for draft in drafts])
        if placement.index is None:
            drafts.append(_begun(decided, decided.telling, placement))
        else:
            _add(drafts[placement.index], decided, decided.telling, placement)
    return tuple(
        StoryChange(
            story=draft.story,
            added=tuple(draft.added),
            posts=_posts(draft.story, chats) if any(one.telling for one in draft.added) else (),
        )
        for draft in drafts
        if draft.added
    )


def _begun(decided: EntryOutcome, telling: Telling, placement: Placement) -> _Draft:
    outcome = Outcome.POSTED if telling.verdict.tier is Tier.POST else Outcome.REVIEW
    reason = f"{_rules(telling)}; {placement.evidence}"
    return _Draft(story=Story(id=None, tellings=(telling,)), added=[replace(decided, outcome=outcome, reason=reason)])


def _add(draft: _Draft, decided: EntryOutcome, telling: Telling, placement: Placement) -> None:
    """Join the story, unless it is the very article again and says nothing stronger than before."""
    promotes = draft.story.tier is not Tier.POST and telling.verdict.tier is Tier.POST
    if placement.same_article and not promotes:
        draft.added.append(replace(decided, outcome=Outcome.DUPLICATE, reason=placement.evidence, telling=None))
        return
    outcome = Outcome.POSTED if promotes else Outcome.JOINED
    draft.added.append(replace(decided, outcome=outcome, reason=f"{_rules(telling)}; {placement.evidence}"))
    draft.story = replace(draft.story, tellings=(*draft.story.tellings, telling))


def _rules(telling: Telling) -> str:
    return ", ".join(f"{topic.id}: {topic.rule}" for topic in telling.verdict.topics)


def _posts(story: Story, chats: Chats) -> tuple[WantedPost, ...]:
    chat = chats.post if story.tier is Tier.POST else chats.review
    return (WantedPost(chat=chat, html=render(story)),) if chat else ()
