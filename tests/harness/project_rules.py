"""The project's own rules, compiled once a process."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from monitor.config.keyword_rules import Keywords
from monitor.config.keywords import load_keywords
from monitor.matching.compiler import compile_rules
from monitor.matching.matcher import Matcher
from monitor.models.articles import Tier

PROJECT = Path(__file__).parents[2] / "keywords.yaml"


@cache
def project_keywords() -> Keywords:
    """As the file has them."""
    return load_keywords(PROJECT.read_text(encoding="utf-8"), file="keywords.yaml")


@cache
def project_matcher() -> Matcher:
    """Ready to judge."""
    return Matcher(compile_rules(project_keywords()))


def told(sentences: Iterable[str], tier: Tier | None) -> list[str]:
    """Those of these headlines of which the rules say something else; None: that they are silent."""
    headlines = (sentence[0].upper() + sentence[1:] for sentence in sentences)
    verdicts = ((title, project_matcher().judge(title=title, text="")) for title in headlines)
    return [title for title, verdict in verdicts if (verdict.tier if verdict.topics else None) is not tier]
