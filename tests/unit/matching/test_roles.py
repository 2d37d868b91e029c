"""Where a word stands in its sentence decides whether it can be the place of what is told."""

import pytest

from monitor.config.keywords import load_keywords
from monitor.matching.compiler import compile_rules
from monitor.matching.matcher import Matcher

RULES = """\
topics:
  escapes:
    title: Побеги
    hashtag: побег
    any_of:
      - {name: выдали, within: text, all: ["выдать, беглец", {где: Казахстан}]}
"""


def matcher_of(written: str) -> Matcher:
    return Matcher(compile_rules(load_keywords(written, file="keywords.yaml")))


MATCHER = matcher_of(RULES)


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("Казахстан выдал его.", True),
        ("Идёт дождь. Казахстан выдал его.", True),
        ("Выдали! Казахстан молчит.", True),
        ("Выдали в Казахстане.", True),
        ("Выдали его по адресу: Казахстан.", False),
        ("Выдали груз, Казахстан.", False),
        ("Выдали в Казахстан.", False),
    ],
)
def test_a_country_is_where_it_acts_also_after_a_full_stop(text: str, fires: bool) -> None:
    assert bool(MATCHER.judge(title="", text=text).topics) is fires


AT_HOME = """\
lists:
  россия: {ru: "Россия, Омск, омский, Казань, Москва", kk: "Ресей, Омбы"}
topics:
  escapes:
    title: Побеги
    hashtag: побег
    any_of:
      - {name: свои, within: text, all: [беглец, {родом: $россия}]}
"""
HOME = matcher_of(AT_HOME)


@pytest.mark.parametrize(
    "text",
    [
        "врача из Омска",
        "учитель истории из Омска",
        "айтишницу из Казани",
        "Баскакову, перебравшемуся из Казани в Алматы,",
        "сама из Омска, живу здесь",
        "приехал из Казани три года назад",
        "омский антивоенный активист",
        "семья из Омска",
        "гражданин России",
        "жительницу Омска",
        "Ресейден келген дәрігер",
        "Ресей азаматы",
    ],
)
def test_a_person_is_from_where_he_comes_whatever_he_does(text: str) -> None:
    assert HOME.judge(title="", text=f"Беглец. {text} задержали.").topics


TOWNS = matcher_of(AT_HOME.replace('kk: "Ресей, Омбы"', 'kk: "Ресей, Омбы, Пермь, Томск, Уфа, Воронеж, Челябі, ФСБ"'))


@pytest.mark.parametrize(
    "person",
    ["пермьдік", "пермьлік", "томскіліктер", "томсктікті", "уфалықты", "воронеждікке", "челябіліктің", "permdik"],
)
def test_in_kazakh_whoever_lives_in_a_place_is_from_there(person: str) -> None:
    assert TOWNS.judge(title="", text=f"Беглец. Ол {person} еді.").topics


@pytest.mark.parametrize("word", ["пермьге", "томскіде", "уфаның", "фсблік", "пермь"])
def test_a_place_in_kazakh_is_nobody(word: str) -> None:
    assert not TOWNS.judge(title="", text=f"Беглец. Ол {word} еді.").topics


def test_a_name_of_both_languages_is_kazakh_in_a_kazakh_sentence() -> None:
    both = matcher_of(AT_HOME.replace('{ru: "Россия, Омск, омский, Казань, Москва", kk: "Ресей, Омбы"}', "Воронеж"))

    assert both.judge(title="", text="Беглец. Воронеж тұрғынын ұстады.").topics
    assert both.judge(title="", text="Беглец. Воронеж облысынан көшкен қызды ұстады.").topics
    assert not both.judge(title="", text="Беглец. Воронеж в Алматы не едет.").topics


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("Омбы облысында ұсталды", True),
        ("Омбы облысынан көшкен қыз еді", False),
        ("Омбы қаласынан келген қыз еді", False),
        ("Омбы қызды ұстады", True),
        ("Омбы қызды іздеп жүр", False),
    ],
)
def test_where_somebody_came_from_or_who_asks_for_him_is_not_where_it_happens(text: str, fires: bool) -> None:
    where = matcher_of(RULES.replace("{где: Казахстан}", "{где: {ru: Омск, kk: Омбы}}"))

    assert bool(where.judge(title="", text=f"Беглец {text}, выдать.").topics) is fires


