"""The project's own rules put to every way of saying the plainest things: who, by which verb, in which order.

Whoever writes examples writes one form of a verb; «экстрадирован» and «возвращена» were silent for months.
"""

from collections.abc import Iterator
from itertools import product

import pytest

from monitor.models.articles import Tier
from tests.harness.project_rules import told

# Nominative, whom, feminine.
PERSONS = [
    ("дезертир", "дезертира", False),
    ("активистка", "активистку", True),
    ("россиянин", "россиянина", False),
    ("айтишник из Омска", "айтишника из Омска", False),
]
# They did, they do, it did, to do, he is done to, the deed.
VERBS = [
    ("экстрадировали", "экстрадируют", "экстрадировал", "экстрадировать", "экстрадирован", "экстрадиция"),
    ("депортировали", "депортируют", "депортировал", "депортировать", "депортирован", "депортация"),
    ("выдворили", "выдворяют", "выдворил", "выдворить", "выдворен", "выдворение"),
    ("выслали", "вышлют", "выслал", "выслать", "выслан", "высылка"),
    ("выдали", "выдают", "выдал", "выдать", "выдан", "выдача"),
    ("передали", "передают", "передал", "передать", "передан", "передача"),
    ("вывезли", "вывозят", "вывез", "вывезти", "вывезен", "вывоз"),
    ("вернули", "возвращают", "вернул", "вернуть", "возвращён", "возвращение"),
    ("отправили", "отправят", "отправил", "отправить", "отправлен", "отправка"),
    ("этапировали", "этапируют", "этапировал", "этапировать", "этапирован", "этапирование"),
    ("доставили", "доставят", "доставил", "доставить", "доставлен", "доставка"),
]
KAZAKH_PERSONS = [
    ("дезертир", "дезертирді"),
    ("ресейлік белсенді", "ресейлік белсендіні"),
    ("Ресей азаматы", "Ресей азаматын"),
    ("читалық бағдарламашы", "читалық бағдарламашыны"),
    ("белсенді", "белсендіні"),
    ("қашқын сарбаз", "қашқын сарбазды"),
]
# Did, does, is done to, the deed.
KAZAKH_VERBS = [
    ("экстрадициялады", "экстрадициялайды", "экстрадицияланды", "экстрадициялау"),
    ("депортациялады", "депортациялайды", "депортацияланды", "депортациялау"),
    ("берді", "бермек", "берілді", "беру"),
    ("тапсырды", "тапсырмақ", "тапсырылды", "тапсыру"),
    ("қайтарды", "қайтармақ", "қайтарылды", "қайтару"),
    ("жөнелтті", "жөнелтпек", "жөнелтілді", "жөнелту"),
    ("шығарып жіберді", "шығарып жібермек", "шығарып жіберілді", "шығарып жіберу"),
    ("әкетті", "әкетпек", "әкетілді", "әкету"),
    ("табыстады", "табыстамақ", "табысталды", "табыстау"),
]


def russian(out_of: str, who: str, where: str) -> Iterator[str]:
    """Of a country: «из Казахстана», «Казахстан», «в Казахстане»."""
    for (person, whom, is_she), (did, do, it_did, to_do, done, deed) in product(PERSONS, VERBS):
        is_done = f"{done}а".replace("ёна", "ена") if is_she else done
        yield f"{whom} {did} {out_of} в Россию"
        yield f"{whom} {do} {out_of} в Россию"
        yield f"{out_of} в Россию {did} {whom}"
        yield f"{out_of} {did} в Россию {whom}"
        yield f"{person} {is_done} {out_of} в Россию"
        yield f"{out_of} в Россию {is_done} {person}"
        yield f"{who} {it_did} {whom} в Россию"
        yield f"суд {where} постановил {to_do} {whom} в Россию"
        yield f"{who} отказывается {to_do} {whom} в Россию"
        if "из" not in whom:
            yield f"{deed} {whom.replace('активистку', 'активистки')} {out_of} в Россию"


