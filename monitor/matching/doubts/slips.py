"""Slips of the pen that lose a word: the file can be read, but what was meant is not searched for.

Each term is checked by itself, at its place in the file, and reported once: for the first slip that applies.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise

from monitor.config.keyword_rules import Term, TermWord, TermWordKind
from monitor.matching.written_names import are_surnames, as_news_write
from monitor.text.languages.dictionary import is_known
from monitor.text.languages.places import places
from monitor.text.languages.russian import forms, is_infinitive, is_noun, is_place, lemmas, likely_tags
from monitor.text.languages.spelling import meant_by
from monitor.text.languages.word_frequencies import COMMONEST
from monitor.text.unicode import fold

SILENCING = frozenset({"never", "doubt", "none"})
_OR = frozenset({"или", "либо", "и", "немесе"})
_LATIN = re.compile(r"[a-zà-ɏə]+")
_LATIN_LETTER = re.compile(r"[a-zà-öø-ɏə]", re.IGNORECASE)
_CYRILLIC_LETTER = re.compile(r"[Ѐ-ԯ]")
_PLURAL = re.compile(r"([а-яё]{3,})[иы]")
_OF_A_WOMAN = re.compile(r"[^аеиоуыэюя]к$")  # «релокантк(а)»
# Verbs that govern another verb: «запретить покинуть» is one phrase.
_GOVERNING = re.compile(
    "(?:обяз|веле|приказ|предпис|прос|попрос|треб|потреб|предл|разреш|позвол|запре|поруч|вынуд|вынужд|застав|дать|дава|нач"
    "|продолж|обеща|пообеща|хоте|захоте|уме|суме|мочь|смочь|реш|планир|люб|помо).*"
)
_ONLY_RUSSIAN = re.compile("[а-яё]+(?:[нт]ие|ость|нство|ищ[ае]|[иц]ца|ец|[ая]нин)")  # «ведомство» is a loan
_ONLY_KAZAKH = re.compile("[а-я]+(?:[аеы]у|[жш]ы|лык)")  # «тергеу», «жазушы»
_PREPOSITIONS = frozenset({"в", "во", "на", "до", "к", "ко", "из", "с", "со", "от", "у", "по", "о", "об", "для"})
_PLAIN = 4  # letters of the shortest place name that is checked: the village «Убе» is no form of the river «Уба»
_PERSON = frozenset({"NOUN", "anim"})
_ACT = frozenset({"INFN", "tran"})


def slips(terms: Iterable[Term], lists: Mapping[str, Collection[str]]) -> Iterator[tuple[Term, str]]:
    """Yield doubtful terms with the reason, in Russian. `lists` maps a list's name to its words as written."""
    once = {(term.line, term.key, term.text): term for term in terms}.values()
    misspelt = tuple(_misspelt(once))
    yield from misspelt
    named = {id(term) for term, _ in misspelt}
    for term in once:
        if id(term) not in named and (message := next(filter(None, _doubts(term, lists)), "")):
            yield term, message


def _doubts(term: Term, lists: Mapping[str, Collection[str]]) -> Iterator[str]:
    yield _torn(term)
    if "$" in term.text:
        return  # the words of a list are doubted where the list has them
    yield _of_two_alphabets(term)
    yield _commonest(term)
    yield _forgotten_sign(term, lists)
    yield _comma_in_quotes(term)
    yield _run_together(term)
    yield _or(term)
    yield from _of_a_person(term)
    yield _preposition(term)
    yield _not_russian(term)
    yield _declined(term)
    yield _not_kazakh(term)


def _misspelt(terms: Iterable[Term]) -> Iterator[tuple[Term, str]]:
    """Yield words that look misspelt, with the likely word. Words under `kk:` are skipped: no dictionary has them."""
    earlier: set[str] = set()
    for term in sorted(terms, key=lambda term: term.line):
        words = {word.text for word in term.words if word.kind is TermWordKind.WORD and term.language != "kk"}
        for word in sorted(words - earlier):
            if meant := meant_by(word, among=earlier):
                yield term, f"слова «{word}» нет в словаре — может быть, «{meant}»? Если всё верно, оставьте как есть"
            earlier.add(word)