WHITHER = matcher_of(RULES.replace("{где: Казахстан}", '{куда: {ru: "РФ, Москва, Подмосковье", kk: Ресей}}'))


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("Решили отправить в РФ и выдать.", True),
        ("Беглеца вернули в РФ.", True),
        ("Беглеца депортируют в РФ.", True),
        ("Грозит высылка в РФ: он беглец.", True),
        ("Беглеца вернули в Москву.", True),
        ("Выдали блогера Москве: он беглец.", True),
        ("Выдали беглеца РФ.", True),
        ("Беглец — друг блогера РФ.", False),
        ("Беглец Ресей жағына тапсырылды.", True),
        ("Беглец Ресей күштік құрылымдарына тапсырылды.", True),
        ("Беглец — Ресей тұрғыны үйіне қайтты.", False),
        ("Беглец Ресейде қаладағы үйіне қайтты.", False),
        ("Беглеца осудили в РФ.", False),
        ("В РФ отправили домой беглеца.", False),
        ("Беглец вернулся в РФ.", False),
        ("Беглеца выслали в Подмосковье.", True),
        ("Беглеца в Подмосковье выслали.", False),
        ("Беглеца рейсом вывезли в Москву.", True),
        ("Беглеца отправили рейсом в Москву.", True),
        ("Беглец вылетел рейсом в Москву.", False),
        ("Беглец купил билет на рейс в Москву.", False),
    ],
)
def test_a_name_that_is_not_declined_is_a_destination_beside_what_leads_there(text: str, fires: bool) -> None:
    assert bool(WHITHER.judge(title="", text=text).topics) is fires


@pytest.mark.parametrize(
    ("text", "fires"), [("РФ-ға выдать", True), ("РФ-ге выдать", True), ("РФ-да выдать", False), ("РФ-ның ісі", False)]
)
def test_an_ending_after_a_hyphen_shows_the_role(text: str, fires: bool) -> None:
    towards = matcher_of(RULES.replace("{где: Казахстан}", "{куда: РФ}"))

    assert bool(towards.judge(title="", text=f"Беглец {text} болды.").topics) is fires


@pytest.mark.parametrize(
    "text",
    [
        "Беглец пен Ресейдің үш азаматы.",
        "Беглец, Ресейдің 12 азаматы.",
        "Беглец, Ресейдің тағы бір азаматы.",
        "Беглец, Ресей Федерациясының екі белсендісі.",
        "Беглец — Омбы облысының оқушысы.",
        "Беглец — Ресейдің бұрынғы полицейі.",
        "Беглец — Ресейдің белгілі суретшісі.",
    ],
)
def test_in_kazakh_a_number_may_stand_before_the_person(text: str) -> None:
    assert HOME.judge(title="", text=text).topics


def test_who_receives_somebody_is_not_where_it_happens() -> None:
    where = matcher_of(RULES.replace("Казахстан}", "Россия}"))

    assert where.judge(title="", text="Россия выдала беглеца.").topics
    assert not where.judge(title="", text="Выдали России беглеца.").topics
    assert not where.judge(title="", text="Выдали блогера России.").topics
    assert not where.judge(title="", text="России выдали блогера, беглеца.").topics


def test_a_name_that_is_not_declined_hands_over_when_one_does_and_receives_when_they_do() -> None:
    where = matcher_of(RULES.replace("Казахстан}", "РФ}"))

    assert where.judge(title="", text="РФ выдала беглеца.").topics
    assert not where.judge(title="", text="РФ выдали беглеца.").topics


def test_a_border_of_two_countries_is_in_neither_for_a_veto() -> None:
    rules = RULES.replace("{где: Казахстан}]", "Казахстан], none: [{где: Россия}]")
    matcher = matcher_of(rules)

    assert matcher.judge(title="", text="Беглеца выдали на границе Казахстана и России.").topics
    assert matcher.judge(title="", text="Беглеца выдали у границы России и Казахстана.").topics
    assert not matcher.judge(title="", text="Беглеца выдали в России, он из Казахстана.").topics


def test_what_is_said_of_a_person_leads_nowhere() -> None:
    towards = matcher_of(RULES.replace("где: Казахстан", "куда: омский"))

    assert not towards.judge(title="", text="Беглец, омскому учителю отказали.").topics
    assert towards.judge(title="", text="Беглец, передали омским силовикам.").topics
    assert towards.judge(title="", text="Беглец, передали омским военным.").topics


def test_whoever_has_a_home_is_taken_from_elsewhere() -> None:
    assert HOME.judge(title="", text="Беглец — учитель из Омска.").topics
    assert not HOME.judge(title="", text="Беглец. Учителя из Риги из Омска увезли.").topics


