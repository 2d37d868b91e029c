"""`explain` and `forms` as a maintainer calls them."""

import json
from pathlib import Path

import pytest

from tests.harness.command_line import CommandResult, call, write_files
from tests.servers.web import WebServer

PAGE = (
    "<!doctype html><html><head><title>Беглец на рейсе</title></head><body><article>"
    + "<p>Беглеца нашли на утреннем рейсе, сообщила полиция порта, и расспросили о дороге.</p>" * 4
    + "</article></body></html>"
)
TEXT = "Вести с реки\nВ порту тихо. Беглеца ждала таможня. Снег."


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the two files, and no setting from outside."""
    write_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


RUSSIAN_WORDS = (
    *("вокзал", "дорога", "город", "море", "поле", "река", "остров", "площадь", "улица", "мост", "порт", "станция"),
    *("причал", "берег", "гора", "лес", "степь", "озеро"),
)


def widest(result: CommandResult) -> int:
    return max(map(len, result.rows))


# ── explain ────────────────────────────────────────────────────────────────────────────────────


def test_explain_tells_what_was_read_and_why_it_fits() -> None:
    result = call("explain", "-", stdin=TEXT)

    assert result.code == 0
    assert result.rows == [
        "Источник:  стандартный ввод",
        "Заголовок: Вести с реки",
        "Язык:      русский",
        "Текст:     42 зн.",
        "",
        "Побеги (flight): сразу в канал " + "─" * 69,
        "  Сработало правило «побег у границы»:",
        "    «[Беглеца] ждала [таможня].»",
        "    действие: Беглеца (беглец, строка 9) · таможня (строка 9)",
        "",
        "Итог: сразу в канал",
    ]


def test_a_date_before_the_headline_is_no_headline() -> None:
    dated = call("explain", "-", stdin=f"30 ноября 2026, 10:00\n\n{TEXT}")

    assert dated.rows == call("explain", "-", stdin=TEXT).rows
    assert "Заголовок: 30 ноября 2026" in call("explain", "-", stdin="30 ноября 2026\n").rows


@pytest.mark.parametrize("text", [b"", b" \n\t\n", b"\xff\xfe\x00"])
def test_explain_says_that_there_is_no_text(text: bytes, folder: Path) -> None:
    (folder / "пусто.txt").write_bytes(text)

    for what, given in (("-", "стандартный ввод"), ("пусто.txt", "пусто.txt"), ("", "monitor explain")):
        result = call("explain", what, stdin=text)
        assert (result.code, result.stdout) == (2, "")
        assert f"{given}: текста нет — дайте его так: " in result.stderr


def test_explain_names_the_veto_and_what_lacked() -> None:
    vetoed = call("explain", "-", stdin="Роман\nРоман: беглец и таможня.")
    lacking = call("explain", "-", stdin="Беглец\nБеглец скрылся.")
    nothing = call("explain", "-", stdin="Погода\nСнег.")

    assert "Правилу «побег у границы» запретило слово Роман (строка 10):" in vetoed.stdout
    assert "Не сработало правило «побег у границы» (сразу в канал): не хватает отмеченного «−»." in lacking.stdout
    assert "    − граница, таможня (строка 9)" in lacking.rows
    assert "Не нашлось ни одного слова правил." in nothing.stdout
    assert all("Итог: не подходит" in result.stdout and result.code == 0 for result in (vetoed, lacking, nothing))


def test_what_silences_many_rules_or_makes_one_ask_is_said_once(folder: Path) -> None:
    rules = """\
never: {ru: гороскоп}
doubt: {ru: фильм}
topics:
  t:
    title: Т
    any_of:
      - {name: близко, tier: post, all: [беглец, таможня, "таможня, поезд"]}
      - {name: далеко, tier: review, all: [беглец, таможня], within: 40}
