"""Words in a browser without script: found, tried, saved, taken back; and what goes wrong is said on a page."""

import html
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import httpx
import pytest

from monitor.desk.words import Words
from monitor.edits.file_history import FileHistory
from monitor.edits.keywords.keywords_file import KeywordsFile
from monitor.edits.saving import Saving
from monitor.models.articles import Outcome
from monitor.models.stories import EntryOutcome
from monitor.storage.store import Store
from monitor.stories.grouping import group
from monitor.stories.placement import SAME_CASE
from tests.factories import HOUR, NOW, article, entry, feed, poll_outcome
from tests.factories.channels import to_channel
from tests.harness.clock import Clock
from tests.harness.desk import Desk, open_desk
from tests.harness.keywords import open_keywords

_P = ParamSpec("_P")
_T = TypeVar("_T")

RULES = """\
lists:
  города:               # где это было
    # на севере
    ru: Астана, Актау
    kk: Қостанай
people:
  - Мовлаев
  - Юлия Емельянова
topics:
  extradition:
    title: Выдача <b>
    any_of:
      - name: выдали <script>
        all: ["экстради*, выдать", $города]
        none: [музей]
    examples:
      match: [В Актау экстрадировали россиянина]
"""
NEWS = ["Его выдали в Байконуре <i>.", "Экстрадиция из Актау.", "Дождь в Байконуре.", "Снег."]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "keywords.yaml"
    path.write_text(RULES, encoding="utf-8")
    return path


@pytest.fixture
def desk(store: Store, file: Path) -> Iterator[Desk]:
    _read(store)
    with _open(store, file) as opened:
        yield opened


def _open(store: Store, file: Path) -> AbstractContextManager[Desk]:
    keywords = open_keywords(store, str(file))
    history = FileHistory(
        str(file),
        saving=Saving(store.versions, clock=Clock()),
        versions=store.versions,
        check=lambda _, content: keywords.problems_of(content),
        zone="Asia/Almaty",
    )
    return open_desk(store.desk_keys, [Words(ask=_Here(keywords).ask, history=history, zone="Asia/Almaty")], Clock())


@dataclass(frozen=True)
class _Here:
    """The file asked in this process: tests/integration/edits/test_child_process.py asks it in another."""

    file: KeywordsFile
    lock: Lock = field(default_factory=Lock)  # one question at a time, there and here

    def ask(self, question: Callable[Concatenate[KeywordsFile, _P], _T], /, *args: _P.args, **options: _P.kwargs) -> _T:
        with self.lock:
            return question(self.file, *args, **options)


def _read(store: Store) -> None:
    """The monitor has read some news, and the search knows them."""
    at = NOW - timedelta(hours=2)
    store.feeds.sync([feed()], at)
    (state,) = store.feeds.claim(at, limit=1, lease=HOUR, names=["Лента"])
    settled = tuple(
        EntryOutcome(entry=entry(number, title=told.title), outcome=Outcome.UNMATCHED, reason="—", article=told)
        for number, told in ((number, article(number, title=text, text=text)) for number, text in enumerate(NEWS, 1))
    )
    outcome = poll_outcome(lease_no=state.lease_no, polled_at=at, settled=settled)
    place = partial(group, chats=to_channel("@channel", review=""))
    assert store.polls.record_all([outcome], place, window=SAME_CASE)
    while store.search.catch_up():
        pass


def fields_of(page: httpx.Response, *, action: str = "/words/save") -> dict[str, str]:
    """The hidden fields of the form that goes there."""
    form = re.search(rf'<form[^>]*action="{action}".*?</form>', page.text, re.DOTALL)
    assert form, page.text
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form[0])
    return {name: html.unescape(value) for name, value in found if name != "token"}


def group_page(desk: Desk, key: str = "list:города") -> httpx.Response:
    return desk.get("/words/group", key=key)


