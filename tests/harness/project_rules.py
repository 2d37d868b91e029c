"""The project's own rules, and edits of them, compiled once a process."""

from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from monitor.app.environment import as_text, read_bytes
from monitor.config.keyword_rules import Keywords
from monitor.config.keywords import load_keywords
from monitor.config.yaml_reader import raise_first
from monitor.edits.checking import CheckedRules, check_rules
from monitor.matching.compiler import compile_rules
from monitor.matching.matcher import Matcher
from monitor.models.articles import Tier

PROJECT = Path(__file__).parents[2] / "keywords.yaml"


@cache
def project_keywords() -> Keywords:
    """As the file has them."""
    return load_keywords(PROJECT.read_text(encoding="utf-8"), file="keywords.yaml")


@cache
def asking_matcher() -> Matcher:
    """Ready to judge, as the monitor does."""
    return Matcher(compile_rules(project_keywords()))


@cache
def project_matcher() -> Matcher:
    """Ready to judge, by the words of the file alone."""
    return asking_matcher().without_classifier()


@lru_cache(4)  # contents of one how-to; each is 20 MB
def check_edited(text: str, *, file: str) -> CheckedRules:
    """`check_rules` for edits of the project's rules, of which only what is new is compiled, and that once."""
    return check_rules(text, file=file, like=project_matcher().compiled)


def load_edited(file: str) -> Matcher:
    """`load_matcher` for them, which takes what `check_edited` made."""
    text = as_text(read_bytes(file), file)
    if text == PROJECT.read_text(encoding="utf-8"):
        return asking_matcher()
    checked = check_edited(text, file=file)
    raise_first(checked.errors)
    assert checked.matcher
    return checked.matcher


def every(acts: str, people: Iterable[str | tuple[str, ...]]) -> list[str]:
    """Each line of `acts` said of each person; a tuple has his name as `{who}`, `{whom}`, `{to}` and `{whose}`."""
    named = [(one,) if isinstance(one, str) else one for one in people]
    cases = ("who", "whom", "to", "whose")
    return [act.format(*one, **dict(zip(cases, one, strict=False))) for act in acts.splitlines() for one in named]


def listed(words: str) -> list[str]:
    """What stands between commas, over as many lines as it takes."""
    return words.replace("\n", " ").split(", ")


def judged_otherwise(headlines: Iterable[str], tier: Tier | None) -> list[str]:
    """Those of these headlines, which may begin small, that the rules give another tier; None: they are silent."""
    titles = (headline[0].upper() + headline[1:] for headline in headlines)
    verdicts = ((title, project_matcher().judge(title=title, text="")) for title in titles)
    return [title for title, verdict in verdicts if (verdict.tier if verdict.topics else None) is not tier]
