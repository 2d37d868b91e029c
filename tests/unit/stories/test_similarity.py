import tracemalloc
from datetime import timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.models.articles import Article
from monitor.stories.placement import ALIKE
from monitor.stories.similarity import SimilarityIndex, common_figures, cosine, fingerprint, names_and_figures
from tests.factories import NOW, TEXT, article

RETOLD = (
    "В Казахстане прокуратура одобрила экстрадицию россиянина, просившего убежища в Астане. "
    "Решение обжалует адвокат в городском суде. Остановить выдачу требуют правозащитники."
)
OTHER_CASE = (
    "Прокуратура Казахстана отказала в экстрадиции журналистки, задержанной в Актобе по запросу Минска. "
    "Её освободили из изолятора вечером, сообщила сестра."
)


def likeness(index: SimilarityIndex, one: tuple[int, ...], other: tuple[int, ...]) -> float:
    return cosine(index.vector(one), index.vector(other))


def only_case_changes(text: str) -> bool:
    """Whether `upper` makes the same letters: of ß it makes two, of the mark U+0345 a letter."""
    changes = [(letter, letter.upper()) for letter in text]
    return all(
        len(upper) == 1 and upper.casefold() == letter.casefold() and upper.isalnum() == letter.isalnum()
        for letter, upper in changes
    )


@example(title="", text="AA\u0345")
@given(title=st.text(max_size=80), text=st.text(max_size=300))
def test_blanks_and_case_do_not_change_the_words_of_a_fingerprint(title: str, text: str) -> None:
    spaced = "  ".join(text.split(" "))

    assert fingerprint(title, text) == tuple(sorted(fingerprint(title, text)))
    if only_case_changes(title + text):
        assert set(fingerprint(title.upper(), spaced.upper())) == set(fingerprint(title, spaced))
        assert fingerprint(title.lower(), spaced.lower()) == fingerprint(title.lower(), text.lower())


def test_a_name_counts_three_times_and_the_headline_twice() -> None:
    def count(title: str, text: str, word: str) -> int:
        (number,) = fingerprint("", word)
        return fingerprint(title, text).count(number)

    assert count("", "задержан в Уральске", "уральске") == 3
    assert count("", "задержан, Пробников и «Рубеж»", "рубеж") == 3
    assert count("В Уральске суд", "", "уральске") == 6
    assert count("суд идёт", "суд", "суд") == 3
    assert count("", "Уральск. Задержан беглец", "уральск") == 1, "a sentence begins with a capital anyway"
    assert count("", "задержал КНБ", "кнб") == 1, "shouting is no name"


def test_a_fingerprint_tells_figures_from_words_and_counts() -> None:
    words, figures = fingerprint("", "суд суд"), fingerprint("", "214 граждан")

    assert len(words) == 2
    assert words[0] == words[1]
    assert sorted(number & 1 for number in figures) == [0, 1]


@given(one=st.text(max_size=200), other=st.text(max_size=200))
def test_likeness_is_symmetric_and_between_nought_and_one(one: str, other: str) -> None:
    index = SimilarityIndex()
    ours, theirs = fingerprint("", one), fingerprint("", other)

    alike = likeness(index, ours, theirs)

    assert 0 <= alike <= 1 + 1e-9
    assert abs(alike - likeness(index, theirs, ours)) < 1e-9


def test_a_copy_is_alike_a_retelling_less_another_case_not() -> None:
    index = SimilarityIndex()
    first = fingerprint("Новость", TEXT)

    copy = likeness(index, first, fingerprint("Новость", TEXT))
    retold = likeness(index, first, fingerprint("Другой заголовок", RETOLD))
    other = likeness(index, first, fingerprint("Отказано", OTHER_CASE))

    assert copy > 0.999
    assert copy > retold > ALIKE > other


def test_a_word_that_everybody_has_weighs_little_and_figures_more() -> None:
    index = SimilarityIndex()
    for number in range(50):
        index.add(number, number, fingerprint("", f"самолёт редкость{'абвгдежзик'[number % 10]}"), NOW)
    (common,), (rare,), (figure,) = (fingerprint("", word) for word in ("самолёт", "верблюд", "4711"))

    little, much, more = index.weights((common, rare, figure))
    assert little < much
    assert more == 1.5 * much


def test_names_and_figures_that_agree_are_told_from_those_that_do_not() -> None:
    def quake(magnitude: str, province: str, agency: str) -> Article:
        text = f"Толчки силой {magnitude} балла почувствовали жители провинции {province}, сообщило агентство {agency}."
        return article(title="Землетрясение", text=text)

    index, one = SimilarityIndex(), quake("5,7", "Малая Заря", "Спас")

    assert names_and_figures(one.title, one.text) == frozenset(fingerprint("", "5 7 малая заря спас"))
    assert index.agreement(one, one) == 1
    assert index.agreement(one, quake("6,2", "Дальний Плёс", "Спас")) < 0.4
    assert index.agreement(one, quake("5,7", "Малой Заре", "Спас")) > 0.6
    assert index.agreement(one, article(title="Толчки", text="жители проснулись ночью")) == 1, "nothing to tell by"


