"""keywords.yaml compiled: rules of lines, lines of terms, terms of words with all their forms. Made by compiler.py.

A rule refers to its lines by number, a line to its terms, a term to its words. Equal things share one number, so that a
list used by fifty rules is searched for once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.config.keyword_rules import Role, Scope, Term, TermWord, Topic
from monitor.matching.facts.naming import Namings
from monitor.matching.words.compiled_words import Word
from monitor.models.articles import Language, Tier
from monitor.text.languages.cases import Case

NO_FORMS = frozenset[str]()


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledTerm:
    """Numbers of the words that must follow one another; `anchor` is the index of the word to look for first.

    A term with a `role` is searched for where the term numbered `base`, the same term without a role, occurs. `russian`
    are the Russian forms of a Kazakh term's word: they do not match the term outside a Kazakh sentence.
    """

    text: str
    words: tuple[int, ...]
    anchor: int
    role: Role | None = None
    base: int = -1  # its own number, when it has no role
    russian: frozenset[str] = NO_FORMS


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRule:
    """Numbers of lines (`none` may be None). The rule is tried when a term of `lines[anchor]` is in the article.

    `leads`: the rule has a line in role `куда`, so another destination in `none` does not veto it. `yields_to` are
    topic ids and rule names: when one of them fires, this rule's topic is not shown. A rule without lines asks the
    classifier.
    """

    topic: int
    name: str
    tier: Tier
    lines: tuple[int, ...]
    none: int | None
    within: Scope | int
    anchor: int
    anywhere: bool = False
    leads: bool = False
    yields_to: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRules:
    """Everything a Matcher needs. `rules` stand in the file's order; `lines` holds the term numbers of each line.

    `words` are parallel to `written`, which holds each word as the file writes it and its language. `cases` are the
    cases of the Russian forms used in roles, `carriers` those of words that carry a name. Numbers of lines, or None:
    `never` silences every rule; `doubt` turns a post into a question; `elsewhere` is a pair, names of other countries
    and of ours. `acts` has for each topic the line of all its rules' acts, `doubts` that of its doubt, or None.
    `silencing` are the terms, as written, of the file-wide lines that silence rules or make them ask. `short_text`
    multiplies windows in a text no longer than a lead. `namings` say what terms mean. `also_russian` are Russian
    spellings that Kazakh words here may be confused with; None means not looked up yet: the dictionary is then asked at
    each article that needs it (see `with_russian`).
    """

    topics: tuple[Topic, ...]
    rules: tuple[CompiledRule, ...]
    lines: tuple[tuple[int, ...], ...]
    terms: tuple[CompiledTerm, ...]
    words: tuple[Word, ...]
    written: tuple[tuple[TermWord, Language | None], ...] = ()
    cases: Mapping[str, Case] = field(default_factory=dict)
    carriers: Mapping[str, Case] = field(default_factory=dict)
    never: int | None = None
    doubt: int | None = None
    elsewhere: tuple[int, int] | None = None
    acts: tuple[int, ...] = ()
    doubts: tuple[int | None, ...] = ()
    silencing: tuple[Term, ...] = ()
    short_text: float = 1.0
    namings: Namings = field(default_factory=Namings)
    also_russian: frozenset[str] | None = None
