"""The project's own rules, compiled once a process."""

from functools import cache
from pathlib import Path

from monitor.config.keyword_rules import Keywords
from monitor.config.keywords import load_keywords
from monitor.matching.compiler import compile_rules
from monitor.matching.matcher import Matcher

PROJECT = Path(__file__).parents[2] / "keywords.yaml"


@cache
def project_keywords() -> Keywords:
    """As the file has them."""
    return load_keywords(PROJECT.read_text(encoding="utf-8"), file="keywords.yaml")


@cache
def project_matcher() -> Matcher:
    """Ready to judge."""
    return Matcher(compile_rules(project_keywords()))
