from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.evidence.comparison import LONGEST_TOLD, MOST_EDITS, Difference, Edit, compare, describe
from monitor.evidence.wording import wording_keys
from monitor.models.evidence import Version
from tests.harness.cpu import cpu_at_most

TITLE = "Казахстан выдаст россиянина"
QUOTED = "Прокуратура Казахстана одобрила экстрадицию россиянина Айдара Мовлаева, который просил убежища в Астане."
TEXT = f"""{QUOTED} Адвокат обжалует решение в городском суде 5 ноября.

Что говорят правозащитники

Правозащитники требуют остановить выдачу, пока жалоба не рассмотрена. По их словам, задержанному 34 года, и в России \
ему грозит до 20 лет колонии.

Виновным он себя считает невиновно осуждённым. Суд пока не назначил дату заседания, сообщили в пресс-службе."""
KAZAKH = """Алматы қалалық соты Ресей азаматын экстрадициялау туралы өтінішті қабылдаған, деп хабарлады прокуратура.

Адвокат Серік Ахметов шешімге 12 қарашада шағым береді. Қорғаушылар оның өміріне қауіп төніп тұрғанын айтады."""


def version(text: str = TEXT, title: str = TITLE) -> Version:
    return Version(title=title, text=text)


def differing(after: Version, before: Version | None = None, quoted: Sequence[str] = (QUOTED,)) -> Difference | None:
    return compare(before or version(), after, quoted=quoted)


def replaced(old: str, new: str, text: str = TEXT) -> Version:
    assert old in text
    return version(text.replace(old, new))


@pytest.mark.parametrize(
    "after",
    [
        f"{TEXT}\n\nОбновлено 14:05",
        f"Обновлено: 20 ноября 2026, 14:05\n{TEXT}",
        f"20 ноября 2026, 14:05\n{TEXT}\n14:05",
        TEXT.replace("пресс-службе.", "пресс-службе (обновлено в 14:05)."),
        f"{TEXT} Обновлено в 14:05.",
        f"{TEXT}\nДополнено: 18:40",
        f"Просмотров: 1 234\n{TEXT}\n♥ 12\n5 комментариев",
        f"{TEXT}\n1,2 тыс. просмотров · 14 комментариев",
        f"{TEXT}\n1234 қаралды\n3 пікір",
        f"{TEXT}\nПоделиться\nFacebook Twitter Telegram WhatsApp",
        f"{TEXT}\nЧитайте также: Как живут в лагере беженцев под Актобе",
        f"{TEXT}\nОқи отырыңыз: Шекарада не болды",
        f"{TEXT}\n\nЧитайте также\nСуд отложил дело о взятках\nЕщё три новости из Актау",
        f"{TEXT}\n\nПо теме:\nКто ответит за смерть в колонии?\nВ Актау открыли новый порт",
        f"{TEXT}\n\nОқи отырыңыз\nСот істі кейінге қалдырды\nАқтауда жаңа порт",
        f"{TEXT}\n\nМы используем cookies, чтобы наш сайт был удобнее для вас.",
        f"{TEXT}\n\nПодписывайтесь на наш телеграм-канал, чтобы не пропустить главное.",
        TEXT.replace("\n\n", "\n"),
        TEXT.replace(" ", "\u00a0").replace("осуждённым", "осужденным"),
        TEXT.replace(", пока жалоба", ". Пока жалоба").replace("пресс-службе", "«пресс - службе»"),
        TEXT.upper(),
        "\n\n".join(reversed(TEXT.split("\n\n"))),
    ],
)
def test_what_pages_change_by_themselves_is_no_difference(after: str) -> None:
    assert differing(version(after)) is None
    assert differing(version(), before=version(after)) is None


