import pytest

from monitor.sources.pages import boilerplate
from monitor.sources.pages.class_names import Part, part


@pytest.mark.parametrize(
    ("tag", "names", "wanted"),
    [
        ("div", "articleBody", Part.BODY),
        ("div", "article__text", Part.BODY),
        ("div", "entry-content sharing-disabled comments-open", Part.BODY),
        ("section", "gh-content gh-canvas", Part.BODY),
        ("div", "post-7 post type-post hentry author-x tag-comments", Part.ARTICLE),
        ("article", "", Part.ARTICLE),
        ("main", "", Part.MAIN),
        ("div", "content", Part.MAIN),
        ("div", "relatedPosts", Part.LEFTOVER),
        ("div", "c-share_bar", Part.LEFTOVER),
        ("ul", "post-tags", Part.LEFTOVER),
        ("article", "related-post", Part.LEFTOVER),
        ("div", "related-post-content", Part.LEFTOVER),
        ("figcaption", "", Part.LEFTOVER),
        ("div", "hidden", Part.LEFTOVER),
        ("div", "hidden-xs", Part.UNKNOWN),
        ("div", "has-sidebar", Part.UNKNOWN),
        ("div", "elementor-widget elementor-widget-text-editor", Part.UNKNOWN),
        ("div", "adventure metal", Part.UNKNOWN),
        ("p", "article-teaser", Part.UNKNOWN),
        ("p", "article-text", Part.UNKNOWN),
        ("body", "comments", Part.UNKNOWN),
    ],
)
def test_names_tell_parts(tag: str, names: str, wanted: Part) -> None:
    assert part(tag, names) is wanted


@pytest.mark.parametrize(
    "line", ["Читайте также:", "Related posts", "Ähnliche Beiträge", "Ұқсас жаңалықтар", "Об авторе"]
)
def test_lines_over_other_articles(line: str) -> None:
    assert boilerplate.opens_others(line)


@pytest.mark.parametrize(
    "line", ["Комментарии (12)", "3 Responses to “A camel ran away”", "Schreibe einen Kommentar", "Пікірлер"]
)
def test_lines_over_comments(line: str) -> None:
    assert boilerplate.opens_comments(line)


@pytest.mark.parametrize(
    "line",
    [
        "Tags: law, rail",
        "Posted on November 20, 2026 by X",
        "© 2026 Site",
        "20.11.2026, 14:05",
        "Реклама",
        "5 min read",
    ],
)
def test_lines_about_the_page(line: str) -> None:
    assert boilerplate.is_about_page(line)


@pytest.mark.parametrize(
    "line",
    [
        "Комментарии адвоката суд не услышал",
        "Related charges were dropped in May.",
        "Share prices fell on Monday",
        "Geschrieben wurde das Buch 1984 von einem Lehrer.",
        "Published in 1984, the book was soon forgotten.",
        "Реклама на остановках подорожает",
        "Автор письма просит убежища",
    ],
)
def test_sentences_of_an_article_are_not_taken_for_such_lines(line: str) -> None:
    assert not any(
        sign(line) for sign in (boilerplate.opens_others, boilerplate.opens_comments, boilerplate.is_about_page)
    )
