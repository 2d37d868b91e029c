"""What the security service does to people, put to the project's own rules: every act, to everyone whom it concerns."""

from collections.abc import Iterator, Sequence
from itertools import product

import pytest

from monitor.models.articles import Tier
from tests.harness.project_rules import told

# Nominative, whom (and whose), to whom.
PERSONS = [
    ("журналист", "журналиста", "журналисту"),
    ("правозащитник", "правозащитника", "правозащитнику"),
    ("адвокат", "адвоката", "адвокату"),
    ("лидер оппозиции", "лидера оппозиции", "лидеру оппозиции"),
    ("оппозиционный политик", "оппозиционного политика", "оппозиционному политику"),
    ("россиянин", "россиянина", "россиянину"),
    ("релокант", "релоканта", "релоканту"),
    ("админ телеграм-канала", "админа телеграм-канала", "админу телеграм-канала"),
]
ACTS = """\
КНБ допросил {whom}
КНБ вызвал {whom} на допрос
{who} вызван в КНБ
к {to} пришли из КНБ
домой к {to} пришли с обыском сотрудники КНБ
КНБ изъял технику у {whom}
сотрудники КНБ увезли {whom}
{who} арестован по делу, которое ведёт КНБ
КНБ выносит компьютеры из офиса {whom}
суд продлил арест {whom}, следствие ведёт КНБ
КНБ завёл дело на {whom}
{who}: меня вербовали в КНБ
{who} рассказал о беседе в КНБ
КНБ подозревает {whom} в госизмене
следователь КНБ предъявил обвинение {to}
{who} пять часов провёл в КНБ
{to} запретили выезд по делу КНБ
КНБ прослушивал {whom}
{whom} держат в СИЗО КНБ
из СИЗО КНБ отпустили {whom}
КНБ опечатал офис {whom}"""
# Nominative, whom, to whom, whose.
KAZAKH_PERSONS = [
    ("журналист", "журналисті", "журналиске", "журналистің"),
    ("белсенді", "белсендіні", "белсендіге", "белсендінің"),
    ("оппозиция жетекшісі", "оппозиция жетекшісін", "оппозиция жетекшісіне", "оппозиция жетекшісінің"),
    ("ресейлік", "ресейлікті", "ресейлікке", "ресейліктің"),
    ("телеграм-арна әкімшісі", "телеграм-арна әкімшісін", "телеграм-арна әкімшісіне", "телеграм-арна әкімшісінің"),
]
KAZAKH_ACTS = """\
ҰҚК {whom} тергеуге шақырды
ҰҚК {to} сұрақ қойды
{whose} үйіне ҰҚК қызметкерлері келді
ҰҚК {whose} үйін тінтті
ҰҚК {whose} телефонын алып кетті
{who} ҰҚК ісі бойынша қамауға алынды
{who} ҰҚК-де жауап берді
ҰҚК тергеушісі {to} айып тақты
ҰҚК {whom} қолға түсірді
сот ҰҚК тергеп жатқан {whose} қамауын ұзартты
ҰҚК {whose} кеңсесін мөрледі
{who} ҰҚК-дегі әңгімені айтып берді
ҰҚК {to} қатысты іс қозғады"""


# Whom; the lists of people lacked a third of these.
EVERYONE = """\
корреспондентку, видеоблогера, тиктокера, подкастера, издателя газеты, главреда сайта, телеведущего, фотожурналиста,
расследователя, колумниста, юристку, адвокатессу, экс-кандидата в депутаты, оппозиционерку, гражданскую активистку,
члена незарегистрированной партии, наблюдателя на выборах, независимого наблюдателя, профсоюзного лидера, поэта,
карикатуриста, рэпера, стендап-комика, художницу, историка, политолога, имама, пастора, программиста из Москвы,
екатеринбуржца, политэмигранта, дезертира, политзаключённого, протестующего, участницу пикета, организатора митинга,
автора телеграм-канала, студента-активиста, феминистку, общественного деятеля, бывшего политика, чеченца"""
KAZAKH_EVERYONE = """\
тілшіні, репортерді, видеоблогерді, тиктокерді, газет редакторын, тележүргізушіні, фототілшіні, заңгерді, саяси
белсендіні, тіркелмеген партия мүшесін, сайлау бақылаушысын, кәсіподақ жетекшісін, ақынды, суретшіні, рэперді,
тарихшыны, имамды, саясаттанушыны, феминистканы, еріктіні, омбылық жігітті, босқынды, саяси тұтқынды, наразылық
қатысушысын, оқытушыны, телеграм-арна авторын, қоғам қайраткерін"""


