from monitor.models.evidence import Observed, Sight
from monitor.stories.page_notice import notice, public
from tests.factories import NOW


def test_each_change_stands_on_a_line_of_its_own() -> None:
    said = "Заголовок: было «А <b>», стало «Б»\nубрано «В»"
    seen = Observed(
        id=1, page_id=1, url="https://a.kz/1", at=NOW, sight=Sight.CHANGED, said=said, moved_to="", capture_id=1
    )
    shown = "<blockquote>Заголовок: было «А &lt;b&gt;», стало «Б»\nубрано «В»</blockquote>"
    assert notice(seen, "Заголовок", seen_at=(), zone="UTC").endswith(shown)
    assert public(seen, seen_at=(), zone="UTC").endswith(shown)
