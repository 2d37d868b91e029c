"""Live and backtest say the same of every story: the archive gives back what was judged, to the letter."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.app.config_files import load_matcher
from monitor.matching.backtest import Comparison, judge_by, recorded_verdict
from monitor.storage.archive import Archive
from monitor.storage.database import open_engine
from tests.factories import NOW
from tests.harness.command_line import RULES, write_files
from tests.harness.polled_history import FeedArticle, PolledHistory, feed_article
from tests.servers.web import WebServer

PIECES = (
    "Беглеца", "побегом", "границе", "таможню", "романа", "рейсах", "ПОЕЗД", "бег\u00adлец", "гра\u0301ница", "«снег»",
    "— и", "қар", "тамо\u200bжня", "<b>", "&amp;", "😀", "\t", "Беглец\xa0и", "поездa", "1937",
)  # fmt: skip
WORDS = st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(texts=[("Беглеца границе", ""), ("", ""), ("", ""), ("", "границе Беглеца")])  # one text, with a headline too
@given(texts=st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=6))
def test_the_same_rules_decide_the_same(
    texts: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory, web: WebServer
) -> None:
    folder = tmp_path_factory.mktemp("history")
    write_files(folder)
    history = PolledHistory(folder, web)
    history.poll([feed_article(number, title, text) for number, (title, text) in enumerate(texts, start=1)], NOW)
    engine = open_engine(history.url)

    compared = Comparison(recorded_verdict, judge_by(load_matcher(str(folder / "keywords.yaml"))))
    for article in Archive(engine).iter_articles(NOW):
        compared.add(article)
        assert article.verdict.topics == judge_by(load_matcher(str(folder / "keywords.yaml")))(article).topics

    assert compared.changes == []
    assert compared.articles >= 1
    engine.dispose()


def test_a_title_that_only_the_page_has_is_kept_too(tmp_path: Path, web: WebServer) -> None:
    write_files(tmp_path)
    history = PolledHistory(tmp_path, web)
    paragraphs = f"<article><p>{feed_article(1, '', '').text}</p></article>"
    url = web.serve("/page", f"<title>Беглец у воды</title>{paragraphs}", content_type="text/html")
    history.poll([FeedArticle(title="", text="", url=url)], NOW)
    engine = open_engine(history.url)
    (tmp_path / "keywords.yaml").write_text(RULES.replace('"рейс, поезд"', '"вода, поезд"'), encoding="utf-8")

    (article,) = Archive(engine).iter_articles(NOW)

    assert article.verdict.topics == ()
    assert article.title == "Беглец у воды"
    assert judge_by(load_matcher(str(tmp_path / "keywords.yaml")))(article).topics
    engine.dispose()