def kazakh(out_of: str, who: str, where: str) -> Iterator[str]:
    """The same: «Қазақстаннан», «Қазақстан», «Қазақстанда»."""
    for (person, whom), (did, do, done, deed) in product(KAZAKH_PERSONS, KAZAKH_VERBS):
        yield f"{whom} {out_of} Ресейге {did}"
        yield f"{out_of} Ресейге {whom} {did}"
        yield f"{person} {out_of} Ресейге {done}"
        yield f"{who} {whom} Ресейге {do}"
        yield f"{where} ұсталған {whom} Ресейге {did}"
        yield f"{who} соты {whom} Ресейге {deed} туралы шешім шығарды"


@pytest.mark.parametrize(
    "sentences",
    [
        [*russian("из Казахстана", "Казахстан", "в Казахстане")],
        [*russian("из Актюбинска", "Астана", "в Кокчетаве")],
        [*kazakh("Қазақстаннан", "Қазақстан", "Қазақстанда")],
        [*kazakh("Рудныйдан", "Астана", "Петропавлда")],
    ],
)
def test_whoever_is_taken_from_kazakhstan_to_russia_is_told_of(sentences: list[str]) -> None:
    assert told(sentences, Tier.POST) == []


@pytest.mark.parametrize(
    "sentences",
    [
        [*russian("из Грузии", "Грузия", "в Тбилиси")],
        [*russian("из Канады", "Канада", "в Торонто")],
        [*russian("из Швеции", "Швеция", "в Стокгольме")],
        [*russian("из Таиланда", "Таиланд", "в Паттайе")],
        [*kazakh("Грузиядан", "Грузия", "Батумиде")],
        [*kazakh("Қырғызстаннан", "Қырғызстан", "Ошта")],
        [*kazakh("Австриядан", "Австрия", "Австрияда")],
    ],
)
def test_whoever_is_taken_to_russia_from_elsewhere_is_not(sentences: list[str]) -> None:
    assert told((one for one in sentences if "из Омска" not in one), None) == []


def test_whoever_comes_home_to_kazakhstan_is_not_ours() -> None:
    home = (one for one in russian("из России", "Россия", "в Омске") if "дезертир" in one)
    sentences = (one.replace("в Россию", "в Казахстан").replace("дезертир", "казахстанец") for one in home)
    assert told((one.replace("казахстанеца", "казахстанца") for one in sentences), None) == []


