"""Explain to a reader why the rules decided as they did, as data; and test the examples of keywords.yaml.

Uses the same Matcher as a live run; nothing is decided here.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from monitor.config.keyword_rules import Example, Keywords, Scope, Topic
from monitor.errors import ConfigError
from monitor.matching.backtest import KeptArticle
from monitor.matching.compiled_rules import CompiledRule
from monitor.matching.matched_article import MatchedArticle
from monitor.matching.matcher import Matcher
from monitor.matching.reading import LEAD
from monitor.matching.rule_lines import LineReport, NearMiss, line_reports, near_misses, source, written_rule
from monitor.models.articles import Match, Tier, TopicVerdict, Verdict, Veto
from monitor.text.unicode import sentences

_QUOTED = 80  # characters of an example in an error
_NEARNESS: dict[str, str] = {Scope.SENTENCE: "в одном предложении", Scope.TITLE: "в заголовке", Scope.TEXT: "все"}
_LOOKED_AT_LEAST = 50  # articles looked at even when time is over; some tens of milliseconds
_COMMON = 0.25  # share of the articles from which a line is too common to make a rule near; measured over the press
_NEAREST = 3  # rules shown: those that lacked least; more would bury the answer


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleReport:
    """A rule that did not fire, and why.

    If every line has its match, either the matches are too far apart for `within`, or `is_aside`: they are near enough,
    but not in the title or the lead. `doubt` is the word that turns a post into a question; `is_unlike` says that the
    classifier does.
    """

    name: str
    tier: Tier
    within: str
    lines: tuple[LineReport, ...]
    is_aside: bool = False
    doubt: str = ""
    is_unlike: bool = False

    @property
    def lacking(self) -> tuple[LineReport, ...]:
        """The lines with no match in the article."""
        return tuple(line for line in self.lines if line.match is None)

    @property
    def obstacle(self) -> str:
        """What kept the rule from firing, in Russian, to follow the words «правилу …»."""
        if self.lacking:
            return f"не хватает: {self.lacking[0].text}"
        if self.doubt:
            return f"мало: «{self.doubt}» — с таким словом решает редактор"
        if self.is_unlike:
            return "мало: слова в нём нашлись, но новость не похожа на другие новости темы (classifier)"
        if self.is_aside:
            return f"мало: сказано не в заголовке и не в первых {LEAD} знаках"
        if shared := _shared(self.lines):
            return f"нужны два разных слова, а «{shared}» одно"
        return "слова нужны " + _NEARNESS.get(self.within, f"не дальше {self.within} слов друг от друга")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A sentence (or the title) with words that decided; `marks` are their spans in `text`."""

    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicReport:
    """Why a topic was or was not given.

    `fired` is the topic's verdict, if any, and `lines` what met each line of its rule. With `is_hinted` another topic
    decides and this one is not shown, because it is weaker or its rule `gives_way`. `vetoes` are the words that spoke
    against a rule, `forbidding` says where the file has each of them. Of the rules that would have been stronger,
    `muted` are those that matched but are muted, `nearest` at most three that lacked least (with one line matched at
    least).
    """

    id: str
    title: str
    fired: TopicVerdict | None
    vetoes: tuple[Veto, ...]
    is_hinted: bool = False
    gives_way: bool = False
    lines: tuple[LineReport, ...] = ()
    forbidding: tuple[str, ...] = ()
    nearest: tuple[RuleReport, ...] = ()
    muted: tuple[TopicVerdict, ...] = ()


def explain(matcher: Matcher, *, title: str, text: str) -> tuple[TopicReport, ...]:
    """Return one report for each topic, in the file's order."""
    article = matcher.read(title=title, text=text)
    verdict = matcher.verdict(article)
    topics = matcher.compiled.topics
    return tuple(_report(matcher, article, verdict, number, topic) for number, topic in enumerate(topics))