def test_years_and_single_digits_are_no_figures_in_common() -> None:
    one, other = (fingerprint("", f"в 2024 году {word} 7 из 214 по статье 493") for word in ("сняли", "нашли"))

    assert common_figures(one, other) == set(fingerprint("", "214 493"))


def test_a_fingerprint_made_before_names_counted_is_still_like_its_article() -> None:
    """Rows of an older version hold each word as often as it stands there."""
    index = SimilarityIndex()
    now = fingerprint("Россиянина задержали в Актобе", TEXT)
    before = fingerprint("", f"Россиянина задержали в Актобе\n{TEXT}".lower())

    assert likeness(index, now, before) > 0.9


def test_texts_of_a_few_words_are_never_alike() -> None:
    assert likeness(SimilarityIndex(), fingerprint("Срочно", "Его выдали"), fingerprint("Срочно", "Его выдали")) == 0


def test_the_index_finds_the_nearest_stories_and_forgets_the_old() -> None:
    index = SimilarityIndex()
    index.add(1, 11, fingerprint("", TEXT), NOW)
    index.add(2, 12, fingerprint("", OTHER_CASE), NOW - timedelta(days=3))

    assert index.nearest(fingerprint("", RETOLD))[0] == 11

    index.forget(NOW - timedelta(days=1))

    assert index.nearest(fingerprint("", OTHER_CASE)) == [11]


@given(texts=st.lists(st.text(alphabet="абвгд ", min_size=5, max_size=60), max_size=12))
def test_an_index_that_forgot_everything_is_as_new(texts: list[str]) -> None:
    index = SimilarityIndex()
    for number, text in enumerate(texts):
        index.add(number, number, fingerprint("", text), NOW)

    index.forget(NOW + timedelta(seconds=1))

    assert index.nearest(fingerprint("", TEXT)) == []
    assert index.weights([2]) == SimilarityIndex().weights([2])


COMING = st.tuples(
    st.integers(1, 60), st.integers(1, 30), st.lists(st.integers(2, 50), max_size=12), st.integers(0, 30)
)


@settings(max_examples=40)
@given(
    coming=st.lists(COMING, min_size=20, max_size=40),
    forgotten=st.integers(0, 15),
    asked=st.frozensets(st.integers(2, 52), min_size=15),
)
def test_what_is_near_is_what_counting_one_word_after_another_says(
    coming: list[tuple[int, int, list[int], int]], forgotten: int, asked: frozenset[int]
) -> None:
    index, told = SimilarityIndex(), dict[int, tuple[int, list[int], int]]()
    for number, story, stems, hour in coming:
        told[number] = (story, stems, hour)
        index.add(number, story, stems, NOW + timedelta(hours=hour))
    index.forget(NOW + timedelta(hours=forgotten))
    left = [(story, stems) for story, stems, hour in told.values() if hour >= forgotten]
    anew = SimilarityIndex()
    for number, (story, stems) in enumerate(left):
        anew.add(number, story, stems, NOW)
    assert index.weights(asked) == anew.weights(asked)
    assert index.nearest(asked) == counted(anew, left, asked)


def counted(index: SimilarityIndex, told: list[tuple[int, list[int]]], asked: frozenset[int]) -> list[int]:
    known = [one for one in zip(index.weights(asked), asked, strict=True) if any(one[1] in stems for _, stems in told)]
    shared = dict.fromkeys((story for story, _ in told), 0.0)
    for weight, stem in sorted(known, reverse=True)[:25]:
        for story in {story for story, stems in told if stem in stems}:
            shared[story] += weight
    ranked = sorted(((share, story) for story, share in shared.items() if share), reverse=True)
    return [story for _, story in ranked[:12]]


def test_one_rare_word_in_common_is_nearer_than_two_that_many_have() -> None:
    index = SimilarityIndex()
    for number in range(60):
        index.add(number, number, [2, 4], NOW)
    index.add(60, 60, [6], NOW)

    assert index.nearest([2, 4, 6]) == [60, *range(59, 48, -1)]


def test_an_article_that_comes_again_under_its_number_counts_once() -> None:
    """A transaction that failed gives its numbers to others."""
    index = SimilarityIndex()
    index.add(1, 11, fingerprint("", TEXT), NOW)
    index.add(1, 12, fingerprint("", OTHER_CASE), NOW)

    assert index.nearest(fingerprint("", RETOLD)) in ([], [12])
    assert index.nearest(fingerprint("", OTHER_CASE)) == [12]


def test_a_story_takes_few_bytes_of_the_index() -> None:
    words = [f"{a}{b}{c}дело" for a in "абвгдежзик" for b in "абвгдежзик" for c in "абвгдежзик"]
    tracemalloc.start()
    index = SimilarityIndex()
    for number in range(500):
        index.add(number, number, fingerprint("", " ".join(words[number : number + 60])), NOW)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 500 * 4_000