@pytest.mark.parametrize("noise", ["Обновлено 14:05", "7 просмотров", "Читайте также\nСуд отложил дело\nЕщё новости"])
def test_what_pages_change_by_themselves_is_not_in_the_keys(noise: str) -> None:
    aside = f"{TEXT}\nПодзаголовок"

    assert wording_keys(version(f"{TEXT}\n\n{noise}")) == wording_keys(version())
    assert wording_keys(version(aside)).prose == wording_keys(version()).prose
    assert wording_keys(version(aside)).whole != wording_keys(version()).whole


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("обжалует", "обжалоует"),
        ("Правозащитники", "Правозащитнки"),
        ("сообщили", "сообщила"),
        ("Мовлаева", "Мовлаеву"),
        ("требуют", "просят"),
        ("Что говорят правозащитники", "Что говорят защитники"),
        ("Что говорят правозащитники\n\n", ""),
        ("осуждённым. Суд", "осуждённым.\n\nСуд отложил дело о взятках\n\nСуд"),
        ("осуждённым. Суд", "осуждённым.\n\nКто ответит за смерть в колонии под Актау?\n\nСуд"),
        ("Суд пока не", "Пока суд не"),
    ],
)
def test_slips_endings_and_asides_do_not_matter(old: str, new: str) -> None:
    difference = differing(replaced(old, new))

    assert difference is None or not difference.matters


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("34 года", "35 лет"),
        ("5 ноября", "6 ноября"),
        ("5 ноября", "5 декабря"),
        ("до 20 лет", "до пяти лет"),
        ("не рассмотрена", "рассмотрена"),
        ("пока не назначил", "назначил"),
        ("невиновно", "виновно"),
        ("задержанному", "осуждённому"),
        ("Айдара Мовлаева", "гражданина"),
        ("Мовлаева", "Мавлаева"),
        ("Айдара Мовлаева", "Ибрагима Мовлаева"),
        ("в Астане", "в Алматы"),
        ("и в России ему грозит", "и ему грозит"),
        ("одобрила", "рассматривает"),  # in the sentence that we quoted
        ("просил убежища", "просил о временном убежища"),
        ("Адвокат обжалует", "Адвокат отказался обжаловать"),
        (" Суд пока не назначил дату заседания, сообщили в пресс-службе.", ""),
        (f"{QUOTED} ", ""),
        ("суде 5 ноября.", "суде 5 ноября. По словам защиты, подзащитный болен и просит о помощи врачей больницы."),
        ("остановить выдачу", "остановить выдачу и наказать следователей, скрывавших важные документы защиты"),
    ],
)
def test_what_may_be_told_as_news_matters_both_ways(old: str, new: str) -> None:
    after = replaced(old, new)
    difference = differing(after)

    assert difference
    assert difference.matters
    assert not difference.headline
    back = compare(after, version(), quoted=[])
    assert back
    assert back.matters or "одобрила" in old or "убежища" in old  # these only as a quotation


@pytest.mark.parametrize(
    ("old", "new", "matters"),
    [
        ("қабылдаған", "қабылдамаған", True),
        ("12 қарашада", "13 қарашада", True),
        ("12 қарашада", "12 желтоқсанда", True),
        ("Серік Ахметов", "Серік Ахмедов", True),
        (
            "Алматы қалалық",
            "Ақтау қалалық",
            False,
        ),  # a sentence begins with it, and nothing else tells that it is a name
        ("хабарлады", "хабарлады деп", False),
        ("шағым береді", "шағым бередi", False),
        ("Адвокат Серік Ахметов", "Адвокат Серік Ахметовтың", False),
    ],
)
def test_kazakh_is_read_too(old: str, new: str, matters: bool) -> None:
    difference = compare(version(KAZAKH), replaced(old, new, KAZAKH), quoted=[])

    assert (difference is not None and difference.matters) is matters


@pytest.mark.parametrize(
    ("title", "changed"),
    [
        ("Казахстан не выдаст россиянина", True),
        ("Казахстан может выдать россиянина", True),
        ("Казахстан выдаст россиянку", True),
        ("Казахстан выдаст росиянина", False),
        ("«Казахстан выдаст россиянина»!", False),
        ("Казахстан выдаст россиянина (обновлено)", False),
        ("(2) Казахстан выдаст россиянина", False),
        ("Казахстан выдаст россиянина. Видео", False),
        ("", False),
    ],
)
def test_a_headline_matters_beyond_its_slips(title: str, changed: bool) -> None:
    difference = differing(version(title=title))

    assert (difference is not None and difference.headline and difference.matters) is changed


@pytest.mark.parametrize(
    ("old", "new", "matters"),
    [
        ("— Айдар Мовлаев, 34 года", "— Айдар Мовлаев, 35 лет", True),
        ("2) Айдар Мовлаев, 34 года", "2) Айдар Магомедов, 34 года", True),
        ("— Айдар Мовлаев, 34 года", "— Айдар Мовлаев, 34 года.", False),
        ("Курс валют на 5 ноября: 34", "Курс валют на 6 ноября: 35", False),  # it may be about anything
    ],
)
def test_items_of_a_list_are_prose(old: str, new: str, matters: bool) -> None:
    difference = differing(version(f"{TEXT}\n{new}"), before=version(f"{TEXT}\n{old}"))

    assert (difference is not None and difference.matters) is matters