def preview(desk: Desk, word: str, *, language: str = "ru", key: str = "list:города", **more: str) -> httpx.Response:
    seen = fields_of(group_page(desk, key), action="/words/edit")
    return desk.get("/words/edit", **(seen | {"word": word, "language": language} | more))


def test_a_word_is_found_in_any_form(desk: Desk) -> None:
    for asked in ("Астаной", "қостанайда", "мовлаеву", "выдали", "юлией емельяновой"):
        assert "Где стоит" in desk.get("/words", ask=asked).text, asked
    assert "Астана" in desk.get("/words", ask="астона").text, "a mistake in it does not matter"
    assert "Такого слова нет" in desk.get("/words", ask="Байконур").text


def test_a_word_is_tried_and_saved_and_the_rest_stays(desk: Desk, file: Path) -> None:
    page = preview(desk, "Байконур")

    assert "Байконуре" in page.text, "its forms"
    assert "Прибавилось бы 1, пропало бы 0" in page.text
    assert "Просмотрено новостей со словом: 2 из 2, всего за 30 дней прочитано 4" in page.text
    assert "Его <mark>выдали</mark> в <mark>Байконуре</mark> &lt;i&gt;." in page.text
    assert file.read_text(encoding="utf-8") == RULES

    saved = desk.post("/words/save", fields_of(page))

    assert "Сохранено" in saved.text
    assert file.read_text(encoding="utf-8") == RULES.replace("Астана, Актау", "Астана, Актау, Байконур")


def test_a_word_is_taken_out_and_the_file_taken_back(desk: Desk, file: Path) -> None:
    page = preview(desk, "Юлия Емельянова", key="people", sign="-", language="")
    desk.post("/words/save", fields_of(page))
    assert "Емельянова" not in file.read_text(encoding="utf-8")

    versions = desk.get("/words/versions").text
    assert "А.: люди: − Юлия Емельянова" in versions
    first = min(map(int, re.findall(r"number=(\d+)", versions)))
    desk.post("/words/back", fields_of(desk.get("/words/version", number=first), action="/words/back"))

    assert file.read_text(encoding="utf-8") == RULES
    versions = desk.get("/words/versions").text
    assert f"возвращён файл от {NOW.astimezone(ZoneInfo('Asia/Almaty')):%d.%m.%Y %H:%M}" in versions
    assert versions.count("(сейчас так)") == 1


def test_what_the_examples_need_is_not_taken_out(desk: Desk, file: Path) -> None:
    page = preview(desk, "Актау", sign="-")
    assert "С этой правкой файл не примут" in page.text
    fields = fields_of(group_page(desk), action="/words/edit") | {"word": "Актау", "sign": "-", "language": "ru"}

    refused = desk.post("/words/save", fields)

    assert refused.status_code == 409
    assert "пример «В Актау" in refused.text
    assert file.read_text(encoding="utf-8") == RULES


def test_two_who_edit_at_once(desk: Desk, file: Path) -> None:
    mine = fields_of(preview(desk, "Байконур"))
    desk.post("/words/save", fields_of(preview(desk, "Павлодар")))

    conflict = desk.post("/words/save", mine)

    assert conflict.status_code == 409
    assert "Павлодар" in conflict.text
    assert "Астана, Актау, Павлодар, Байконур" in conflict.text, "mine over theirs"
    assert "Байконур" not in file.read_text(encoding="utf-8")
    again = re.search(r'href="(/words/edit\?[^"]+)"', conflict.text)
    assert again
    desk.post("/words/save", fields_of(desk.client.get(html.unescape(again[1]))))
    assert "Астана, Актау, Павлодар, Байконур\n" in file.read_text(encoding="utf-8")


