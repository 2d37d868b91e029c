"""What is found by which words, on both databases: every form, the newest first, within what was asked for."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, update

from monitor.errors import QueryError
from monitor.matching.search.query import read_query
from monitor.models.articles import Outcome
from monitor.models.search import SearchResult
from monitor.models.stories import EntryOutcome
from monitor.storage.database import write_transaction
from monitor.storage.search import finder, vocabulary
from monitor.storage.store import Store
from monitor.storage.tables import entries
from monitor.stories.grouping import group
from monitor.stories.placement import SAME_CASE
from tests.factories import HOUR, NOW, article, entry, feed, matched, poll_outcome
from tests.factories.channels import to_channel

PLACE = partial(group, chats=to_channel("@channel", review=""))
DAY = timedelta(days=1)

Record = Callable[..., None]


@pytest.fixture
def record(store: Store) -> Record:
    """Have the monitor read texts, and the search know them."""
    numbers = iter(range(1, 10_000))

    def read(*texts: str, found: tuple[EntryOutcome, ...] = (), days_ago: int = 0, of: str = "Лента") -> None:
        at = NOW - days_ago * DAY
        store.feeds.sync([feed(name=name) for name in {"Лента", "Радио Азаттык", of}], at)
        (state,) = store.feeds.claim(at, limit=1, lease=HOUR, names=[of])
        settled = []
        for text in texts:
            number = next(numbers)
            title, _, body = text.rpartition("|")
            told = article(number, title=title or "Заголовок", text=body)
            settled.append(
                EntryOutcome(entry=entry(number, title=told.title), outcome=Outcome.UNMATCHED, reason="—", article=told)
            )
        outcome = poll_outcome(feed=of, lease_no=state.lease_no, polled_at=at, settled=tuple(settled), matched=found)
        assert store.polls.record_all([outcome], PLACE, window=SAME_CASE)
        while store.search.catch_up():
            pass

    return read


def texts(answer: SearchResult) -> list[str]:
    return [one.text for one in answer.found]


def find(store: Store, written: str, limit: int = 20) -> list[str]:
    return texts(store.finder.find(written, limit=limit))


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("экстрадировали", "Суд рассмотрел вопрос об экстрадиции."),
        ("экстрадиция", "Его экстрадировали в Россию."),
        ("задержать", "После задержания отпустили."),
        ("выдача", "Его выдадут завтра."),
        ("ҰҚК-нің", "Бұл туралы ҰҚК хабарлады."),
        ("ҰҚК", "ҰҚК-нің қызметкері айтты."),
        ("кнб", "Сотрудники КНБ-ның пришли."),
        ("сот", "Ол соттың шешімін айтты."),
        ("Мовлаев", "Адвокат Мовлаева сообщил."),
        ("мовлаевой", "К Мовлаевой пришли."),
        ("мовлаевым", "Мовлаеву отказали."),
        ("сот", "Astanada sottyń sheshimi aıtyldy, ol ketti."),
        ("ёлка", "Под ЕЛКОЙ нашли."),
        ("эк­стра­диция", "экстрадиция"),
        ("1937", "В 1937 году."),
        ("Reuters", "сообщает REUTERS."),
        ("бизнес-омбудсмен", "Обратился к бизнес-омбудсмену."),
        ("«верховный суд»", "Решение Верховного суда страны."),
        ("депортац*", "Депортационный центр полон."),
        ("«верховный суде*»", "Сказал Верховный судебный исполнитель."),
    ],
)
def test_every_form_is_found(store: Store, record: Record, written: str, text: str) -> None:
    record("Совсем другое: погода и ветер.", text)

    assert find(store, written) == [text]


@pytest.mark.parametrize(
    ("written", "text"),
    [("суд", "Судно вышло в море."), ("право", "Правый берег."), ("«верховный суд»", "Верховный совет и суд.")],
)
def test_what_only_looks_alike_is_not(store: Store, record: Record, written: str, text: str) -> None:
    record(text)

    assert find(store, written) == []


def test_all_words_and_none_of_the_excluded_the_newest_first(store: Store, record: Record) -> None:
    record("Суд в Алматы.", "Суд в Астане.", "Суд о спорте в Алматы.", days_ago=1)
    record("Судья и суд Алматы.")

    assert find(store, "суд Алматы") == ["Судья и суд Алматы.", "Суд о спорте в Алматы.", "Суд в Алматы."]
    assert find(store, "суд Алматы -спорт") == ["Судья и суд Алматы.", "Суд в Алматы."]
    assert find(store, "суд -«в Алматы»") == ["Судья и суд Алматы.", "Суд в Астане."]
    answer = store.finder.find("суд", limit=2)
    assert (len(answer.found), answer.is_more) == (2, True)


def test_a_beginning_may_be_excluded_and_may_be_too_short(
    store: Store, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    record("Суд идёт.", "Суд о судаке.")
    assert find(store, "суд -суда*") == ["Суд идёт."]

    monkeypatch.setattr(vocabulary, "_MOST_FORMS", 1)
    with pytest.raises(QueryError, match=r"«суд\*»: слов с таким началом больше 1"):
        find(store, "суд*")


def test_filters(store: Store, record: Record) -> None:
    record("Суд первый.", days_ago=10)
    record("Суд второй.", days_ago=5, of="Радио Азаттык")
    record("Суд третий.", found=(matched(500),))

    assert find(store, "суд лента:азат") == ["Суд второй."]
    assert find(store, "суд лента:«Радио Азаттык»") == ["Суд второй."]
    day = (NOW - 5 * DAY).date()
    assert find(store, f"суд с:{day} по:{day}") == ["Суд второй."]
    assert find(store, f"суд по:{day}") == ["Суд второй.", "Суд первый."]
    assert find(store, "суд итог:мимо") == ["Суд третий.", "Суд второй.", "Суд первый."]
    title = matched(500).entry.title
    assert [one.title for one in store.finder.find(f"{title} итог:пост", limit=5).found] == [title]
    assert find(store, "суд третий итог:пост") == []
    assert find(store, "итог:мимо лента:азат") == ["Суд второй."]
    with pytest.raises(QueryError, match="Ленты «нетакой» нет"):
        find(store, "суд лента:нетакой")


def test_an_answer_goes_on_where_it_ended(store: Store, record: Record) -> None:
    record(*(f"Суд {number}." for number in range(7)))

    for written in ("суд", ""):
        query = read_query(written, needs_words=False)
        seen: list[str] = []
        before = None
        for _ in range(3):
            answer = store.finder.answer(query, limit=3, before=before)
            seen += texts(answer)
            before = answer.before
        assert (seen, before) == ([f"Суд {number}." for number in reversed(range(7))], None)


def test_a_question_too_broad_to_be_read_through_goes_on_from_where_it_stopped(
    store: Store, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finder, "MOST_READ", 4)
    record("Суд и дело первое.", *["Дело и суд."] * 6)

    first = store.finder.answer(read_query("«суд и дело»"), limit=1)
    assert (first.found, first.is_cut) == ((), True)
    assert texts(store.finder.answer(read_query("«суд и дело»"), limit=1, before=first.before)) == [
        "Суд и дело первое."
    ]


def test_without_words_the_newest_within_the_bounds_also_those_without_a_text(store: Store, record: Record) -> None:
    record("Первый.", days_ago=5)
    record("Второй.", found=(matched(500),), of="Радио Азаттык")

    def newest(**given: str) -> list[str]:
        query = read_query("", given=given, needs_words=False)
        return [one.title for one in store.finder.answer(query, limit=5).found]

    title = matched(500).entry.title
    assert newest() == ["Заголовок", title, "Заголовок"] or newest() == [title, "Заголовок", "Заголовок"]
    assert newest(лента="азат", итог="мимо") == ["Заголовок"]
    assert newest(итог="пост") == [title]
    assert newest(по=f"{(NOW - 5 * DAY).date()}", лента=" ") == ["Заголовок"]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_beyond_every_clock_is_refused(store: Store, day: str) -> None:
    for key in ("с", "по"):
        with pytest.raises(QueryError, match="такого дня нет"):
            find(store, f"суд {key}:{day}")


def test_an_outcome_that_maintainers_changed_since(store: Store, record: Record, engine: Engine) -> None:
    record("Погода.", found=(matched(500),))
    with write_transaction(engine) as db:
        db.execute(update(entries).where(entries.c.outcome == Outcome.POSTED).values(outcome=Outcome.REJECTED))

    assert len(find(store, "экстрадиция итог:отклонено")) == 1
    assert find(store, "экстрадиция итог:пост") == []


def test_an_answer_says_what_was_searched(store: Store, record: Record, engine: Engine) -> None:
    record("Погода.", found=(matched(500),), days_ago=3)
    coverage = store.finder.find("суд", limit=5).coverage
    assert (coverage.texts, coverage.since, coverage.behind) == (2, NOW - 3 * DAY, 0)


def test_the_words_stand_where_the_answer_says(store: Store, record: Record) -> None:
    record("Про суд|Первое. Затем его экстрадировали. Третье.", "Экстрадиция|Без слов.")

    in_title, in_text = store.finder.find("экстрадиция", limit=5).found

    assert (in_title.sentence, in_text.sentence) == ("", "Затем его экстрадировали.")
    assert [in_text.text[one.start : one.end] for one in in_text.matches] == ["экстрадировали"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.text(max_size=60) | st.from_regex(r"[-«»\"'()*:^~#&|!\\a-яА-Я ]{0,40}"))
def test_any_question_is_answered_or_refused_in_words(store: Store, written: str) -> None:
    with suppress(QueryError):
        store.finder.find(written, limit=3)


@pytest.mark.parametrize(
    "written", ["", "😀😀", "\0", "слово " * 20_000, "а " * 400, '"', "-", "итог:чушь", "с:вчера", "лента:"]
)
def test_what_is_no_question_is_refused_in_russian(store: Store, written: str) -> None:
    with pytest.raises(QueryError, match=r"[А-я]{4}"):
        store.finder.find(written, limit=3)


@pytest.mark.parametrize(
    "written", ["NOT OR AND", "суд) OR (суд", "NEAR(суд 3)", "суд*", "words:суд", "{суд}", "'; DROP --"]
)
def test_the_signs_of_an_index_are_no_signs_of_ours(store: Store, record: Record, written: str) -> None:
    record("Суд идёт.")

    assert find(store, written) in ([], ["Суд идёт."])
