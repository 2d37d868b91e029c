"""Precision and recall of a Matcher over labelled records. Reading and printing: cli/matching/evaluate.py."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from monitor.matching.explanation import explain, lack
from monitor.matching.matcher import Matcher
from monitor.models.articles import Tier, TopicVerdict

UNSCORED = "maybe"  # the topic of records that two people would label differently


@dataclass(slots=True, kw_only=True)
class Score:
    """Counts of right, false and missed answers."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def add(self, *, right: bool, given: bool) -> None:
        """Count one answer: whether it is right to give it, and whether it was given."""
        self.tp += right and given
        self.fp += given and not right
        self.fn += right and not given

    def as_dict(self) -> dict[str, float]:
        """The counts with `precision` and `recall`, each 1.0 when there was nothing to count."""
        given, right = self.tp + self.fp, self.tp + self.fn
        return {
            "precision": self.tp / given if given else 1.0,
            "recall": self.tp / right if right else 1.0,
            "tp": self.tp,
            "fp": self.fp,
            "fn": self.fn,
        }


def evaluate(records: Iterable[Mapping[str, object]], matcher: Matcher) -> dict[str, object]:
    """Return the dict that `evaluate --json` prints, for records `{"id", "title", "text", "lang", "topics": […]}`.

    `topics` and `any` count an answer of either tier; `tiers.post` counts only `post`, `tiers.review` both. In `any`
    and `tiers` a record counts once: it is right when it has any topic. `languages` is `any` split by the records'
    `lang`, `topics_languages` each topic split so. `misses` and `false_alarms` name the record and the topic; misses
    also say `why`, alarms name the rule and its words. `unscored` counts the records of topic `maybe`.
    """
    scoring = _Scoring(tuple(topic.id for topic in matcher.compiled.topics))
    for record in records:
        scoring.add(record, matcher)
    return scoring.as_dict()


class _Scoring:
    def __init__(self, topics: tuple[str, ...]) -> None:
        self.topics = {topic: Score() for topic in topics}
        self.any, self.post = Score(), Score()
        self.languages: dict[str, Score] = {}
        self.topics_languages: dict[str, dict[str, Score]] = {topic: {} for topic in topics}
        self.unscored = 0
        self.misses: list[dict[str, object]] = []
        self.false_alarms: list[dict[str, object]] = []

    def add(self, record: Mapping[str, object], matcher: Matcher) -> None:
        right = _topics(record)
        if UNSCORED in right:
            self.unscored += 1
            return
        title, text = str(record.get("title") or ""), str(record.get("text") or "")
        verdict = matcher.judge(title=title, text=text)
        given = {topic.id: topic for topic in verdict.topics}
        language = str(record.get("lang") or "")
        for topic, score in self.topics.items():
            in_language = self.topics_languages[topic].setdefault(language, Score())
            for one in (score, in_language):
                one.add(right=topic in right, given=topic in given)
        is_right = bool(right & self.topics.keys())
        for score in (self.any, self.languages.setdefault(language, Score())):
            score.add(right=is_right, given=bool(given))
        self.post.add(right=is_right, given=verdict.tier is Tier.POST)
        place = {"id": record.get("id"), "title": record.get("title")}
        missed = [topic for topic in self.topics if topic in right - given.keys()]
        self.misses += [{**place, "topic": topic, "why": why} for topic, why in _why(matcher, missed, title, text)]
        self.false_alarms += [{**place, **_alarm(topic)} for topic in verdict.topics if topic.id not in right]

    def as_dict(self) -> dict[str, object]:
        return {
            "topics": {topic: score.as_dict() for topic, score in self.topics.items()},
            "any": self.any.as_dict(),
            "tiers": {"post": self.post.as_dict(), "review": self.any.as_dict()},
            "languages": {language: score.as_dict() for language, score in self.languages.items()},
            "topics_languages": {
                topic: {language: score.as_dict() for language, score in languages.items()}
                for topic, languages in self.topics_languages.items()
            },
            "unscored": self.unscored,
            "misses": self.misses,
            "false_alarms": self.false_alarms,
        }


def _why(matcher: Matcher, missed: Collection[str], title: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield each missed topic with the reason in Russian."""
    reports = explain(matcher, title=title, text=text) if missed else ()
    return ((report.id, lack(report)) for report in reports if report.id in missed)


def _alarm(topic: TopicVerdict) -> dict[str, object]:
    words = [match.form for match in topic.matches]
    return {"topic": topic.id, "rule": topic.rule, "tier": topic.tier.value, "words": words}


def _topics(record: Mapping[str, object]) -> frozenset[str]:
    topics = record.get("topics")
    return frozenset(map(str, topics)) if isinstance(topics, list | tuple) else frozenset()
