"""The steps of a case: their names, which of them are urgent, and which of them a text mentions. Pure.

Two questions are asked of a text. Does it *mention* a step (`speaks_of`)? Doubtful forms count, so that news is not
taken for known. Does it say that the step *happened* (`taken_steps`)? Doubtful forms do not count, because subscribers
read the answer in our own words: only finite forms are accepted (step_forms.py), about neither the future nor the past.
"""

import re
from collections.abc import Iterable
from enum import Enum
from functools import cache
from typing import Final

from monitor.models.channels import Tongue
from monitor.stories.claims.step_forms import ABOUT_BEFORE, FORMS, NOT_YET_AFTER, NOT_YET_BEFORE, OF_OFFICE
from monitor.text.languages.objects import given_thing, is_giving
from monitor.text.remembered import remembered
from monitor.text.unicode import sentences


class Step(Enum):
    """A step of a case. The value is its Russian name in the reasons of a story."""

    DETAINED = "задержание"
    ARRESTED = "арест"
    REQUESTED = "запрос"
    REMOVAL_DECIDED = "решение о выдаче"
    HANDED_OVER = "выдача"
    REMOVAL_REFUSED = "отказ в выдаче"
    NOT_REMOVED = "не выдали"
    RELEASE_REFUSED = "отказ в освобождении"
    RELEASED = "освобождение"
    ASYLUM_REFUSED = "отказ в убежище"
    ASYLUM_GRANTED = "убежище дано"
    QUESTIONED = "допрос"
    SEARCHED = "обыск"
    CHARGED = "обвинение"
    COURT_REFUSED = "отказ суда"
    EXTENDED = "продление"
    POSTPONED = "отсрочка"
    DIED = "смерть"
    HUNGER_STRIKE = "голодовка"
    HARMED = "вред здоровью"
    KIDNAPPED = "похищение"
    DISAPPEARED = "исчезновение"
    APPEALED = "обжалование"
    LAWYER_BARRED = "адвоката не пускают"
    LEFT = "побег"
    TAKEN_AWAY = "увозят"
    COURT_TODAY = "суд сегодня"
    PERMIT_ANNULLED = "аннулирование"
    PERMIT_REFUSED = "отказ в документе"
    OVERTURNED = "отмена решения"
    TRANSFERRED = "перевод"
    SHOWN = "видео силовиков"
    COMMENTED = "ответ ведомства"

    @property
    def is_urgent(self) -> bool:
        """Whether hours matter: somebody is detained, lost, handed over or about to be, or a court sits today."""
        return self in _URGENT

    def label(self, tongue: Tongue) -> str:
        """Return the name that subscribers read, in lower case, at most 30 characters."""
        ru, kk, en = _LABELS[self]
        return {"ru": ru, "kk": kk, "en": en}[tongue]


