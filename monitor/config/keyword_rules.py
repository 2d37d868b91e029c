"""The contents of keywords.yaml as values: topics of rules, rules of lines, lines of terms. keywords.py reads them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from monitor.models.articles import Language, Tier


class TermWordKind(StrEnum):
    """The forms in which a word of a term is searched for."""

    WORD = "word"  # in every form
    EXACT = "exact"  # as written
    PREFIX = "prefix"  # every word that begins so
    NAME = "name"  # a person: all cases, capitalised only
    PARTICLE = "particle"  # a small part of a name (-заде, оглы, аль-): all cases, capitalised or not
    LIST = "list"  # any one-word term of a list: «снять с $транспорт»
    # the Kazakh word for an inhabitant of this place: «Пермь» finds «пермьдік», «Томск» «томскілік»
    DWELLER = "dweller"


class Role(StrEnum):
    """The grammatical role a word must have: who does what to whom, from where and to where."""

    TO = "куда"  # «в Россию», «выдать России», Ресейге
    FROM = "откуда"  # «из Казахстана», Қазақстаннан
    AT = "где"  # «в Астане», «суд Казахстана», «Казахстан выдал», «казахстанский», Алматыда
    WHOM = "кого"  # «задержать россиянина», «арест россиянина», «россиянин задержан», ресейлікті
    WHO = "кто"  # «КНБ задержал», «задержан сотрудниками КНБ», ҰҚК ұстады
    ORIGIN = "родом"  # «врач из Омска», «омский врач», «гражданин России», Ресейден келген


class Scope(StrEnum):
    """How near to each other the lines of a rule must be."""

    SENTENCE = "sentence"  # the title is one sentence
    TITLE = "title"
    TEXT = "text"  # title and text together


Expectation = Literal["match", "post", "review", "miss"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermWord:
    """One word of a term. For kind LIST, `choices` are the words that may be in its place, each with its language."""

    text: str
    kind: TermWordKind
    # a list is identified by its name
    choices: "tuple[tuple[TermWord, Language | None], ...]" = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One alternative of a line; its words must follow one another in the article. `language` None means both."""

    text: str  # as the file writes it
    words: tuple[TermWord, ...]
    language: Language | None
    line: int
    key: str
    role: Role | None = None  # None: any role
    role_line: int = 0  # the line of the file that asks for the role
    is_torn: bool = field(default=False, compare=False)  # the term spans two lines of the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One alternative of a rule's line as the rule writes it: words, or a whole list. `line` is where it is written."""

    text: str
    line: int
    role: Role | None
    language: Language | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A term of every line must be within `within` (a number counts words), and no term of `none`.

    The first line is the act, except with `no_act`: then its words are not used as acts of the topic's rules. The act
    and one other line must be in the title or the lead, unless `anywhere`. `yields_to` are ids of other topics and
    names of their rules: if one of them decides too, as strong as this one, its own topic is not shown. `mentions` hold
    for each line what the file says, before lists are resolved. A `classifier` rule has no lines: it asks about
    articles that no rule matched and that read like the topic's stories.
    """

    name: str
    tier: Tier
    lines: tuple[tuple[Term, ...], ...]
    none: tuple[Term, ...]
    within: Scope | int
    line: int
    anywhere: bool = False
    no_act: bool = False
    yields_to: tuple[str, ...] = ()
    mentions: tuple[tuple[Mention, ...], ...] = ()
    classifier: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A text and what its topic must do: fire (with this tier), or not."""

    title: str
    text: str
    expects: Expectation
    line: int


def example(text: str, *, expects: str, line: int) -> Example:
    """Make an example from the file's text: one line is a text; of several the first is the title."""
    title, newline, body = text.partition("\n")
    if not newline:
        title, body = "", text
    expectation: Expectation = next(
        (known for known in ("match", "post", "review", "miss") if known == expects), "match"
    )
    return Example(title=title.strip(), text=body.strip(), expects=expectation, line=line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A group of rules, of which one must fire. Near a term of `doubt` rules of tier post ask, those of review do not
    fire.
    """

    id: str
    title: str
    hashtag: str
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...]
    line: int
    doubt: tuple[Term, ...] = ()
    title_kk: str = ""
    title_en: str = ""

    @property
    def acts(self) -> tuple[Term, ...]:
        """The terms of the rules' acts: `куда` and `откуда` in `none` must be complements of these words."""
        return tuple(term for rule in self.rules if rule.lines and not rule.no_act for term in rule.lines[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class WordList:
    """A list by its name (`people` too) with its resolved terms. `is_used`: a rule refers to it, at least
    indirectly.
    """

    name: str
    terms: tuple[Term, ...]
    is_used: bool
    line: int


class FactGroup(StrEnum):
    """What kind of fact words give."""

    ACT = "что"
    MATTER = "о чём"  # papers, rules, a request for asylum: nothing that happens or not
    WHO = "кого"
    BY = "кто"
    COUNTRY = "страна"  # also from where and to where
    PLACE = "город"
    NOTHING = "без пары"  # words that say nothing a line of facts could hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """One meaning with its names in three languages ("" for no name), and the words that have it.

    `words` are written as in lists and rules; every other word of `lists` means the same.
    """

    group: FactGroup
    ru: str
    kk: str
    en: str
    words: frozenset[str]
    lists: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """When an article is about another country: it has a term of `there` and none of `here`. In the title such a term
    silences every rule, in the lead rules only ask.
    """

    there: tuple[Term, ...] = ()
    here: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Keywords:
    """The whole file. `lists` are already resolved in the rules; they are kept for checks.

    A term of `never` in a title silences every rule (how-tos, statistics); with one of `doubt` rules only ask (films,
    books, matches). In a text no longer than a lead, which is about one thing, a `within` in words is `short_text`
    times as wide. `counters` are rules that only count posted stories for the archive's charts. `facts` say what words
    mean.
    """

    file: str
    topics: tuple[Topic, ...]
    lists: tuple[WordList, ...] = ()
    never: tuple[Term, ...] = ()
    doubt: tuple[Term, ...] = ()
    elsewhere: Elsewhere = Elsewhere()
    short_text: float = 1.0
    counters: tuple[Rule, ...] = ()
    facts: tuple[Naming, ...] = ()

    @property
    def silencing(self) -> tuple[tuple[Term, ...], ...]:
        """The lines outside rules that make rules silent or ask."""
        return (self.never, self.doubt, self.elsewhere.there, *(topic.doubt for topic in self.topics))

    @property
    def lines(self) -> tuple[tuple[Term, ...], ...]:
        """Every line by which articles are judged; lists and counters are not included."""
        of_rules = (line for topic in self.topics for rule in topic.rules for line in (*rule.lines, rule.none))
        return (*of_rules, *self.silencing, self.elsewhere.here)

    @property
    def counting(self) -> "Keywords":
        """The counters alone, as rules of an invisible topic."""
        topics = (Topic(id="counters", title="", hashtag="", rules=self.counters, examples=(), line=0),)
        return Keywords(file=self.file, topics=topics if self.counters else (), short_text=self.short_text)
