"""Matched entries and recent stories → what changes in the stories, and what the chats should show of them.

Called inside the transaction that records a poll: two feeds that bring the same event at the same moment must not both
start it. A wrong merge hides news from people who depend on it, so whatever a joining article
adds (a topic, a person, a step of the case) is posted, as a reply to the story's first post. Of a retracted story
nothing is posted by the rules alone: a later telling is a part of its own, which maintainers are asked about.
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
from monitor.stories.claims.steps import happened
from monitor.stories.copies import is_copy
from monitor.stories.corrections.retraction import struck_post
from monitor.stories.destinations import is_silent, wants
from monitor.stories.novelty import news
from monitor.stories.people.cases import of_a_case
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
    """Where stories go. `review` is "" when nobody reviews: such stories are kept, but shown nowhere."""

    destinations: tuple[Destination, ...]
    review: str = ""


@dataclass(slots=True, kw_only=True)
class _Draft:
    """A story while the entries of one poll are placed; lives only inside `group`."""

    story: Story
    added: list[EntryOutcome] = field(default_factory=list)
    retitled: list[Telling] = field(default_factory=list)


def group(
    matched: Sequence[EntryOutcome], recent: Sequence[Story], *, chats: Chats, index: SimilarityIndex, now: datetime
) -> tuple[StoryChange, ...]:
    """Place each matched entry (all have a telling); every one is in exactly one change, its outcome final.

    One without a topic was matched by a name alone (people/followed.py): where it goes on with no story it is
    unmatched, in a change whose story has no tellings.
    """
    drafts = [_Draft(story=story) for story in recent]
    unplaced: list[StoryChange] = []
    for entry in matched:
        assert entry.telling is not None
        stories = [draft.story for draft in drafts]
        placement = place(entry.telling, stories, index=index, now=now)
        telling, placement = of_a_case(entry.telling, placement, stories)
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
    """Why nothing came of an article that was read."""
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
    """Join the story, unless it is the very article again and says nothing stronger than before, or another thing.

    A post names each outlet once: another article of an outlet that it names already begins a part of its own.
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
    """The last telling that is the same article."""
    copies = [one for one in draft.story.tellings if _is_again(telling.article, one.article, placement)]
    return next((one for one in reversed(copies) if not _beside(one, draft, placement)), None)


def _as_announced(telling: Telling, story: Story) -> Telling:
    """As the channel knows it since it was told that its page says another thing."""
    article = telling.article
    page = dict(story.announced).get(article.canonical_url, Version(title="", text=article.text))
    return replace(telling, article=replace(article, title=page.title or article.title, text=page.text))


def _is_again(article: Article, earlier: Article, placement: Placement) -> bool:
    if placement.same_article:
        return article.canonical_url == earlier.canonical_url
    is_told = frozenset(happened([article.text])).issubset(happened([earlier.title, earlier.text], before_too=True))
    return article.feed == earlier.feed and not placement.news and is_told and is_copy(article, earlier)


def _beside(earlier: Telling, draft: _Draft, placement: Placement) -> bool:
    """Whether an article of few words came in this very poll: what a feed lists side by side are two articles."""
    is_new = any(entry.telling is earlier for entry in draft.added)
    return is_new and is_short(earlier.article) and not placement.same_article


def _lifts(telling: Telling, story: Story, part: int) -> bool:
    """Whether the rules are surer of this telling than of the part it joins."""
    return telling.verdict.tier is Tier.POST and part_of(story, part).tier is not Tier.POST


def _part(telling: Telling, story: Story, placement: Placement) -> tuple[int, str]:
    """Which part of the story tells the article, and what is new in it: what no rule knows may be a denial."""
    is_unknown = telling.verdict.is_likeness and is_about(telling.article, story)
    if telling.verdict.topics[0].rule in {RULE, recent_events.RULE} or is_unknown:
        return story.next_part, placement.news or "правилам это не знакомо"
    if telling.article.feed not in _outlets(part_of(story, placement.part)):
        return placement.part, placement.news
    return story.next_part, "ещё одна статья этой редакции"


def _part_beside_struck(telling: Telling, story: Story, index: SimilarityIndex, now: datetime) -> int:
    """The part that tells again what was struck: one that tells just that, else a new one."""
    for part in sorted({one.part for one in story.tellings} - story.struck - story.deleted):
        alone = part_of(story, part)
        again = place(telling, [alone], index=index, now=now)
        if again.joins is not None and not again.news and telling.article.feed not in _outlets(alone):
            return part
    return story.next_part


def _outlets(story: Story) -> frozenset[str]:
    return frozenset(one.article.feed for one in story.tellings)


def _outcome(story: Story, placed: Telling) -> Outcome:
    """Another telling of what a maintainer rejected is rejected too, unless the rules are surer of it; of a post that
    a maintainer deleted, always.
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
    """Show the headline as the outlet has it now, wherever the article is shown. False: it is shown so."""
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
    """Under another headline; one that has its first again is as it was."""
    article, former = telling.article, telling.article.title_read
    if title == article.title or "" in {title, article.title}:
        return telling
    return replace(telling, article=replace(article, title=title, former_title="" if title == former else former))


def _decided(entry: EntryOutcome, outcome: Outcome, telling: Telling) -> EntryOutcome:
    rules = ", ".join(f"{topic.id}: {topic.rule}" for topic in telling.verdict.topics)
    return replace(entry, outcome=outcome, reason=f"{rules}; {telling.evidence}", telling=telling)


def _posts(draft: _Draft, chats: Chats, now: datetime) -> tuple[WantedPost, ...]:
    """The posts of the parts that were added to, or whose headline changed."""
    added = [one.telling for one in draft.added if one.telling]
    touched = sorted({telling.part for telling in (*added, *draft.retitled)})
    return tuple(post for part in touched for post in posts_of(draft.story, part, chats, now=now))


def posts_of(story: Story, part: int, chats: Chats, *, now: datetime) -> tuple[WantedPost, ...]:
    """What the chats should show of a part of a story.

    In the channels what the rules or a maintainer sent there, struck if the story was retracted since; a rejected part
    is shown nowhere again.
    """
    story_part = part_of(story, part)
    if part in story.deleted:
        return ()
    if part in story.published or not is_asked(story, part):
        return tuple(
            WantedPost(
                chat=to.chat, html=shown(story, part, to=to, now=now), part=part, silent=is_silent(to, story_part)
            )
            for to in chats.destinations
            if wants(to, story_part)
        )
    if part in story.rejected or not chats.review:
        return ()
    asked, rings = ask(story, part, now=now), not story_part.lead.verdict.is_unlikely
    return (WantedPost(chat=chats.review, html=asked, part=part, kind=DeliveryKind.REVIEW, silent=not rings),)


def shown(story: Story, part: int, *, to: Destination, now: datetime) -> Html:
    """Telegram HTML of a published part: the post, or what stands in its place once it is retracted."""
    return struck_post(story, part, to=to) if part in story.struck else render(story, part, to=to, now=now)
