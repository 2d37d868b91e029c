"""Which destinations a part of a story goes to, and whether its post makes a sound there. Pure."""

from monitor.models.articles import Tier
from monitor.models.channels import Destination, Sound
from monitor.models.stories import Story
from monitor.stories.quotes import step_of


def wants(to: Destination, part: Story) -> bool:
    """Whether a part that the rules or a maintainer let through belongs in this destination.

    Only topics that the post names count: those of tier `post`, or all once a maintainer has published the part.
    """
    published = any(telling.part in part.published for telling in part.tellings)
    topics = {
        topic.id
        for telling in part.tellings
        for topic in telling.verdict.topics
        if published or topic.tier is Tier.POST
    }
    languages = {telling.article.language for telling in part.tellings}
    return bool(not to.topics or topics & to.topics) and bool(
        not to.languages or languages & to.languages or languages == {None}
    )


def is_silent(to: Destination, part: Story) -> bool:
    """Whether the part's first post is silent: always, never, or unless one of its tellings tells an urgent step."""
    if to.sound is not Sound.URGENT:
        return to.sound is Sound.NONE
    steps = [step_of(telling, opens=telling.part == 1) for telling in part.tellings]
    return not any(step.is_urgent for step in steps if step)
