"""News at the desk, over a socket: found, looked at, decided, retracted; whatever headlines and addresses say."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from html import unescape
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, select, update

from monitor.app.desk.build_news import build_news
from monitor.config.settings import load_settings
from monitor.models.articles import Outcome, Tier
from monitor.models.evidence import Sight
from monitor.models.outbox import DeliveryState
from monitor.models.stories import Decision, EntryOutcome
from monitor.storage.database import write_transaction
from monitor.storage.store import Store
from monitor.storage.tables import articles, deliveries, entries
from monitor.stories.grouping import group
from tests.factories import HOUR, NOW, article, entry, feed, matched, poll_outcome
from tests.factories.channels import to_channel
from tests.factories.polling import matcher
from tests.harness.clock import Clock
from tests.harness.desk import Desk, open_desk
from tests.harness.watched_pages import WatchedPages

REVIEW, CHANNEL = "-100", "@channel"
CHATS = to_channel(CHANNEL, review=REVIEW)
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"

Read = Callable[..., None]


class Page(HTMLParser):
    """What a browser would run or follow of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.events: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "action"}]
        self.events += [name for name, _ in attrs if name.startswith("on") or name == "style"]


@pytest.fixture
def read(store: Store) -> Read:
    """Have the monitor read so many news, each of a story of its own if it matched."""
    clock, numbers = Clock(), iter(range(1, 1_000))

    def poll(text: str, *, title: str = "", tier: Tier | None = None, of: str = "Лента", url: str = "") -> None:
        number = next(numbers)
        store.feeds.sync([feed(name=of)], clock())
        (state,) = store.feeds.claim(clock(), limit=1, lease=timedelta(), names=[of])
        told = {"title": title or f"Новость {number}", "text": text} | ({"url": url} if url else {})
        if tier:
            outcome = {"matched": (matched(number, tier=tier, feed=of, **told),)}
        else:
            read = article(number, feed=of, **told)
            shown = entry(number, title=read.title, **({"url": url} if url else {}))
            settled = EntryOutcome(entry=shown, outcome=Outcome.UNMATCHED, reason="—", article=read)
            outcome = {"settled": (settled,)}
        polled = poll_outcome(feed=of, lease_no=state.lease_no, polled_at=clock(), next_poll_at=clock(), **outcome)
        assert store.polls.record_all([polled], partial(group, chats=CHATS), window=HOUR)
        while store.search.catch_up():
            pass

    return poll


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    store.reviews.chats, store.retractions.destinations = CHATS, CHATS.destinations
    clock = Clock()
    parts = build_news(load_settings({}), store, matcher, clock)
    with open_desk(store.desk_keys, parts, clock, undecided=lambda: store.reviews.waiting().count) as opened:
        yield opened


def decide(desk: Desk, decision: str, **more: str) -> str:
    sent = {"story": "1", "part": "1", "decision": decision} | more
    return unescape(desk.post("/news/decide", sent, form_on="/news").text)


def shown_in(store: Store, chat: str) -> str:
    with store.stats._engine.connect() as db:
        return str(db.scalars(select(deliveries.c.html).filter_by(chat=chat, story_id=1)).one())


def test_news_are_found_by_words_feed_and_outcome_page_by_page(desk: Desk, read: Read) -> None:
    for number in range(23):
        read(f"Суд идёт {number}.", of="Азаттык" if number == 5 else "Лента")

    first = desk.get("/news").text
    assert (first.count('class="brief"'), "Суд идёт" in first) == (20, False)
    assert desk.get("/news", q="судов").text.count("<mark>Суд</mark> идёт") == 20
    rest = unescape(next(link for link in Page(desk.get("/news", q="судов").text).links if "before=" in link))
    assert desk.get(rest).text.count("<mark>Суд</mark> идёт") == 3
    assert desk.get("/news", q="суд", feed="азат", outcome="мимо").text.count('class="brief"') == 1
    assert "Ничего не нашлось" in desk.get("/news", since="2100-01-01").text
    for query in ({"q": "слово " * 40}, {"since": "вчера"}, {"outcome": "чушь"}, {"feed": "нетакой"}):
        refused = desk.get("/news", **query)
        assert (refused.status_code, 'role="alert"' in refused.text) == (400, True)


def test_a_number_that_names_nothing_is_answered_so(desk: Desk) -> None:
    for number in ("0", "-1", "1" + "0" * 30, "x", "٣", "7" * 18, ""):
        page = desk.get("/news/one", entry=number)
        assert (page.status_code, "Не получилось" in page.text) == (404, True), number
        for path in ("/news", "/news/near", "/news/waiting"):
            assert desk.get(path, before=number).status_code == (200 if number in {"", "7" * 18} else 404), number
        for path in ("decide", "undo", "remove", "retract", "restore"):
            sent = {"story": number, "part": "1", "decision": "published", "was": "published", "why": "почему"}
            answered = desk.post(f"/news/{path}", sent, form_on="/news")
            assert answered.status_code == (200 if number == "7" * 18 else 404), number


