"""What keywords.yaml comes to: rules of lines of terms of words with all their forms, by numbers. compiler.py makes it.

A rule names its lines, a line its terms, a term its words. Equal things have one number, so that a list used by fifty
rules is searched for once.
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
    """Numbers of the words that stand one after another; `anchor` is the place of the one to look for first.

    A term in a `role` is looked for where the term numbered `base`, the same without a role, stands. A Kazakh term is
    not met by one of `russian`, the Russian forms of the same word, unless its sentence is Kazakh.
    """

    text: str
    words: tuple[int, ...]
    anchor: int
    role: Role | None = None
    base: int = -1  # its own number, when it has no role
    russian: frozenset[str] = NO_FORMS


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRule:
    """Numbers of lines (`none` may be None); the rule is looked at when a term of `lines[anchor]` is in the article.

    One that `leads` asks whither somebody is taken: where else he is taken on the way speaks not against it.
    `yields_to` are ids of topics and names of rules beside which its own topic is not shown. One without lines asks the
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
    """What a Matcher is made of. Rules stand in the file's order; `lines` numbers each line's terms.

    `words` stand in the order of `written`, which has them as the file does, with the language they are read in.
    `cases` are those of the Russian forms that stand in a role, `carriers` of the words that carry a name; `never` is
    the line that silences every rule, or None, `doubt` that beside which they only ask, `elsewhere` those of another
    country and of ours; `acts` is for each topic the line of all its rules' acts, `doubts` that of its doubt, or None;
    `silencing` are the terms, as written, of what is of no rule and makes rules silent, or ask; `short_text` is how
    many times as wide windows are in a text no longer than a lead; `namings` tell what terms mean. `also_russian` are
    the words that Kazakh ones of these might be taken for in Russian letters; None: not looked up yet (with_russian),
    the dictionary is asked when an article has one.
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
