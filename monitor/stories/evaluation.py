"""How well stories are grouped: pairs of labelled records put in one story, against pairs of one event.

The records go through `grouping.group` one by one, as polls would bring them. Reading and printing:
cli/matching/evaluate.py.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations

from monitor.matching.evaluation import UNSCORED, Score
from monitor.models.articles import Article, Outcome, Tier, TopicVerdict, Verdict
from monitor.models.channels import Destination
from monitor.models.feeds import Entry, FeedLanguage
from monitor.models.stories import EntryOutcome, Story, StoryChange, Telling
from monitor.stories.grouping import Chats, group
from monitor.stories.placement import SAME_CASE
from monitor.stories.similarity import SimilarityIndex, fingerprint
from monitor.text.languages.detection import detect

_CHATS = Chats(destinations=(Destination(chat="evaluate"),))
_UNDATED = datetime(2000, 1, 1, 12, tzinfo=UTC)  # the time of records before the first date
_SHAPES = {10: "%Y-%m-%d", 7: "%Y-%m", 4: "%Y"}

Record = Mapping[str, object]


def evaluate_events(records: Sequence[Record]) -> dict[str, object] | None:
    """Return what `evaluate --json` prints under `events`; None if no scored record has an `event_id`.

    Scored are records with an `event_id` whose `topics` are neither empty nor `maybe`, in the order of `date`
    (YYYY-MM-DD; a month or a year alone counts as its middle; a record without a date takes that of the one before).
    The result has `precision` and `recall` of pairs, `tp`, `fp`, `fn`, and the pairs of ids wrongly joined (`wrong`) or
    not joined (`missed`). Rules are not asked: records that they would miss are grouped too.
    """
    scored = [record for record in records if record.get("event_id") and _is_positive(record)]
    if not scored:
        return None
    story_of: dict[int, int] = {}
    for story, members in enumerate(_grouped(scored)):
        story_of |= dict.fromkeys(members, story)
    score = Score()
    wrong: list[list[object]] = []
    missed: list[list[object]] = []
    for one, other in combinations(range(len(scored)), 2):
        right = str(scored[one]["event_id"]) == str(scored[other]["event_id"])
        given = story_of[one] == story_of[other]
        score.add(right=right, given=given)
        if right != given:
            (wrong if given else missed).append([scored[one].get("id"), scored[other].get("id")])
    return {**score.as_dict(), "wrong": wrong, "missed": missed}


def _is_positive(record: Record) -> bool:
    topics = record.get("topics")
    return isinstance(topics, list | tuple) and bool(topics) and UNSCORED not in topics


def _grouped(records: Sequence[Record]) -> Iterator[list[int]]:
    """Yield the indices of the records of each story."""
    index, stories = SimilarityIndex(), dict[int, Story]()
    members: dict[int, list[int]] = {}
    for came, place in _in_order(records):
        index.forget(came - SAME_CASE)
        entry = _entry(records[place], place)
        assert entry.telling is not None
        near = [stories[number] for number in index.nearest(entry.telling.article.fingerprint)]
        for change in group([entry], near, chats=_CHATS, index=index, now=came):
            number = _recorded(change, stories, came)
            index.add(place, number, entry.telling.article.fingerprint, came)
            members.setdefault(number, []).append(place)
    yield from members.values()


def _recorded(change: StoryChange, stories: dict[int, Story], came: datetime) -> int:
    number = len(stories) if change.story.id is None else change.story.id
    stories[number] = replace(change.story, id=number, updated_at=came)
    return number


def _in_order(records: Iterable[Record]) -> list[tuple[datetime, int]]:
    """Return the time and the index of each record, in order of time."""
    came, places = _UNDATED, []
    for place, record in enumerate(records):
        came = _date(record) or came
        places.append((came, place))
    return sorted(places)


def _date(record: Record) -> datetime | None:
    """Parse a date as noon of the day; as the middle of a month or year if no day is given. None if it is no date."""
    written = str(record.get("date") or "")[:10]
    if len(written) not in _SHAPES:
        return None
    try:
        at = datetime.strptime(written, _SHAPES[len(written)]).replace(hour=12, tzinfo=UTC)
    except ValueError:
        return None
    return at.replace(day=at.day if len(written) == len("YYYY-MM-DD") else 15, month=at.month if "-" in written else 7)


def _entry(record: Record, place: int) -> EntryOutcome:
    """Return the record as a matched entry with an address of its own: only its words can join it to a story."""
    title, text, url = str(record.get("title") or ""), str(record.get("text") or ""), f"record:{place}"
    article = Article(
        feed="evaluate",
        url=url,
        canonical_url=url,
        title=title,
        text=text,
        language=detect(f"{title}\n{text}", _hint(record)),
        published_at=_date(record),
        fingerprint=fingerprint(title, text),
    )
    topic = TopicVerdict(id="event", title="", hashtag="", rule="", tier=Tier.POST, matches=())
    telling = Telling(article=article, verdict=Verdict(topics=(topic,)))
    return EntryOutcome(
        entry=Entry(keys=(url,), url=url, title=title), outcome=Outcome.POSTED, reason="", telling=telling
    )


def _hint(record: Record) -> FeedLanguage:
    match record.get("lang"):
        case "ru":
            return "ru"
        case "kk":
            return "kk"
        case _:
            return "both"