def test_what_comes_from_outside_stays_words(desk: Desk, read: Read, store: Store) -> None:
    read(f"Экстрадиция россиянина: {EVIL} \0\u202e", title=EVIL, tier=Tier.REVIEW, of=EVIL, url="javascript:alert(1)")
    read(f"Экстрадиция отложена. {EVIL}", title=EVIL, of=EVIL)
    addresses = ("/news", f"/news?q={quote(EVIL)}", "/news?q=script", "/news/near", "/news/waiting", "/rules")
    for address in (*addresses, "/news/one?entry=1", "/news/one?entry=2", f"/news/one?entry={quote(EVIL)}"):
        page = Page(desk.get(address).text)
        assert ({"script", "img"} & {*page.tags}, page.events) == (set(), []), address
        assert not [link for link in page.links if link.startswith("javascript")], address


def test_the_words_that_decided_are_marked_and_named(desk: Desk, read: Read) -> None:
    read("Прокуратура Казахстана одобрит экстрадицию россиянина.", tier=Tier.REVIEW)

    page = desk.get("/news/one", entry=1).text

    assert "<mark>экстрадицию</mark><sup>1</sup>" in page
    assert "«Extradition», правило «правило»: редактору. Слова: экстрадицию (экстрадиция)" in page
    assert "Ждёт вашего решения" in page
    assert "правило «выдача из Казахстана», сразу в канал" in page, "what the rules say now"


def test_a_near_miss_leads_to_the_word_that_lacks(desk: Desk, read: Read) -> None:
    read("Погода: дождь.")
    read("Экстрадиция отложена.")

    page = desk.get("/news/near")

    assert page.text.count('class="brief"') == 1
    assert "Не хватило: россиянин, россиянка (строка 10)" in page.text
    assert "/words?line=10" in Page(page.text).links
    one = desk.get("/news/one", entry=2).text
    assert "<mark>Экстрадиция</mark><sup>1</sup> отложена" in one
    assert "Ни одно правило не сработало" in one


def test_a_question_is_decided_as_in_the_chat_and_the_first_decision_stands(
    desk: Desk, read: Read, store: Store
) -> None:
    read("Прокуратура Казахстана одобрит экстрадицию россиянина.", tier=Tier.REVIEW)
    waiting = desk.get("/news/waiting").text
    assert "<mark>экстрадицию</mark>" in waiting
    assert "(1<span" in waiting.partition("</nav>")[0], "the menu says how many wait"

    decided = decide(desk, "rejected")
    assert "Новость 1</a> — Отклонено" in decided, "which of them"
    assert "(1<span" not in decided
    assert 'value="rejected"' in decided.partition('class="just"')[2].partition("</form>")[0], "and it can be undone"
    assert "Отклонено" in shown_in(store, REVIEW), "the chat's message is to say so"
    desk.enter("Б")
    late = decide(desk, "published")
    assert "Уже решено. Отклонено" in late
    assert "Новость 1</a> — Отклонено" in late
    undone = desk.post("/news/undo", {"story": "1", "part": "1", "was": "rejected"}, form_on="/news").text
    assert "вопрос снова открыт" in undone
    assert " · Б." in decide(desk, "published", entry="1")
    assert "Новость 1" in shown_in(store, CHANNEL)
    assert store.history.entry(1).outcome is Outcome.POSTED  # type: ignore[union-attr] # it was read
    assert desk.post("/news/decide", {"story": "1", "part": "1", "decision": "x"}, form_on="/news").status_code == 400


def test_a_question_that_expired_can_still_be_decided(desk: Desk, read: Read, store: Store) -> None:
    read("Экстрадиция россиянина.", tier=Tier.REVIEW)
    store.reviews.expire(desk.clock(), desk.clock(), chat=REVIEW)

    assert "Никто не решил вовремя" in desk.get("/news/waiting").text
    assert "редактор решил: не та тема" in decide(desk, "off_topic", entry="1")
    assert "редактор решил: не та тема" in desk.get("/news").text
    assert "решений редакторов за всё время — 1" in desk.get("/rules").text
    assert store.questions.for_part(1, 1).decision is Decision.OFF_TOPIC  # type: ignore[union-attr] # it was asked
    assert "Отменить решение" in desk.get("/news/one", entry=1).text
    desk.clock.forward(hours=25)
    desk.enter()
    assert "Отменить решение" not in desk.get("/news/one", entry=1).text