@pytest.mark.parametrize("verb", ["экстрадируют", "экстрадирован", "экстрадирована", "депортируют", "выдворен"])
def test_whoever_is_taken_out_of_a_country_is_not_from_there(verb: str) -> None:
    assert not HOME.judge(title="", text=f"Беглец — активистка {verb} из Омска.").topics


@pytest.mark.parametrize("told", ["возвращают домой россиян из Омска", "россиян из Омска выслали"])
def test_russians_are_taken_from_where_they_are(told: str) -> None:
    assert not HOME.judge(title="", text=f"Беглец. В консульстве рассказали, как {told}.").topics


def test_a_stage_of_the_way_does_not_silence_a_rule_that_asks_where_to() -> None:
    rules = RULES.replace("{где: Казахстан}]", "{куда: Россия}], none: [{куда: Казахстан}]")
    towards = matcher_of(rules)
    anywhere = matcher_of(rules.replace("{куда: Россия}", "Россия"))
    told = {"title": "", "text": "Беглеца в Казахстан привезли и выдали в Россию."}

    assert towards.judge(**told).topics
    assert not anywhere.judge(**told).topics
    assert not towards.judge(title="", text="Беглеца выдали в Казахстан, Россия рада.").topics


@pytest.mark.parametrize("whom", ["сарбазды", "белсендіні", "азаматты", "блогерді", "журналисті"])
def test_in_kazakh_a_country_that_does_something_to_somebody_is_not_where_he_is_from(whom: str) -> None:
    assert not HOME.judge(title="", text=f"Беглец. Ресей {whom} ұстады.").topics


@pytest.mark.parametrize(
    "whom",
    ["сарбазын", "белсендісін", "азаматы", "азаматын", "азаматтарын", "блогерін", "тұрғыны", "босқыны", "маманы"],
)
def test_in_kazakh_a_countrys_own_are_from_there(whom: str) -> None:
    assert HOME.judge(title="", text=f"Беглец. Ресей {whom} ұстады.").topics


def test_a_citizenship_is_no_citizen() -> None:
    assert HOME.judge(title="", text="Беглец — Ресей азаматы.").topics
    assert not HOME.judge(title="", text="Беглец Ресей азаматтығынан айырылды.").topics


@pytest.mark.parametrize(
    "text",
    [
        "груз из Омска",
        "самолёт из Москвы",
        "вывезли из Омска",
        "активиста вывезли из Омска",
        "выдача активиста из России",
        "омский приговор",
        "омские следователи",
        "российская сторона просит",
        "Россия ищет его",
        "экстрадировали из России казахстанца",
        "Ресейден шығару",
        "Ресейге беру",
    ],
)
def test_whence_a_thing_comes_or_somebody_is_taken_is_no_home(text: str) -> None:
    assert not HOME.judge(title="", text=f"Беглец. {text}").topics


ACTS = """\
lists:
  страны: {ru: "Россия, Тбилиси, Китай, сербский", kk: "Ресей, Шыңжаң"}
topics:
  escapes:
    title: Побеги
    hashtag: побег
    any_of:
      - name: выдали
        within: text
        all: ["выдать, отказать, ұстап беру", беглец]
        none: [{где: $страны}, {откуда: $страны}]
"""
ELSEWHERE = matcher_of(ACTS)


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("Россия требует выдать его.", True),
        ("Выдали по запросу России.", True),
        ("Ресейдің сұрауымен ұстап берді.", True),
        ("Россия выдала его.", False),
        ("Выдали, не пустив на рейс в Тбилиси.", True),
        ("Выдать решил суд в Тбилиси.", False),
        ("Отказали сербскому журналисту.", True),
        ("Отказал сербский суд.", False),
        ("Бежавшему из Китая отказали.", True),
        ("Выдали из Китая.", False),
        ("Шыңжаңнан қашқанды ұстап берді.", True),
        ("Врача из Китая выдали.", True),
        ("Выдали врача из Китая.", False),
        ("Его ищет Россия: выдать просит.", True),
        ("Выдали с сербской визой.", True),
        ("Запрос выдать его ушёл в Тбилиси.", True),
        ("Ушёл в Тбилиси, а выдали.", True),
        ("Суд решил: запрос отклонить, выдать из Тбилиси.", False),
    ],
)
def test_who_asks_or_whence_one_fled_is_not_where_it_happens(text: str, fires: bool) -> None:
    assert bool(ELSEWHERE.judge(title="", text=f"{text[:-1]}, беглец.").topics) is fires


