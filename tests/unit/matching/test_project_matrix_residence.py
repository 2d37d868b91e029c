"""Permits and rules of stay, put to the project's own rules: what is done with them, and whom it concerns."""

from itertools import product

import pytest

from monitor.models.articles import Tier
from tests.harness.project_rules import told

# Whose.
WHOSE = ["россиян", "граждан России", "граждан РФ", "граждан России, Беларуси и Армении", "граждан Армении и России"]
OF_THE_UNION = ["граждан стран ЕАЭС", "иностранцев"]
RULES = """\
Казахстан изменил правила пребывания для {}
в Казахстане сокращён срок пребывания для {}
с 1 июля в Казахстане меняется срок регистрации для {}
для {} в Казахстане ввели обязательную регистрацию в течение десяти дней
МВД Казахстана ужесточило порядок регистрации {}
Казахстан вводит новые правила въезда для {}
правило 90/180 дней в Казахстане начало действовать для {}
Казахстан ограничил срок пребывания {} 90 днями в полугодии"""
FRAUD = """\
пенсионер из Уральска зарегистрировал в своём доме полсотни {}
в одной квартире Астаны прописали сорок {}
риелтор в Костанае фиктивно регистрировал {}
предприниматель в Павлодаре оформил на работу 73 {} только на бумаге
в Алматы нашли «резиновую» квартиру: в ней зарегистрированы сто {}
участкового в Шымкенте судят за фиктивную регистрацию {}"""
KAZAKH_WHO = [
    "Ресей азаматтары",
    "Ресей, Беларусь және Армения азаматтары",
    "Ресей мен Беларусь азаматтары",
    "ЕАЭО елдерінің азаматтары",
]
KAZAKH_RULES = """\
{} үшін болу мерзімі қысқарды
Қазақстанда {} үшін тіркелу мерзімі өзгерді
{} үшін тіркелу тәртібі қатаңдады
{} Қазақстанда енді он күн ішінде тіркелуге міндетті
1 шілдеден бастап {} үшін 90 күндік шектеу күшіне енді"""
KAZAKH_WHOM = ["ресейліктерді", "Ресей азаматтарын", "Ресейден келгендерді"]
KAZAKH_FRAUD = """\
Алматы тұрғыны пәтеріне 187 {} тіркеген
Оралда зейнеткер үйіне елу {} жалған тіркеген
Павлодарда кәсіпкер {} қағаз жүзінде ғана жұмысқа алған"""


def every(acts: str, whom: list[str]) -> list[str]:
    return [act.format(one) for act, one in product(acts.splitlines(), whom)]


@pytest.mark.parametrize(
    "sentences",
    [
        every(RULES, [*WHOSE, *OF_THE_UNION]),
        every(FRAUD, WHOSE),
        every(KAZAKH_RULES, KAZAKH_WHO),
        every(KAZAKH_FRAUD, KAZAKH_WHOM),
    ],
)
def test_whoever_came_from_russia_reads_of_it(sentences: list[str]) -> None:
    assert told(sentences, Tier.POST) == []


@pytest.mark.parametrize("country", ["Грузии", "Армении", "Таиланде", "Кыргызстане"])
def test_the_same_in_another_country_is_not_ours(country: str) -> None:
    elsewhere = (
        one.replace("в Казахстане", f"в {country}") for one in every(RULES, WHOSE[:3]) if "в Казахстане" in one
    )
    assert told(elsewhere, None) == []


def test_other_registrations_are_not_ours() -> None:
    sentences = [
        "изменились правила регистрации автомобилей из России и Армении",
        "в Казахстане изменили порядок регистрации браков с иностранцами",
        "в Казахстане изменили правила регистрации SIM-карт для иностранцев",
        "ұялы телефонды тіркеу мерзімі өзгерді",
    ]
    assert told(sentences, None) == []
