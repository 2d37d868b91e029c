"""A file of the archive, and the addresses of its pages. Links are relative, so the site works in any folder or host.

A page's name is without the language, "story/17.html"; its path may have it, "kk/story/17.html".
"""

from typing import Final, NamedTuple

from monitor.site.texts import Interface

SITE_NAME: Final = "Россияне в Казахстане: архив новостей"  # as texts/ru.toml has it

LATEST: Final = "index.html"
MONTHS: Final = "months.html"
CASES: Final = "cases.html"
CHARTS: Final = "charts.html"
SEARCH: Final = "search.html"
ABOUT: Final = "about.html"
ABSENT: Final = "404.html"  # one page for all languages


class Page(NamedTuple):
    """A file: its path below the archive's root, without a leading slash, and its bytes."""

    path: str
    body: bytes


def story_path(story: int) -> str:
    """Return the name of a story's page."""
    return f"story/{story}.html"


def topic_path(topic_id: str) -> str:
    """Return the name of a topic's page. The id consists of Latin letters, digits and «_» (config/keywords.py)."""
    return f"topic/{topic_id}.html"


def month_path(name: str) -> str:
    """Return the name of the page of a month such as "2026-11"."""
    return f"month/{name}.html"


def case_path(number: int) -> str:
    """Return the name of a case's timeline."""
    return f"case/{number}.html"


class Address:
    """The address of a page: its name in the part of the archive of one language.

    `served_at` is the root's path; it is given only for a page that is served at any address, where relative links
    fail.
    """

    def __init__(self, language: Interface, name: str, *, served_at: str = "") -> None:
        self.language: Final = language
        self.name: Final = name
        self.path: Final = path_in(language, name)
        self.root: Final = served_at or "../" * self.path.count("/")  # the prefix that leads to the root: "", "../" …

    def to(self, name: str) -> str:
        """Return a link to the page of this name in the same language."""
        return self.root + path_in(self.language, name)

    def sister(self, language: Interface) -> str:
        """Return a link to the same page in another language."""
        return self.root + path_in(language, self.name)


def path_in(language: Interface, name: str) -> str:
    """Return the path of a page: Russian is at the root, each other language in a folder of its name."""
    return name if language == "ru" else f"{language}/{name}"