# Nominative, whom, to whom.
OF_RUSSIA = [
    ("российский активист", "российского активиста", "российскому активисту"),
    ("россиянин", "россиянина", "россиянину"),
    ("дезертир", "дезертира", "дезертиру"),
    ("айтишник из Омска", "айтишника из Омска", "айтишнику из Омска"),
    ("уроженец Чечни", "уроженца Чечни", "уроженцу Чечни"),
]
COURSE = """\
{whom} задержали в Уральске и этапировали в Астану для экстрадиции
{whom} доставили в изолятор Аральска до решения об экстрадиции
суд Актобе продлил экстрадиционный арест {whom}
прокуратура Алматы рассмотрит вопрос о выдаче {whom}
правозащитники призвали Казахстан не выдавать {whom}
комитет ООН попросил Казахстан не высылать {whom}
{who} просит убежища в Казахстане
{to} отказали в убежище в Казахстане
{who} обжаловал в Алматы отказ в статусе беженца
{whom} сняли с рейса Алматы — Стамбул
{whom} сняли с поезда Москва — Ташкент в Казахстане
{whom} отпустили в Астане, срок экстрадиционного ареста истёк
Казахстан отложил выдачу {whom}
мать {whom} просит Токаева не выдавать его России
{who} пропал в Алматы и нашёлся в СИЗО Омска
{whom} посадили на самолёт до Москвы в аэропорту Астаны
в Костанае поймали {whom}, объявленного в розыск в России
суд в Астане арестовал {whom} на 40 суток до решения об экстрадиции
Казахстан выслал {whom} с запретом на въезд на пять лет
полиция Караганды выдворила {whom}"""
KAZAKH_OF_RUSSIA = [
    ("ресейлік белсенді", "ресейлік белсендіні", "ресейлік белсендіге", "ресейлік белсендінің"),
    ("Омбы тұрғыны", "Омбы тұрғынын", "Омбы тұрғынына", "Омбы тұрғынының"),
    (
        "Ресейден қашқан журналист",
        "Ресейден қашқан журналисті",
        "Ресейден қашқан журналиске",
        "Ресейден қашқан журналистің",
    ),
    ("ресейлік", "ресейлікті", "ресейлікке", "ресейліктің"),
]
KAZAKH_COURSE = """\
Ақтөбе соты {whose} экстрадициялық қамауын ұзартты
Қазақстанды {whom} бермеуге шақырды
БҰҰ Қазақстаннан {whom} шығармауды сұрады
{who} Қазақстаннан пана сұрады
{to} Қазақстанда босқын мәртебесі берілмеді
{whom} Алматыда рейстен түсірді
Қазақстан {whom} беруден бас тартты
Қазақстан {whom} беруді кейінге қалдырды
Ресей Қазақстаннан {whom} беруді талап етті
{whom} Алматыда ұрлап, Ресейге алып кетті
{whom} Астана әуежайында Мәскеу рейсіне отырғызды
{to} Шымкентте экстрадиция қаупі төніп тұр
Алматыда {whom} беру жөнінде сот өтіп жатыр
Қарағанды полициясы {whom} елден шығарды"""


def test_whatever_happens_on_the_way_is_told_of() -> None:
    russian = (one.format(who=who, whom=whom, to=to) for one in COURSE.splitlines() for who, whom, to in OF_RUSSIA)
    assert told(russian, Tier.POST) == []
    kazakh = (
        one.format(who=who, whom=whom, to=to, whose=whose)
        for one in KAZAKH_COURSE.splitlines()
        for who, whom, to, whose in KAZAKH_OF_RUSSIA
    )
    assert told(kazakh, Tier.POST) == []


ENTRY = "{whom} не пустили в Казахстан\n{to} запретили въезд в Казахстан"
KAZAKH_ENTRY = "{whom} Қазақстанға кіргізбеді\n{to} Қазақстанға кіруге тыйым салынды"


def test_of_whoever_is_not_let_in_the_editor_is_asked() -> None:
    russian = (one.format(whom=whom, to=to) for one in ENTRY.splitlines() for _, whom, to in OF_RUSSIA)
    assert told(russian, Tier.REVIEW) == []
    kazakh = (one.format(whom=whom, to=to) for one in KAZAKH_ENTRY.splitlines() for _, whom, to, _ in KAZAKH_OF_RUSSIA)
    assert told(kazakh, Tier.REVIEW) == []


HELD = """\
повязали, скрутили, схватили, поймали, сцапали, замели, закрыли в СИЗО, посадили под арест, удерживают, не отпускают,
взяли под стражу, поместили в изолятор, доставили в отдел, увезли в полицию, не выпустили, сняли с рейса, разыскали"""
HANDED_OVER = """\
сдали, отдали, вернули, выпихнули, вышвырнули, вытолкали, спихнули, выпроводили, отправили, передали, вывезли,
переправили"""


def test_however_people_are_held_and_handed_over() -> None:
    held = HELD.replace("\n", " ").split(", ")
    acts = ("полицейские Актобе {} россиянина по ориентировке из РФ", "россиянина в Алматы {} по запросу Москвы")
    assert told((act.format(one) for act, one in product(acts, held)), Tier.POST) == []
    handed_over = HANDED_OVER.replace("\n", " ").split(", ")
    acts = ("дезертира {} из Казахстана в Россию", "российского активиста в Уральске {} российским силовикам")
    assert told((act.format(one) for act, one in product(acts, handed_over)), Tier.POST) == []
