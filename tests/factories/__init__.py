"""Values for tests with honest defaults; every argument may be overridden by keyword."""

from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.config.keywords import load_checked
from monitor.errors import ConfigError
from monitor.models.articles import Article, Match, Outcome, Tier, TopicVerdict, Verdict
from monitor.models.feeds import Entry, Feed, FeedKind
from monitor.models.stories import EntryOutcome, PollOutcome, Story, Telling
from monitor.stories.similarity import fingerprint

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEXT = (
    "Прокуратура Казахстана одобрила экстрадицию россиянина, который просил убежища в Астане. "
    "Адвокат обжалует решение в городском суде. Правозащитники требуют остановить выдачу."
)


def feed(**given: Any) -> Feed:
    """A Russian RSS feed."""
    return Feed(**{"name": "Лента", "kind": FeedKind.RSS, "url": "http://127.0.0.1/rss", "lang": "ru"} | given)


def entry(number: int = 1, **given: Any) -> Entry:
    """An entry with one key, an hour old."""
    url = f"https://news.example/{number}"
    fields: dict[str, Any] = {"keys": (f"u:{url}",), "url": url, "title": f"Новость {number}"}
    return Entry(**fields | {"published_at": NOW - HOUR} | given)


def verdict(*topics: str, tier: Tier = Tier.POST) -> Verdict:
    """A verdict of these topics, each by one match in the title."""
    return Verdict(
        topics=tuple(
            TopicVerdict(
                id=topic,
                title=topic.title(),
                hashtag=topic,
                rule="правило",
                tier=tier,
                matches=(Match(term="экстрадиция", form="экстрадицию", where="text", start=31, end=42),),
            )
            for topic in topics
        )
    )


def article(number: int = 1, **given: Any) -> Article:
    """An article an hour old, its fingerprint true to its title and text."""
    url = f"https://news.example/{number}"
    fields: dict[str, Any] = {
        "feed": "Лента",
        "url": url,
        "canonical_url": url,
        "title": f"Новость {number}",
        "text": TEXT,
        "language": "ru",
        "published_at": NOW - HOUR,
    } | given
    return Article(**{"fingerprint": fingerprint(fields["title"], fields["text"])} | fields)


def telling(number: int = 1, *topics: str, tier: Tier = Tier.POST, part: int = 1, **given: Any) -> Telling:
    """An article with a verdict; without topics it is about an extradition."""
    judged = verdict(*(topics or ("extradition",)), tier=tier)
    return Telling(article=article(number, **given), verdict=judged, part=part)


def report(title: str, text: str, *words: str, topic: str = "extradition") -> Telling:
    """An article whose rule matched these words of the text."""
    matches = tuple(
        Match(term=word, form=word, where="text", start=text.index(word), end=text.index(word) + len(word))
        for word in words
    )
    verdict = TopicVerdict(id=topic, title="Выдача", hashtag=topic, rule="правило", tier=Tier.POST, matches=matches)
    return Telling(article=article(title=title, text=text), verdict=Verdict(topics=(verdict,)))


def story(number: int = 1, *tellings: Telling, updated_at: datetime = NOW) -> Story:
    """A recorded story."""
    return Story(id=number, tellings=tellings or (telling(number),), updated_at=updated_at)


def matched(number: int = 1, *topics: str, tier: Tier = Tier.POST, **given: Any) -> EntryOutcome:
    """An entry that a rule matched, still to be placed."""
    about = telling(number, *topics, tier=tier, **given)
    return EntryOutcome(entry=entry(number), outcome=Outcome.POSTED, reason="", telling=about)


def settled(number: int = 1, outcome: Outcome = Outcome.UNMATCHED) -> EntryOutcome:
    """An entry whose outcome is final."""
    return EntryOutcome(entry=entry(number), outcome=outcome, reason="ни одно правило не сработало")


def poll_outcome(**given: Any) -> PollOutcome:
    """A good poll of the default feed that found nothing."""
    fields: dict[str, Any] = {
        "feed": "Лента",
        "lease_no": 1,
        "polled_at": NOW,
        "next_poll_at": NOW + timedelta(minutes=10),
    }
    return PollOutcome(**fields | given)


def keyword_problems(text: str) -> tuple[ConfigError, ...]:
    """What is wrong with a text of keywords.yaml; the one error that says it cannot be read at all."""
    try:
        return load_checked(text, file="k.yaml")[1]
    except ConfigError as error:
        return (error,)
