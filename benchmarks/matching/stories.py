"""Made-up stories and rules: real words in real forms, as often as words come in news; nothing is quoted from anywhere.

The seed makes them the same every time. Words of everyday stand here; rarer Russian ones come out of pymorphy3's
dictionary, their Kazakh forms out of our own grammar. No measuring.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any

from pymorphy3 import MorphAnalyzer

from monitor.text.languages import kazakh
from monitor.text.languages.word_frequencies import EVERYDAY

BYTES = 3_000  # of a story in UTF-8, as the stories of the facts were
SEED = 20
KAZAKH_SHARE = 0.4
FIRST_RARE = 900  # rank from which rules take their words: news has more common ones, rules are about rarer things

_SMALL = (
    "в и на с по что из за к не от о для до при также это как его он она они их у но а же был были будет после более"
    " который этот один год сообщить сказать мочь стать новый город время страна человек"
)
_EVERYDAY = (
    "Россия Казахстан Астана Алматы Москва президент правительство министр министерство закон суд полиция дело день"
    " область район гражданин житель мужчина женщина народ работа решение вопрос проект право власть служба орган"
    " заявить прокуратура граница война выдать передать вызвать адрес цена рубль тенге доллар рынок банк компания"
    " школа учитель больница врач пациент дорога поезд рейс самолет аэропорт погода дождь снег ветер зима лето матч"
    " команда тренер чемпионат турнир победа выставка театр концерт фильм книга музей парк улица дом квартира строить"
    " ремонт вода газ свет завод рабочий зарплата пенсия налог бюджет депутат партия выборы голос указ встреча визит"
    " договор соглашение торговля товар экспорт зерно урожай ферма животное река озеро мост пожар авария спасатель"
    " следствие подозреваемый задержать арестовать приговор адвокат свидетель жалоба журналист газета сайт интервью"
    " семья ребенок мать отец студент университет наука исследование ученый технология интернет программа система"
)
_KAZAKH_SMALL = (
    "және мен бұл осы үшін туралы бойынша деп деді екен болды бар жоқ ол оның олар бір екі жаңа көп кейін дейін қарай"
    " сондай ақ бірақ да де ғана тағы бүгін кеше жылы"
)
_KAZAKH = (
    "қала ел халық адам азамат тұрғын мектеп мұғалім дәрігер аурухана жол көше үй пәтер су жарық зауыт жұмыс шешім"
    " мәселе құқық заң сот полиция облыс аудан ауыл министр үкімет билік президент жиын кездесу сапар келісім сауда"
    " тауар баға теңге нарық банк кәсіпорын бюджет салық депутат партия сайлау дауыс жарлық ғалым зерттеу кітап театр"
    " көрме ойын команда бапкер жеңіс жарыс ауа жаңбыр қар жел өзен көл көпір өрт апат құтқарушы тергеу айып үкім"
    " қорғаушы куә арыз журналист газет сайт сұхбат отбасы бала ана әке студент ғылым бағдарлама жүйе"
    " айту беру алу көру бару келу жасау салу ашу жабу бастау аяқтау жариялау хабарлау тексеру қабылдау ұстау"
)
_ENDINGS = (
    "лар лер дар дер тар тер ның нің дың дің тың тің ға ге қа ке ды ді ты ті ны ні да де та те дан ден тан тен нан нен"
    " мен бен пен ы і сы сі ымен імен лары лері дары дері тары тері ларының лерінің дарының деріне тарына теріне ында"
    " інде ған ген қан кен атын етін ады еді ып іп са се май мей уда уде уы уі"
)
_FOREIGN = ("Telegram", "YouTube", "Air Astana", "COVID", "iPhone", "Forbes", "S&P", "Instagram")
_MARKS = (*("",) * 14, ",", ",", " —")
_SYLLABLES = (
    "ба",
    "ве",
    "га",
    "до",
    "жу",
    "за",
    "ки",
    "ло",
    "му",
    "ни",
    "по",
    "ра",
    "су",
    "то",
    "фа",
    "хе",
    "че",
    "ша",
)
_TAILS = ("нов", "рёв", "шин", "ский", "нова", "рина", "ченко", "дзе", "лец", "мян")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What Matcher.judge is asked. `sentences`: for each of a Russian text its rarer words, as in the dictionary."""

    title: str
    text: str
    sentences: tuple[tuple[str, ...], ...]

    @property
    def whole(self) -> str:
        """For engines that know no titles."""
        return f"{self.title}\n{self.text}"


@cache
def analyzer() -> MorphAnalyzer:
    """One for all: it takes 40 MB."""
    return MorphAnalyzer(lang="ru")


@cache
def russian_forms(lemma: str) -> tuple[str, ...]:
    """The forms of a word in the dictionary's order, ё written as е, as the press does."""
    reading = next((parse for parse in analyzer().parse(lemma.lower()) if parse.normal_form == lemma.lower()), None)
    written = [form.word for form in reading.lexeme[:40]] if reading else [lemma]
    title = lemma[0].isupper()
    return tuple(dict.fromkeys((form.title() if title else form).replace("ё", "е") for form in written))


@cache
def _kazakh_forms(word: str) -> tuple[str, ...]:
    stems = [stem for stem in kazakh.stems(word) if stem.script == "cyrillic"]
    forms = (stem.text + ending for stem in stems for ending in _ENDINGS.split() if stem.accepts(ending))
    return tuple(dict.fromkeys((word, *forms)))


_ORDINARY = {"NOUN", "INFN", "ADJF"}
_NAMES = {"Surn", "Name", "Patr", "Geox", "Orgn", "Trad", "Abbr", "Arch", "Infr", "Slng", "Erro", "Dist"}