_LABELS: Final = {
    Step.DETAINED: ("задержание", "ұстау", "detention"),
    Step.ARRESTED: ("арест", "қамауға алу", "arrest"),
    Step.REQUESTED: ("запрос или розыск", "сұрау салу немесе іздеу", "request or wanted notice"),
    Step.REMOVAL_DECIDED: ("решение о выдаче или высылке", "беру не шығару туралы шешім", "decision to remove"),
    Step.HANDED_OVER: ("выдача или высылка", "беру немесе елден шығару", "handover or expulsion"),
    Step.REMOVAL_REFUSED: ("отказ в выдаче", "беруден бас тарту", "handover refused"),
    Step.NOT_REMOVED: ("не выдали", "берілмеді", "not handed over"),
    Step.RELEASE_REFUSED: ("отказ в освобождении", "босатудан бас тарту", "release refused"),
    Step.RELEASED: ("освобождение", "босату", "release"),
    Step.ASYLUM_REFUSED: ("отказ в убежище", "баспана беруден бас тарту", "asylum refused"),
    Step.ASYLUM_GRANTED: ("убежище предоставлено", "баспана берілді", "asylum granted"),
    Step.QUESTIONED: ("вызов или допрос", "шақыру немесе жауап алу", "summons or questioning"),
    Step.SEARCHED: ("обыск", "тінту", "search"),
    Step.CHARGED: ("обвинение или приговор", "айып тағу немесе үкім", "charge or sentence"),
    Step.COURT_REFUSED: ("отказ суда", "соттың бас тартуы", "court refusal"),
    Step.EXTENDED: ("продление", "мерзімді ұзарту", "extension"),
    Step.POSTPONED: ("отсрочка", "кейінге қалдыру", "postponement"),
    Step.DIED: ("смерть", "қайтыс болу", "death"),
    Step.HUNGER_STRIKE: ("голодовка", "аштық жариялау", "hunger strike"),
    Step.HARMED: ("вред здоровью", "денсаулығына зиян", "harm"),
    Step.KIDNAPPED: ("похищение", "ұрлап кету", "abduction"),
    Step.DISAPPEARED: ("исчезновение", "хабарсыз кету", "disappearance"),
    Step.APPEALED: ("обжалование", "шағымдану", "appeal"),
    Step.LAWYER_BARRED: ("адвоката не пускают", "адвокат жіберілмейді", "no lawyer let in"),
    Step.LEFT: ("отъезд", "елден кету", "departure"),
    Step.TAKEN_AWAY: ("увозят", "алып бара жатыр", "being taken away"),
    Step.COURT_TODAY: ("суд сегодня", "сот бүгін", "in court today"),
    Step.PERMIT_ANNULLED: ("аннулирование", "рұқсатты жою", "annulment"),
    Step.PERMIT_REFUSED: ("отказ в документе", "құжат беруден бас тарту", "permit refused"),
    Step.OVERTURNED: ("решение отменено", "шешім жойылды", "decision overturned"),
    Step.TRANSFERRED: ("перевод в другое место", "басқа жерге ауыстыру", "transfer"),
    Step.SHOWN: ("видео силовиков", "күштік орган видеосы", "video by security forces"),
    Step.COMMENTED: ("ответ ведомства", "ресми жауап", "official comment"),
}

_URGENT: Final = (
    Step.HANDED_OVER,
    Step.TAKEN_AWAY,
    Step.REMOVAL_DECIDED,
    Step.COURT_TODAY,
    Step.KIDNAPPED,
    Step.ARRESTED,
    Step.DETAINED,
    Step.DISAPPEARED,
)
TAKING: Final = frozenset(
    {Step.HANDED_OVER, Step.TAKEN_AWAY, Step.REMOVAL_DECIDED, Step.REQUESTED, Step.REMOVAL_REFUSED, Step.NOT_REMOVED}
)
"""Steps that have a destination."""
NO_REMOVAL: Final = frozenset({Step.REMOVAL_REFUSED, Step.NOT_REMOVED})
"""Steps that an article may report although it denies that somebody was handed over."""
STAYING: Final = frozenset({Step.ASYLUM_GRANTED, Step.RELEASED, Step.LEFT, Step.DISAPPEARED})
"""Steps after which somebody is taken nowhere, as far as is known."""
# If a headline tells several steps, the earlier one here is named: urgent ones first, then those that say most.
_RANK: Final = (
    *_URGENT,
    *(
        Step.DIED,
        Step.HARMED,
        Step.HUNGER_STRIKE,
        Step.LAWYER_BARRED,
        Step.SHOWN,
        Step.REMOVAL_REFUSED,
        Step.NOT_REMOVED,
        Step.RELEASE_REFUSED,
        Step.ASYLUM_REFUSED,
        Step.ASYLUM_GRANTED,
    ),
    *(
        Step.PERMIT_ANNULLED,
        Step.PERMIT_REFUSED,
        Step.OVERTURNED,
        Step.SEARCHED,
        Step.QUESTIONED,
        Step.COURT_REFUSED,
        Step.POSTPONED,
        Step.RELEASED,
    ),
    *(Step.TRANSFERRED, Step.APPEALED, Step.CHARGED, Step.EXTENDED, Step.REQUESTED, Step.LEFT, Step.COMMENTED),
)


# ── what a text speaks of ──────────────────────────────────────────────────────────────────────

