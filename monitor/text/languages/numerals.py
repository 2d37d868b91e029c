"""The numbers in a text, in figures or words, in both languages. Pure."""

import re

from monitor.text.languages.kazakh_latin import KAZAKH_LETTERS

_WORDS = {
    2: "два две двух двум двумя двое двоих двоим екі екеу екеуі",
    3: "три трех трём трех трем тремя трое троих троим үш үшеу үшеуі",
    4: "четыре четырех четырем четверо четверых четверым төрт төртеу төртеуі",
    5: "пять пяти пятью пятеро пятерых пятерым бес бесеу бесеуі",
    6: "шесть шести шестью шестеро шестерых шестерым алты алтау алтауы",
    7: "семь семи семью семеро семерых семерым жеті жетеу жетеуі",
    8: "восемь восьми восемью восьмеро восьмерых сегіз",
    9: "девять девяти девятью девятеро девятерых тоғыз",
    10: "десять десяти десятью десятеро десятерых он",
    11: "одиннадцать одиннадцати",
    12: "двенадцать двенадцати",
    13: "тринадцать тринадцати",
    14: "четырнадцать четырнадцати",
    15: "пятнадцать пятнадцати",
    16: "шестнадцать шестнадцати",
    17: "семнадцать семнадцати",
    18: "восемнадцать восемнадцати",
    19: "девятнадцать девятнадцати",
    20: "двадцать двадцати двадцатью жиырма",
    30: "тридцать тридцати тридцатью отыз",
    40: "сорок сорока қырық",
    50: "пятьдесят пятидесяти елу",
    60: "шестьдесят шестидесяти алпыс",
    70: "семьдесят семидесяти жетпіс",
    80: "восемьдесят восьмидесяти сексен",
    90: "девяносто девяноста тоқсан",
    100: "сто ста сотня сотни сотню жүз",
    200: "двести двухсот",
    300: "триста трехсот",
    400: "четыреста четырехсот",
    500: "пятьсот пятисот",
    600: "шестьсот шестисот",
    700: "семьсот семисот",
    800: "восемьсот восьмисот",
    900: "девятьсот девятисот",
}
_NUMBER_OF = {word.replace("ё", "е"): number for number, words in _WORDS.items() for word in words.split()}
_UNITS, _TENS, _HUNDRED = range(1, 10), range(20, 100, 10), 100
# «22-сі тіркеусіз», «40-тан аса»: of them, more than
_KAZAKH_CASE = r"-(?:[сн]?[ыі]н?|[нқкғг][ае]|[дтн][ае]н|[дтн][ыі]ң)\b"
_NUMBER = re.compile(
    rf"(?<![\w.,:/-])(?:\d{{1,3}}(?:[ \u00a0]\d{{3}})+|\d+)(?:(?={_KAZAKH_CASE})|(?![\w-]|[.,:/]\d))"
    r"|[^\W\d_]{2,}(?!-)"
)
_RUSSIAN_TOO = frozenset({"он", "бес"})  # «он вышел»
_YEARS = range(1900, 2100)
# Words after a number that does not count people, things or cases.
_MEASURE = re.compile(
    r"лет|год|мес|сут|дн[яеё]|день|час|недел|минут|тенге|руб|доллар|процент|стать|янв|фев|мар[та]|апр|ма[яй]\b|июн|июл|авг|сен|окт"
    r"|ноя|дек|жыл|жас(?:та|ар)|ай(?:ға|дан|ы)?\b|күн|сағат|теңге|пайыз|бап|қаң|ақп|нау|сәу|мам|мау|шіл|там|қыр|қаз|қар|жел"
)


# «Больше четырёхсот», «ста с лишним» are 412 and 112 elsewhere
_ROUGH_BEFORE = re.compile(
    r"\b(?:больше|более|свыше|около|почти|порядка|примерно|менее|меньше|до|шамамен)\s$", re.IGNORECASE
)
_ROUGH_AFTER = re.compile(r"\s*(?:с (?:лишним|небольшим)|астам|жуық)")
_LESS, _MORE = 0.8, 1.25  # times a rough number, as which an exact one may be told elsewhere
_ROUGHLY = "≈"
_LONGEST_BEFORE = 12  # characters of such a word


def numbers(text: str) -> frozenset[int]:
    """Every number of a text."""
    return frozenset(number for number, _, _ in _numbers_in(text))


def counts(headline: str) -> frozenset[str]:
    """How many people or things a headline speaks of, without dates, years, ages, terms and sums: «14», or «≈400» of
    «больше четырёхсот».
    """
    counted = (one for one in _numbers_in(headline) if one[0] not in _YEARS and _counts_things(headline[one[2] :]))
    return frozenset(f"{_ROUGHLY * _is_rough(headline, *span)}{number}" for number, *span in counted)


def is_counted(count: str, text: str) -> bool:
    """Whether a text has a number that `counts` gave; a rough one is known by an exact one that is near, and the other
    way round.
    """
    number, known = int(count.lstrip(_ROUGHLY)), _numbers_in(text)
    is_rough = count.startswith(_ROUGHLY)
    return any(
        number == other
        or (is_rough and _is_near(other, number))
        or (_is_near(number, other) and _is_rough(text, start, end))
        for other, start, end in known
    )


def _is_near(number: int, rough: int) -> bool:
    return _LESS * rough <= number <= _MORE * rough


def _is_rough(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - _LONGEST_BEFORE) : start]
    return _ROUGH_BEFORE.search(before) is not None or _ROUGH_AFTER.match(text, end) is not None


def _counts_things(rest: str) -> bool:
    """Whether what follows a number in a headline is a noun of people or things."""
    rest = rest.lstrip()
    return rest[:1].islower() and not _MEASURE.match(rest)


def _numbers_in(text: str) -> list[tuple[int, int, int]]:
    """Numbers with their start and end; «двести двадцать пять» is one."""
    numbers_in: list[tuple[int, int, int]] = []
    ended = -2  # the last number in words
    is_kazakh = KAZAKH_LETTERS.search(text.casefold()) is not None
    for word in _NUMBER.finditer(text):
        number = _value(word[0])
        if number is None or (word[0].casefold() in _RUSSIAN_TOO and not is_kazakh):
            continue
        is_in_words = not word[0][0].isdecimal()
        whole = _together(numbers_in[-1][0], number) if is_in_words and word.start() == ended + 1 else None
        start = numbers_in.pop()[1] if whole else word.start()
        numbers_in.append((whole or number, start, word.end()))
        ended = word.end() if is_in_words else -2
    return numbers_in


def _together(number: int, following: int) -> int | None:
    """The number of two words: «сто двадцать», «двадцать пять», «екі жүз»; None when they are two numbers."""
    if following == _HUNDRED and number in _UNITS:
        return number * _HUNDRED
    is_ten_and_unit = number % _HUNDRED in _TENS and following in _UNITS
    is_hundred_and_rest = number % _HUNDRED == 0 and following < _HUNDRED
    return number + following if is_ten_and_unit or is_hundred_and_rest else None


def _value(word: str) -> int | None:
    if word[0].isdecimal():
        return int(re.sub(r"\D", "", word)[:18])
    return _NUMBER_OF.get(word.casefold().replace("ё", "е"))