def _torn(term: Term) -> str:
    """Report a phrase that spans two lines: if the comma at a line's end is lost, YAML makes one phrase of the
    words.
    """
    if not term.is_torn:
        return ""
    said = term.text if "«" in term.text else f"«{term.text}»"
    advice = "не потеряна ли запятая или «- »? Если нет, поставьте его на одну строку"
    return f"выражение {said} разорвано концом строки — {advice}"


def _of_two_alphabets(term: Term) -> str:
    """Report a word with Latin and Cyrillic letters. A hyphen or a digit makes two words: «IT-специалист» is right."""
    for word in term.words:
        latin, cyrillic = _LATIN_LETTER.findall(word.text), _CYRILLIC_LETTER.findall(word.text)
        if latin and cyrillic:
            few = f"латинские: {_named(latin)}" if len(latin) <= len(cyrillic) else f"русские: {_named(cyrillic)}"
            return f"в слове «{word.text}» буквы двух алфавитов, {few} — если так вышло случайно, наберите его заново"
    return ""


def _named(letters: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(letters))


def is_commonest(term: Term) -> bool:
    """Whether the term is one word that stands in most news of any subject."""
    return len(term.words) == 1 and term.words[0].text.lower() in COMMONEST


def _commonest(term: Term) -> str:
    """Report a word that is in almost any news. Words that silence rules are left to lint.py, which says more."""
    if term.key in SILENCING or not is_commonest(term):
        return ""
    advice = "возьмите слово реже или выражение из нескольких слов"
    return f"«{term.text.strip('«»')}» есть почти в любой новости и ничего не отбирает — {advice}"


def _forgotten_sign(term: Term, lists: Mapping[str, Collection[str]]) -> str:
    """Report a list's name written without $ in a rule. Words within lists are skipped, and so is a name that is a word
    of its own list.
    """
    if term.key in lists or any(term.text in word for word in lists.get(term.text, (term.text,))):
        return ""
    return f"«{term.text}» — здесь просто слово, но есть список с таким именем — вы хотели ${term.text}?"


def _comma_in_quotes(term: Term) -> str:
    if all("," not in quoted.partition("«")[2] for quoted in term.text.split("»")):
        return ""
    return f"в {term.text} запятая внутри кавычек — не потеряна ли «»»? Ищется всё подряд, без запятых"


def _run_together(term: Term) -> str:
    """Report neighbouring places, persons or verbs that are probably separate words, since a phrase is found only as a
    whole. Nouns in general are no sign: «обход квартира» is right.
    """
    kinds = (_is_place,) if term.language == "kk" else (_is_place, _is_person, _is_act)
    two = next((pair for pair in pairwise(term.words) if any(all(map(kind, pair)) for kind in kinds)), ())
    apart = ", ".join(word.text for word in two)
    return f"«{term.text}» ищется как одно выражение — если это разные слова, поставьте запятую: {apart}" if two else ""


def _is_place(word: TermWord) -> bool:
    is_named = word.kind is TermWordKind.WORD and word.text[:1].isupper()
    return is_named and (is_place(word.text) or bool(places(word.text)))


def _is_person(word: TermWord) -> bool:
    """Whether the word is a person in the dictionary form: «солдат», which may also be a plural."""
    return _is_only(_PERSON, word) and any("nomn" in one for one in _tags(word.text))


def _is_act(word: TermWord) -> bool:
    return _is_only(_ACT, word) and not _GOVERNING.fullmatch(word.text)


def _is_only(grammemes: frozenset[str], word: TermWord) -> bool:
    tags = _tags(word.text) if word.kind is TermWordKind.WORD and word.text.islower() else ()
    return bool(tags) and all(grammemes <= one for one in tags)


def _tags(word: str) -> tuple[frozenset[str], ...]:
    return likely_tags(fold(word).text)


def _or(term: Term) -> str:
    several = term.words if len(term.words) > 1 else ()
    word = next((word.text for word in several if word.text in _OR and word.kind is not TermWordKind.EXACT), "")
    advice = f"если это разные слова, поставьте вместо него запятую; если нет, возьмите его в кавычки: «{word}»"
    return f"«{term.text}» ищется целиком, вместе с «{word}» — {advice}" if word else ""


