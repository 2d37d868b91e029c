import pytest

from monitor.sources.pages import boilerplate
from monitor.sources.pages.class_names import PageRole, role


@pytest.mark.parametrize(
    ("tag", "names", "wanted"),
    [
        ("div", "articleBody", PageRole.BODY),
        ("div", "article__text", PageRole.BODY),
        ("div", "entry-content sharing-disabled comments-open", PageRole.BODY),
        ("section", "gh-content gh-canvas", PageRole.BODY),
        ("div", "post-7 post type-post hentry author-x tag-comments", PageRole.ARTICLE),
        ("article", "", PageRole.ARTICLE),
        ("main", "", PageRole.MAIN),
        ("div", "content", PageRole.MAIN),
        ("div", "relatedPosts", PageRole.LEFTOVER),
        ("div", "c-share_bar", PageRole.LEFTOVER),
        ("ul", "post-tags", PageRole.LEFTOVER),
        ("article", "related-post", PageRole.LEFTOVER),
        ("div", "related-post-content", PageRole.LEFTOVER),
        ("figcaption", "", PageRole.LEFTOVER),
        ("div", "hidden", PageRole.LEFTOVER),
        ("div", "hidden-xs", PageRole.UNKNOWN),
        ("div", "has-sidebar", PageRole.UNKNOWN),
        ("div", "elementor-widget elementor-widget-text-editor", PageRole.UNKNOWN),
        ("div", "adventure metal", PageRole.UNKNOWN),
        ("p", "article-teaser", PageRole.UNKNOWN),
        ("p", "article-text", PageRole.UNKNOWN),
        ("body", "comments", PageRole.UNKNOWN),
    ],
)
def test_names_tell_roles(tag: str, names: str, wanted: PageRole) -> None:
    assert role(tag, names) is wanted


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
