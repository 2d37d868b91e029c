from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from monitor.similarity import fingerprint, place
from tests.factories import TEXT, story, telling

RETOLD = (
    "В Казахстане прокуратура одобрила экстрадицию россиянина, просившего убежища в Астане. "
    "Решение обжалует адвокат в городском суде. Остановить выдачу требуют правозащитники."
)
OTHER_CASE = (
    "Прокуратура Казахстана отказала в экстрадиции журналистки, задержанной в Актобе по запросу Минска. "
    "Её освободили из изолятора вечером, сообщила сестра."
)


@given(title=st.text(max_size=80), text=st.text(max_size=300))
def test_blanks_and_case_do_not_change_a_fingerprint(title: str, text: str) -> None:
    spaced = "  ".join(text.split(" "))

    assert fingerprint(title, text) == tuple(sorted(set(fingerprint(title, text))))
    if title.casefold() == title.upper().casefold() and text.casefold() == text.upper().casefold():
        assert fingerprint(title.upper(), spaced.upper()) == fingerprint(title, spaced)


def test_an_agency_copy_joins() -> None:
    placed = place(telling(2, text=TEXT, title="Одобрена экстрадиция"), [story(1)])

    assert placed.index == 0
    assert not placed.same_article


def test_a_retelling_with_other_endings_and_order_joins() -> None:
    assert place(telling(2, text=RETOLD, title="Новость 1"), [story(1)]).index == 0


def test_another_case_on_the_same_topic_starts_a_story() -> None:
    assert place(telling(2, text=OTHER_CASE, title="Отказано"), [story(1)]).index is None


def test_the_same_address_is_the_same_article_whatever_the_text() -> None:
    again = telling(1, text="совершенно другой текст", title="Другой заголовок")

    placed = place(again, [story(9, telling(5)), story(1)])

    assert (placed.index, placed.same_article) == (1, True)


def test_a_merge_never_hides_a_new_topic() -> None:
    with_a_new_topic = telling(2, "extradition", "knb")

    assert place(with_a_new_topic, [story(1, telling(1, "extradition"))]).index is None
    assert place(telling(3, "extradition"), [story(1, telling(1, "extradition", "knb"))]).index == 0


def test_a_merge_never_hides_a_person() -> None:
    about_one = TEXT.replace("россиянина,", "россиянина Ивана Пробникова,")
    about_another = TEXT.replace("россиянина,", "россиянина Глеба Выдумкина,")
    told = [story(1, telling(1, text=about_one))]

    assert place(telling(2, text=about_another, title="Новость 1"), told).index is None
    assert place(telling(3, text=about_one.replace("Пробникова", "Пробникову"), title="Новость 1"), told).index == 0


def test_the_nearest_story_wins() -> None:
    near, far = story(1, telling(1, text=TEXT)), story(2, telling(2, text=RETOLD, title="Новость"))

    assert place(telling(3, text=TEXT, title="Новость 1"), [far, near]).index == 1


def test_texts_of_a_few_words_are_never_merged() -> None:
    short = telling(2, title="Срочно", text="Его выдали")
    twin = story(1, telling(1, title="Срочно", text="Его выдали"))

    assert place(replace(short), [twin]).index is None


def test_nothing_recent_starts_a_story() -> None:
    assert place(telling(1), []).index is None
