"""Distinct stories for the system tests: none resembles another, so each gets its own post."""

from datetime import UTC, datetime, timedelta
from itertools import islice, product

from tests.servers.web import Item, WebServer, rss

_NAMES = ("Артём", "Богдан", "Виталий", "Глеб", "Денис", "Егор")
_SURNAMES = ("Пробников", "Выдумкин", "Небылицын", "Сочинялов", "Примеров")
_CITIES = ("Актобе", "Уральске", "Костанае", "Шымкенте", "Павлодаре", "Атырау", "Таразе")
_BIOGRAPHIES = (
    "служил связистом на севере и ушёл из части пешком через степь с одним рюкзаком",
    "преподавал географию в сельской школе, печатал стихи против войны и потерял работу",
    "чинил лифты, снимал ролики о дорогах и однажды вышел на площадь с чистым листом",
    "водил автобус между двумя городами, помогал призывникам и прятал их документы",
    "держал пекарню, отказался вешать плакат на витрину и получил повестку в тот же вечер",
    "работал фельдшером, записал рассказ раненых солдат и отправил его журналистам",
    "паял усилители, играл на барабанах и подписал открытое письмо музыкантов",
)
_LAST_SENTENCES = (
    "Мать узнала об этом от соседки по камере и пишет жалобу уполномоченному.",
    "Коллеги собирают подписи, посольство третьей страны обещает визу.",
    "Заседание перенесли на декабрь, переводчика снова не нашли.",
    "Друзья дежурят у изолятора и передают тёплые вещи.",
    "Следующее слушание закрыто для прессы, сообщила защитница.",
)


def relevant(count: int, *, whole: bool = True) -> list[tuple[str, str]]:
    """Titles and texts about extraditions of Russians from Kazakhstan, all different people and events.

    Those that are not `whole` are so short that the monitor asks for their page, of one host once a second.
    """
    people = islice(product(_SURNAMES, _NAMES), count)
    return [
        (
            f"{name} {surname}: история {number}",
            f"Суд в городе, в {_CITIES[number % 7]}, разрешил выдачу. Казахстан экстрадирует россиянина "
            f"{name}а {surname}а. Раньше он {_BIOGRAPHIES[number % 7]}. {_LAST_SENTENCES[number % 5]} "
            + f"Дело номер {number * 7919} {_BIOGRAPHIES[(number * 3 + 2) % 7]}."
            * (5 if whole else 3),
        )
        for number, (surname, name) in enumerate(people)
    ]


def item(web: WebServer, path: str, title: str, text: str, *, age: timedelta = timedelta(hours=1)) -> Item:
    """A full-text item of a feed at `path`."""
    link = f"{web.url}{path}/{abs(hash(title)) % 10**9}"
    return Item(title=title, link=link, guid=link, content=f"<p>{text}</p>", published=datetime.now(UTC) - age)  # noqa: TID251 - the world outside the product has a clock of its own


def feed_of(web: WebServer, path: str, stories: list[tuple[str, str]]) -> str:
    """Put a feed with these stories at `path`; returns its address."""
    return web.serve(path, rss([item(web, path, title, text) for title, text in stories]), etag="auto")
