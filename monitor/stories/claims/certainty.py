"""How sure an outlet is about what it reports: it says so, it has only heard so, or it denies what others said. Pure.

The headline decides, and those words of the lead that can hardly be about anything else. A report that officials did
not confirm is still a report: «КНБ не подтвердил» does not make it hearsay.
"""

import re
from enum import Enum
from typing import Final

from monitor.models.articles import Article
from monitor.text.languages.objects import given_thing, is_giving
from monitor.text.remembered import remembered
from monitor.text.unicode import sentences

_REMEMBERED: Final = 5_000  # sentences in the cache: each telling of a story asks again what earlier ones denied
_LEAD: Final = 600  # characters of a text that are about its headline
_FIRST: Final = 3  # sentences that may retract the claim; later ones are about older cases


class Certainty(Enum):
    """How sure an article is about its own claim."""

    SAID = "said"
    UNCONFIRMED = "unconfirmed"
    DENIED = "denied"


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_DEED: Final = (  # Only past forms: «просят не высылать» denies nothing.
    r"(?:(?:экстрадирова|депортирова|этапирова|выдава|выда|передава|переда|вывози|вывез|высыла|высла|выдворя|выдвори)"
    r"(?:л[аио]?(?:с[ья])?|н[аоы]?)|выдвор[её]н[аоы]?|вывез(?:ли|ен[аоы]?))\b(?! (?:УТР|РВП|ВНЖ)|[^.!?]{0,40}, а )"
)
_DEED_KK: Final = (
    r"(?:бер|тапсыр|экстрадицияла|депортацияла|шығар|жібер|ұста|қайтар|өткіз|шақыр|тінт|тоқтат|жауап ал|қамауға ал)"
)
_NEWS: Final = r"(?:информаци|сведени|сообщени|новост|извести|слух|публикаци|рассылк)\w*"
_NEWS_KK: Final = r"(?:мәлімет|ақпарат|хабар|дерек|жазба)\w*"
_FALSE: Final = r"(?:выдумк|лож|фейк)\w*"
_SUCH: Final = r"(?:так|никак|подобн)(?:ого|ой|их|ую|ое|ие)"
_PLAN: Final = r"(?:решени|план|документ|проект|поручени|указани|запрет|изменени|норм|распоряжени|требовани|запрос)"
_MADE: Final = r"(?:был|принима|принят|выноси|существу|готов|планиру|получа|поступа|разрабатыва|рассматрива)"
_BETWEEN: Final = r"(?:[\w-]+ )"
_NOT_KK: Final = r"(?:[ғгқк][ае]н жоқ|м[ае]д[ыі]\b)"
_NAMESAKE: Final = r"(?:т[её]з[кчо]|однофамил|двойник|друг(?:ого|ую) (?:человек|мужчин|женщин|россиян))"
_BODY: Final = r"(?:Д?КНБ|ФСБ|МВД|полици|прокуратур|силовик|ведомств|посольств|консульств|Д?ҰҚК|ІІМ)"
_DENIAL: Final = _any_of(
    # Denying a charge is not denying an event.
    r"\bопровер(?:г|ж)\w*(?! (?:[\w-]+ ){0,2}?(?:обвинен|вин[уы]\b|причастн|подозрен))",
    r"\bотрица(?:ет|ют|л[аи]?)\b(?! (?:[\w-]+ ){0,2}?(?:вин[уы]\b|причастн|обвинен))",
    rf"\bне (?P<deed>{_DEED})",
    r"\b(?:обыск|задержани|выдач|экстрадици|депортаци|высылк|допрос|вызов|арест)\w* [^,.!?]{0,40}\bне было\b",
    rf"\b{_BODY}\w*[^.!?]{{0,60}}\b(?:отношения не име\w+|не ?причаст\w+|қатысы(?:мыз)? жоқ)",
    rf"\b{_BODY}\w*[^.!?]{{0,60}}\b(?:отрица|опроверг|не подтверд)\w+ (?:[\w-]+ )?причастн\w+",
    r"\b(?:мероприяти|действи|обыск|проверк)\w* [^.!?]{0,60}\bне (?:провод|производ)ил\w*",
    r"\b(?:запрос|ходатайств)\w* [^.!?]{0,60}\bне (?:поступа|получал)\w*",
    rf"\b{_SUCH} {_PLAN}\w* {_BETWEEN}{{0,5}}?(?:не {_MADE}\w*|нет\b)",
    rf"\bне {_MADE}\w* {_BETWEEN}{{0,2}}?{_SUCH} {_PLAN}",
    rf"\b(?:мұндай|ондай|ешқандай) (?:шешім|құжат|жоба|сұрау|тыйым|талап)\w* [^.!?]{{0,60}}?(?:{_NOT_KK}|\bжоқ\b)",
    rf"\b(?:пере|с)пута(?:л[аи]?|н[аоы]?)\b|\bне [\w-]+, а (?:[\w-]+ ){{0,2}}?{_NAMESAKE}|\bшатастыр\w*",
    r"\bне соответству\w+ действительности|\bне подтвердил(?:ся|ась|ись|ось)\b",
    # «Статья о фейках», «жалған ақпарат таратқаны үшін» are charges.
    r"(?:\bэто|\bоказал\w+|\bназва\w+|[—–-]) (?:фейк|дезинформаци|вброс|ложь|неправд)\w*",
    r"^\W*фейк(?:ов\w+ новост\w*)?\b",
    r"\bпоправк[аи] (?:редакци|к новост)\w*",
    rf"жоққа шығар\w*|\b{_DEED_KK}\w{{0,4}}[ғгқк][ае]н жоқ(?:пыз|пын)?\b",
    r"[—–-] жалған\b|\bжалған ақпарат деп ата\w*",
    r"\b(?:тінту|ұстау|беру|шақыру|тергеу|қамау|жауап алу)\w* болған жоқ\b",
    r"шындыққа (?:жанаспа|(?:сай|сәйкес) келме)\w*|\bрас емес\b",
    r"\bжалған (?:екен|деп|болып)\w*|\bтүзету\b|\bутк[аи] о\b|\bпреждевременн\w+",
    rf"\b{_NEWS_KK} (?:[\w-]+ ){{0,2}}?жалған(?! таратты|ды| тарату)\b",
)
_CONCEDED: Final = _any_of(r"\b(?:хотя|несмотря|вопреки|ранее|раньше|бұған дейін|қарамастан)\b")
_WHO: Final = re.compile(r"\b(?:котор\w+|кого|кем|кому)\b[^,;:.!?]*$", re.IGNORECASE)  # «те, кого никто не выдавал»
_DOUBT: Final = _any_of(  # in a headline: the doubt is what it reports
    r"\bне (?:подтвержда\w+|подтвердил[аи]?|мо(?:жет|гут) подтвердить)\b",
    r"\bне располага\w+ (?:сведени|информаци|данны)\w*",
    r"\bраста(?:май|ма)(?:ды|ған)\b",
)
_CORRECTED: Final = _any_of(  # in a text: the outlet's own mistake
    r"\bошибочно (?:написал|сообщил|указал|назвал)\w*|\bмы ошиблись\b|\bприносим извинения\b",
    r"\bқате (?:жазды|жазыл|хабарла)\w*|\bкешірім сұрай(?:мыз|ды)\b",
)
_RETRACTED: Final = _any_of(  # in a text: a mistake in others' news
    rf"\b(?:пере|с)пута(?:л[аи]?|н[аоы]?) {_BETWEEN}{{0,3}}?{_NAMESAKE}|\bне [\w-]+, а (?:[\w-]+ ){{0,2}}?{_NAMESAKE}",
    rf"\bмұндай шешім\w* [^.!?]{{0,60}}?{_NOT_KK}",
    r"\b(?:источник|докладчик|спикер|пресс-служб|ведомств)\w*(?:,[^,.!?]*,)? (?:[\w-]+ ){0,2}ошиб(?:ся|л[аио]сь)\b",
    rf"\b{_NEWS} (?:[^.!?]|\b\w\.){{0,80}}не соответству\w+ действительности|\bопроверг(?:л[аи])? {_NEWS}",
    r"\bтакого решения (?:не было|не принимал)",
    r"\bрешени\w+ о (?:выдаче|экстрадиции|высылке|депортации) [^.!?]{0,60}не принимал",
    rf"\bназва(?:л[аи]?|н[аоы]?) {_FALSE} {_NEWS}|\b{_NEWS} [^.!?]{{0,60}}\bназва(?:л[аи]?|н[аоы]?) {_FALSE}",
    rf"\b{_NEWS_KK} [^.!?]{{0,60}}(?:шындыққа (?:жанаспа|(?:сай|сәйкес) келме)|рас емес)\w*",
    rf"\b{_NEWS_KK} (?:[\w-]+ ){{0,2}}жоққа шығар\w*|\b{_NEWS_KK} (?:[—–-] )?жалған(?:[,.]|$| деп\b| екен)",
)
_HEARSAY: Final = _any_of(
    r"\bнеподтвержд[её]нн\w*|\bякобы\b|\bпредположительно\b|\bпохоже,|\bвроде бы\b|\bмо(?:г|гла|гли) быть \w+н[аоы]?\b",
    r"\bслух(?:и|ов|ах|ам)\b|\b(?:в чатах|подписчики|читатели) (?:пишут|сообщают)|\bсообщают (?:подписчики|читатели)",
    r"^\W*(?:очевид|подписчи|читател)\w+:",
    r"^\W*(?:говорят|слышно),|\bпроверяем\b|[ғгқк][ае]н болуы мүмкін\b|\bестіген\b|\bдеп (?:ойла|топшыла)\w+",
    r"^\W*(?:пишут|сообщают), что\b|\bвозможно, (?:\w+ ){0,2}?\w{3,}(?:л[аио]?|н[аоы]?)\b",
    r"\bрасталмаған|\bкөрінеді\b|\bдеседі\b|\bқауесет|\w-м[ыі][сш]\b|\bсияқты\b|\bдейді$",
    r"\b(?:ақпарат|хабар|сөз|әңгіме) (?:тара|бар\b)|^\W*(?:оқырман|жазылушы)\w*(?: [\w-]+)?:",
)
_HEARD: Final = _any_of(  # in a text
    r"\bне(?:подтвержд[её]|провере)нн\w* (?:данн|информац|сведени|сообщени)\w*|\bподтверждени\w+ [^.!?]{0,40}\bнет\b",
    r"^(?:(?!обвин|дело|стать|подозрева)[^.!?])*\bякобы\b",
    r"\bпредположительно,? это\b",
    rf"\bпока не подтверд(?:ится|ят)\b|\bякобы (?:уже )?{_DEED}",
    r"\b(?:проверить|подтвердить) [^.!?,]{0,40}\bне (?:можем|смогли|удалось|уда[её]тся)\b",
    r"\bне (?:можем|смогли|удалось|уда[её]тся) [^.!?,]{0,20}\b(?:проверить|подтвердить)\b",
    r"\bрастай алма\w*|\bдеген (?:сөз|әңгіме) (?:бар|тара)\w*",
    r"\bрасталмаған (?:дерек|ақпарат|мәлімет)\w*|\bақпарат\w* [^.!?]{0,40}раста(?:л?маған|л?мады|л?ған жоқ)\b",
    r"\w-м[ыі][сш]\b",
)
_ASKS: Final = re.compile(r"\?\W*$")
# «Почему высылают?» asks about a known event; «Выдали ли Пробникова?» asks whether there was one.
_WHETHER_ASKED: Final = re.compile(r"\bли\b[^.!?]{0,120}\?", re.IGNORECASE)
_ABOUT_IT: Final = _any_of(
    r"\b(?:кто|кого|кому|кем|что|чего|чем|почему|зачем|как|какой|какие|каких|чь[ия])\b",
    r"\b(?:куда|откуда|где|когда|сколько|неужели)\b",
    r"\b(?:кім\w*|не|неге|неліктен|қалай|қайда\w*|қашан|қанша|қандай|нені?)\b",
)


