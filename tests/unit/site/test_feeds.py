import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.models.feeds import Entry, Feed, FeedKind, Fetched
from monitor.models.site import Quote, SiteAbout, SiteStory
from monitor.site.outputs.feeds import MOST_ENTRIES, FeedPlan, pages, plans, story_id
from monitor.sources.feeds.parse import parse
from tests.factories.site_stories import ADDRESS, EXTRADITION, FIRST, KNB, about_of, case_of, story_of, telling_of
from tests.harness.feed_rules import atom_faults, json_faults

HOSTILE = "\x00\x1b[31m]]></title><script>alert(1)</script>&amp;\ud800\u202e " + "🤯" * 10_000 + "\ufffe\U0001ffff"


def both(stories: list[SiteStory], about: SiteAbout) -> tuple[bytes, bytes]:
    """The feed of everything, as Atom and as JSON."""
    plan = next(plan for plan in plans([story.brief for story in stories], [], about) if plan.path == "feeds/all")
    atom, json_feed = pages(plan, {story.brief.id: story for story in stories}, about)
    assert (atom.path, json_feed.path) == ("feeds/all.atom", "feeds/all.json")
    return atom.body, json_feed.body


def read(body: bytes, kind: FeedKind, path: str) -> tuple[Entry, ...]:
    """As our own monitor would read it from the archive's host."""
    url = f"{ADDRESS}{path}"
    feed = Feed(name="архив", kind=kind, url=url, lang="both")
    return parse(feed, Fetched(url=url, body=body, content_type=""), now=FIRST + timedelta(days=90)).entries


@pytest.mark.parametrize("address", [ADDRESS, ""])
def test_our_own_reader_reads_titles_links_and_dates(address: str) -> None:
    titles = ["Казахстан выдал России «ещё» одного", "ҰҚК-нің тергеушісі сұрақ қойды", "Цена < 5 & > 3 тенге"]
    stories = [story_of(number, title, f"{title}. Сказано.") for number, title in enumerate(titles, start=1)]
    atom, json_feed = both(stories, about_of(address))

    wanted = [
        (story.brief.title, f"{ADDRESS}story/{story.brief.id}.html", story.brief.posted_at.replace(microsecond=0))
        for story in reversed(stories)
    ]
    for body, kind, path in ((atom, FeedKind.ATOM, "feeds/all.atom"), (json_feed, FeedKind.JSON, "feeds/all.json")):
        entries = read(body, kind, path)
        assert [(entry.title, entry.url, entry.published_at) for entry in entries] == wanted
        assert all("Сказано." in (entry.content or entry.summary) for entry in entries)


@pytest.mark.parametrize("address", [ADDRESS, "", "https://архив.example/новости/"])
def test_valid_whatever_the_texts_are(address: str) -> None:
    long = Quote(text=HOSTILE, marks=((0, 4), (2, 9), (5, 20_000)))
    bad = telling_of(HOSTILE, outlet=HOSTILE, url="https://zona.example/a b|c\\{d}%zz#x#y?[1]", quotes=(long, long))
    worse = telling_of("", outlet="", url="javascript:alert(1)")
    topic = replace(EXTRADITION, title=HOSTILE)
    stories = [story_of(1, HOSTILE, tellings=[bad, worse], topics=[topic]), story_of(2, "", tellings=[worse])]
    atom, json_feed = both([*stories, SiteStory(brief=story_of(3).brief, tellings=())], about_of(address))

    assert atom_faults(atom) == []
    assert json_faults(json_feed) == []
    assert "<script" not in atom.decode()
    assert len(atom) < 20_000
    assert len(read(atom, FeedKind.ATOM, "feeds/all.atom")) == 3


@given(st.text(), st.text(), st.text(max_size=40))
def test_any_text_is_written_soundly(title: str, quote: str, name: str) -> None:
    told = telling_of(
        title, outlet=name, quotes=(Quote(text=quote, marks=((0, 3), (2, 5))),), url=f"https://a.example/{name}"
    )
    atom, json_feed = both([story_of(1, title, tellings=[told])], about_of())

    assert atom_faults(atom) == []
    assert json_faults(json_feed) == []


