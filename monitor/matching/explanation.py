"""Why the rules decided as they did, as data for a reader; and the examples of keywords.yaml put to the test.

Goes through the same Matcher as a live run: nothing is decided here.
"""

from dataclasses import dataclass

from monitor.config.keywords import Example, Keywords, Scope, Topic
from monitor.errors import ConfigError
from monitor.matching.engine import Matcher, Reading
from monitor.matching.rules import CompiledRule
from monitor.models import Match, Tier, TopicVerdict, Verdict, Veto

_QUOTED = 80  # characters of an example in an error


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReport:
    """One line of a rule: the first of its terms found anywhere in the article, or None; `terms` as written."""

    terms: tuple[str, ...]
    match: Match | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicReport:
    """Why a topic was or was not given.

    `fired` is the verdict, if any. Otherwise `nearest` names the rule with the fewest lines lacking and `lines` says
    which; when none lacks, they stand too far apart (`within`). `vetoes` are the words that spoke against a rule.
    """

    id: str
    title: str
    fired: TopicVerdict | None
    vetoes: tuple[Veto, ...]
    nearest: str = ""
    within: str = ""
    lines: tuple[LineReport, ...] = ()


def explain(matcher: Matcher, *, title: str, text: str) -> tuple[TopicReport, ...]:
    """One report a topic, in the file's order."""
    verdict = matcher.judge(title=title, text=text)
    reading = matcher.read(title=title, text=text)
    topics = matcher.compiled.topics
    return tuple(_report(matcher, reading, verdict, number, topic) for number, topic in enumerate(topics))


def verdict_json(verdict: Verdict, *, id: str) -> dict[str, object]:  # noqa: A002 — the key of the published format
    """The verdict as one line of `match --jsonl`."""
    return {
        "id": id,
        "tier": verdict.tier.value,
        "topics": [
            {
                "id": topic.id,
                "rule": topic.rule,
                "tier": topic.tier.value,
                "matches": [_match_json(match) for match in topic.matches],
            }
            for topic in verdict.topics
        ],
        "vetoes": [
            {"rule": veto.rule, "form": veto.form, "where": veto.where, "start": veto.start, "end": veto.end}
            for veto in verdict.vetoes
        ],
    }


def check_examples(keywords: Keywords, matcher: Matcher) -> tuple[ConfigError, ...]:
    """The examples that the rules contradict, each with its line and what the rules said instead."""
    found = []
    for topic in keywords.topics:
        for example in topic.examples:
            reason = _contradiction(matcher, topic, example)
            if reason:
                text = (example.title or example.text)[:_QUOTED]
                message = f"пример «{text}» {reason}"
                found.append(ConfigError(message, file=keywords.file, line=example.line, key=topic.id))
    return tuple(found)


def _match_json(match: Match) -> dict[str, object]:
    return {"term": match.term, "form": match.form, "where": match.where, "start": match.start, "end": match.end}


def _report(matcher: Matcher, reading: Reading, verdict: Verdict, number: int, topic: Topic) -> TopicReport:
    fired = next((found for found in verdict.topics if found.id == topic.id), None)
    vetoes = tuple(veto for veto in verdict.vetoes if veto.topic == topic.id)
    rules = [rule for rule in matcher.compiled.rules if rule.topic == number]
    if fired or not rules:
        return TopicReport(id=topic.id, title=topic.title, fired=fired, vetoes=vetoes)
    nearest = min(rules, key=lambda rule: sum(not reading.line(line) for line in rule.lines))
    return TopicReport(
        id=topic.id,
        title=topic.title,
        fired=None,
        vetoes=vetoes,
        nearest=nearest.name,
        within=str(nearest.within),
        lines=_lines(matcher, reading, nearest),
    )


def _lines(matcher: Matcher, reading: Reading, rule: CompiledRule) -> tuple[LineReport, ...]:
    compiled = matcher.compiled
    return tuple(
        LineReport(
            terms=tuple(compiled.terms[term].text for term in compiled.lines[line]),
            match=next((reading.match(hit) for hit in reading.line(line)), None),
        )
        for line in rule.lines
    )


def _contradiction(matcher: Matcher, topic: Topic, example: Example) -> str:
    """How the rules contradict an example; "" when they do not."""
    verdict = matcher.judge(title=example.title, text=example.text)
    fired = next((found for found in verdict.topics if found.id == topic.id), None)
    tier = fired.tier if fired else Tier.NONE
    if fired and example.expects == "miss":
        words = ", ".join(match.form for match in fired.matches)
        return f"не должен подходить, а правило «{fired.rule}» сработало на: {words}"
    if fired is None and example.expects != "miss":
        return f"должен подходить, но {_lack(matcher, topic, example)}"
    if fired and example.expects in ("post", "review") and example.expects != tier:
        return f"должен дать {example.expects}, а правило «{fired.rule}» даёт {tier}"
    return ""


def _lack(matcher: Matcher, topic: Topic, example: Example) -> str:
    report = next(found for found in explain(matcher, title=example.title, text=example.text) if found.id == topic.id)
    if report.vetoes:
        return f"правилу «{report.vetoes[0].rule}» запретило слово «{report.vetoes[0].form}»"
    lacking = [line for line in report.lines if line.match is None]
    if lacking:
        return f"правилу «{report.nearest}» не хватило слова из строки «{', '.join(lacking[0].terms)[:_QUOTED]}»"
    apart = "предложении" if report.within == Scope.SENTENCE else f"within: {report.within}"
    return f"слова правила «{report.nearest}» стоят не в одном {apart}"