def certainty(article: Article) -> Certainty:
    """Return how sure the article is about what it reports."""
    title, lead = article.title, article.text[:_LEAD]
    if denial(title) or _RETRACTED.search(_first_sentences(lead)) or _CORRECTED.search(lead):
        return Certainty.DENIED
    is_asked = _WHETHER_ASKED.search(title) or (_ASKS.search(title) and not _ABOUT_IT.search(title))
    is_heard = is_asked or doubt(title) or _HEARSAY.search(title) or _HEARD.search(lead)
    return Certainty.UNCONFIRMED if is_heard else Certainty.SAID


def _first_sentences(lead: str) -> str:
    ends = [end for _, end in sentences(lead)[:_FIRST]]
    return lead[: ends[-1]] if ends else ""


def doubt(headline: str) -> str:
    """Return the words by which a headline says that somebody does not confirm others' reports; "" for none."""
    words = _DOUBT.search(headline)
    return words[0] if words and not _CONCEDED.search(headline) else ""


def denies(sentence: str) -> bool:
    """Whether a sentence of a text denies what others said."""
    return bool(denial(sentence) or _RETRACTED.search(sentence) or _CORRECTED.search(sentence))


@remembered(_REMEMBERED)
def denial(headline: str) -> str:
    """Return the words by which a headline says that something did not happen; "" for none.

    A refusal («отказали в выдаче») is a step of the case, not a denial. A denial that the headline itself overrules
    («хотя», «ранее») does not count.
    """
    every = (words for words in _DENIAL.finditer(headline) if not _WHO.search(headline[: words.start()]))
    words = next((words for words in every if not _is_of_a_thing(headline, words)), None)
    return words[0] if words and not _CONCEDED.search(headline) else ""


def _is_of_a_thing(headline: str, words: re.Match[str]) -> bool:
    """Whether a thing is meant and not a person: «не выдали разрешение»."""
    deed = (words["deed"] or "").lower()
    return is_giving(deed) and bool(given_thing(deed, headline[: words.start()], headline[words.end() :]))
