"""Adjust the placement of an article by the people it names: whose case it continues, and with which verdict."""

from collections.abc import Sequence
from dataclasses import replace

from monitor.models.articles import Article, Tier
from monitor.models.stories import Story, Telling
from monitor.stories.novelty import news
from monitor.stories.people.followed import denial_of, is_about, is_denied_by, is_same_person, question_of
from monitor.stories.placement import Placement
from monitor.stories.question import is_asked
from monitor.stories.recent_events import RecentEvents


def apply_case(telling: Telling, placement: Placement, stories: Sequence[Story]) -> tuple[Telling | None, Placement]:
    """Adjust a telling that names somebody whose case a story tells. A denial of what the channel published joins that
    story and is published at once, whatever the rules say. An article that no rule matched becomes a question to
    maintainers; the telling is None if it continues no story.
    """
    number = _story_of_case(placement, stories)
    story = Story(id=None, tellings=()) if number is None else stories[number]
    is_known = bool(telling.verdict.topics)
    if not is_known and not _is_of(telling.article, story, placement):
        return None, placement
    if telling.verdict.tier is not Tier.POST and _is_public(story) and is_denied_by(telling, story):
        placement = replace(placement, joins=number, part=story.next_part, news=news(telling, story.tellings))
        return replace(telling, verdict=denial_of(telling, story)), placement
    return (telling if is_known else replace(telling, verdict=question_of(telling.article, story))), placement


def _is_of(article: Article, story: Story, placement: Placement) -> bool:
    """Whether it names whom the story is about (surnames alone are of many) or tells of it in much the same words, and
    maintainers did not refuse that.
    """
    if not story.tellings or {one.part for one in story.tellings} <= story.rejected:
        return False
    if placement.joins is not None:
        return placement.same_article or is_about(article, story) or _tells_of_the_event(article, story)
    return is_same_person(article, story) or is_about(article, story, headline=True)


def _tells_of_the_event(article: Article, story: Story) -> bool:
    events = RecentEvents((one.article.title, one.article.text) for one in story.tellings)
    return events.has(article.title, article.text)


def _story_of_case(placement: Placement, stories: Sequence[Story]) -> int | None:
    """Return the index of the story that the article joins, else of the one whose case it continues."""
    if placement.joins is not None or placement.follows is None:
        return placement.joins
    return next(number for number, story in enumerate(stories) if story.id == placement.follows)


def _is_public(story: Story) -> bool:
    """Whether the channel shows the story and it is not retracted."""
    shown_parts = {one.part for one in story.tellings if one.part in story.published or not is_asked(story, one.part)}
    return story.retracted is None and bool(shown_parts - story.deleted)
