import json

import pytest

from monitor.sources.pages import script_data

TITLE = "Беглого блогера из Омска задержали в Актобе"
TEXT = "Беглого блогера из Омска задержали в Актобе, сообщила полиция. " * 9
OTHER = "Синоптики обещают снег, на юге дожди, местами порывистый ветер. " * 30


def script(data: object) -> str:
    written = json.dumps(data, ensure_ascii=False)
    return f'<p>Загрузка</p><script id="__NEXT_DATA__" type="application/json">{written}</script>'


def test_the_longest_string_about_the_title_is_the_text() -> None:
    data = {"props": {"related": [{"body": OTHER}], "post": {"lead": TITLE, "blocks": [{"html": f"<p>{TEXT}</p>"}]}}}
    assert script_data.text(script(data), TITLE) == TEXT.strip()


@pytest.mark.parametrize("data", [None, [], {"body": OTHER}, {"title": TITLE}, [[[[TEXT[:300]]]]]])
def test_without_such_a_string_there_is_no_text(data: object) -> None:
    assert script_data.text(script(data), TITLE) == ""


@pytest.mark.parametrize(
    "html", ["", "<script type='application/json'>{", f"<script type='application/json'>{'[' * 100_000}</script>"]
)
def test_broken_data_is_passed_over(html: str) -> None:
    assert script_data.text(html, TITLE) == ""
