"""A file of the archive, and where its pages stand: links between them are relative, so it works in any folder or host.

A page is called by its name without the language, "story/17.html"; its path is "kk/story/17.html".
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
ABSENT: Final = "404.html"  # one for all languages


class Page(NamedTuple):
    """A file: its path below the archive's root, without a leading slash, and its bytes."""

    path: str
    body: bytes


def story_path(story: int) -> str:
    """The page of a story."""
    return f"story/{story}.html"


def topic_path(topic_id: str) -> str:
    """The newest stories of a topic; its id is of Latin letters, digits and «_» (config/keywords.py)."""
    return f"topic/{topic_id}.html"


def month_path(name: str) -> str:
    """The stories of a month such as "2026-11"."""
    return f"month/{name}.html"


def case_path(number: int) -> str:
    """The timeline of a case."""
    return f"case/{number}.html"


class Address:
    """Where a page stands: its name in one language's part of the archive.

    `served_at` only for a page that is served at any address, from where no relative way leads: the root's path.
    """

    def __init__(self, language: Interface, name: str, *, served_at: str = "") -> None:
        self.language: Final = language
        self.name: Final = name
        self.path: Final = path_in(language, name)
        self.root: Final = served_at or "../" * self.path.count("/")  # the way to it: "", "../" …

    def to(self, name: str) -> str:
        """A link to the page of this name in the same language."""
        return self.root + path_in(self.language, name)

    def sister(self, language: Interface) -> str:
        """A link to the same page in another language."""
        return self.root + path_in(language, self.name)


def path_in(language: Interface, name: str) -> str:
    """Russian stands at the root, each other language in a folder of its name."""
    return name if language == "ru" else f"{language}/{name}"