def test_what_a_topic_doubts_has_a_page(desk: Desk, file: Path) -> None:
    file.write_text(RULES.replace("    any_of:", "    doubt: генерал\n    any_of:"), encoding="utf-8")

    key = "doubt:extradition"
    assert "Что ставит всю тему под вопрос" in desk.client.get("/words").text
    assert "стоит рядом или в заголовке" in group_page(desk, key).text
    desk.post("/words/save", fields_of(preview(desk, "маршал", key=key, language="")))
    assert "doubt: генерал, маршал\n" in file.read_text(encoding="utf-8")


def test_parts_of_a_preview_for_script(desk: Desk) -> None:
    parts = {part: preview(desk, "Байконур", part=part).text for part in ("forms", "trial", "doubts")}

    assert "байконуре" in parts["forms"]
    assert "Прибавилось бы 1" in parts["trial"]
    assert "Сомнений нет" in parts["doubts"]
    assert not any("<html" in part for part in parts.values())
    refused = {part: preview(desk, "Байконур, Павлодар", part=part).text for part in ("trial", "doubts")}
    assert "нужно одно слово" in refused["trial"]
    assert "Сомнений нет" not in refused["doubts"]


@pytest.mark.parametrize("word", ["<script>alert(1)</script>", "a: b", "# x", '"', "«", "{x}", "слово, другое", "*"])
def test_what_is_no_word_is_said_so_and_changes_nothing(desk: Desk, file: Path, word: str) -> None:
    page = preview(desk, word)
    seen = fields_of(group_page(desk), action="/words/edit") | {"word": word, "language": "ru"}

    saved = desk.post("/words/save", seen)

    assert page.status_code < 500
    assert saved.status_code == 409
    assert "<script>alert" not in page.text + saved.text
    assert file.read_text(encoding="utf-8") == RULES


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("Байконур, Омск", "нужно одно слово"),
        ("Астана", "здесь уже есть"),
        ("$нет", "нет списка"),
        ("", "впишите слово"),
        ("я" * 300, "длиннее"),
    ],
)
def test_what_was_typed_stays_beside_why_it_was_refused(desk: Desk, word: str, said: str) -> None:
    page = preview(desk, word)

    assert page.status_code == 409
    assert page.text.index(said) < page.text.index("Добавить слово")
    assert f'name="word" value="{word}"' in page.text
    assert '<option value="ru" selected>' in page.text


def test_a_word_is_not_blamed_for_what_the_file_has(desk: Desk, file: Path) -> None:
    file.write_text(RULES.replace("title: Выдача", "tite: Выдача"), encoding="utf-8")

    page = preview(desk, "Байконур")
    fields = fields_of(group_page(desk), action="/words/edit") | {"word": "Байконур", "language": "ru"}

    for told in (page, desk.post("/words/save", fields)):
        assert "В файле уже есть ошибка, ваша правка ни при чём" in told.text
        assert "не примут" not in told.text
        assert "/words/versions" in told.text
    assert "Сомнений нет" not in page.text


def test_a_word_goes_to_the_role_that_was_chosen(desk: Desk, file: Path) -> None:
    file.write_text(RULES.replace("$города]", "[{где: $города}, {куда: $города}]]"), encoding="utf-8")
    key = "all:extradition:выдали <script>:1"

    offered = group_page(desk, key).text
    assert "где: $города, куда: $города" in html.unescape(desk.get("/words").text)
    assert offered.index("— выберите —") < offered.index('<option value="где ">')
    assert "выберите, как слово должно стоять" in preview(desk, "Байконур", key=key, language="? ").text
    desk.post("/words/save", fields_of(preview(desk, "Байконур", key=key, language="где ")))

    assert '[{где: "$города, Байконур"}, {куда: $города}]' in file.read_text(encoding="utf-8")
    gone = preview(desk, "$города", key=key, language="куда ", sign="-")
    desk.post("/words/save", fields_of(gone))
    assert '[{где: "$города, Байконур"}]' in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("word", "key", "said"),
    [
        ("экстрадировать", "all:extradition:выдали <script>:0", "это уже найдёт «экстради*» (строка 14)"),
        ("выдать России", "all:extradition:выдали <script>:0", "это уже найдёт «выдать» (строка 14)"),
        ("Бурмалда", "list:города", "«Бурмалда» нет в словаре, формы угаданы"),
        ("и", "list:города", "«и» есть почти в любой новости"),
        ("Ceрым", "people", "«Ceрым» буквы двух алфавитов, латинские: C, e"),
        ("петров", "people", "«петров» с маленькой буквы"),
        ("Байконур", "list:города", "Сомнений нет"),
        ("Выдать", "list:города", "Сомнений нет"),
        ("КНБ", "list:города", "Сомнений нет"),
    ],
)
def test_what_is_doubtful_in_a_word(desk: Desk, word: str, key: str, said: str) -> None:
    language = "ru" if key == "list:города" else ""

    assert said in preview(desk, word, key=key, language=language, part="doubts").text


