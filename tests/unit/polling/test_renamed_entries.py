from monitor.polling.renamed_entries import find_renamed, may_be_renamed
from tests.factories import entry

SHOWN = [(f"Новость {number}", f"https://news.example/{number}") for number in range(10)]


def test_a_feed_that_renames_everything_shows_nothing_new() -> None:
    unseen = [entry(number, keys=(f"g:{number}",), url=f"https://other.example/{number}") for number in range(10)]

    assert find_renamed(unseen, SHOWN, total=10, is_moved=False) == tuple(unseen)


def test_its_real_news_stay_news() -> None:
    unseen = [entry(number, keys=(f"g:{number}",), url="") for number in range(5, 12)]

    assert [one.title for one in find_renamed(unseen, SHOWN, total=8, is_moved=False)] == [
        f"Новость {number}" for number in range(5, 10)
    ]


def test_an_address_in_another_spelling_is_the_same() -> None:
    unseen = [
        entry(n, keys=(f"g:{n}",), url=f"http://www.news.example/{n}/?utm_source=x", title="Иначе") for n in range(6)
    ]

    assert len(find_renamed(unseen, SHOWN, total=6, is_moved=False)) == 6


def test_a_title_that_comes_again_is_news() -> None:
    unseen = [entry(1, keys=("g:x",), url="https://news.example/today")]

    assert find_renamed(unseen, SHOWN, total=10, is_moved=False) == ()
    assert find_renamed(unseen, SHOWN, total=1, is_moved=False) == (), "too few to tell"
    assert find_renamed(unseen, SHOWN, total=10, is_moved=True) == tuple(unseen)


def test_when_it_is_worth_asking() -> None:
    some = [entry(number) for number in range(6)]

    assert may_be_renamed(some, total=10, is_moved=False)
    assert not may_be_renamed(some, total=12, is_moved=False)
    assert may_be_renamed(some[:1], total=12, is_moved=True)
    assert not may_be_renamed([], total=12, is_moved=True)
