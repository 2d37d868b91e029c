"""How many: the numbers that a text gives in figures or in words, in both languages. Pure."""

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
_NUMBER = re.compile(r"(?<![\w.,:/-])(?:\d{1,3}(?:[ \u00a0]\d{3})+|\d+)(?![\w-]|[.,:/]\d)|[^\W\d_]{2,}(?!-)")
_RUSSIAN_TOO = frozenset({"он", "бес"})  # «он вышел»
_YEARS = range(1900, 2100)
# After a number: what it counts is no people, things or cases.
_MEASURE = re.compile(
    r"лет|год|мес|сут|дн[яеё]|день|час|недел|минут|тенге|руб|доллар|процент|стать|янв|фев|мар[та]|апр|ма[яй]\b|июн|июл|авг|сен|окт"
    r"|ноя|дек|жыл|жас(?:та|ар)|ай(?:ға|дан|ы)?\b|күн|сағат|теңге|пайыз|бап|қаң|ақп|нау|сәу|мам|мау|шіл|там|қыр|қаз|қар|жел"
)


_ABOUT = re.compile("с (?:лишним|небольшим)|астам|жуық")  # «ста с лишним» are 112 elsewhere


def numbers(text: str) -> frozenset[int]:
    """Every number of a text."""
    return frozenset(number for number, _ in _found(text))


def counts(headline: str) -> frozenset[int]:
    """How many people or things a headline speaks of: no dates, years, ages, terms or sums."""
    counted = ((number, headline[end:].lstrip()) for number, end in _found(headline) if number not in _YEARS)
    exact = (one for one in counted if not _ABOUT.match(one[1]))
    return frozenset(number for number, rest in exact if rest[:1].islower() and not _MEASURE.match(rest))


def _found(text: str) -> list[tuple[int, int]]:
    """Numbers and where each ends; «двести двадцать пять» is one."""
    numbers_and_ends: list[tuple[int, int]] = []
    ended = -2  # the last number in words
    is_kazakh = KAZAKH_LETTERS.search(text.casefold()) is not None
    for word in _NUMBER.finditer(text):
        number = _value(word[0])
        if number is None or (word[0].casefold() in _RUSSIAN_TOO and not is_kazakh):
            continue
        is_in_words = not word[0][0].isdecimal()
        whole = _together(numbers_and_ends[-1][0], number) if is_in_words and word.start() == ended + 1 else None
        if whole:
            numbers_and_ends.pop()
        numbers_and_ends.append((whole or number, word.end()))
        ended = word.end() if is_in_words else -2
    return numbers_and_ends


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