def _preposition(term: Term) -> str:
    """Report a phrase that begins with a preposition which its role finds by itself."""
    if term.role is None or term.words[0].kind is not TermWordKind.WORD or term.words[0].text not in _PREPOSITIONS:
        return ""
    noun = lemmas(fold(term.words[-1].text).text)[:1]
    name = noun[0].title() if noun and term.words[-1].text.istitle() else term.words[-1].text
    return f"«{term.text}» — предлог роль «{term.role}» найдёт сама: напишите {{{term.role}: {name}}}"


def _of_a_person(term: Term) -> Iterator[str]:
    if term.key == "people" and "«" in term.text:
        yield f"имя {term.text} в кавычках ищется только в этой форме — уберите кавычки, и найдутся все падежи"
    if small := next((word.text for word in term.words if _is_small_name(word)), ""):
        yield f"имя «{term.text}»: «{small}» с маленькой буквы — если это человек, напишите с большой"
    if are_surnames(term):
        yield f"имя «{term.text}» — фамилии, ищутся только подряд; если это разные люди, напишите каждого отдельно"
    if better := as_news_write(term):
        named = " или ".join(f"«{name}»" for name in better)
        yield f"так людей в новостях почти не пишут, а «{term.text}» ищется только так — напишите {named}"


def _is_small_name(word: TermWord) -> bool:
    return word.kind is TermWordKind.NAME and word.text[:1].islower()


def _declined(term: Term) -> str:
    """Report an inflected form, from which no other forms are made: «Елабуги», «иноагенты»."""
    if len(term.words) != 1 or term.words[0].kind is not TermWordKind.WORD or term.language == "kk":
        return ""
    word = term.words[0].text
    first = _nominative(word) or (_singular(word) if term.language == "ru" else "")
    return f"«{word}» — не словарная форма, и другие не найдутся — напишите «{first}»" if first else ""


def _nominative(word: str) -> str:
    """Return the nominative of a place name in another case; "" for any other word."""
    tags = _tags(word) if word.istitle() and len(word) >= _PLAIN else ()
    is_oblique = bool(tags) and all("Geox" in one and "nomn" not in one for one in tags)
    return lemmas(fold(word).text)[0].title() if is_oblique else ""


def _singular(word: str) -> str:
    """Return the singular of a plural noun that the dictionary lacks; "" for any other word."""
    plural = _PLURAL.fullmatch(word)
    if not plural or is_known(word) or len(forms(word)) > 1:
        return ""
    ends = ("а",) if _OF_A_WOMAN.search(plural[1]) else ("", "а", "я", "ь")
    return next((plural[1] + end for end in ends if fold(word).text in forms(plural[1] + end)), "")


def _not_kazakh(term: Term) -> str:
    """Report a Latin or a Russian word under `kk:`. Most Russian nouns pass, because Kazakh borrows them."""
    words = [word.text for word in term.words if word.kind is TermWordKind.WORD] if term.language == "kk" else []
    if latin := next(filter(_LATIN.fullmatch, words), ""):
        return f"«{latin}» под kk латиницей найдётся только так — напишите кириллицей, и найдутся оба написания"
    if russian := next(filter(_is_russian, words), ""):
        return f"«{russian}» под kk — слово русское, форм по-казахски у него нет — перенесите его под ru"
    return ""


def _is_russian(word: str) -> bool:
    is_adjective = word.endswith(("ый", "ский")) and any("ADJF" in tags for tags in _tags(word))
    is_no_loan = _ONLY_RUSSIAN.fullmatch(word) is not None and is_noun(word)
    return word.islower() and (is_adjective or is_no_loan or is_infinitive(word))


def _not_russian(term: Term) -> str:
    """Report Kazakh verbs and agent nouns under `ru:`; any other unknown word may be a new Russian one."""
    words = [word.text for word in term.words if word.kind is TermWordKind.WORD] if term.language == "ru" else []
    kazakh = next((word for word in words if _ONLY_KAZAKH.fullmatch(word) and not is_known(word)), "")
    return f"«{kazakh}» под ru — слово казахское, форм по-русски у него нет — перенесите его под kk" if kazakh else ""