def test_ids_outlive_the_address_and_differ_between_archives() -> None:
    one = story_of(17)
    here, there = about_of(), about_of("https://moved.example/")

    ids = [[line for line in both([one], about)[0].decode().split("\n") if "<id>" in line] for about in (here, there)]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 2
    other = replace(one.brief, posted_at=one.brief.posted_at + timedelta(microseconds=1))
    assert story_id(one.brief) != story_id(other)
    assert both([one], here)[0] == both([one], here)[0]


def test_a_feed_for_everything_that_can_be_followed() -> None:
    stories = [
        story_of(1, topics=[EXTRADITION, KNB]),
        story_of(2, language="kk", topics=[KNB], case=4),
        story_of(3, topics=[], languages=("ru", "kk")),
    ]
    briefs = [story.brief for story in stories]

    held = {plan.path: plan.stories for plan in plans(briefs, [case_of(4, 2), case_of(5)], about_of())}
    assert held == {
        "feeds/all": (3, 2, 1),
        "feeds/case-4": (2,),
        "feeds/case-5": (),
        "feeds/lang-kk": (3, 2),
        "feeds/lang-ru": (3, 1),
        "feeds/topic-extradition": (1,),
        "feeds/topic-knb": (2, 1),
    }


def test_an_empty_feed_is_valid_and_the_newest_fifty_stand_in_a_full_one() -> None:
    plan = FeedPlan(path="feeds/topic-knb", title="Архив", stories=())
    for about in (about_of(), about_of("", since=None)):
        atom, json_feed = pages(plan, {}, about)
        assert atom_faults(atom.body) == []
        assert json_faults(json_feed.body) == []

    briefs = [story_of(number).brief for number in range(1, 121)]
    assert {plan.path: plan.stories for plan in plans(briefs, [], about_of())}["feeds/all"] == tuple(
        range(120, 120 - MOST_ENTRIES, -1)
    )


def test_what_was_taken_down_since_the_plan_is_left_out() -> None:
    plan = FeedPlan(path="feeds/all", title="Архив", stories=(2, 1))
    atom, _ = pages(plan, {1: story_of(1)}, about_of())

    assert atom.body.count(b"<entry>") == 1


def test_an_entry_says_who_wrote_it_and_where() -> None:
    told = [
        telling_of("Выдан", "Выдан россиянин, бежавший от мобилизации.", url="https://zona.example/1"),
        telling_of("Выдали", outlet="Азаттық", language="kk", url="https://azattyq.example/2"),
        telling_of("Ещё раз", url="https://zona.example/3"),
    ]
    atom = both([story_of(1, "Выдан", tellings=told)], about_of())[0].decode()

    assert "&lt;blockquote&gt;&lt;b&gt;Выдан&lt;/b&gt; россиянин, бежавший от мобилизации.&lt;/blockquote&gt;" in atom
    assert '<link rel="related" type="text/html" href="https://zona.example/1" title="Медиазона" />' in atom
    assert 'href="https://azattyq.example/2" title="Азаттық"' in atom
    assert "https://zona.example/3" not in atom
    assert "<name>Медиазона</name>" in atom
    assert '<category term="extradition" label="Экстрадиция и выдача" />' in atom


@pytest.mark.parametrize(
    ("fault", "spoil"),
    [
        ("id stands 0", lambda text: text.replace("<id>", "<!--").replace("</id>", "-->")),
        ("feed without rel=self", lambda text: text.replace('rel="self"', 'rel="via"')),
        ("feed without author", lambda text: text.replace("author>", "contributor>")),
        ("date", lambda text: text.replace("T10:", "t 10:")),
        ("stands 2 times", lambda text: re.sub(r"(?s)(<entry>.*</entry>)", r"\1\1", text)),
        ("not a valid address", lambda text: text.replace(ADDRESS, "/")),
        ("<mark>", lambda text: text.replace("&lt;b&gt;", "&lt;mark&gt;")),
    ],
)
def test_the_rules_find_what_breaks_them(fault: str, spoil: object) -> None:
    assert callable(spoil)
    atom = both([story_of(1, "Выдан", "Выдан россиянин.")], about_of())[0].decode()

    assert atom_faults(atom.encode()) == []
    assert any(fault in one for one in atom_faults(spoil(atom).encode()))
