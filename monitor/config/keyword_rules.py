"""What keywords.yaml says, as values: topics of rules, rules of lines, lines of terms. keywords.py reads them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from monitor.models.articles import Language, Tier


class TermWordKind(StrEnum):
    """In which forms one word of a term is looked for."""

    WORD = "word"  # in every form
    EXACT = "exact"  # as written
    PREFIX = "prefix"  # every word that begins so
    NAME = "name"  # a person: every case, with a capital letter only
    PARTICLE = "particle"  # a small part of a name (-заде, оглы, аль-): every case, capital or not
    LIST = "list"  # any one-word term of a list: «снять с $транспорт»
    DWELLER = "dweller"  # who lives in this place, in Kazakh: «Пермь» finds «пермьдік», «Томск» «томскілік»


class Role(StrEnum):
    """The grammatical way in which a word must stand: who does what to whom, whence and whither."""

    TO = "куда"  # «в Россию», «выдать России», Ресейге
    FROM = "откуда"  # «из Казахстана», Қазақстаннан
    AT = "где"  # «в Астане», «суд Казахстана», «Казахстан выдал», «казахстанский», Алматыда
    WHOM = "кого"  # «задержать россиянина», «арест россиянина», «россиянин задержан», ресейлікті
    WHO = "кто"  # «КНБ задержал», «задержан сотрудниками КНБ», ҰҚК ұстады
    ORIGIN = "родом"  # «врач из Омска», «омский врач», «гражданин России», Ресейден келген


class Scope(StrEnum):
    """How near to each other the lines of a rule must stand."""

    SENTENCE = "sentence"  # the title is a sentence of its own
    TITLE = "title"
    TEXT = "text"  # title and text together


Expectation = Literal["match", "post", "review", "miss"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermWord:
    """One word of a term; of kind LIST, the words that may stand in its place, each with its language."""

    text: str
    kind: TermWordKind
    choices: "tuple[tuple[TermWord, Language | None], ...]" = field(default=(), compare=False)  # a list is its name


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One alternative of a line; its words stand in the article one after another. `language` None: both."""

    text: str  # as the file writes it
    words: tuple[TermWord, ...]
    language: Language | None
    line: int
    key: str
    role: Role | None = None  # None: however it stands
    role_line: int = 0  # where the role is asked for
    is_torn: bool = field(default=False, compare=False)  # the file's line ends in the midst of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One alternative of a rule's line as the rule writes it: words, or a whole list. `line`: where that is written."""

    text: str
    line: int
    role: Role | None
    language: Language | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A term of every line must stand within `within` (a number counts words), and no term of `none` there.

    The first line is the act, but with `no_act`: then nothing is a complement of it, in whatever rule of its topic.
    It and one other line must stand in the title or the lead, unless `anywhere`. `yields_to` are ids of other topics
    and names of their rules: where one of them decides, too, as strong as this, its own topic is not shown.
    `mentions` are for each line what the file says there, before the lists are written in. A `classifier` has no lines:
    it asks about what no rule found and what reads like other stories of the topic.
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
    """A text and what its topic must say of it: fire (in that very tier), or stay silent."""

    title: str
    text: str
    expects: Expectation
    line: int


def example(text: str, *, expects: str, line: int) -> Example:
    """An example as the file writes it: one line is a text; of several the first is the title."""
    title, newline, body = text.partition("\n")
    if not newline:
        title, body = "", text
    expectation: Expectation = next(
        (known for known in ("match", "post", "review", "miss") if known == expects), "match"
    )
    return Example(title=title.strip(), text=body.strip(), expects=expectation, line=line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A group of rules; one that fires is enough. Beside a term of `doubt` a rule that would publish asks, and one that
    would ask is silent.
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
        """What its rules say is done: whither and whence in `none` are asked of these words."""
        return tuple(term for rule in self.rules if rule.lines and not rule.no_act for term in rule.lines[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class WordList:
    """A list by its name, `people` among them, with the terms it refers to. `is_used`: a rule can reach it."""

    name: str
    terms: tuple[Term, ...]
    is_used: bool
    line: int


class FactGroup(StrEnum):
    """What the words of a fact are, whatever rule they met."""

    ACT = "что"
    MATTER = "о чём"  # papers, rules, a request for asylum: nothing that happens or not
    WHO = "кого"
    BY = "кто"
    COUNTRY = "страна"  # whence and whither, too
    PLACE = "город"
    NOTHING = "без пары"  # they say nothing that a line of facts could hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """One meaning, named in three languages ("" where it has no name), and the words that have it.

    `words` stand as the lists and the rules write them; every other word of `lists` means the same.
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
    """What makes an article one of another country: a term of `there` in one that has no term of `here` at all. In the
    title it silences every rule, in the lead they only ask.
    """

    there: tuple[Term, ...] = ()
    here: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Keywords:
    """The whole file. `lists` are already written into the rules; they stay here to be checked.

    A term of `never` in a title silences every rule: how-tos, statistics; beside one of `doubt` they only ask: films,
    books, matches, whose people may be taken. In a text no longer than a lead, which is all about one thing, a `within`
    in words is `short_text` times as wide. `counters` only count, for the archive's charts, stories that were posted.
    `facts` name what the words mean.
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
        """The lines of no rule that make rules silent, or ask."""
        return (self.never, self.doubt, self.elsewhere.there, *(topic.doubt for topic in self.topics))

    @property
    def lines(self) -> tuple[tuple[Term, ...], ...]:
        """Every line by which articles are judged; what is only declared as a list, or counted, is none."""
        of_rules = (line for topic in self.topics for rule in topic.rules for line in (*rule.lines, rule.none))
        return (*of_rules, *self.silencing, self.elsewhere.here)

    @property
    def counting(self) -> "Keywords":
        """The counters alone, as the rules of a topic that nobody sees."""
        topics = (Topic(id="counters", title="", hashtag="", rules=self.counters, examples=(), line=0),)
        return Keywords(file=self.file, topics=topics if self.counters else (), short_text=self.short_text)
