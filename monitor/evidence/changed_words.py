"""The words of changed sentences, and whether two words are the same but for typos, endings or spelling. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from monitor.text.languages.numerals import numbers
from monitor.text.unicode import WORD, fold

_OPENING = "«„“\"'([—–-"
_OPENS_SPEECH = re.compile(r"[!?…:][»”“\"')\]]*$")  # a capital after it does not mark a name
_NAME_INSIDE = re.compile(r"(?:(?<=[^\W_] )|(?<=[^\W_], ))[«„“\"(]*([A-ZА-ЯЁӘҒҚҢӨҰҮҺІ][\w-]+)")
_STEM = 5  # letters by which a name that begins a sentence is recognised
_SHORTEST_TYPO = 4  # letters of the shortest word in which a typo is assumed
_LONGEST_WORD = 40
_RUSSIAN_ENDINGS = "а я у ю е ы и о ой ей ом ем ым им ою ых их ого его ому ему ая ую ий ый ами ям ями ах ях"
_KAZAKH_ENDINGS = (
    "ның нің дың дің тың тің ға ге қа ке на не да де та те дан ден тан тен нан нен ды ді ты ті ны ні мен бен пен"
)
_ENDINGS = frozenset(["", *_RUSSIAN_ENDINGS.split(), *_KAZAKH_ENDINGS.split()])
_NEGATED_INSIDE = re.compile(r"[мбп][ае]")  # Kazakh: «қабылдаған», «қабылдамаған»
_DECISIVE = re.compile(
    r"(?P<no>не|нет|ни|нельзя|никогда|без|емес|жоқ|not?|never)$|(?P<refused>отказ|опроверг|опроверж|отрица|жоққа)"
    r"|(?P<held>задерж|ұстал|ұстад|ұстап|ұстағ)|(?P<arrested>арест|қамау|қамал|тұтқын)|(?P<convicted>осуд|осужд|соттал|соттад|соттап|пригов|үкім(?!ет))"
    r"|(?P<freed>освобо|отпу[сщ]т|отпущ|босат|оправд|ақтал|ақтап|ақтаған)|(?P<handed>экстрад|выда[лнчюевт]|выдво|депорт|передан)"
    r"|(?P<accused>обвин|айыпта|подозр|күдік)|(?P<killed>убит|убий|погиб|умер$|умерл|умерш|скончал|қаза$|өлтір|қайтыс)"
    r"|(?P<hurt>пытк|пытал|избит|избив|азапта)|(?P<searched>обыск|тінту|допрос|тергеу)|(?P<fled>исчез|пропал|сбежал)"
    r"|(?P<month>январ|феврал|март[аеу]?$|апрел|ма[йяе]$|июн|июл|август|сентябр|октябр|ноябр|декабр|қаңтар|ақпан|наурыз"
    r"|сәуір|мамыр|маусым|шілде|тамыз|қыркүйек|қазан|қараша|желтоқсан)"
    r"|(?P<weekday>понедельник|вторник|сред[аыуе]$|четверг|пятниц|суббот|воскресен|дүйсенбі|сейсенбі|сәрсенбі|бейсенбі)"
)  # what happened to people, and when; by beginnings of words
_DATED = frozenset({"month", "weekday"})  # these matter by the word itself, not only by their kind
_SHORT = {"тыс": "тысяч", "млн": "миллионов", "млрд": "миллиардов"}
_ORDINAL = re.compile(r"^(\d+)(?:х|й|я|е|м|го|му|ми|ти|шы|ші)$")  # «24-х летний» and «24-летний»
_NO_NUMBERS = frozenset({"он", "семью"})  # ten in Kazakh and seven in Russian, but mostly «he» and «family»


class ShownWord(NamedTuple):
    """A word as on the page with its signs, and its key for comparison; `sentence` numbers the changed sentences."""

    shown: str
    key: str
    is_name: bool
    is_quoted: bool
    sentence: int


def words_of(sentences: Sequence[str], *, names: frozenset[str], quoted: frozenset[int]) -> Iterator[ShownWord]:
    """Yield the words of sentences; `names` as from `name_stems`, `quoted`: numbers of those that our post shows."""
    for number, sentence in enumerate(sentences):
        for word, key, is_name in _words(sentence, names):
            yield ShownWord(word, key, is_name, number in quoted, number)


def name_stems(texts: Iterable[str]) -> frozenset[str]:
    """Return the first letters of words that are capitalised inside a sentence anywhere in the texts."""
    return frozenset(_key(name[1])[:_STEM] for text in texts for name in _NAME_INSIDE.finditer(text))


def is_one_text(before: Sequence[ShownWord], after: Sequence[ShownWord]) -> bool:
    """Whether only signs and blanks differ: «много летний» and «многолетний»."""
    return "".join(word.key for word in before) == "".join(word.key for word in after)


def is_negated(before: Iterable[str], after: Iterable[str]) -> bool:
    """Whether a word of one side is the negation of one of the other."""
    old, new = frozenset(before), frozenset(after)
    sides = ((old - new, new), (new - old, old))
    return any(positive in others for words, others in sides for word in words for positive in _without_negation(word))


def is_same_name(before: str, after: str) -> bool:
    """Whether two names differ only in their case endings: «Ахметов» and «Ахметовым», not «Ахмедов»."""
    common = _common(before, after)
    starts = range(common, max(common - 2, 2), -1)
    ended = any(before[start:] in _ENDINGS and after[start:] in _ENDINGS for start in starts)
    return before == after or (common >= 3 and ended)


def is_slip(before: Sequence[ShownWord], after: Sequence[ShownWord]) -> bool:
    """Whether each word of one side is that of the other, perhaps with a typo or another ending."""
    if len(before) != len(after):
        return is_one_text(before, after)
    return all(
        old.key == new.key
        or (is_same_name(old.key, new.key) if old.is_name or new.is_name else _is_typo(old.key, new.key))
        for old, new in zip(before, after, strict=True)
    )


def facts(words: Sequence[ShownWord]) -> tuple[tuple[str, ...], ...]:
    """Return what may not change unnoticed, each in order: names, figures (digits or words), what happened to
    people.
    """
    decisive = [match for word in words if (match := _DECISIVE.match(word.key))]
    return (
        tuple(word.key for word in words if word.is_name),
        tuple(figure for word in words if (figure := _figure(word.key))),
        tuple(match[0] if match.lastgroup in _DATED else str(match.lastgroup) for match in decisive),
    )


def _figure(key: str) -> str:
    if digits := re.sub(r"\D", "", key):
        return digits.lstrip("0") or "0"
    return "" if key in _NO_NUMBERS else "".join(map(str, numbers(key)))


def _is_typo(before: str, after: str) -> bool:
    """Whether two words of four letters or more differ only by a typo or ending, not by a negation or digits."""
    if min(len(before), len(after)) < _SHORTEST_TYPO or max(len(before), len(after)) > _LONGEST_WORD:
        return False
    if not (before.isalpha() and after.isalpha()) or is_negated([before], [after]):
        return False
    longest = max(len(before), len(after))
    if 2 * (_common(before, after) + _common(before[::-1], after[::-1])) < longest:
        return False
    return _distance(before, after) <= (2 if longest > _STEM else 1)


def _words(sentence: str, names: frozenset[str]) -> Iterator[tuple[str, str, bool]]:
    """Yield each word as shown, its key, and whether it is a name."""
    begins = True
    for word in sentence.split():
        key = _key(word)
        if key:
            yield word, key, _is_name(word.lstrip(_OPENING), key, names, begins=begins)
        begins = (begins and not key) or _OPENS_SPEECH.search(word) is not None


def _is_name(bare: str, key: str, names: frozenset[str], *, begins: bool) -> bool:
    if not bare[:1].isupper():
        return False
    return not begins or (len(key) > 1 and bare[:2].isupper()) or (len(key) >= 3 and key[:_STEM] in names)


def _key(word: str) -> str:
    key = "".join(WORD.findall(fold(word).text))
    return _ORDINAL.sub(r"\1", _SHORT.get(key, key))


def _without_negation(word: str) -> Iterator[str]:
    """Yield the word without a possible negation: «невиновен» → «виновен», «қабылдамаған» → «қабылдаған»."""
    if word.startswith("не"):
        yield word[2:]
    for inside in _NEGATED_INSIDE.finditer(word[:_LONGEST_WORD]):
        yield word[: inside.start()] + word[inside.end() :]


def _common(one: str, other: str) -> int:
    length = min(len(one), len(other))
    return next((place for place in range(length) if one[place] != other[place]), length)


def _distance(one: str, other: str) -> int:
    """Return the Levenshtein distance."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, start=1):
        above, row[0] = row[0], number
        for place, other_letter in enumerate(other, start=1):
            above, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, above + (letter != other_letter)),
            )
    return row[-1]
