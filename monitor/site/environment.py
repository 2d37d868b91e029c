"""The compiled templates of the pages, and a hash of everything the pages are made of."""

from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

import babel
import jinja2

from monitor.models.site import SiteAbout
from monitor.site import fragments, page
from monitor.site.charts import drawing
from monitor.site.texts import believable
from monitor.text.urls import host_key

_MADE_OF = (".py", ".html", ".toml", ".css", ".js", ".svg")


def templates() -> jinja2.Environment:
    """Return the template environment: everything is escaped, and an unknown name is an error."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("monitor.site"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "shown": fragments.clean_line,
        "marked": fragments.mark_quote,
        "web": fragments.web,
        "host": host_key,
        "edits": fragments.edits,
    }
    environment.globals |= {
        "addresses": page,
        "moment": fragments.moment,
        "iso": fragments.iso,
        "believable": believable,
        "draw": drawing.draw,
    }
    return environment


def version(about: SiteAbout, zone: str) -> str:
    """Return a hash that changes whenever pages of the same stories could come out differently."""
    made_of = sha256(f"{babel.__version__} {jinja2.__version__} {zone} {about!r}".encode("utf-8", "surrogatepass"))
    for name, content in _sources(files("monitor.site"), ""):
        made_of.update(f"\n{name} {len(content)}\n".encode() + content)
    return made_of.hexdigest()[:16]


def static_file(name: str) -> bytes:
    """Return the bytes of a file in the static folder."""
    return (files("monitor.site") / "static" / name).read_bytes()


def _sources(folder: Traversable, within: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _sources(entry, f"{within}{entry.name}/")
        elif entry.name.endswith(_MADE_OF):
            yield within + entry.name, entry.read_bytes()