@dataclass(frozen=True, slots=True, kw_only=True)
class NearArticle:
    """An article that a rule nearly matched, or nearly posted; `miss` is the strongest such rule."""

    article: KeptArticle
    miss: NearMiss


@dataclass(frozen=True, slots=True, kw_only=True)
class NearArticles:
    """Near articles among the first `looked_at`. The rest begins `before` that entry number; None: nothing is left."""

    found: tuple[NearArticle, ...]
    looked_at: int
    before: int | None


def nearly_found(
    articles: Iterable[KeptArticle], matcher: Matcher, *, most: int, is_over: Callable[[], bool]
) -> NearArticles:
    """Return the near articles among these: at most `most`, until `is_over` says that time is up. At least
    _LOOKED_AT_LEAST articles are looked at, even on a busy machine.

    An article is left out when, beside the act, it meets only lines that a quarter of the articles meet («в
    Казахстане»), and no word of the missing line stands in it.
    """
    near: list[tuple[KeptArticle, Sequence[NearMiss]]] = []
    looked_at, before, met_in = 0, None, Counter[int]()
    lines = {line for rule in matcher.compiled.rules for line in rule.lines}
    for article in articles:
        looked_at += 1
        read = matcher.read(title=article.title, text=article.text)
        met_in.update(line for line in lines if read.line(line))
        if misses := _misses(matcher, read):
            near.append((article, misses))
        if len(near) == most or (looked_at >= _LOOKED_AT_LEAST and is_over()):
            before = article.entry_id
            break
    common = {line for line, count in met_in.items() if count > max(looked_at, _LOOKED_AT_LEAST) * _COMMON}
    telling = ((article, [one for one in misses if one.is_astray or {*one.met} - common]) for article, misses in near)
    near_articles = tuple(NearArticle(article=article, miss=misses[0]) for article, misses in telling if misses)
    return NearArticles(found=near_articles, looked_at=looked_at, before=before)


def nearest_misses(matcher: Matcher, *, title: str, text: str) -> tuple[NearMiss, ...]:
    """Return at most three rules that lacked one line to match an article, or to post one that is asked about. Rules
    that post come first, then those with more lines. Empty for an article that is posted.
    """
    return _misses(matcher, matcher.read(title=title, text=text))[:_NEAREST]


def _misses(matcher: Matcher, article: MatchedArticle) -> tuple[NearMiss, ...]:
    """Return what `nearest_misses` returns, without the limit."""
    tier = matcher.verdict(article).tier
    if tier is Tier.POST:
        return ()
    misses = [miss for miss in near_misses(matcher.compiled, article) if tier is Tier.NONE or miss.tier is Tier.POST]
    return tuple(sorted(misses, key=lambda miss: (miss.tier is not Tier.POST, -len(miss.lines))))


def passages(matches: Iterable[Match | Veto], *, title: str, text: str) -> tuple[Passage, ...]:
    """Return the sentences that these words stand in, in the article's order; the title is one sentence."""
    words = sorted({(match.where == "text", match.start, match.end) for match in matches})
    deciding: list[Passage] = []
    for in_text, start, end in [(False, 0, len(title)), *((True, *span) for span in sentences(text))]:
        marks = [(first, last) for where, first, last in words if where == in_text and start <= first < end]
        if marks:
            deciding.append(_passage(text if in_text else title, start, max(end, marks[-1][1]), marks))
    return tuple(deciding)


def _passage(whole: str, start: int, end: int, marks: Iterable[tuple[int, int]]) -> Passage:
    return Passage(text=whole[start:end], marks=tuple((first - start, last - start) for first, last in marks))


