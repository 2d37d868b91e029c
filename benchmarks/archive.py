"""What the archive costs and gives: bytes a kept story takes, stories a second `backtest` judges, `why` among many.

python benchmarks/archive.py [STORIES]      default 20,000; the news are invented here, 3 kB each
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import Engine, insert, text

from monitor.app.config_files import load_matcher
from monitor.matching.backtest import Comparison, judge_by, recorded_verdict
from monitor.models.articles import Article, Outcome
from monitor.models.feeds import Entry, Feed, FeedKind
from monitor.models.stories import EntryOutcome, PollOutcome
from monitor.storage.archive import SAMPLES, Archive
from monitor.storage.database import migrate, open_engine, read_transaction, write_transaction
from monitor.storage.feeds import FeedStore
from monitor.storage.history import History
from monitor.storage.polls import PollStore
from monitor.storage.tables import entries
from monitor.text.urls import address_number

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
BYTES = 3_000
MANY = 1_000_000

# Who, what about, and the particulars, theme by theme: a story keeps to its theme, as news do.
THEMES = {
    "спорт": (
        "сборная тренер вратарь федерация клуб гроссмейстер боксёр лыжница болельщик судья",
        "матч турнир чемпионат медаль ворота сезон кубок финал лига рекорд стадион разминка трансфер",
    ),
    "погода": (
        "синоптик метель ветер мороз гололёд туман снегопад паводок спасатель дорожник",
        "осадки видимость трасса область ночь порывы градусы прогноз предупреждение сугроб техника объезд",
    ),
    "хозяйство": (
        "аграрий фермер элеватор завод экспортёр поставщик мельница ведомство инвестор биржа",
        "урожай зерно тонна пошлина субсидия посевная цена рынок контракт комбайн гектар склад",
    ),
    "культура": (
        "театр режиссёр художница оркестр музей писатель хор библиотека фестиваль скульптор",
        "премьера выставка гастроли спектакль роман сцена зал билет коллекция реставрация наследие",
    ),
    "город": (
        "акимат водоканал подрядчик коммунальщик архитектор депутат маслихата перевозчик жилец кондоминиум",
        "ремонт теплотрасса тариф двор автобус остановка парк освещение смета подъезд мусор лифт счётчик",
    ),
    "наука": (
        "учёный лаборатория университет профессор обсерватория геолог биолог стипендиат академия",
        "исследование образец спутник грант конференция открытие рукопись экспедиция прибор данные вывод",
    ),
    "суд": (
        "суд прокуратура следователь адвокат обвиняемый полиция потерпевший эксперт присяжный",
        "дело приговор хищение ущерб статья арест иск заседание показания срок штраф апелляция",
    ),
}
VERBS = "сообщил рассказала отложил завершили показал обсудили подготовила открыл назвали получил вернула ждёт"
PLACES = "Алматы Астане Караганде Костанае Павлодаре Уральске Атырау Шымкенте Таразе Семее Риддере Балхаше"
TURNS = (
    "по словам очевидцев", "в минувший вторник", "впервые за десять лет", "как и обещали весной", "за счёт бюджета",
    "после долгих споров", "без лишнего шума", "вопреки ожиданиям", "к концу квартала", "ещё до праздников",
)  # fmt: skip


def sentence(chance: random.Random, who: list[str], what: list[str]) -> str:
    return (
        f"{chance.choice(who).capitalize()} из города, что в {chance.choice(PLACES.split())}, {chance.choice(TURNS)} "
        f"{chance.choice(VERBS.split())} про {chance.choice(what)} и {chance.choice(what)}, "
        f"номер {chance.randint(2, 999)}, а {chance.choice(who)} {chance.choice(VERBS.split())} {chance.choice(what)}"
    )


def invented(count: int) -> Iterator[tuple[str, str]]:
    """Titles and texts."""
    chance = random.Random(7)
    for _ in range(count):
        who, what = (words.split() for words in chance.choice(list(THEMES.values())))
        told = ""
        while len(told.encode()) < BYTES:
            told += sentence(chance, who, what) + chance.choice((". ", ".\n", "! "))
        yield sentence(chance, who, what)[:90], told.encode()[:BYTES].decode(errors="ignore")


def fill(engine: Engine, count: int) -> None:
    """As polls would: fifty entries in a transaction; the dictionary as soon as it can be learned."""
    feeds, polls, archive = FeedStore(engine), PollStore(engine), Archive(engine)
    feeds.sync([Feed(name="Лента", kind=FeedKind.RSS, url="https://news.example/rss", lang="ru")], NOW)
    read: list[EntryOutcome] = []
    for number, (title, told) in enumerate(invented(count), start=1):
        url = f"https://news.example/obshchestvo/2026/11/zavershili-remont-teplotrassy-{number}.html"
        entry = Entry(keys=(f"u:{url}",), url=url, title=title, published_at=NOW)
        article = Article(feed="Лента", url=url, canonical_url=url, title=title, text=told, language="ru")
        reason = "ни одно правило не сработало"
        read.append(EntryOutcome(entry=entry, outcome=Outcome.UNMATCHED, reason=reason, article=article))
        if len(read) == 50 or number == count:
            (state,) = feeds.claim(NOW, limit=1, lease=timedelta(hours=1), names=["Лента"])
            outcome = PollOutcome(
                feed="Лента", lease_no=state.lease_no, polled_at=NOW, next_poll_at=NOW, settled=tuple(read)
            )
            polls.record_all([outcome], lambda *_, **__: (), window=timedelta(days=1))
            read = []
        if number == SAMPLES:
            archive.learn(NOW)


def sizes(engine: Engine, count: int) -> None:
    with read_transaction(engine) as db:
        rows = db.execute(text("SELECT name, sum(pgsize) FROM dbstat GROUP BY name")).all()
    own = sum(size for name, size in rows if name == "archive")
    print(f"  archive row           {own / count:8.0f} bytes a story of {BYTES} (the bar: 1,200)")
    print(f"  entry, keys, indexes  {(sum(size for _, size in rows) - own) / count:8.0f} bytes beside it")


def speed(engine: Engine) -> None:
    matcher = load_matcher("keywords.yaml")
    compared = Comparison(recorded_verdict, judge_by(matcher))
    for title, told in invented(200):
        matcher.judge(title=title, text=told)

    def judge() -> None:
        for article in Archive(engine).iter_articles(NOW - timedelta(days=1)):
            compared.add(article)

    seconds = spent(judge)
    rules = len(matcher.compiled.rules)
    print(
        f"  backtest              {compared.articles / seconds:8.0f} stories a second, {rules} rules (the bar: 5,000)"
    )


def lookups(engine: Engine) -> None:
    """A million entries more, and the time of one question."""
    told = {"feed": "Лента", "title": "Заголовок", "seen_at": NOW, "outcome": Outcome.BASELINE, "reason": ""}
    for start in range(0, MANY, 50_000):
        urls = (f"https://other.example/{number}" for number in range(start, start + 50_000))
        with write_transaction(engine) as db:
            db.execute(insert(entries), [told | {"url": url, "address": address_number(url)} for url in urls])
    history = History(engine)
    slowest = max(spent(lambda: history.list_entries("https://other.example/777777/?utm_source=x")) for _ in range(20))
    print(f"  why, a million more   {slowest * 1000:8.1f} ms, the slowest of 20 (the bar: 100)")


def spent(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/monitor.db")
        migrate(engine)
        seconds = spent(lambda: fill(engine, count))
        print(f"{count} stories, {seconds / count * 1e6:.0f} CPU-µs each to record")
        sizes(engine, count)
        speed(engine)
        lookups(engine)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