"""
    (folder / "other.yaml").write_text(rules, encoding="utf-8")

    silenced = call("explain", "-", "--keywords", "other.yaml", stdin="Гороскоп\nБеглец у таможни, таможня.")
    asked = call("explain", "-", "--keywords", "other.yaml", stdin="Фильм\nБеглец у таможни, таможня.")
    lacking = call("explain", "-", "--keywords", "other.yaml", stdin="Дождь\nТаможня.")

    assert [row for row in silenced.rows if "рави" in row] == [
        "  Правилам «близко», «далеко» запретило слово Гороскоп (never — запрет всем правилам, строка 1):"
    ]
    assert "  Сработало правило «близко»:" in asked.rows
    assert "  Не сразу в канал: «Фильм» — с таким словом решает редактор." in asked.rows
    assert "Не сработало правило «близко»" not in asked.stdout
    assert lacking.stdout.count("+ ") == 2, "one a rule, though «таможня» meets two lines"


def test_explain_reads_a_text_file_and_a_page(folder: Path) -> None:
    (folder / "text.txt").write_text(TEXT, encoding="utf-8")
    (folder / "page.html").write_text(PAGE, encoding="utf-8")

    assert "Заголовок: Вести с реки" in call("explain", "text.txt").rows
    page = call("explain", "page.html")
    assert "Заголовок: Беглец на рейсе" in page.rows
    assert "Найден:    по разметке страницы" in page.rows
    assert page.rows[-1] == "Итог: сначала редактору"


def test_explain_fetches_an_address_as_the_monitor_does(web: WebServer) -> None:
    url = web.serve("/page", PAGE, content_type="text/html")

    result = call("explain", url, MONITOR_ALLOW_PRIVATE_ADDRESSES="1")

    assert result.code == 0
    assert result.rows[0] == f"Источник:  {url}"
    assert "действие: Беглеца (беглец, строка 13)" in result.stdout


def test_explain_reads_a_page_with_the_selector_of_its_feed(web: WebServer, folder: Path) -> None:
    aside = "<div class=story><p>" + "Беглеца нашли на рейсе, сообщила полиция порта. " * 6 + "</p></div>"
    url = web.serve("/page", PAGE.replace("</article>", f"</article>{aside}"), content_type="text/html")
    stanza = f"feeds:\n  - {{name: Река, kind: rss, url: '{web.url}/rss', lang: ru, article: div.story}}\n"
    (folder / "other.yaml").write_text(stanza, encoding="utf-8")

    result = call("explain", url, "--feeds", "other.yaml", MONITOR_ALLOW_PRIVATE_ADDRESSES="1")
    (folder / "feeds.yaml").write_text("feeds: []", encoding="utf-8")
    bare = call("explain", url, MONITOR_ALLOW_PRIVATE_ADDRESSES="1")

    assert "утреннем" not in result.stdout
    assert "утреннем" in bare.stdout
    assert "feeds.yaml" in bare.stderr
    assert (result.code, bare.code) == (0, 0)


def test_a_page_that_cannot_be_read_is_named(web: WebServer, folder: Path) -> None:
    login = "<html><title>Вход</title><form><input type=password></form></html>"
    (folder / "login.html").write_text(login, encoding="utf-8")
    missing = f"{web.url}/missing"

    gone = call("explain", missing, MONITOR_ALLOW_PRIVATE_ADDRESSES="1")
    private = call("explain", missing)
    empty = call("explain", "login.html")

    assert (gone.code, private.code, empty.code) == (1, 1, 1)
    assert "404" in gone.stderr
    assert "внутреннюю сеть" in private.stderr
    assert "login.html: вместо статьи страница входа" in empty.stderr
    assert "Замечание: вместо статьи страница входа" in empty.rows


def test_a_file_that_is_no_text_is_named(folder: Path) -> None:
    (folder / "doc.pdf").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 20)

    result = call("explain", "doc.pdf")

    assert result.code == 1
    assert "doc.pdf: это не страница, а PDF" in result.stderr


def test_explain_json_is_the_verdict_of_one_record() -> None:
    result = call(
        "explain", "--json", "-", stdin=json.dumps({"id": 7, "title": "Вести", "text": "Беглеца ждала таможня."})
    )

    assert json.loads(result.stdout) == {
        "id": 7,
        "tier": "post",
        "topics": [
            {
                "id": "flight",
                "rule": "побег у границы",
                "tier": "post",
                "matches": [
                    {"term": "беглец", "form": "Беглеца", "where": "text", "start": 0, "end": 7},
                    {"term": "таможня", "form": "таможня", "where": "text", "start": 14, "end": 21},
                ],
            }
        ],
        "vetoes": [],
    }


def test_explain_json_of_a_veto_and_of_a_file(folder: Path) -> None:
    (folder / "text.txt").write_text("Роман\nБеглец и таможня: роман.", encoding="utf-8")

    verdict = json.loads(call("explain", "text.txt", "--json").stdout)

    assert verdict["tier"] == "none"
    assert verdict["vetoes"] == [{"rule": "побег у границы", "form": "роман", "where": "text", "start": 18, "end": 23}]


@pytest.mark.parametrize("stdin", ["", "не json", "[]", '{"id": 1}', '{"title": 5}'])
def test_explain_json_refuses_what_is_no_record(stdin: str) -> None:
    assert call("explain", "--json", "-", stdin=stdin).code == 2


def test_a_file_that_is_not_there_or_rules_that_are_wrong_end_with_2(folder: Path) -> None:
    (folder / "wrong.yaml").write_text("topics: {}", encoding="utf-8")

    assert call("explain", "нет.txt").code == 2
    assert call("explain", "-", "--keywords", "wrong.yaml", stdin=TEXT).code == 2
    assert call("match", "--jsonl", "нет.jsonl").code == 2


@pytest.mark.parametrize("stdin", ["Беглец".encode("cp1251"), b"<", b"<p>" * 1000])
def test_any_bytes_are_explained(stdin: bytes) -> None:
    assert call("explain", "-", stdin=stdin).code in {0, 1}


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_nothing_is_wider_than_the_terminal(columns: int) -> None:
    text = "Вести\n" + "Очень длинное предложение о погоде, " * 40 + "где беглеца ждала таможня"

    assert widest(call("explain", "-", stdin=text, columns=columns)) <= columns
    assert widest(call("forms", "депортировать", "шақыру", columns=columns)) <= columns


# ── forms ──────────────────────────────────────────────────────────────────────────────────────


def test_forms_shows_both_languages() -> None:
    result = call("forms", "депортация")

    assert "существительное:" in result.stdout
    assert "депортациями" in result.stdout
    assert "депортацияға" in result.stdout
    assert "депортацияға" not in call("forms", "депортация", "--lang", "ru").stdout
    assert "депортациями" not in call("forms", "депортация", "--lang", "kk").stdout


def test_forms_json() -> None:
    result = json.loads(call("forms", "вид на жительство", "--lang", "ru", "--json").stdout)

    (term,) = result["terms"]
    assert term["term"] == "вид на жительство"
    assert [word["word"] for word in term["words"]] == ["вид", "на", "жительство"]
    assert "видами" in term["words"][0]["ru"]["существительное"]
    assert term["words"][0]["kk"] == {"stems": [], "samples": {}}


def test_forms_may_be_tried_on_a_text() -> None:
    yes = call("forms", "вид на жительство", "--try", "без вида на жительство")
    no = call("forms", "вид на жительство", "рейс", "--try", "рейсы")

    assert (yes.code, yes.stdout) == (0, "вид на жительство: да, «вида на жительство»\n")
    assert (no.code, no.stdout) == (1, "вид на жительство: нет\nрейс: да, «рейсы»\n")
    assert json.loads(call("forms", "рейс", "--try", "рейсы", "--json").stdout)["found"] == {"рейс": ["рейсы"]}


@pytest.mark.parametrize(
    ("asked", "text", "code", "said"),
    [
        (("Россия", "--role", "куда"), "Его выдали России.", 0, "Россия: да, «России»\n"),
        (("Россия", "--role", "куда"), "Его вывезли из России.", 1, "Россия: нет в роли «куда»\n"),
        (("Россия", "--role", "откуда"), "Его вывезли из России.", 0, "Россия: да, «России»\n"),
        (("Ресей", "--lang", "kk", "--role", "куда"), "Ол Ресейге берілді.", 0, "Ресей: да, «Ресейге»\n"),
        (("Пермь", "--role", "родом"), "Ол пермьдік азамат.", 0, "Пермь: да, «пермьдік»\n"),
        (("$путь", "--role", "откуда"), "Сняли с рейса и с поезда.", 0, "рейс: да, «рейса»\nпоезд: да, «поезда»\n"),
        (("$путь", "--role", "куда"), "Сняли с рейса.", 1, "$путь: нет в роли «куда», ни одного слова из 2\n"),
    ],
)
def test_forms_tries_a_role(asked: tuple[str, ...], text: str, code: int, said: str) -> None:
    result = call("forms", *asked, "--try", text)

    assert (result.code, result.stdout) == (code, said)


def test_forms_asks_about_a_slip_as_check_does() -> None:
    slip = call("forms", "экстрадикция", "депортация")

    assert slip.stderr.count("Внимание") == 1
    assert "слова «экстрадикция» нет в словаре — может быть, «экстрадиция»?" in slip.stderr
    assert "может быть, «экстрадиция»?" in call("forms", "экстрадикция", "--try", "об экстрадиции").stderr
    assert call("forms", "экстрадикция", "--lang", "kk").stderr == ""


def test_forms_of_a_name() -> None:
    assert "Заречного" in call("forms", "--name", "Заречный").stdout
    assert call("forms", "--name", "Заречный", "--try", "заречного").code == 1


def test_forms_refuses_what_a_rule_could_not_say() -> None:
    result = call("forms", "по*")

    assert result.code == 2
    assert "короче 3 букв" in result.stderr


def test_forms_of_a_list() -> None:
    result = call("forms", "$путь", "--try", "рейсы и поезда")
    unknown = call("forms", "$путъ")

    assert result.stdout == "рейс: да, «рейсы»\nпоезд: да, «поезда»\n"
    assert (unknown.code, "может быть, «$путь»?" in unknown.stderr) == (2, True)
    assert call("forms", "$путь", "--lang", "kk").stdout == ""


def test_only_the_words_of_a_list_that_stand_in_the_text_are_shown() -> None:
    some = call("forms", "$путь", "--try", "поезда")
    none = call("forms", "$путь", "--try", "пешком")
    beside = call("forms", "$путь", "граница", "--try", "поезда")

    assert (some.code, some.stdout) == (0, "поезд: да, «поезда»\n")
    assert (none.code, none.stdout) == (1, "$путь: нет, ни одного слова из 2\n")
    assert (beside.code, beside.stdout) == (1, "поезд: да, «поезда»\nграница: нет\n")


def test_a_long_list_is_a_line_a_word(folder: Path) -> None:
    words = ", ".join(["рейс", "долгий поезд", "«в пути»", "корабл*", *RUSSIAN_WORDS])
    rules = (folder / "keywords.yaml").read_text(encoding="utf-8").replace('"рейс, поезд"', f'"{words}"')
    (folder / "keywords.yaml").write_text(rules, encoding="utf-8")

    shown = call("forms", "$путь", columns=80)

    assert shown.rows[0].startswith("рейс — рейс, рейса, рейсу")
    assert shown.rows[1] == "долгий поезд — слова подряд"
    assert shown.rows[2] == "«в пути» — слова подряд"
    assert shown.rows[3] == "корабл* — начало слова: подойдёт всё, что так начинается"
    assert shown.rows[-1] == f"Слов: {4 + len(RUSSIAN_WORDS)}. Все формы одного: monitor forms СЛОВО"
    assert len(shown.rows) == 5 + len(RUSSIAN_WORDS)
    assert widest(shown) <= 80


def test_a_hostile_text_does_not_command_the_terminal() -> None:
    result = call("explain", "-", stdin="\x1b]0;чужой заголовок\x07Беглец\n\x1b[2JТаможня \x9b31mждала беглеца.")

    assert not set("\x1b\x07\x9b") & set(result.stdout)
    assert "таможня" in result.stdout


def test_a_word_of_both_languages_is_told_once(folder: Path) -> None:
    rules = (
        (folder / "keywords.yaml").read_text(encoding="utf-8").replace('{ru: "рейс, поезд"}', "{ru: рейс, kk: рейс}")
    )
    (folder / "keywords.yaml").write_text(rules, encoding="utf-8")

    assert call("forms", "$путь", "--try", "рейсы, рейстер, рейс").stdout == "рейс: да, «рейсы», «рейс», «рейстер»\n"


def test_forms_in_a_role() -> None:
    result = call("forms", "поезд", "тайком", "--role", "откуда", "--lang", "ru")
    listed = call("forms", "$путь", "--role", "где", "--json")

    assert result.code == 0
    assert result.rows == [
        "поезд — роль «откуда»",
        "  с предлогом:  из поезда, из поездов, с поезда, с поездов, от поезда, от поездов",
        "тайком — роль «откуда»",
        "  наречие не склоняется: роли «откуда» у него не бывает, напишите его без роли",
    ]
    assert [term["term"] for term in json.loads(listed.stdout)["terms"]] == ["рейс", "поезд"]
    assert "в рейсе" in json.loads(listed.stdout)["terms"][0]["prepositional"]


def test_a_role_that_is_none_is_answered_with_all_there_are() -> None:
    result = call("forms", "поезд", "--role", "куды")

    assert result.code == 2
    assert "нет роли «куды» — есть 6: куда, откуда, где, кого, кто, родом" in result.stderr


def test_in_a_terminal_the_words_are_marked_by_style_alone() -> None:
    shown = call("explain", "-", stdin=TEXT, FORCE_COLOR="1", NO_COLOR="", TERM="xterm-256color").stdout

    assert "[таможня]" not in shown
    assert "\x1b[1;4;32mтаможня\x1b[0m" in shown
    assert "[таможня]" in call("explain", "-", stdin=TEXT).stdout