@cache
def rare_words() -> tuple[str, ...]:
    """Some thousands of ordinary dictionary words, in an order of chance."""
    chance = random.Random(SEED)
    starts = chance.sample([first + second for first in "бвгдзклмнпрстфх" for second in "аеиорул"], 40)
    known = (entry for start in sorted(starts) for entry in analyzer().dictionary.iter_known_words(start))
    common = EVERYDAY.union(_SMALL.split(), _EVERYDAY.lower().split())
    lemmas = dict.fromkeys(word for word, tag, lemma, _, _ in known if word == lemma and _is_ordinary(word, tag))
    return tuple(chance.sample([word for word in lemmas if word not in common], 9_000))


def _is_ordinary(word: str, tag: Any) -> bool:
    return word.isalpha() and 5 <= len(word) <= 11 and tag.POS in _ORDINARY and not _NAMES & tag.grammemes


class _Tongue:
    """Draws words of one language: the commonest first, the n-th about 1/n as often as the first."""

    def __init__(self, words: Sequence[str], *, kazakh_words: bool) -> None:
        self.words = words
        self._weights = tuple(accumulate(1 / (rank + 3) for rank in range(len(words))))
        self._forms = _kazakh_forms if kazakh_words else russian_forms

    def sentence(self, chance: random.Random) -> tuple[str, tuple[str, ...]]:
        """A sentence, and its rarer words as the dictionary writes them."""
        numbers = chance.choices(range(len(self.words)), cum_weights=self._weights, k=chance.randint(7, 21))
        forms = [chance.choice(self._forms(self.words[number])) for number in numbers]
        if chance.random() < 0.04:
            forms[chance.randrange(len(forms))] = chance.choice(_FOREIGN)
        if chance.random() < 0.2:
            forms[chance.randrange(len(forms))] = str(chance.randint(2, 2026))
        if chance.random() < 0.1:
            forms[-1] = f"«{forms[-1]}»"
        text = " ".join(form + chance.choice(_MARKS) for form in forms[:-1]) + f" {forms[-1]}."
        rare = dict.fromkeys(self.words[number] for number in numbers if number >= FIRST_RARE)
        return text[:1].upper() + text[1:], tuple(rare)


@cache
def _tongues() -> tuple[_Tongue, _Tongue]:
    rare = rare_words()
    russian_words = [*_SMALL.split(), *_EVERYDAY.split(), *rare]
    loans = [word for word in rare if not word.endswith(("ь", "й"))][:2_000]
    kazakh_words = [*_KAZAKH_SMALL.split(), *_KAZAKH.split(), *loans]
    return _Tongue(russian_words, kazakh_words=False), _Tongue(kazakh_words, kazakh_words=True)


def stories(count: int, *, seed: int = SEED) -> tuple[Story, ...]:
    """Russian and Kazakh stories of BYTES each."""
    chance = random.Random(seed)
    russian, kazakh_tongue = _tongues()
    return tuple(_story(chance, kazakh_tongue if chance.random() < KAZAKH_SHARE else russian) for _ in range(count))


def _story(chance: random.Random, tongue: _Tongue) -> Story:
    title, _ = tongue.sentence(chance)
    paragraphs: list[str] = []
    rare: list[tuple[str, ...]] = []
    size = len(title.encode())
    while size < BYTES:
        text, words = tongue.sentence(chance)
        size += len(text.encode()) + 1
        paragraphs.append(text)
        rare.append(words if tongue is _tongues()[0] else ())
    breaks = (chance.choice((" ", " ", "\n")) for _ in paragraphs)
    body = "".join(text + gap for text, gap in zip(paragraphs, breaks, strict=True))
    return Story(title=title.rstrip("."), text=body.strip(), sentences=tuple(rare))


Rule = tuple[tuple[str, ...], ...]  # lines of lemmas


def rules(count: int, of: Sequence[Story], *, seed: int = SEED) -> tuple[Rule, ...]:
    """Rules of two or three lines of one or two words; each holds in one sentence of one story, so that some fire.

    No form belongs to two lines of a rule: an engine that does not ask for two different places counts alike.
    """
    chance = random.Random(seed)
    sentences = [words for story in of for words in story.sentences if len(words) >= 3]
    found: list[Rule] = []
    while len(found) < count:
        chosen = chance.sample(chance.choice(sentences), k=chance.randint(2, 3))
        rule = tuple((word, *chance.sample(rare_words(), k=chance.randint(0, 1))) for word in chosen)
        forms = [form for line in rule for word in line for form in russian_forms(word)]
        if len(set(forms)) == len(forms):
            found.append(rule)
    return tuple(found)


def keywords(of: Sequence[Rule], *, within: str = "sentence", people: Sequence[str] = ()) -> str:
    """The rules as keywords.yaml; `people` get a rule of their own."""
    lines = ["people:", *(f"  - {name}" for name in people)] if people else []
    lines.append("topics:")
    for number, rule in enumerate(of):
        lines += [f"  rule{number}:", "    title: Bench", "    any_of:", f"      - within: {within}", "        all:"]
        lines += [f'          - {{ru: "{", ".join(line)}"}}' for line in rule]
    if people:
        lines += ["  people: {title: People, any_of: [{within: text, all: [$people]}]}"]
    return "\n".join(lines)


def dormant_names(count: int, *, seed: int = SEED) -> tuple[str, ...]:
    """Surnames nobody bears."""
    chance = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        name = "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(2, 4))) + chance.choice(_TAILS)
        found.setdefault(name.title())
    return tuple(found)
