"""Matched entries and recent stories → changes of the stories, and what the chats should show.

Called inside the transaction that records a poll: two feeds that bring the same event at the same moment must not both
start a story. A wrong merge hides news from people who depend on it, so whatever a joining article adds (a topic, a
person, a step of the case) is posted, as a reply to the story's first post. Rules alone post nothing for a retracted
story: a later telling becomes a part of its own, about which maintainers are asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.models.articles import Article, Outcome, Tier
from monitor.models.channels import Destination
from monitor.models.evidence import Version
from monitor.models.outbox import DeliveryKind, WantedPost
from monitor.models.stories import EntryOutcome, Story, StoryChange, Telling
from monitor.stories import recent_events
from monitor.stories.claims.steps import taken_steps
from monitor.stories.copies import is_copy
from monitor.stories.corrections.retraction import struck_post
from monitor.stories.destinations import is_silent, wants
from monitor.stories.novelty import news
from monitor.stories.people.cases import apply_case
from monitor.stories.people.followed import NO_RULE, RULE, is_about
from monitor.stories.placement import SAME_ADDRESS, Placement, place
from monitor.stories.post import part_of, render
from monitor.stories.question import NEWS, ask, is_asked
from monitor.stories.quotes import is_turned
from monitor.stories.similarity import SimilarityIndex, is_short
from monitor.text.telegram_html import Html

_REWRITTEN = "редакция пишет иначе, чем раньше"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chats:
    """The chats stories go to. If `review` is "", nobody reviews: stories in review are stored but shown nowhere."""

    destinations: tuple[Destination, ...]
    review: str = ""


@dataclass(slots=True, kw_only=True)
class _Draft:
    """A story while the entries of one poll are placed; it exists only inside `group`."""

    story: Story
    added: list[EntryOutcome] = field(default_factory=list)
    retitled: list[Telling] = field(default_factory=list)


def group(
    matched: Sequence[EntryOutcome], recent: Sequence[Story], *, chats: Chats, index: SimilarityIndex, now: datetime
) -> tuple[StoryChange, ...]:
    """Place each matched entry (all have a telling); every one is in exactly one change, with its final outcome.

    An entry without a topic was matched by a person's name alone (people/followed.py). If it continues no story, it is
    unmatched, in a change whose story has no tellings.
    """
    drafts = [_Draft(story=story) for story in recent]
    unplaced: list[StoryChange] = []
    for entry in matched:
        assert entry.telling is not None
        stories = [draft.story for draft in drafts]
        placement = place(entry.telling, stories, index=index, now=now)
        telling, placement = apply_case(entry.telling, placement, stories)
        if telling is None:
            unplaced.append(_unplaced(entry, entry.telling.article))
        elif placement.joins is None:
            drafts.append(_begun(entry, telling, placement))
        else:
            _add(drafts[placement.joins], entry, telling, placement, index=index, now=now)
    changed = (draft for draft in drafts if draft.added)
    return (*(_change(draft, chats, now) for draft in changed), *unplaced)


def _change(draft: _Draft, chats: Chats, now: datetime) -> StoryChange:
    added, retitled = tuple(draft.added), tuple(draft.retitled)
    return StoryChange(story=draft.story, added=added, retitled=retitled, posts=_posts(draft, chats, now))


def unmatched_reason(article: Article) -> str:
    """Say why an article that was read had no result."""
    return NO_RULE + (f" ({article.problem})" if article.problem else "")


def _unplaced(entry: EntryOutcome, article: Article) -> StoryChange:
    reason = unmatched_reason(article)
    unmatched = replace(entry, outcome=Outcome.UNMATCHED, reason=reason, telling=None, article=article)
    return StoryChange(story=Story(id=None, tellings=()), added=(unmatched,), posts=())


def _begun(entry: EntryOutcome, telling: Telling, placement: Placement) -> _Draft:
    outcome = Outcome.POSTED if telling.verdict.tier is Tier.POST else Outcome.REVIEW
    placed = replace(telling, evidence=placement.evidence)
    story = Story(id=None, tellings=(placed,), follows=placement.follows)
    return _Draft(story=story, added=[_decided(entry, outcome, placed)])


def _add(
    draft: _Draft,
    entry: EntryOutcome,
    telling: Telling,
    placement: Placement,
    *,
    index: SimilarityIndex,
    now: datetime,
) -> None:
    """Add the telling to the story, unless it is the same article again and neither the rules are surer of it nor it
    says something else.

    A post names each outlet once: another article of an outlet already named begins a new part.
    """
    story = draft.story
    again = _again(telling, draft, placement)
    is_same_outlet = again is not None and again.article.feed == telling.article.feed
    turned = again if again and is_same_outlet and is_turned(telling, _as_announced(again, story)) else None
    if again and not turned and not _lifts(telling, story, again.part):
        evidence = SAME_ADDRESS if placement.same_article else "тот же текст"
        reason = f"{evidence}; заголовок изменён" if _retitle(draft, again, telling) else evidence
        draft.added.append(replace(entry, outcome=Outcome.DUPLICATE, reason=reason, telling=None))
        return
    part, added = (again.part, "") if again else _part(telling, story, placement)
    if turned:
        part, added = story.next_part, news(telling, story.tellings) or _REWRITTEN
        _retitle(draft, turned, telling)
    if part in story.struck:
        part = _part_beside_struck(telling, story, index, now)
    evidence = NEWS.join(filter(None, (placement.evidence, added)))
    evidence += "; история опровергнута" if story.retracted else ""
    placed = replace(telling, part=part, evidence=evidence)
    draft.added.append(_decided(entry, _outcome(story, placed), placed))
    draft.story = replace(draft.story, tellings=(*draft.story.tellings, placed))


def _again(telling: Telling, draft: _Draft, placement: Placement) -> Telling | None:
    """Return the last earlier telling of the same article; None if there is none."""
    copies = [one for one in draft.story.tellings if _is_again(telling.article, one.article, placement)]
    return next((one for one in reversed(copies) if not _beside(one, draft, placement)), None)


def _as_announced(telling: Telling, story: Story) -> Telling:
    """Return the telling with the text of its page that the channel was last told about."""
    article = telling.article
    page = dict(story.announced).get(article.canonical_url, Version(title="", text=article.text))
    return replace(telling, article=replace(article, title=page.title or article.title, text=page.text))


def _is_again(article: Article, earlier: Article, placement: Placement) -> bool:
    if placement.same_article:
        return article.canonical_url == earlier.canonical_url
    is_told = frozenset(taken_steps([article.text])).issubset(
        taken_steps([earlier.title, earlier.text], before_too=True)
    )
    return article.feed == earlier.feed and not placement.news and is_told and is_copy(article, earlier)


def _beside(earlier: Telling, draft: _Draft, placement: Placement) -> bool:
    """Whether the earlier article is short and came in this very poll: a feed lists two articles, not one twice."""
    is_new = any(entry.telling is earlier for entry in draft.added)
    return is_new and is_short(earlier.article) and not placement.same_article


def _lifts(telling: Telling, story: Story, part: int) -> bool:
    """Whether the rules would post this telling, but not the part it joins."""
    return telling.verdict.tier is Tier.POST and part_of(story, part).tier is not Tier.POST


def _part(telling: Telling, story: Story, placement: Placement) -> tuple[int, str]:
    """Return the part for the telling, and what is new in it. An article that no rule knows gets a new part, because it
    may be a denial.
    """
    is_unknown = telling.verdict.is_likeness and is_about(telling.article, story)
    if telling.verdict.topics[0].rule in {RULE, recent_events.RULE} or is_unknown:
        return story.next_part, placement.news or "правилам это не знакомо"
    if telling.article.feed not in _outlets(part_of(story, placement.part)):
        return placement.part, placement.news
    return story.next_part, "ещё одна статья этой редакции"


def _part_beside_struck(telling: Telling, story: Story, index: SimilarityIndex, now: datetime) -> int:
    """Return the part for a telling of a struck part again: another part that tells exactly that, else a new one."""
    for part in sorted({one.part for one in story.tellings} - story.struck - story.deleted):
        alone = part_of(story, part)
        again = place(telling, [alone], index=index, now=now)
        if again.joins is not None and not again.news and telling.article.feed not in _outlets(alone):
            return part
    return story.next_part


def _outlets(story: Story) -> frozenset[str]:
    return frozenset(one.article.feed for one in story.tellings)


def _outcome(story: Story, placed: Telling) -> Outcome:
    """Return the telling's outcome. Another telling of a rejected part is rejected too, unless the rules are surer of
    it; of a part that a maintainer deleted, always.
    """
    if placed.part in story.deleted:
        return Outcome.REJECTED
    begins = all(one.part != placed.part for one in story.tellings)
    if placed.verdict.tier is Tier.POST and not story.retracted:
        return Outcome.POSTED if begins or _lifts(placed, story, placed.part) else Outcome.JOINED
    if begins:
        return Outcome.REVIEW
    return Outcome.REJECTED if placed.part in story.rejected else Outcome.JOINED


def _retitle(draft: _Draft, again: Telling, now: Telling) -> bool:
    """Update the headline wherever the article is shown; False if nothing changed."""
    article = (again.article.canonical_url, now.article.feed)
    before = draft.story.tellings
    after = [
        _titled(one, now.article.title) if (one.article.canonical_url, one.article.feed) == article else one
        for one in before
    ]
    changed = [new for old, new in zip(before, after, strict=True) if new is not old]
    draft.story = replace(draft.story, tellings=tuple(after))
    draft.retitled += changed
    return bool(changed)


def _titled(telling: Telling, title: str) -> Telling:
    """Return the telling under another headline; with its first headline again, it is as before."""
    article, former = telling.article, telling.article.title_read
    if title == article.title or "" in {title, article.title}:
        return telling
    return replace(telling, article=replace(article, title=title, former_title="" if title == former else former))


def _decided(entry: EntryOutcome, outcome: Outcome, telling: Telling) -> EntryOutcome:
    rules = ", ".join(f"{topic.id}: {topic.rule}" for topic in telling.verdict.topics)
    return replace(entry, outcome=outcome, reason=f"{rules}; {telling.evidence}", telling=telling)


def _posts(draft: _Draft, chats: Chats, now: datetime) -> tuple[WantedPost, ...]:
    """Return the posts of parts that got tellings or whose headline changed."""
    added = [one.telling for one in draft.added if one.telling]
    touched = sorted({telling.part for telling in (*added, *draft.retitled)})
    return tuple(post for part in touched for post in posts_of(draft.story, part, chats, now=now))


def posts_of(story: Story, part: int, chats: Chats, *, now: datetime) -> tuple[WantedPost, ...]:
    """Return what the chats should show for a part of a story.

    Destinations show what the rules or a maintainer sent there, struck if the story was retracted since; a rejected
    part is shown nowhere.
    """
    story_part = part_of(story, part)
    if part in story.deleted:
        return ()
    if part in story.published or not is_asked(story, part):
        return tuple(
            WantedPost(
                chat=to.chat,
                html=render_part(story, part, to=to, now=now),
                part=part,
                silent=is_silent(to, story_part),
            )
            for to in chats.destinations
            if wants(to, story_part)
        )
    if part in story.rejected or not chats.review:
        return ()
    asked, rings = ask(story, part, now=now), not story_part.lead.verdict.is_unlikely
    return (WantedPost(chat=chats.review, html=asked, part=part, kind=DeliveryKind.REVIEW, silent=not rings),)


def render_part(story: Story, part: int, *, to: Destination, now: datetime) -> Html:
    """Return the HTML of a published part: the post, or its struck form after a retraction."""
    return struck_post(story, part, to=to) if part in story.struck else render(story, part, to=to, now=now)