def verdict_json(verdict: Verdict, *, id: object) -> dict[str, object]:  # noqa: A002 — the key of the published format
    """The verdict as one line of `match --jsonl`; `id` is that of the record."""
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
    """Return an error for each example that the rules contradict, with its line and what the rules said. The classifier
    is not asked: an example cannot be mended where it errs.
    """
    matcher = matcher.without_classifier().without_facts()
    problems = []
    for topic in keywords.topics:
        for example in topic.examples:
            reason = _contradiction(matcher, topic, example)
            if reason:
                text = (example.title or example.text)[:_QUOTED]
                message = f"пример «{text}» {reason}"
                problems.append(ConfigError(message, file=keywords.file, line=example.line, key=topic.id))
    return tuple(problems)


def _match_json(match: Match) -> dict[str, object]:
    return {"term": match.term, "form": match.form, "where": match.where, "start": match.start, "end": match.end}


def _report(matcher: Matcher, article: MatchedArticle, verdict: Verdict, number: int, topic: Topic) -> TopicReport:
    given = (*verdict.topics, *verdict.hinted)
    fired = next((one for one in given if one.id == topic.id), None)
    vetoes = tuple(veto for veto in verdict.vetoes if veto.topic == topic.id)
    muted = tuple(one for one in verdict.muted if one.id == topic.id and _is_stronger(one, fired))
    rules = {rule.name: rule for rule in matcher.compiled.rules if rule.topic == number}
    stopped = {*(veto.rule for veto in vetoes), *(one.rule for one in muted)}
    stronger = [rule for rule in rules.values() if _is_stronger(rule, fired) and rule.name not in stopped]
    return TopicReport(
        id=topic.id,
        title=topic.title,
        fired=fired,
        vetoes=vetoes,
        is_hinted=fired in verdict.hinted,
        gives_way=fired in verdict.hinted and fired.tier is verdict.tier,
        lines=_met(matcher, article, rules[fired.rule], fired) if fired else (),
        forbidding=tuple(_forbidding(matcher, article, rules[veto.rule]) for veto in vetoes),
        nearest=_nearest(matcher, article, stronger),
        muted=muted,
    )


def _met(matcher: Matcher, article: MatchedArticle, rule: CompiledRule, fired: TopicVerdict) -> tuple[LineReport, ...]:
    if not rule.lines:
        return tuple(LineReport(match=match, text=f"«{match.form}»") for match in fired.matches)
    return line_reports(matcher.compiled, article, rule, article.result(rule).hits)


def _forbidding(matcher: Matcher, article: MatchedArticle, rule: CompiledRule) -> str:
    against, compiled = article.result(rule).veto, matcher.compiled
    written = (*written_rule(compiled, rule).none, *compiled.silencing)
    if against is None:
        return ""
    role, where = compiled.terms[against.term].role, source(compiled, written, against.term)
    return f"{role}: {where}" if role and where else where


def _is_stronger(rule: CompiledRule | TopicVerdict, fired: TopicVerdict | None) -> bool:
    """Whether this rule would have decided the topic instead of the one that fired."""
    return fired is None or (rule.tier, fired.tier) == (Tier.POST, Tier.REVIEW)


def _nearest(matcher: Matcher, article: MatchedArticle, rules: Iterable[CompiledRule]) -> tuple[RuleReport, ...]:
    lacks = [(sum(not article.line(line) for line in rule.lines), rule) for rule in rules]
    near = [(lack, rule) for lack, rule in lacks if lack < len(rule.lines)]
    least = min((lack for lack, _ in near), default=0)
    nearest = [rule for lack, rule in near if lack == least]
    ranked = sorted(
        nearest, key=lambda rule: (not article.line(rule.lines[0]), rule.tier != Tier.POST, -len(rule.lines))
    )
    return tuple(_rule_report(matcher, article, rule) for rule in ranked[:_NEAREST])


