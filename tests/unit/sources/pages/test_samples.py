"""Made-up pages of many makes: the article is found, whole and alone. benchmarks/extraction.py compares with others."""

import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from monitor.sources.pages.article import extract
from tests.factories import NOW
from tests.samples.pages.blogs import BLOGS
from tests.samples.pages.builders import BUILDERS
from tests.samples.pages.dates import POSTED
from tests.samples.pages.newsrooms import NEWSROOMS
from tests.samples.pages.older import OLDER
from tests.samples.pages.pieces import Made
from tests.samples.pages.press import PRESS
from tests.samples.pages.shapes import SHAPES
from tests.samples.pages.stories import WORDS, Around, Story, story
from tests.samples.pages.traps import TRAPS

Template = Callable[[Story, Around], Made]
DATED: tuple[Template, ...] = (*NEWSROOMS, *BUILDERS, *SHAPES, *TRAPS)


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def lost(wanted: tuple[str, ...], extracted: str) -> list[str]:
    """Texts of the article that are not in what was extracted, word by word."""
    whole = f" {' '.join(words_of(extracted))} "
    return [text for text in wanted if f" {' '.join(words_of(text))} " not in whole]


@pytest.mark.parametrize("lang", ["ru", "kk", "en", "de"])
@pytest.mark.parametrize("template", [*PRESS, *BLOGS, *OLDER, *DATED], ids=lambda template: template.__name__)
def test_the_article_is_found_whole_and_alone(template: Template, lang: str) -> None:
    html, texts = template(story(lang, 11), Around(lang, 11))

    extracted = extract(html.encode(), content_type="text/html", url="https://a.example/1", now=NOW)

    assert lost(texts, extracted.text) == []
    assert len(words_of(extracted.text)) <= 1.04 * len(words_of(" ".join(texts))) + 3, extracted.text
    assert extracted.title == story(lang, 11).title
    assert WORDS[lang]["legal"] not in extracted.text
    assert not extracted.problem or len(extracted.text) < 200


@pytest.mark.parametrize("lang", ["ru", "kk", "en", "de"])
@pytest.mark.parametrize("template", DATED, ids=lambda template: template.__name__)
def test_the_day_is_that_of_the_publication(template: Template, lang: str) -> None:
    html, _ = template(story(lang, 11), Around(lang, 11))

    extracted = extract(html.encode(), content_type="text/html", url="https://a.example/1", now=NOW, tz="Asia/Almaty")

    assert extracted.published_at is not None
    assert extracted.published_at.astimezone(ZoneInfo("Asia/Almaty")).date() == POSTED


def test_a_story_is_the_same_for_the_same_seed() -> None:
    assert story("ru", 5) == story("ru", 5) != story("ru", 6)