# Beginnings of the words that headlines use for a step.
_HANDED_OVER = (
    "выдан выдал экстрадирован экстрадировал депортирован депортировал выслан выслал выдворен выдворил"
    " экстрадирует депортирует высылает выдворяет экстрадируют депортируют высылают выдворяют"
    " передан передал вывезен вывезл депортацияланды экстрадицияланды шығарылды жөнелтілді қайтарылды тапсырылды"
)
# «Правозащитники осудили обыск»: nobody was sentenced
_CONDEMNED = "обыск|арест(?!ован)|задержани|выдач|экстрадици|депортаци|высылк|решени|преследовани|давлени"
_WORDS = {
    Step.DETAINED: ("задерж ұстад ұстал ұстаған", r"снят?\w* с (?:рейса|поезда)"),
    Step.ARRESTED: ("арест қамау қамал қамады тұтқын", r"под стражу"),
    Step.REQUESTED: ("запрос запрашива сұрат розыск іздеу", r"сұрау сал"),
    Step.REMOVAL_DECIDED: (
        "",
        r"(?:одобр|разреш|постанов|реш)\w+ (?:\w+ ){0,3}?(?:выда|экстрад|депорт|высл|выдвор)",
    ),
    Step.HANDED_OVER: (_HANDED_OVER, r"ұстап бер(?:ді|ілді)|шығарып жібер(?:ді|ілді)"),
    Step.REMOVAL_REFUSED: ("", r"отказал\w* (?:\w+ ){0,2}?(?:выда|экстрад)|не выда|беруден бас тарт"),
    Step.RELEASE_REFUSED: ("", r"отказал\w* (?:\w+ ){0,2}?освобо|босатудан бас тарт|босат(?:ыл)?мады"),
    Step.RELEASED: ("освобо отпущен отпустил босат бостандық", r"выш(?:ел|ла) на свободу"),
    Step.ASYLUM_REFUSED: ("", r"отказ\w* (?:\w+ ){0,2}?(?:убежищ|статус)|мәртебе\w* берме"),
    Step.QUESTIONED: ("допрос допрош допраш вызва вызов шақыр тергеуге сұраққа", r"жауап(?:қа)? (?:ал|тарт)"),
    Step.SEARCHED: ("обыск изъял изъят тінт тәркіле", ""),
    Step.CHARGED: ("обвин предъяв приговор осужд(?!а) айыпта үкім сотталды", rf"осудил\w* (?!{_CONDEMNED})"),
    Step.COURT_REFUSED: (
        "",
        r"(?:отклонил|отверг)\w* (?:\w+ ){0,2}?(?:жалоб|иск|апелляц|ходатайств)|қанағаттандыр(?:ыл)?мады",
    ),
    Step.EXTENDED: ("продл ұзартты ұзартылды", ""),
    Step.POSTPONED: ("отложил отложен отсроч приостанов тоқтата", "кейінге қалдыр"),
    Step.DIED: ("погиб умер убит скончал қайтыс өлтірілді", r"қаза тапты"),
    Step.KIDNAPPED: ("похити похищ", r"ұрлап (?:кет|әкет)"),
    Step.DISAPPEARED: ("пропал исчез жоғал", r"хабарсыз кет"),
    Step.APPEALED: ("обжалова", r"под\w+ (?:[\w-]+ ){0,2}?(?:жалоб|апелляц)|шағым (?:түсір|бер)"),
    Step.HUNGER_STRIKE: ("голодовк", r"аштық жариял"),
    Step.HARMED: ("избил избит пытал реанимац госпитализ ауруханаға азапта", r"вскры\w+ вены"),
    Step.LEFT: ("сбежал бежал покинул уехал вылетел қашып", ""),
}

# «Суд отказался освободить», «босатпады»: it did not happen, so it does not count as happened either.
_NOT_BEFORE = re.compile(
    r"\b(?:не|отказ\w*|отмен\w*|избежа\w*|без|вместо)"
    r"(?: (?:в|от|его|ее|её|их|стал\w*|буд\w+|хо[тч]\w+|могут|может))* $",
    re.IGNORECASE,
)
_NOT_AFTER = re.compile(r"\w*?(?:[мпб][ае](?:д[ыі]|йд[ыі]|[ғг][ае]н)\b|[дт][ае]н бас тарт)", re.IGNORECASE)
# If nobody's claim is denied by it, it is only the state of the case: «Решение по Фомину ещё не принято»
_UNDECIDED = re.compile(
    r"\bрешени\w* [^.!?]{0,60}?\bне (?:принима|принят|выноси|было(?=\W*$|[,.;:]))\w*"
    r"|\bшешім\w* [^.!?]{0,40}?(?:[ғгқк][ае]н жоқ|м[ае]д[ыі]\b)",
    re.IGNORECASE,
)
_NOT_WITHIN = 40  # characters before a step in which its negation is looked for
_REMEMBERED = 5_000  # texts in the cache: each post of a story asks again about all earlier tellings