def _rule_report(matcher: Matcher, article: MatchedArticle, rule: CompiledRule) -> RuleReport:
    result = article.result(replace(rule, anywhere=True))
    apart = [next(iter(article.line(line)), None) for line in rule.lines]
    lines = line_reports(matcher.compiled, article, rule, result.hits or article.anywhere(rule) or apart)
    return RuleReport(
        name=rule.name,
        tier=rule.tier,
        within=str(article.window(rule)),
        lines=lines,
        is_aside=bool(result.hits) and not result.doubt,
        doubt=article.match(result.doubt).form if result.doubt else "",
        is_unlike=bool(result.hits)
        and rule.tier is Tier.POST
        and matcher.is_doubted(article, article.topic_verdict(rule, result)),
    )


def _contradiction(matcher: Matcher, topic: Topic, example: Example) -> str:
    """Say how the rules contradict an example; "" when they do not."""
    verdict = matcher.judge(title=example.title, text=example.text)
    fired = next((one for one in verdict.topics if one.id == topic.id), None)
    tier = fired.tier if fired else Tier.NONE
    if fired and example.expects == "miss":
        words = join_lines(_report_of(matcher, topic, example).lines)
        return f"не должен подходить, а правило «{fired.rule}» сработало на: {words}"
    if fired is None and example.expects != "miss":
        return f"должен подходить, но {lack(_report_of(matcher, topic, example))}"
    if fired and example.expects in ("post", "review") and example.expects != tier:
        return f"должен дать {example.expects}, а правило «{fired.rule}» даёт {tier}"
    return ""


def _report_of(matcher: Matcher, topic: Topic, example: Example) -> TopicReport:
    reports = explain(matcher, title=example.title, text=example.text)
    return next(report for report in reports if report.id == topic.id)


def lack(report: TopicReport) -> str:
    """Say in one Russian line why a topic was not given, or not given more strongly."""
    if report.gives_way and report.fired:
        return f"правило «{report.fired.rule}» уступает (yields_to): новость идёт под другой темой"
    if report.is_hinted and report.fired:
        return f"правило «{report.fired.rule}» сказало только «редактору», а новость и так идёт в канал"
    if report.muted:
        return f"правило «{report.muted[0].rule}» нашло, но оно на паузе (/mute)"
    if report.vetoes:
        where = f" ({report.forbidding[0]})" if report.forbidding[0] else ""
        return f"правилу «{report.vetoes[0].rule}» запретило слово «{report.vetoes[0].form}»{where}"
    if not report.nearest:
        return "не нашлось ни одного слова правил"
    nearest = report.nearest[0]
    return f"правилу «{nearest.name}» {nearest.obstacle}"


def add_reasons(matcher: Matcher, verdict: Verdict, *, title: str, text: str) -> Verdict:
    """Add the reasons to a verdict of tier `review`, for those who are asked; return any other verdict unchanged."""
    if verdict.tier is not Tier.REVIEW:
        return verdict
    reports = explain(matcher, title=title, text=text)
    shown = {topic.id for topic in verdict.topics}
    grounds = tuple(join_lines(report.lines) for report in reports if report.id in shown)
    return replace(verdict, lack=next(filter(None, map(lack_of_post, reports)), ""), grounds=grounds)


def join_lines(lines: Iterable[LineReport]) -> str:
    """Join what met the lines of a rule: «действие: выдали (выдать, $выдать, строка 243) · куда: России (…) · …»."""
    return " · ".join(dict.fromkeys(line.text for line in lines))


def lack_of_post(report: TopicReport) -> str:
    """Say why a topic in review did not go straight to the channel; "" when no stronger rule was near."""
    is_asked = report.fired is not None and report.fired.tier is Tier.REVIEW
    return lack(report) if is_asked and (report.nearest or report.muted or report.vetoes) else ""


def _shared(lines: Iterable[LineReport]) -> str:
    """Return the form that two lines would have to share, as the article writes it; "" when there is none."""
    forms = sorted(
        (line.match.where, line.match.start, line.match.end, line.match.form) for line in lines if line.match
    )
    overlapping = (b for a, b in pairwise(forms) if a[0] == b[0] and b[1] < a[2])
    return next((form for *_, form in overlapping), "")
