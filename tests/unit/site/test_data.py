import csv
import io
import json
import tracemalloc
from dataclasses import replace

import pytest

from monitor.models.site import Quote, SiteStory
from monitor.site.outputs.data import CSV, JSON_LINES, SHEET, json_line, sheet, table
from tests.factories.site_stories import ADDRESS, about_of, many_stories, story_of, telling_of

HOSTILE = "\x00\ud800\u202e=cmd|' /C calc'!A0\r\n\"; DROP 🤯"


def rows(stories: list[SiteStory]) -> list[dict[str, str]]:
    """As a program opens the table."""
    written = b"".join(table(json_line(story, about_of()) for story in stories))
    return list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"), newline="")))


def test_a_line_a_story_with_all_its_tellings() -> None:
    told = [
        telling_of("Выдан", "Выдан россиянин."),
        telling_of("Берілді", outlet="Азаттық", language="kk", published_at=None),
    ]
    story = story_of(17, "Выдан", tellings=told)

    line = json_line(story, about_of())
    record = json.loads(line)
    assert record["id"] == 17
    assert record["page"] == f"{ADDRESS}story/17.html"
    assert record["posted_at"] == "2026-11-23T02:05:07Z"
    assert record["topics"] == ["extradition"]
    assert record["delay_seconds"] == 125
    assert [telling["outlet"] for telling in record["tellings"]] == ["Медиазона", "Азаттық"]
    assert record["tellings"][0]["quotes"] == ["Выдан россиянин."]
    assert record["tellings"][1]["published_at"] is None


def test_the_sheet_says_what_every_field_is() -> None:
    line = json_line(story_of(1, "Выдан", "Россиянин выдан."), about_of())
    record = json.loads(line)
    page = sheet(about_of())

    text = page.body.decode()
    assert page.path == SHEET == "data/README.md"
    for name in [*record, *record["tellings"][0], *rows([story_of(1)])[0]]:
        assert f"`{name}`" in text
    assert "| Экстрадиция и выдача (`extradition`) | 90 | 10 | 90% |" in text
    assert "| Допросы в КНБ (`knb`) | 0 | 0 | — |" in text
    assert "CC BY 4.0" in text
    assert {"{", "}"}.isdisjoint(text)
    assert (JSON_LINES, CSV) == ("data/stories.jsonl", "data/stories.csv")


@pytest.mark.parametrize("begins", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", " =1", "\u200e=1", "\x00=1"])
def test_no_cell_is_a_formula(begins: str) -> None:
    told = telling_of(begins, outlet=begins, quotes=(Quote(text=begins),))
    story = story_of(1, begins, tellings=[told], places=(begins,))

    (row,) = rows([story])
    for name in ("title", "outlet", "outlets", "places", "quote"):
        assert row[name].startswith("'")


def test_the_table_is_rfc_4180_and_begins_with_a_mark() -> None:
    written = b"".join(table([json_line(story_of(1, HOSTILE, tellings=[telling_of(HOSTILE)]), about_of())]))

    assert written.startswith(b"\xef\xbb\xbfid,")
    assert written.count(b"\r\n") == 2
    assert written.replace(b"\r\n", b"").count(b"\n") == 0
    (row,) = rows([story_of(1, HOSTILE, tellings=[telling_of(HOSTILE)])])
    assert row["title"] == "'=cmd|' /C calc'!A0 \"; DROP 🤯"
    assert row["delay_seconds"] == "125"


def test_what_is_not_known_is_empty() -> None:
    bare = SiteStory(brief=replace(story_of(1).brief, delay=None, case=None), tellings=())

    (row,) = rows([bare])
    assert (row["delay_seconds"], row["case"], row["url"], row["quote"]) == ("", "", "", "")
    record = json.loads(json_line(bare, about_of()))
    assert (record["delay_seconds"], record["case"], record["tellings"]) == (None, None, [])


def test_hostile_text_is_still_json() -> None:
    record = json.loads(json_line(story_of(1, HOSTILE, HOSTILE), about_of("")))

    assert record["title"] == "=cmd|' /C calc'!A0\r\n\"; DROP 🤯"
    assert record["page"] == "story/1.html"


def test_many_stories_take_no_more_memory_than_few() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in table(json_line(story, about_of()) for story in many_stories(count)):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(600) < peak(100) + 500_000  # of 1.5 MB that they are