def russian(persons: Sequence[tuple[str, str, str]], *, service: str = "КНБ") -> Iterator[str]:
    for act, (who, whom, to) in product(ACTS.splitlines(), persons):
        yield act.format(who=who, whom=whom, to=to).replace("КНБ", service)


def kazakh(*, service: str = "ҰҚК") -> Iterator[str]:
    for act, (who, whom, to, whose) in product(KAZAKH_ACTS.splitlines(), KAZAKH_PERSONS):
        yield act.format(who=who, whom=whom, to=to, whose=whose).replace("ҰҚК", service)


@pytest.mark.parametrize("sentences", [[*russian(PERSONS)], [*kazakh()]])
def test_whatever_it_does_to_people_who_speak_up_or_came_from_russia_is_told_of(sentences: list[str]) -> None:
    assert told(sentences, Tier.POST) == []


@pytest.mark.parametrize("service", ["СБУ", "ГКНБ Кыргызстана"])
def test_other_countries_services_are_not_ours(service: str) -> None:
    assert told(russian(PERSONS[:3], service=service), None) == []


def test_another_service_is_not_ours_in_kazakh_either() -> None:
    assert told((one for one in kazakh(service="УКМК") if "ресейлік" not in one), None) == []


@pytest.mark.parametrize(
    "whom", [("террорист", "террориста", "террористу"), ("наркокурьер", "наркокурьера", "наркокурьеру")]
)
def test_its_other_work_is_no_news_of_ours(whom: tuple[str, str, str]) -> None:
    assert told(russian([whom]), None) == []


def test_it_concerns_whoever_speaks_up() -> None:
    acts = ("КНБ допросил {}", "сотрудники КНБ обыскали дом {}", "КНБ задержал {} в Алматы")
    people = EVERYONE.replace("\n", " ").split(", ")
    assert told((act.format(whom) for act, whom in product(acts, people)), Tier.POST) == []
    kazakh_acts = ("ҰҚК {} тергеді", "ҰҚК {} жауапқа шақырды", "ҰҚК қызметкерлері {} ұстады")
    kazakhs = KAZAKH_EVERYONE.replace("\n", " ").split(", ")
    assert told((act.format(whom) for act, whom in product(kazakh_acts, kazakhs)), Tier.POST) == []


PEACEFUL = """\
КНБ ответил на запрос журналиста
КНБ пригласил блогеров на экскурсию по музею
КНБ поблагодарил волонтёров за помощь при паводке
КНБ провёл в колледже лекцию, студенты задали вопросы
журналист выиграл дело против КНБ
журналист раскритиковал КНБ за закрытость
студентов приглашают на службу в КНБ
КНБ обвинил аналитиков в распространении слухов о манёврах
сайт КНБ подвергся атаке
ҰҚК журналистердің сұрағына жауап берді
ҰҚК студенттерді қызметке шақырады
ҰҚК телеграм-арналарға сенбеуге шақырды"""
OF_OFFICIALS = """\
КНБ провёл обыски у таможенников, сообщил телеграм-канал
КНБ завёл дело на чиновников акимата, сообщили журналистам
суд продлил арест экс-министра, дело ведёт КНБ, сообщил адвокат
ҰҚК әкімге қатысты іс қозғады, деп жазды басылым"""


def test_whoever_speaks_up_may_be_its_guest_or_tell_of_others() -> None:
    assert told(PEACEFUL.splitlines(), None) == []
    assert told(OF_OFFICIALS.splitlines(), Tier.REVIEW) == []
