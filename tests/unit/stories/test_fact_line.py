from hypothesis import given
from hypothesis import strategies as st

from monitor.models.articles import Fact, FactKind, Verdict
from monitor.models.channels import Tongue
from monitor.stories.fact_line import direction, fact_line
from monitor.text.unicode import utf16_length

ACT = Fact(kind=FactKind.ACT, ru="выдача", kk="ұстап беру", en="hand-over")
TO = Fact(kind=FactKind.TO, ru="Россия", kk="Ресей", en="Russia")
FROM = Fact(kind=FactKind.FROM, ru="Казахстан", kk="Қазақстан", en="Kazakhstan")
WHO = Fact(kind=FactKind.WHO, ru="активист", kk="белсенді", en="activist")
WHERE = Fact(kind=FactKind.WHERE, ru="Атырау", kk="Атырау", en="Atyrau")
BY = Fact(kind=FactKind.BY, ru="прокуратура", kk="прокуратура", en="prosecutors")
ANY = st.builds(Fact, kind=st.sampled_from(FactKind), ru=st.text(min_size=1), kk=st.text(), en=st.text())


def line(*facts: Fact, tongue: Tongue = "ru") -> str:
    return fact_line(Verdict(facts=facts), tongue)


def test_a_line_says_it_in_each_language() -> None:
    facts = (WHERE, BY, WHO, TO, FROM, ACT)
    assert line(*facts) == (
        "Что: выдача · Откуда: из Казахстана · Куда: в Россию · Кто: активист · Где: Атырау · Ведомство: прокуратура"
    )
    assert line(*facts, tongue="kk") == (
        "Не: ұстап беру · Қайдан: Қазақстаннан · Қайда: Ресейге · Кім: белсенді · Жері: Атырау · Орган: прокуратура"
    )
    assert line(*facts, tongue="en") == (
        "What: hand-over · From: Kazakhstan · To: Russia · Who: activist · Where: Atyrau · Agency: prosecutors"
    )


def test_what_is_only_spoken_of_is_not_told_as_happened() -> None:
    assert line(Fact(kind=FactKind.MATTER, ru="выдача"), WHO) == "О чём: выдача · Кто: активист"


def test_a_country_is_declined_as_its_word_is() -> None:
    names = ("США", "Польша", "Беларусь", "Китай")
    going = [line(ACT, Fact(kind=FactKind.TO, ru=name)).partition(" · Куда: ")[2] for name in names]
    coming = [line(ACT, Fact(kind=FactKind.FROM, ru=name)).partition(" · Откуда: ")[2] for name in names]
    assert going == ["в США", "в Польшу", "в Беларусь", "в Китай"]
    assert coming == ["из США", "из Польши", "из Беларуси", "из Китая"]


def test_without_an_act_there_is_no_line() -> None:
    assert line(WHO, WHERE, TO) == ""
    assert line(Fact(kind=FactKind.ACT, ru="выдача"), tongue="en") == ""  # it has no name there
    assert fact_line(Verdict(), "ru") == ""


@given(st.lists(ANY, max_size=12), st.sampled_from(("ru", "kk", "en")))
def test_a_line_is_short_and_names_each_thing_once(facts: list[Fact], tongue: Tongue) -> None:
    said = line(*facts, *facts, tongue=tongue)
    assert utf16_length(said) <= 160
    assert said == line(*facts, tongue=tongue)


def test_the_direction_is_the_first_of_each() -> None:
    poland = Fact(kind=FactKind.TO, ru="Польша")
    assert direction(Verdict(facts=(WHERE, TO, poland))) == (None, TO)
    assert direction(Verdict(facts=(ACT, FROM))) == (FROM, None)
