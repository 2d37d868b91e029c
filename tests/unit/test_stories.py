from monitor.models import Outcome, Tier
from monitor.stories import Chats, group
from tests.factories import matched, story, telling

CHATS = Chats(post="@channel", review="-100")
OTHER = "В Шымкенте сотрудники комитета вызвали релоканта на беседу и спрашивали о подписи под петицией."


def test_a_matched_entry_starts_a_story_in_the_channel() -> None:
    (change,) = group([matched(1)], [], chats=CHATS)

    assert change.story.id is None
    assert [one.outcome for one in change.added] == [Outcome.POSTED]
    assert [post.chat for post in change.posts] == ["@channel"]


def test_the_reason_names_the_rules() -> None:
    (change,) = group([matched(1)], [], chats=CHATS)

    assert "extradition: правило" in change.added[0].reason


def test_doubtful_rules_go_to_review_and_nowhere_without_a_review_chat() -> None:
    (change,) = group([matched(1, tier=Tier.REVIEW)], [], chats=CHATS)
    (unseen,) = group([matched(1, tier=Tier.REVIEW)], [], chats=Chats(post="@channel"))

    assert change.added[0].outcome is Outcome.REVIEW
    assert [post.chat for post in change.posts] == ["-100"]
    assert unseen.posts == ()


def test_two_tellings_in_one_poll_are_one_story() -> None:
    (change,) = group([matched(1), matched(2, feed="Вторая")], [], chats=CHATS)

    assert [one.outcome for one in change.added] == [Outcome.POSTED, Outcome.JOINED]
    assert len(change.posts) == 1
    assert "Вторая" in change.posts[0].html


def test_a_joining_article_changes_the_wanted_post_of_its_story() -> None:
    (change,) = group([matched(2, feed="Вторая")], [story(7, telling(1))], chats=CHATS)

    assert change.story.id == 7
    assert change.added[0].outcome is Outcome.JOINED
    assert "Вторая" in change.posts[0].html


def test_the_same_article_again_is_a_duplicate_and_keeps_no_telling() -> None:
    (change,) = group([matched(1)], [story(7, telling(1))], chats=CHATS)

    assert (change.added[0].outcome, change.added[0].telling) == (Outcome.DUPLICATE, None)
    assert len(change.story.tellings) == 1
    assert change.posts == (), "nothing is told anew, so nothing is rendered anew"


def test_a_stronger_telling_lifts_a_story_out_of_review() -> None:
    doubtful = story(7, telling(1, tier=Tier.REVIEW))

    (change,) = group([matched(2, feed="Вторая")], [doubtful], chats=CHATS)

    assert change.added[0].outcome is Outcome.POSTED
    assert [post.chat for post in change.posts] == ["@channel"]
    assert change.story.lead.article.feed == "Вторая"


def test_stories_nobody_touched_do_not_change() -> None:
    changes = group([matched(2, text=OTHER, title="Вызов")], [story(7, telling(1))], chats=CHATS)

    assert [change.story.id for change in changes] == [None]