def test_a_list_says_where_it_works(desk: Desk, file: Path) -> None:
    within = RULES.replace("lists:\n", "lists:\n  всё: {ru: $города, kk: Ақтау}\n").replace(
        "none: [музей]", "none: [$всё]"
    )
    file.write_text(within, encoding="utf-8")

    for key, told in (("list:города", ["", "против: "]), ("list:всё", ["против: "])):
        uses = re.search(r'<ul class="uses">(.*?)</ul>', group_page(desk, key).text, re.DOTALL)
        assert uses
        assert re.findall(r"<li>(.*?)<a href", uses[1]) == told


def test_names_in_the_file_are_text(desk: Desk) -> None:
    everything = desk.get("/words").text

    assert "выдали &lt;script&gt;" in everything
    assert "<script>" not in everything.replace('<script src="', "")


def test_the_ways_to_a_place(desk: Desk) -> None:
    assert "где это было" in desk.get("/words", list="города").text
    assert "<h1>$города" in desk.get("/words", line=4).text
    for address in (
        "/words?list=нет",
        "/words?line=x",
        "/words?line=9" + "9" * 30,
        "/words/group?key=x",
        "/words/group",
    ):
        answer = desk.client.get(address)
        assert answer.status_code in (303, 200, 404), address
    for address in ("/words/version?number=7", "/words/version", "/words/version?number=-1", "/words/edit"):
        assert desk.client.get(address).status_code in (400, 404), address
    assert desk.post("/words/back", {"number": "77", "digest": ""}).status_code == 404


def test_a_file_that_is_broken_gone_or_for_reading_only(
    desk: Desk, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = fields_of(preview(desk, "Байконур"))
    monkeypatch.setattr("os.access", lambda *_: False)
    assert "только для чтения" in group_page(desk).text
    assert "только для чтения" in desk.post("/words/save", fields).text
    monkeypatch.undo()

    file.write_text(RULES.replace("topics:", "topics: ["), encoding="utf-8")
    broken = desk.get("/words")
    assert (broken.status_code, "В файле есть ошибки" in broken.text) == (200, True)
    for place in (group_page(desk), desk.get("/words", list="города"), desk.post("/words/save", fields)):
        assert place.status_code == 409
        assert re.search(r"строка \d+", place.text)
        assert "возможно, его переименовали" not in place.text
    assert "Файл сломан" in group_page(desk).text

    file.write_bytes(b"\xff\xfe\x00")
    assert "не в UTF-8" in desk.get("/words").text
    file.unlink()
    assert "такого файла нет" in desk.get("/words").text


def test_an_address_of_an_edit_is_no_edit(desk: Desk, file: Path) -> None:
    """Whoever is led to it sees a page; a form without the token does nothing."""
    fields = fields_of(preview(desk, "Байконур"))

    desk.client.get(f"/words/edit?{urlencode(fields)}")
    refused = desk.client.post("/words/save", data=fields)

    assert refused.status_code == 403
    assert file.read_text(encoding="utf-8") == RULES
