"""A page beside its article as it was posted: A was shown, B was posted anew."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.evidence.wording import Wording, is_there, with_posted


def wording(*prose: str, headline: str = "Дело", asides: tuple[str, ...] = ()) -> Wording:
    return Wording(headline=headline, prose=prose, asides=asides)


LEAD, REFUSED, LAST = "Суд решил выдать его.", "Суд отказал в выдаче.", "Адвокат не спорит."
WORDINGS = st.builds(
    wording,
    *[st.sampled_from([LEAD, REFUSED, LAST])] * 3,
    headline=st.sampled_from(["А", "Б"]),
    asides=st.lists(st.sampled_from(["Фото", "Подпись"])).map(tuple),
)


def test_what_was_posted_and_is_there_is_known_and_what_it_dropped_too() -> None:
    known = with_posted(wording(LEAD, LAST), wording(REFUSED, LAST), wording("Коротко.", REFUSED, LAST))
    assert sorted(known.prose) == sorted([REFUSED, LAST])


def test_what_the_page_lost_of_the_posted_article_is_no_post() -> None:
    known = with_posted(wording(LEAD, LAST), wording(REFUSED), wording(REFUSED, LAST))
    assert LAST in known.prose


def test_a_headline_alone_says_nothing_of_the_text() -> None:
    known = with_posted(wording(LEAD, LAST), wording(LEAD, headline="Иначе"), wording(headline="Иначе"))
    assert known == wording(LEAD, LAST, headline="Иначе")


def test_an_older_copy_is_not_what_was_posted() -> None:
    shown, posted = wording(LEAD), wording(REFUSED, headline="Иначе")
    assert not is_there(shown, posted, shown=shown)
    assert is_there(posted, posted, shown=shown)
    assert is_there(posted, posted, shown=posted)


@given(WORDINGS, WORDINGS)
def test_the_posted_article_is_known_whole_and_nothing_posted_changes_nothing(shown: Wording, now: Wording) -> None:
    known = with_posted(shown, now, now)
    assert known.headline == now.headline
    assert {*known.prose, *known.asides} == {*now.prose, *now.asides} or not {*now.prose} - {*shown.prose}
    assert with_posted(shown, now, wording(headline="")) == shown
