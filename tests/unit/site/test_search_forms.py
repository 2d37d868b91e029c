import pytest

from monitor.site.outputs.search_forms import search_forms


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("Казахстан экстрадировал россиянина", "экстрадиц"),
        ("Экстрадиция", "экстрадировал"),
        ("Его выдали", "выдадут"),
        ("Его выдали", "выдач"),
        ("Задержание", "задержат"),
        ("Допрос", "допрошенная"),
        ("Побег", "бежал"),
        ("Қызметкерлердің", "қызмет"),
        ("Босқындарды", "босқ"),
    ],
)
def test_forms_that_the_browser_could_not_guess(text: str, added: str) -> None:
    assert any(form.startswith(added) for form in search_forms([text]))


def test_only_a_kazakh_story_has_kazakh_stems_of_words_in_common_letters() -> None:
    assert "азамат" in search_forms(["азаматтарды"], in_kazakh=True)
    assert search_forms(["азаматтарды"]) == ()


def test_little_is_added() -> None:
    text = "Суд в Алматы одобрил экстрадицию россиянина Мовлаева, который бежал от мобилизации, сообщил адвокат"
    forms = search_forms([text, text])

    assert len(forms) < 30
    assert list(forms) == sorted(set(forms))
    assert {"в", "который", "от", "алматы"}.isdisjoint(forms)
    assert not [form for form in forms if form.endswith(("ешь", "ете", "мте", "вшись"))]


@pytest.mark.parametrize("text", ["", "🤯" * 1000, "\ud800", "1 2 3", "ҰҚК", "a" * 100_000, "а" * 100_000, "- -"])
def test_what_has_no_forms_gets_none(text: str) -> None:
    assert search_forms([text], in_kazakh=True) == ()
