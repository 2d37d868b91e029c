"""Whether a word for an act says that it happens, that it does not, or only mentions it.

«Выдали» happened; «не выдали», «отказ в выдаче», «бермеді», «беруден бас тартты» did not; «выдача», «экстрадициялау»
may be requested or feared. In doubt it counts as denied: a fact left out misleads nobody.
"""

import re
from collections.abc import Sequence

from monitor.text.languages.kazakh import Stem
from monitor.text.languages.kazakh_latin import latin_skeleton
from monitor.text.languages.russian import is_verb, likely_tags

_SEEN = 60  # characters on each side of a word in which its denial is looked for
_BEFORE = re.compile(
    r"\b(?:не|без|вместо|против|отказ\w*|отмен\w*|избеж\w*|избег\w*|останов\w*|приостанов\w*|предотвра\w*|запре[тщ]\w*"
    r"|отклон\w*|опроверг\w*|недопу\w*)"
    r"(?: (?:в|во|от|на|о|об|его|ее|её|их|стал\w*|буд\w+|хо[тч]\w+|могут|может|запрос\w*|решени\w*)){0,3} $",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"[\s»\"]+(?:\w+ ){0,2}?(?:отказ|отмен|приостан|останов|отклон|не состоя|не буд|не собира|нельзя|невозмож)",
    re.IGNORECASE,
)
# A Kazakh verb is at the end of its clause, and so is what denies it.
_AFTER_KAZAKH = re.compile(
    r"[^,;:.!?]*?\b(?:бас тарт|жол берме|бол[мп]а|тоқтат|тыйым|емес|жоқ|қарсы|доғар|күшін жой|айналып"
    r"|bas tart|jol berme|bol[mp]a|toqtat|ty[iı]ym|emes|joq|jok|zhoq|qarsy|doğar|ainalyp"
    r"|\w+(?<!қа)[мбп][ае](?:йд[ыі]|д[ыі]|[ғг][ае]н)\b)",
    re.IGNORECASE,
)
_NOT = re.compile(r"(?:[ыі]?[лнст]|[дт][ыі]р|[ғқгк][ыі]з){0,3}[мпб][ае](?![қк]|с?т[ыі]|ш[ыі])")
_NOT_LATIN = re.compile(r"(?:i?[lnst]|[dt]ir|[gk]iz){0,3}[mpb][ae](?!k|sti|si)")
_NOT_AT_END = re.compile(r".{4,}[мбп][ае](?:йд[ыі]|д[ыі]|[ғг][ае]н\w*|у\w*|й|с)")
_HAPPENS = re.compile(r".{2,}(?:(?<![ую])[дт][ыі]|(?<!у)[ғқгк][ае]н(?:д[ыіае]\w*|ы|і|ын|ін|н[ыі]\w*)?|[ыіа]п|.п)")
_HAPPENS_LATIN = re.compile(r".{2,}(?:(?<![uw])[dt][iy]|[gkq][ae]n(?:d[iae]\w*|i|in|n[iy]\w*)?|[iya]p)")
_NOT_YET = frozenset({"futr", "1per", "2per"})  # «увезём», «выдаст»: about what may come
_INFINITIVE = ("ть", "ться", "ти", "тись", "чь", "чься")


def is_denied(before: str, after: str) -> bool:
    """Whether the text before or after the word, within its sentence, denies it."""
    near = after[:_SEEN]
    return bool(_BEFORE.search(before[-_SEEN:]) or _AFTER.match(near) or _AFTER_KAZAKH.match(near))


def is_negative(word: str, stems: Sequence[Stem]) -> bool:
    """Whether a folded Kazakh word is a negative verb form of one of these stems: «бермеуге».

    Without stems, as for `депорт*`, only its ending is checked.
    """
    if not stems:
        return _NOT_AT_END.fullmatch(word) is not None
    is_latin = word[:1] < "\u0400"
    written, pattern = (latin_skeleton(word), _NOT_LATIN) if is_latin else (word, _NOT)
    known = [stem for stem in stems if stem.script == ("latin" if is_latin else "cyrillic") and not stem.typed_for]
    rests = {written[len(stem.text) :] for stem in known if written.startswith(stem.text)}
    accepted = [rest for stem in known for rest in rests if stem.accepts(rest)]
    return bool(accepted) and any(map(pattern.match, accepted))


def happens_in_russian(word: str) -> bool:
    """Whether a folded word for an act, a verb or a participle, says that it is done: «выдали», not «выдача»."""
    return is_verb(word) and not word.endswith(_INFINITIVE) and not any(map(_NOT_YET.__and__, likely_tags(word)[:1]))


def happens_in_kazakh(word: str) -> bool:
    """Whether a Kazakh word for an act, in any letters, says that it is done: «берді», not «беру»."""
    happens = _HAPPENS_LATIN.fullmatch(word) if word[:1] < "\u0400" else _HAPPENS.fullmatch(word)
    return happens is not None