def test_edits_are_told_in_plain_russian_with_words_around_them() -> None:
    text = TEXT.replace("34 года", "35 лет").replace("обжалует", "обжалоует")
    after = version(text, "Казахстан не выдаст россиянина")
    difference = differing(after)

    assert difference
    assert difference.words[0] == Edit(before=TITLE, after="Казахстан не выдаст россиянина")
    assert describe(difference).splitlines() == [
        "Заголовок: было «Казахстан выдаст россиянина», стало «Казахстан не выдаст россиянина»",
        "было «их словам, задержанному 34 года, и в России», стало «их словам, задержанному 35 лет, и в России»",
        "было «Адвокат обжалует решение в городском», стало «Адвокат обжалоует решение в городском»",
    ]


def test_a_sentence_gone_is_told_as_gone() -> None:
    gone = "Суд пока не назначил дату заседания, сообщили в пресс-службе."
    difference = differing(replaced(f" {gone}", ""))

    assert difference
    assert describe(difference) == f"убрано «{gone}»"


def test_a_quotation_cut_off_by_us_is_known_again() -> None:
    difference = differing(replaced("одобрила", "обсуждает"), quoted=["…одобрила экстрадицию россиянина Айдара…"])

    assert difference
    assert difference.matters


def test_a_quotation_that_never_stood_there_says_nothing() -> None:
    difference = differing(replaced("требуют", "просят"), quoted=["Правозащитники настаивают."])

    assert difference
    assert not difference.matters


words = st.sampled_from(
    [*TEXT.replace("\n", " ").split(), "не", "Айдар", "12", "—", "\n", "\n\n", "Читайте также", "а."]
)
texts = st.lists(words, max_size=80).map(" ".join) | st.text(max_size=200)


@given(old=texts, new=texts, title=st.sampled_from([TITLE, "Другой заголовок", ""]), quoted=st.lists(texts, max_size=2))
@example(old="a. " * 50, new="b! " * 50, title="", quoted=[])
def test_any_difference_is_bounded_and_one_with_itself_is_none(
    old: str, new: str, title: str, quoted: list[str]
) -> None:
    before, after = version(old), version(new, title)
    difference = compare(before, after, quoted=quoted)

    assert compare(before, before, quoted=quoted) is None
    assert compare(version(old + " "), before, quoted=quoted) is None
    if difference:
        assert 0 < len(difference.words) <= MOST_EDITS
        assert all(edit.before or edit.after for edit in difference.words)
        assert difference.matters or not difference.headline
        assert 0 < len(describe(difference)) < LONGEST_TOLD


@given(old=texts, new=texts)
def test_equal_keys_are_no_difference(old: str, new: str) -> None:
    before, after = version(old), version(new)

    assert (wording_keys(before).whole == wording_keys(after).whole) <= (compare(before, after, quoted=[]) is None)


HOSTILE = {
    "one long sentence": ("а б " * 25_000, "б а а " * 16_500),
    "many lines": ("\n".join(f"аа{n} б" for n in range(12_500)), "\n".join(f"бб{n} а" for n in range(12_500))),
    "many short sentences": ("а. Б. " * 16_500, "б. А а. " * 12_500),
    "one word": ("а" * 200_000, "б" * 200_000),
    "signs": ("." * 200_000, "(" * 200_000),
    "anchors between repetitions": (
        " ".join(f"у{n} " + "а б в " * 15 for n in range(1_000)),
        " ".join(f"у{n} " + "в а б б " * 12 for n in range(1_000)),
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_cost_no_more_than_their_length(name: str) -> None:
    old, new = HOSTILE[name]
    with cpu_at_most(3):
        compare(version(old), version(new), quoted=[QUOTED, old[:5_000]])


def test_an_ordinary_page_is_compared_in_milliseconds() -> None:
    before = "\n\n".join(f"{TEXT} Это абзац номер {number}." for number in range(6))
    after = before.replace("34 года", "35 лет").replace("требуют", "просят")
    with cpu_at_most(0.05):
        compare(version(before), version(after), quoted=[QUOTED])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Адвокат обжалует решение в городском суде 5 ноября.", "Решение адвокат обжалует в городском суде 5 ноября."),
        ("Ему около 98 тысяч тенге штрафа назначил суд.", "Ему около 98 тыс. тенге штрафа назначил суд."),
        ("Пропал 24-х летний житель посёлка у границы.", "Пропал 24-летний житель посёлка у границы."),
        ("Бұл туралы адвокаты Есімова хабралады.", "Бұл туралы адвокаты Есімова хабарлады."),
    ],
    ids=["order", "abbreviation", "age", "letters swapped"],
)
def test_a_correction_that_says_the_same_does_not_matter(before: str, after: str) -> None:
    old, new = version(f"{TEXT}\n\n{before}"), version(f"{TEXT}\n\n{after}")
    difference = compare(old, new, quoted=(QUOTED, before))
    assert difference is None or not difference.matters


def test_the_order_of_the_headlines_words_is_no_news() -> None:
    assert differing(version(title="Россиянина выдаст Казахстан")) is None
