"""Whether one article repeats another: the same text under another address, unchanged or with a remark."""

import re
from datetime import timedelta

from monitor.models.articles import Article
from monitor.stories.similarity import is_short, names_and_figures_in, stem_of
from monitor.text.unicode import fold, sentences

_COPIED = 0.9  # share of common words from which two texts are one
_LOST, _ADDED = 0.05, 0.22  # shares of words lost and added when a text is published again with a remark
_REMARKS = ("обновлено", "дополнено", "исправлено", "фото", "видео", "жаңартылды", "толықтырылды")
# Sentences about the subject in general, or about the outlet: «Напомним, митинги согласовывают с акиматом», «На запрос
# редакции не ответили»
_ASIDE = re.compile(
    r"^\W*(?:напомн(?:им|ю)|обновл\w+|дополн\w+|еске сал\w*|жаңартылды|толықтырылды)\b"
    r"|\bнапомнил[аи]?\b|, напоминают\b|\bот комментариев (?:[\w-]+ )?(?:воздерж|отказ)\w*"
    r"|\bкомментариев (?:[\w-]+ )?не (?:да|получ|последов|предостав)\w*"
    r"|\bна (?:звон|запрос|вопрос|письм|обращени|сообщени)\w* [^.!?]{0,60}\bне (?:ответ|отвеч|отреагир|поступ)\w*"
    r"|(?<!адвокат )(?<!адвокаты )\bнаправил[аи]? (?:[\w-]+ )?(?:запрос|вопрос)\w*"
    r"|\bследи(?:т|м) за (?:[\w-]+ )?(?:развитием|событиями|ситуацией|судьбой|делом)\b"
    r"|\b(?:сауал|сұрау) (?:жолда|жібер)\w*|\b(?:пікір|түсініктеме|жауап) (?:бер|ал)\w* жоқ\b|\bхабарласа алма\w*",
    re.IGNORECASE,
)
# «Полиция снова проверила россиян»: the same words about another time
_ANOTHER_TIME = re.compile(
    r"\b(?:снова|вновь|опять|повторно|ещ[её]|тоже|также|втор(?:ой|ая|ую|ого|ые)|трет(?:ий|ья|ью|ьего)|қайта(?:дан)?|тағы)\b",
    re.IGNORECASE,
)
_TIME = re.compile(r"\b\d{1,2}[:.]\d{2}\b")
_DAY = timedelta(days=1)
_MOMENT = timedelta(minutes=10)  # the most between two dates of one article
_SAYS_ENOUGH = 3  # words of a headline that is more than a rubric
_DENIALS = frozenset({"не", "нет", "без", "отказался", "отказал", "отказали", "отказались", "емес", "жоқ"})


def is_copy(one: Article, other: Article) -> bool:
    """Whether both are one text: the same headline, names, figures and negations, and nearly every word.

    A short text must also have been published at the same moment under a headline of three words at least. An article
    that repeats the other with a remark («Обновлено в 18:05») is a copy too.
    """
    if _is_revised(one, other):
        return True
    if headline_words(one) != headline_words(other) or _kept(one.text) != _kept(other.text):
        return False
    if is_short(one) and (len(headline_words(one)) < _SAYS_ENOUGH or not _at_one_moment(one, other)):
        return False
    ours, theirs = _words(one.text), _words(other.text)
    return len(ours & theirs) >= _COPIED * len(ours | theirs)


def _is_revised(later: Article, earlier: Article) -> bool:
    """Whether `later` contains all of `earlier` within a day and adds hardly anything: no name, figure or negation. The
    claims of the headlines are compared by the caller (`quotes.is_turned`).
    """
    text = _without_asides(later.text)
    was, now = _words(earlier.text), _words(text)
    if is_short(earlier) or is_short(later) or _DENIALS & (was ^ now) or _ANOTHER_TIME.search(later.title):
        return False
    is_whole = len(was - now) <= _LOST * len(was) and len(now - was) <= _ADDED * len(now)
    known = {stem_of(word) for word in (*was, *headline_words(earlier), *_REMARKS)}
    names = names_and_figures_in(later.title, _TIME.sub("", text))
    return is_whole and names <= known and _within_a_day(later, earlier)


def _without_asides(text: str) -> str:
    sentence_texts = (text[slice(*span)] for span in sentences(text))
    return "\n".join(words for words in sentence_texts if not _ASIDE.search(words))


def _within_a_day(one: Article, other: Article) -> bool:
    return not (one.published_at and other.published_at) or abs(one.published_at - other.published_at) <= _DAY


def headline_words(article: Article) -> tuple[str, ...]:
    """Return the folded words of the headline for comparison, without punctuation."""
    return tuple(re.findall(r"\w+", fold(article.title).text))


def _at_one_moment(one: Article, other: Article) -> bool:
    """Whether the dates are within ten minutes; False if one is missing."""
    if one.published_at is None or other.published_at is None:
        return False
    return abs(one.published_at - other.published_at) <= _MOMENT


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold()))


def _kept(text: str) -> frozenset[str]:
    """Return the words that no copy changes: those with capitals or digits, and negations."""
    return frozenset(word for word in re.findall(r"\w+", text) if not word.islower() or word in _DENIALS)