@pytest.mark.parametrize(
    "text",
    [
        "Беглец — гражданин Армении, Беларуси и России.",
        "Беглец — гражданин России, Беларуси и Армении.",
        "Беглец — гражданин Беларуси, России и Армении.",
        "Беглец — уроженец Риги или Омска.",
        "Беглец — Ресей мен Беларусь азаматы.",
        "Беглец — Ресей, Беларусь және Армения азаматы.",
        "Беглец — Ресей, Беларусь, Армения азаматтары.",
        "Беглец — Ресей жане Беларусь азаматы.",
        "Беглец Ресей мен Қырғызстаннан келген.",
        "Беглец — Ресей, Беларусь және Кавказ елдерінің азаматтары.",
        "Беглец — Ресей, Беларусь және Армениядан келгендер.",
        "Беглец — Reseı men Belarýs azamaty.",
        "БЕГЛЕЦ — ГРАЖДАНИН БЕЛАРУСИ И РОССИИ.",
    ],
)
def test_what_stands_by_all_of_several_names_stands_by_each(text: str) -> None:
    assert HOME.judge(title="", text=text).topics


def test_a_comma_between_two_names_makes_no_list_of_them() -> None:
    where = matcher_of(RULES)

    assert where.judge(title="", text="Беглец приехал из России, Казахстан выдал его.").topics


def test_whoever_is_let_in_is_taken_nowhere() -> None:
    rules = RULES.replace("{где: Казахстан}]", "Казахстан], none: [{куда: Казахстан}]")
    matcher = matcher_of(rules)

    assert matcher.judge(title="", text="Беглец: выдали запрет, не пустили в Казахстан.").topics
    assert not matcher.judge(title="", text="Беглеца выдали в Казахстан.").topics


def test_until_is_whither_on_a_way_only() -> None:
    towards = matcher_of(RULES.replace("{где: Казахстан}", "{куда: Москва}"))

    assert towards.judge(title="", text="Беглеца посадили на самолёт до Москвы.").topics
    assert towards.judge(title="", text="Беглеца довезли до Москвы.").topics
    assert not towards.judge(title="", text="Беглец работал до Москвы в Риге.").topics


def test_whence_a_russian_is_taken_is_no_home_of_his() -> None:
    assert not HOME.judge(title="", text="Беглец. Россиянина из Омска передали в Ригу.").topics
    assert HOME.judge(title="", text="Беглец. Россиянина из Омска передали из Риги.").topics
    assert HOME.judge(title="", text="Беглец. Россиянина из Омска осудили.").topics


def test_what_a_treaty_is_called_after_is_not_where_it_happens() -> None:
    where = matcher_of(RULES.replace("{где: Казахстан}", "{где: минский}"))

    assert where.judge(title="", text="Беглеца выдали в минском суде.").topics
    assert not where.judge(title="", text="Беглеца выдали по Минской конвенции.").topics


def test_the_end_of_a_route_does_not_act_though_somebody_does_there() -> None:
    where = matcher_of(RULES.replace("Казахстан}", "Белград}"))

    assert not where.judge(title="", text="Беглец, рейс Алматы – Белград ссадили, выдали.").topics
    assert where.judge(title="", text="Беглец, юристы: Белград выдал его.").topics


@pytest.mark.parametrize(("title", "fires"), [("Банкир прилетел", False), ("Банкир дома", False), ("", False)])
def test_a_headline_says_nothing_of_the_first_word_below_it(title: str, fires: bool) -> None:
    """«прилетел из Стамбула» is one's own way, even where a line ends between, and was no veto."""
    matcher = matcher_of(RULES.replace("{где: Казахстан}]", "Казахстан], none: {откуда: Стамбул}"))

    assert bool(matcher.judge(title=title, text="Из Стамбула выдан беглец, Казахстан ждёт.").topics) is fires
    assert matcher.judge(title="Банкир", text="Прилетел из Стамбула и выдан, Казахстан ждёт.").topics


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("Беглец снят с рейса в Костанае.", True),
        ("Беглец летит рейсом в Костанай.", False),
        ("С рейса сняли россиянина в Алматы: беглец.", True),
        ("Беглец купил билет на рейс в Алматы.", False),
    ],
)
def test_a_place_that_no_dictionary_has_shows_its_case_and_a_flight_leads_nobody_else(text: str, fires: bool) -> None:
    matcher = matcher_of(RULES.replace("{где: Казахстан}", '{где: "Костанай, Алматы"}'))

    assert bool(matcher.judge(title="", text=text).topics) is fires
