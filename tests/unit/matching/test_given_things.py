"""«выдача» hands over people, and papers to people: the object of the verb says which."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.keywords import load_keywords
from monitor.matching.compiler import compile_rules
from monitor.matching.explanation import explain
from monitor.matching.matcher import Matcher
from monitor.text.languages.kazakh_objects import handled_thing, is_handling
from monitor.text.languages.objects import given_thing, is_giving
from monitor.text.unicode import fold

_GIVING = re.compile(r"\b(?:не)?(?:выда|отда|сда|переда|верн|возвра)\w+", re.IGNORECASE)


def thing_in(sentence: str) -> str:
    word = _GIVING.search(sentence)
    assert word is not None
    assert is_giving(fold(word[0]).text)
    return given_thing(fold(word[0]).text, sentence[: word.start()], sentence[word.end() :])


@pytest.mark.parametrize(
    ("sentence", "thing"),
    [
        ("Выдача загранпаспортов гражданам России приостановлена", "загранпаспортов"),
        ("Выдача гражданам России в Казахстане новых сертификатов", "сертификатов"),
        ("отказали активисту в выдаче паспорта", "паспорта"),
        ("отказали в выдаче банковских карт", "карт"),
        ("Дезертиру выдали французский проездной документ", "документ"),
        ("Консульство не выдаёт беглецам «новый» паспорт", "паспорт"),
        ("Россиянам паспорта больше не выдают", "паспорта"),
        ("Пекаря выдали 27 ноября из Казахстана", ""),
        ("Паспорта перестали выдавать россиянам", "паспорта"),
        ("Россиянина выдал акцент", "акцент"),
        ("выдал себя за полицейского", "себя"),
        ("отказ в выдаче QR-кодов россиянам", "qr-кодов"),
        ("суд обязал вернуть россиянину автомобиль", "автомобиль"),
        ("выдача тысячи паспортов россиянам", "паспортов"),
        ("передали новых 300 паспортов", "паспортов"),
        ("выдали 300 паспортов россиянам", "паспортов"),
        ("аннулировали 300 разрешений, выданных россиянам", "разрешений"),
    ],
)
def test_a_thing_is_given(sentence: str, thing: str) -> None:
    assert thing_in(sentence) == thing


@pytest.mark.parametrize(
    "sentence",
    [
        "Казахстан выдал России активиста",
        "Россия запросила выдачу активиста",
        "выдачу россиянина приостановили",
        "отказано в выдаче гражданина России",
        "Выдать России уроженца Чечни",
        "Россиянам грозит выдача",
        "Россиянину объявили решение о выдаче",
        "выдача группы россиян",
        "выдали 14 россиян",
        "выдача семьи из Омска",
        "выдача лиц, которых ищут",
        "выдача айтишника России",
        "выдача релокантов",
        "выдача экс-депутата",
        "Его выдали вместе с документами",
        "Активиста выдал суд",
        "Россиянина выдала прокуратура",
        "россиянина выдали год назад",
        "сдали миграционной полиции россиянина",
        "решение вернуть его в Россию",
        "Дезертиру с российским паспортом грозит выдача в Россию",
        "выдача задержанного в аэропорту",
        "передал России обвиняемого в хищении 84 миллионов",
        "передали подозреваемых в краже денег",
        "выдача означает пытки",
        "выдача, суд, тюрьма",
        "выдача и паспорта",
        "требуют выдать Ветрова",
        "суд решил россиянина выдать",
        "выдача",
    ],
)
def test_a_person_is_handed_over_or_nobody_says_what(sentence: str) -> None:
    assert thing_in(sentence) == ""


_HANDLING = re.compile(r"\b(?:бер|тапсыр|табыста|тірке)\w+", re.IGNORECASE)


def kazakh_thing_in(sentence: str) -> str:
    word = _HANDLING.search(sentence)
    assert word is not None
    assert is_handling(fold(word[0]).text)
    return handled_thing(fold(word[0]).text, sentence[: word.start()])


@pytest.mark.parametrize(
    ("sentence", "thing"),
    [
        ("Ресейлік ерікті түсінік беруге шақырылды", "түсінік"),
        ("Белсенді өтініш тапсырды", "өтініш"),
        ("Журналист кітабын баспаға тапсырды", "кітабын"),
        ("Дезертир қаруын полицияға тапсырды", "қаруын"),
        ("Сарбаздың мәйітін Ресейге тапсырды", "мәйітін"),
        ("Тергеуші ісін сотқа қайта тапсырды", "ісін"),
        ("Полиция арызды тіркемеді", "арызды"),
        ("Зілзала: жер сілкінісі тіркелді", "сілкінісі"),
        ("Көлігін Ресейде тіркеген алматылық", "көлігін"),
    ],
)
def test_kazakh_names_the_thing_right_before_its_verb(sentence: str, thing: str) -> None:
    assert kazakh_thing_in(sentence) == thing


@pytest.mark.parametrize(
    "sentence",
    [
        "Қазақстан белсендіні Ресейге берді",
        "Дезертирді полицияға тапсырды",
        "Құжаты жоқ ресейлікті шекарашыларға тапсырды",
        "Оны әскери полицияға табыстады",
        "Ресейлікті беруге рұқсат берілді",
        "Құжат бойынша берді",
        "Рұқсат, беру туралы шешім",
        "Ресейліктер мекенжайға тіркелген",
        "берді",
    ],
)
def test_kazakh_hands_over_a_person_or_nobody_says_what(sentence: str) -> None:
    assert kazakh_thing_in(sentence) == ""


RULES = """\
topics:
  extradition:
    title: Экстрадиция
    hashtag: экстрадиция
    any_of:
      - {name: выдача, within: 20, all: ["выдача, выдать, экстрадиция", "россиянин, активист"]}
"""
MATCHER = Matcher(compile_rules(load_keywords(RULES, file="keywords.yaml")))


def test_a_thing_given_is_no_act_and_the_explanation_names_it() -> None:
    text = "Россиянам приостановили выдачу паспортов."
    assert MATCHER.judge(title="", text=text).topics == ()
    (report,) = explain(MATCHER, title="", text=text)
    assert "слово «выдачу» здесь о вещи, не о человеке: «паспортов»" in report.nearest[0].lacking[0].text


def test_each_place_is_read_by_itself() -> None:
    text = "Россиянам приостановили выдачу паспортов. Россиянину грозит выдача."
    (topic,) = MATCHER.judge(title="", text=text).topics
    assert topic.matches[0].form == "выдача"


@given(before=st.text(max_size=60), after=st.text(max_size=60))
def test_whatever_stands_around_a_word_is_read(before: str, after: str) -> None:
    thing = given_thing("выдать", before, after)
    assert thing == "" or thing in f"{before} {after}".lower()
