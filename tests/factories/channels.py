"""Where stories go in tests."""

from monitor.models.channels import Destination
from monitor.stories.grouping import Chats


def to_channel(channel: str, review: str = "") -> Chats:
    """One channel that gets everything, and perhaps maintainers."""
    return Chats(destinations=(Destination(chat=channel),), review=review)
