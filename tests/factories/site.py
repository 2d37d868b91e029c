"""A made archive: stories in Russian and Kazakh, a case, looks at pages; the same every time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import groupby
from typing import Any

from monitor.models.evidence import Sight
from monitor.models.site import (
    Outlet,
    PageLook,
    Precision,
    Quote,
    SiteAbout,
    SiteCase,
    SiteCounter,
    SiteStory,
    SiteTelling,
    SiteTopic,
    StoryBrief,
    Takedown,
    TopicRules,
)
from monitor.site.page import Page
from monitor.site.pages import Renderer

ZONE = "Asia/Almaty"
NOON = datetime(2026, 11, 22, 7, 5, tzinfo=UTC)
EXTRADITION = SiteTopic(id="extradition", title="Экстрадиция и выдача россиян", hashtag="экстрадиция")
RVP = SiteTopic(id="rvp", title="Проверки и аннулирование РВП", hashtag="РВП")
KNB = SiteTopic(id="knb", title="Вызовы и допросы в КНБ", hashtag="КНБ")
TOPICS = (EXTRADITION, RVP, KNB)
ADDRESS = "https://archive.example/"

_NEWS: tuple[tuple[SiteTopic, str, str, str, str, str], ...] = (
    (EXTRADITION, "астан", "ru", "Медиазона", "Суд в Астане разрешил выдать России активиста из Бурятии",
     "Прокуратура Казахстана одобрила экстрадицию россиянина, который просил убежища и ждал ответа полгода."),
    (RVP, "костан", "ru", "Власть", "Миграционная служба проверяет россиян с РВП в Костанае",
     "Тех, кто не живёт по адресу регистрации, лишают разрешения на временное проживание."),
    (KNB, "алмат", "kk", "Азаттық", "ҰҚК Ресейден келген белсендіден екі рет жауап алды",
     "Адвокаттың айтуынша, ҰҚК тергеушілері одан Ресейдегі таныстары туралы сұраған."),
    (EXTRADITION, "уральск", "ru", "Уральская неделя",
     "Россиянина, бежавшего от мобилизации, задержали в Уральске по запросу Москвы",
     "Его отправили в изолятор на сорок суток, пока Генпрокуратура решает вопрос о выдаче."),
    (RVP, "алмат", "kk", "Егемен Қазақстан", "Алматыда ресейліктердің уақытша тұруға рұқсаты жойылды",
     "Көші-қон қызметі жүз жиырма азаматтың уақытша тұруға рұқсатын бір айда жойған."),
    (KNB, "павлодар", "ru", "Orda.kz", "Журналиста из Томска вызвали на беседу в КНБ Павлодара",
     "По его словам, спрашивали о подписчиках и о том, кто помогал ему с жильём."),
)  # fmt: skip


def brief(number: int = 1, **given: Any) -> StoryBrief:
    """A story of the made press; the higher the number, the older it is by seven hours."""
    topic, town, language, outlet, title, quoted = _NEWS[number % len(_NEWS)]
    at = NOON - timedelta(hours=7 * number)
    fields: dict[str, Any] = {
        "id": 1000 - number,
        "posted_at": at,
        "updated_at": at,
        "title": title,
        "outlets": (outlet, *("Медуза", "Настоящее Время. Азия", "КазТАГ")[: number % 4]),
        "languages": (language,),
        "topics": (topic,) if number % 5 else (topic, RVP if topic is not RVP else KNB),
        "places": (town,),
        "counts": ("handed",) if topic is EXTRADITION else (),
        "delay": float(90 + (number * 7919) % 5_000),
        "first_quote": quoted,
    }
    return StoryBrief(**fields | given)


def briefs(count: int) -> list[StoryBrief]:
    """So many stories, the newest first."""
    return [brief(number) for number in range(count)]


def quote(text: str, *words: str) -> Quote:
    """A sentence with these words of it marked."""
    return Quote(text=text, marks=tuple((text.index(word), text.index(word) + len(word)) for word in words))


def telling(**given: Any) -> SiteTelling:
    """A Russian telling with two quotes."""
    fields: dict[str, Any] = {
        "outlet": "Медиазона",
        "url": "https://news.example/2026/11/vydacha?id=7&page=2",
        "headline": quote("Суд в Астане разрешил выдать России активиста из Бурятии", "Астане", "выдать России"),
        "quotes": (
            quote(
                "Прокуратура Казахстана одобрила экстрадицию россиянина, который просил убежища в Астане.",
                "Казахстана",
                "экстрадицию россиянина",
                "Астане",
            ),
            quote("Адвокат обжалует решение в городском суде."),
        ),
        "language": "ru",
        "published_at": NOON - timedelta(minutes=19),
        "seen_at": NOON - timedelta(minutes=4),
    }
    return SiteTelling(**fields | given)


def kazakh_telling(**given: Any) -> SiteTelling:
    """A Kazakh telling whose headline was changed."""
    fields: dict[str, Any] = {
        "outlet": "Азаттық",
        "url": "https://azattyq.example/a/33333.html",
        "headline": quote("Астана соты буряттық белсендіні Ресейге беруге рұқсат етті", "Ресейге беруге"),
        "quotes": (quote("Қорғаушылар шешімге шағымданбақ, ал белсенді баспана сұраған еді.", "шағымданбақ"),),
        "language": "kk",
        "former_title": "Астанада буряттық белсендінің ісі қаралды",
    }
    return telling(**fields | given)


def look(**given: Any) -> PageLook:
    """A look that found a changed text, with a copy."""
    fields: dict[str, Any] = {
        "url": "https://news.example/2026/11/vydacha?id=7&page=2",
        "at": NOON + timedelta(hours=9),
        "sight": Sight.CHANGED,
        "said": (
            "Заголовок: было «Суд разрешил выдать активиста», стало «Суд в Астане разрешил выдать России активиста»\n"
            "было «просил убежища с мая», стало «просил убежища полгода»\nдобавлено «Адвокат обжалует решение.»\n"
            "убрано «Его имя не называют.»\n… и ещё изменений: 2"
        ),
        "digest": sha256(b"copy").hexdigest(),
    }
    return PageLook(**fields | given)


def story(number: int = 0, **given: Any) -> SiteStory:
    """A story told by three outlets, with a history of its page; belongs to the case of `case()`."""
    fields: dict[str, Any] = {
        "brief": brief(number, case=3, updated_at=NOON + timedelta(hours=2)),
        "tellings": (telling(), kazakh_telling(), telling(outlet="Чужая лента", url="javascript:alert(1)", quotes=())),
        "looks": (
            look(),
            look(at=NOON + timedelta(hours=30), sight=Sight.MISSING, said="", digest=""),
            look(at=NOON + timedelta(hours=34), sight=Sight.GONE, said="ответ 404", digest=sha256(b"404").hexdigest()),
        ),
        "post_url": "https://t.me/channel/17",
        "follows": 997,
        "followed_by": (994,),
    }  # fmt: skip
    return SiteStory(**fields | given)


def plain_story(of: StoryBrief) -> SiteStory:
    """A story with one telling and nothing else, as most are."""
    told = telling(outlet=of.outlets[0], headline=Quote(text=of.title), language=of.languages[0])
    return SiteStory(brief=of, tellings=(told,))


def case(**given: Any) -> SiteCase:
    """A case of three stories."""
    fields: dict[str, Any] = {
        "id": 3,
        "title": "Дело активиста из Бурятии",
        "opened_at": NOON,
        "stories": (994, 997, 1000),
    }
    return SiteCase(**fields | given)


def rules(topic: SiteTopic, **given: Any) -> TopicRules:
    """A topic with its rules and precision."""
    fields: dict[str, Any] = {
        "id": topic.id,
        "title": topic.title,
        "hashtag": topic.hashtag,
        "rules": ("выдворение в Россию", "выдача в Россию", "задержан по запросу России"),
        "precision": Precision(published=182, rejected=14) if topic is not KNB else Precision(),
    }
    return TopicRules(**fields | given)


def about(**given: Any) -> SiteAbout:
    """What stands behind the made archive."""
    names = ("Медиазона", "Азаттық", "Власть", "Orda.kz", "Егемен Қазақстан", "Уральская неделя", "КазТАГ", "Медуза")
    fields: dict[str, Any] = {
        "outlets": tuple(
            Outlet(name=name, url=f"https://feed{place}.example/rss", language="kk" if "қ" in name else "ru")
            for place, name in enumerate(names)
        ),
        "topics": tuple(rules(topic) for topic in TOPICS),
        "counters": (
            SiteCounter(id="handed", title="Выданы или выдворены"),
            SiteCounter(id="freed", title="Выдача отклонена"),
        ),
        "channel": "https://t.me/channel",
        "address": ADDRESS,
        "since": NOON - timedelta(days=200),
    }
    return SiteAbout(**fields | given)


def archive(renderer: Renderer, listed: list[StoryBrief], *, of: SiteAbout) -> Iterator[Page]:
    """Every page of an archive of these stories (the newest first); each that belongs to a case is of `case()`."""
    opened = case(stories=tuple(item.id for item in reversed(listed) if item.case))
    months = {
        month: list(told)
        for month, told in groupby(listed, key=lambda item: f"{item.posted_at.astimezone(renderer.zone):%Y-%m}")
    }
    for item in listed:
        whole = story(brief=item, follows=None, followed_by=()) if item.case else plain_story(item)
        yield from renderer.story(whole, case=opened if item.case else None)
    yield from renderer.tombstone(Takedown(story=1, at=NOON, why="по просьбе"))
    yield from renderer.latest(listed)
    for topic in of.topics:
        yield from renderer.topic(topic, [item for item in listed if topic.id in {one.id for one in item.topics}])
    for month, told in months.items():
        yield from renderer.month(month, told)
    yield from renderer.months({month: len(told) for month, told in months.items()})
    yield from renderer.case(opened, [item for item in listed if item.case])
    yield from renderer.cases([opened], {item.id: item for item in listed})
    yield from renderer.charts(listed)
    yield from renderer.about_page(listed)
    yield from renderer.search(listed)
    yield from renderer.static()
