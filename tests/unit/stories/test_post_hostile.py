"""Whatever the press writes and maintainers name: Telegram takes the post, and its first line is plain words."""

import re
from datetime import UTC

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.models.articles import Article, Fact, FactKind, Match, Tier, TopicVerdict, Verdict
from monitor.models.channels import Destination
from monitor.models.stories import Story, Telling
from monitor.stories.post import STORY_NUMBER, render
from tests.factories import NOW
from tests.servers.bot_html import parse_html, utf16_length

anything = st.text(max_size=80) | st.sampled_from(
    ["#x @y t.me/z", "<", "&", "&lt;", '"', "</b>", "<a href=", "\ud800", "\x00"]
)
prose = st.lists(anything | st.sampled_from(["слово. ", "Да!\n", "выдать", "Его арестовали. "]), max_size=8).map(
    "".join
)


facts = st.builds(Fact, kind=st.sampled_from(FactKind), ru=anything, kk=anything, en=anything)


@st.composite
def tellings(draw: st.DrawFn) -> Telling:
    text = draw(prose)
    edge = st.integers(min_value=0, max_value=len(text))
    match = st.builds(Match, term=anything, form=anything, where=st.just("text"), start=edge, end=edge)
    topics = st.builds(
        TopicVerdict,
        id=anything,
        title=anything,
        hashtag=anything,
        rule=anything,
        tier=st.sampled_from(Tier),
        matches=st.lists(match, max_size=4).map(tuple),
    )
    article = st.builds(
        Article,
        feed=st.sampled_from(["Медуза", "A & B", "<газета>"]),
        url=anything | anything.map("https://a.example/{}".format),
        canonical_url=st.just(""),
        title=anything,
        former_title=anything,
        text=st.just(text),
        language=st.sampled_from(["ru", "kk", None]),
        published_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    )
    verdict = st.builds(
        Verdict, topics=st.lists(topics, max_size=3).map(tuple), facts=st.lists(facts, max_size=4).map(tuple)
    )
    return draw(st.builds(Telling, article=article, verdict=verdict, part=st.integers(1, 2)))


destinations = st.builds(
    Destination,
    chat=st.just("@channel"),
    languages=st.frozensets(st.sampled_from(["ru", "kk"])),
    tongue=st.sampled_from(["ru", "kk", "en"]),
    brief=st.booleans(),
    archive=st.sampled_from(["", "https://archive.example/", "javascript:alert(1)/"]),
)
stories = st.builds(
    Story,
    id=st.none() | st.just(1),
    tellings=st.lists(tellings(), min_size=1, max_size=4).map(tuple),
    case=st.none() | st.just(3),
)


@settings(max_examples=60, deadline=None)  # each takes 20 ms; every run has others
@given(stories, destinations)
def test_whatever_the_press_writes_telegram_accepts(told: Story, to: Destination) -> None:
    html = render(told, told.tellings[-1].part, to=to, now=NOW)
    post, entities = parse_html(html)
    first = post.split("\n")[0]

    assert 0 < utf16_length(first) <= 80
    assert re.fullmatch(r"[\w\s«»,():·→●–—-]+", first)
    assert not re.search("[_#@]", first)
    assert all(int(entity["offset"]) > utf16_length(first) for entity in entities), "plain words"
    assert utf16_length(post) <= 4096
    html.encode()  # no half of a surrogate pair
    assert not any(char < " " and char not in "\n" + STORY_NUMBER for char in html)
    assert html.count(STORY_NUMBER) == (told.id is None and to.archive.startswith("https"))