def _any_of(words: str, phrases: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(filter(None, [*words.split(), phrases])) + ")", re.IGNORECASE)


@cache  # compiled when needed: commands that judge nothing do not need them
def _spoken(step: Step) -> re.Pattern[str]:
    return _any_of(*_WORDS[step])


@cache
def _told_as_happened(step: Step) -> re.Pattern[str]:
    return _any_of("", "|".join(FORMS[step.name]))


def mentioned_steps(text: str) -> list[Step]:
    """Return the steps that a text mentions at least once without a negation."""
    return [step for step in _WORDS if speaks_of(step, text)]


def speaks_of(step: Step, text: str) -> bool:
    """Whether a text mentions the step at least once without a negation. A step without words of its own counts only if
    the text says that it happened.
    """
    if step not in _WORDS:
        return step in taken_steps([text], before_too=True)
    return any(not _is_denied(text, word) for word in _spoken(step).finditer(text))


@remembered(_REMEMBERED)
def denied_steps(text: str) -> frozenset[Step]:
    """Return the steps that a text mentions only as not having happened: «не задерживали»."""
    steps = {step for step in _WORDS if _spoken(step).search(text) and not speaks_of(step, text)}
    if _UNDECIDED.search(text):
        steps.add(Step.REMOVAL_DECIDED)
    return frozenset(steps)


def _is_denied(text: str, word: re.Match[str]) -> bool:
    before = text[max(0, word.start() - _NOT_WITHIN) : word.start()]
    return _NOT_BEFORE.search(before) is not None or _NOT_AFTER.match(text, word.end()) is not None


# ── what a text tells as happened ──────────────────────────────────────────────────────────────


def taken_steps(texts: Iterable[str], *, before_too: bool = False) -> tuple[Step, ...]:
    """Return the steps that one of these texts says happened or are happening, the one to name first.

    `before_too`: include those that the text itself calls earlier («ранее», «былтыр»).
    """
    steps = frozenset[Step]().union(*(_told_in(text, before_too) for text in texts))
    return tuple(step for step in _RANK if step in steps)


@remembered(_REMEMBERED)
def _told_in(text: str, before_too: bool) -> frozenset[Step]:  # noqa: FBT001 - private, and passed on as it came
    return frozenset(step for start, end in sentences(text) for step in _told(text[start:end], before_too))


def _told(sentence: str, before_too: bool) -> list[Step]:  # noqa: FBT001 - private, and passed on as it came
    if sentence.endswith("?") or (ABOUT_BEFORE.search(sentence) and not before_too):
        return []
    forms = ((step, _told_as_happened(step).finditer(sentence)) for step in Step)
    return [step for step, matches in forms if any(_is_told(step, sentence, form) for form in matches)]


def _is_told(step: Step, sentence: str, form: re.Match[str]) -> bool:
    before = sentence[max(0, form.start() - _NOT_WITHIN) : form.start()]
    if step is Step.RELEASED and OF_OFFICE.search(before):
        return False
    supposed = NOT_YET_BEFORE.search(before) or NOT_YET_AFTER.match(sentence, form.end())
    return not supposed and not _is_denied(sentence, form) and not _gives_a_thing(sentence, form)


def _gives_a_thing(sentence: str, form: re.Match[str]) -> bool:
    """Whether a thing is given and not a person: «передали повестку», «выдал аккредитацию»."""
    verb = next((word for word in re.finditer(r"\w+", form[0]) if is_giving(word[0].lower())), None)
    if verb is None:
        return False
    start, end = form.start() + verb.start(), form.start() + verb.end()
    return bool(given_thing(verb[0].lower(), sentence[:start], sentence[end:]))
