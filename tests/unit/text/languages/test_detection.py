import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.models.articles import Language
from monitor.models.feeds import FeedLanguage
from monitor.text.languages.detection import detect

HINTS: tuple[FeedLanguage, ...] = ("ru", "kk", "both")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Суд в Астане отложил выдачу россиянина", "ru"),
        ("Активиста задержали в аэропорту и допросили", "ru"),
        ("Мәскеу сұраған белсендіні Астана бермеді", "kk"),
        ("Полиция шекарадан өткен екі адамды ұстады", "kk"),
        ("Сот шешім шығарды, адвокат шағым берді", "kk"),
        ("Almatyda ustalǵan belsendi týraly sot sheshimi shyqty, qala ákimi úndemedi", "kk"),
        ("Almatyda ūstalğan belsendınıñ ısı qaraldy", "kk"),
        ("Бишкекте өкмөт жаңы мыйзамды кабыл алды, элге айткан", None),
        ("Казанда яңа мәктәп ачылды, балалар өчен бәйрәм үткәрелде", None),
        ("Уряд схвалив рішення про видачу, її підписав міністр є згода", None),
        ("Тошкентда янги қонун қабул қилинди, бўлимлар ўзгарди ҳам", None),
        ("Police detained the activist at the airport", None),
        ("Mahkeme kararı açıkladı: gazeteci serbest bırakıldı", None),
        ("2026 — 15:30", None),
        ("", None),
    ],
)
def test_letters_and_words_tell_the_language(text: str, language: Language | None) -> None:
    assert detect(text, "both") == language


@pytest.mark.parametrize(("hint", "language"), [("ru", "ru"), ("kk", "kk"), ("both", None)])
def test_the_feed_decides_where_the_text_does_not(hint: FeedLanguage, language: Language | None) -> None:
    assert detect("Полиция Алматы", hint) == language


def test_plain_words_of_the_other_language_overrule_the_feed() -> None:
    assert detect("Прокуратура заявила, что его не выдадут в Россию", "kk") == "ru"
    assert detect("Прокуратура оның өтінішін қанағаттандырды", "ru") == "kk"


def test_kazakh_names_do_not_make_a_russian_text_kazakh() -> None:
    text = "Глава движения «Атажұрт» рассказал журналистам, почему уехал из страны и не хочет возвращаться домой"
    assert detect(text, "both") == "ru"


@given(st.text(max_size=60), st.sampled_from(HINTS))
def test_any_text_has_an_answer(text: str, hint: FeedLanguage) -> None:
    assert detect(text, hint) in {"ru", "kk", None}
