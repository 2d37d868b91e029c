"""Denials and laws that name nobody, put to the project's own rules: they answer what readers have been told."""

import pytest

from monitor.models.articles import Tier
from tests.harness.project_rules import every, judged_otherwise

OF_WHAT = ["о похищении иностранца", "об облаве на иностранцев", "о списках иностранцев", "о депортации иностранцев"]
DENIALS = """\
полиция опровергла сообщения {}
в полиции назвали фейком сообщение {}
в КНБ заявили, что информация {} не соответствует действительности
слухи {} не подтвердились
акимат отрицает сведения {}"""
KAZAKH_OF_WHAT = [
    "шетелдіктің ұрланғаны туралы",
    "шетелдіктерді жаппай шығару туралы",
    "ресейліктердің тізімі туралы",
    "ресейліктер шығарылады деген",
]
KAZAKH_DENIALS = """\
ІІМ {} ақпаратты жоққа шығарды
полиция {} ақпарат жалған екенін айтты
полиция {} хабар шындыққа жанаспайтынын мәлімдеді
прокуратура {} ақпарат шындыққа сәйкес келмейтінін айтты"""
EXPULSION = ["о внесудебной высылке иностранцев", "о депортации иностранцев", "о принудительном выдворении иностранцев"]
LAWS = """\
Токаев подписал закон {}
Мажилис принял закон {}
закон {} вступил в силу в Казахстане
в Казахстане одобрен закон {}"""
STEPS = """\
президент подписал закон {}
Сенат одобрил закон {}
Мажилис рассмотрит законопроект {}
депутаты приняли поправки {}
закон {} вступил в силу"""
KAZAKH_LAWS = """\
Тоқаев шетелдіктерді {} туралы заңға қол қойды
Мәжіліс шетелдіктерді {} туралы заңды мақұлдады
Қазақстанда шетелдіктерді {} туралы заң күшіне енді"""
KAZAKH_EXPULSION = ["соттан тыс шығару", "елден шығару", "депортациялау"]


@pytest.mark.parametrize("sentences", [every(DENIALS, OF_WHAT), every(KAZAKH_DENIALS, KAZAKH_OF_WHAT)])
def test_what_an_authority_denies_is_asked_about(sentences: list[str]) -> None:
    assert judged_otherwise(sentences, Tier.REVIEW) == []


@pytest.mark.parametrize("sentences", [every(LAWS, EXPULSION), every(KAZAKH_LAWS, KAZAKH_EXPULSION)])
def test_a_law_of_kazakhstan_that_expels_is_posted(sentences: list[str]) -> None:
    assert judged_otherwise(sentences, Tier.POST) == []


def test_its_steps_are_asked_about_whose_it_is_unsaid() -> None:
    assert judged_otherwise(every(STEPS, EXPULSION), Tier.REVIEW) == []


@pytest.mark.parametrize("whose", ["Госдума", "Путин", "Кыргызстан", "парламент Грузии"])
def test_a_law_of_another_country_is_not_ours(whose: str) -> None:
    assert judged_otherwise(every(f"{whose} одобрил закон {{}}", EXPULSION), None) == []


def test_other_denials_and_laws_are_not_ours() -> None:
    sentences = [
        "полиция опровергла похищение школьника",
        "видео с похищением девушки в Актау — фейк, говорят в полиции",
        "в МВД России опровергли высылку казахстанцев",
        "иностранца, распространявшего фейк о банке, задержали в Актау",
        "суд Актау выслал иностранца, нарушившего закон о миграции",
        "Мажилис принял закон о выдворении птиц из аэропортов",
        "Сенат шетелдік туристер туралы заңды қабылдады",
    ]
    assert judged_otherwise(sentences, None) == []