def test_what_the_channel_shows_is_retracted_brought_back_and_deleted(desk: Desk, read: Read, store: Store) -> None:
    read("Экстрадиция россиянина.", tier=Tier.REVIEW)
    decide(desk, "published", entry="1")
    with write_transaction(store.stats._engine) as db:
        posted = update(deliveries).where(deliveries.c.chat == CHANNEL)
        db.execute(posted.values(state=DeliveryState.SENT, message_id=5, sent_revision=deliveries.c.wanted_revision))
    one = unescape(desk.get("/news/one", entry=1).text)
    assert 'href="https://t.me/channel/5"' in one
    assert "<li>чат редакторов: " in one
    assert "начало новой истории: в канале" in one
    assert "Экстрадиция: правило; " in one, "the topic's title"

    def act(path: str, **sent: str) -> str:
        fields = {"story": "1", "part": "1", "entry": "1"} | sent
        return unescape(desk.post(f"/news/{path}", fields, form_on="/news").text)

    assert "Удалить пост?" in act("undo", was="published")
    assert "Напишите, почему" in act("retract", why=" ")
    assert "Причина длиннее" in act("retract", why="а" * 301)
    struck = act("retract", why="суд ещё не состоялся <b>")
    assert ("опровергнута" in struck, "/unretract" in struck) == (True, False)
    assert "суд ещё не состоялся &lt;b&gt;" in shown_in(store, CHANNEL)
    assert "Опровержение истории 1 снято" in act("restore")
    assert "не опровергнута" in act("restore")
    assert "Пост удаляется из канала" in act("remove")
    assert shown_in(store, CHANNEL) == ""


def test_what_a_digest_tells_or_what_waits_is_not_said_to_be_a_post(desk: Desk, read: Read, engine: Engine) -> None:
    read("Экстрадиция россиянина.", tier=Tier.POST)

    def became(**values: object) -> str:
        with write_transaction(engine) as db:
            db.execute(update(deliveries).where(deliveries.c.chat == CHANNEL).values(**values))
        return desk.get("/news").text.partition("начало новой истории: ")[2].partition("<")[0]

    assert became(state=DeliveryState.PENDING) == "ждёт отправки"
    assert became(state=DeliveryState.DIGESTED, digest_id=1) == "ждёт отправки", "the digest does"
    assert became(sent_at=NOW) == "в сводке"
    assert became(state=DeliveryState.PENDING, message_id=5) == "в канале", "an edit waits"


def test_what_looks_at_its_page_saw_stands_beside_a_news(desk: Desk, read: Read, engine: Engine) -> None:
    read("Прокуратура Казахстана одобрит экстрадицию россиянина.", tier=Tier.POST)
    watched = WatchedPages(engine=engine, at=NOW + HOUR)
    watched.look(Sight.UNCHANGED, keeps=True)
    watched.look(Sight.CHANGED, "было «одобрит», стало «<i>отклонит»", keeps=True)

    page = unescape(desk.get("/news/one", entry=1).text)

    assert "впервые увидена" in page
    assert "было «одобрит», стало «<i>отклонит»" in page
    assert watched.links[1].digest in page
    assert "Опровергнуть историю" in page


def test_the_rules_in_figures(desk: Desk, read: Read) -> None:
    for _ in range(5):
        read("Прокуратура Казахстана одобрит экстрадицию россиянина.", tier=Tier.REVIEW)
    read("Рецепт пирога.", tier=Tier.REVIEW)
    for story in "1234":
        decide(desk, "rejected", story=story)

    few = desk.get("/rules").text
    decide(desk, "rejected", story="5")
    enough = desk.get("/rules").text

    assert 'aria-label="по неделям: 0, 0, 0, 0, 0, 0, 0, 5"' in few
    assert "За 8 недель нынешние правила нашли новостей: 5;" in few, "not what was only read"
    assert "Отклоняют чаще" not in few, "four decisions say nothing"
    assert "Отклоняют чаще, чем публикуют: на 5." in enough
    assert "Что сделать: сначала редактору" in enough
    assert "Экстрадиция · " in enough, "the topic's title"


def test_a_rule_that_fires_more_than_it_used_to_is_called_unusual(desk: Desk, read: Read, engine: Engine) -> None:
    for _ in range(12):
        read("Экстрадиция россиянина.", tier=Tier.REVIEW)
    with write_transaction(engine) as db:
        db.execute(update(entries).where(entries.c.id == 1).values(seen_at=NOW - timedelta(days=9)))
        for row in db.execute(select(articles.c.id, articles.c.verdict)).all():
            fired = [topic | {"id": "extradition", "rule": "выдача из Казахстана"} for topic in row.verdict["topics"]]
            told = update(articles).where(articles.c.id == row.id)
            db.execute(told.values(verdict=row.verdict | {"topics": fired}))

    assert "Непривычно: 11 раз за сутки, обычно 0.1." in desk.get("/rules").text
