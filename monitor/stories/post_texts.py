"""Our own words in posts, in the destinations' three languages. Headlines and quotes keep their own language."""

from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from monitor.models.articles import Language, TopicVerdict
from monitor.models.channels import Tongue
from monitor.stories.novelty import CONFIRMATION, DENIAL, NAME, NUMBER, PLACE
from monitor.text.telegram_html import line


class PostTexts(NamedTuple):
    """The words in one language."""

    new: str
    unconfirmed: str
    denied: str
    rewritten: str
    news: str  # what a story is about if it has no topic
    untitled: str
    former: str  # a template for the previous headline
    case: str
    archive: str
    others: str
    more: str  # a template for a count
    things: dict[str, str]  # what is new, by its kind
    topics: dict[str, str]  # short names of topics, by id; keywords.yaml names the others
    months: tuple[str, ...]
    day: str  # a template for day, month and year
    past_day: str
    retracted: str
    of_day: str  # title of a day's digest, before a count
    cases: str  # title of the open cases in the index; the next one is that of the week's stories
    week: str
    no_news: str
    last: str  # a case's last news, before a day
    above: str  # a template for a count: what a digest has no room for
    piled_up: str  # title of a digest after a flood, before a count
    piece: str  # a template for a page's number and the number of pages
    no_topic: str


TEXTS: Final[dict[Tongue, PostTexts]] = {
    "ru": PostTexts(
        new="Новое",
        unconfirmed="не подтверждено",
        denied="опровергают",
        rewritten="заголовок изменён",
        news="Новость",
        untitled="Без заголовка",
        former="Заголовок изменён, прежний: «{}»",
        case="дело",
        archive="архив",
        others="Ещё пишут",
        more="и ещё {}",
        things={
            DENIAL: "опровергают",
            CONFIRMATION: "подтверждают",
            NAME: "ещё одно имя",
            PLACE: "ещё одно место",
            NUMBER: "другое число",
        },
        topics={},
        months=(
            *("января", "февраля", "марта", "апреля", "мая", "июня"),
            *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
        ),
        day="{day} {month}",
        past_day="{day} {month} {year}",
        retracted="Опровергнуто",
        of_day="За сутки",
        cases="Открытые дела",
        week="За последние семь дней",
        no_news="Новостей не было.",
        last="последняя новость",
        above="и ещё {}: они в канале выше",
        piled_up="Накопилось новостей",
        piece="часть {} из {}",
        no_topic="Другое",
    ),
    "kk": PostTexts(
        new="Жаңа",
        unconfirmed="расталмаған",
        denied="жоққа шығарады",
        rewritten="тақырып өзгерді",
        news="Жаңалық",
        untitled="Тақырыпсыз",
        former="Тақырып өзгерді, бұрынғысы: «{}»",
        case="іс",
        archive="мұрағат",
        others="Тағы жазғандар",
        more="және тағы {}",
        things={
            DENIAL: "жоққа шығарады",
            CONFIRMATION: "растайды",
            NAME: "тағы бір есім",
            PLACE: "тағы бір жер",
            NUMBER: "басқа сан",
        },
        topics={"extradition": "Экстрадиция", "rvp": "Тұруға рұқсат", "knb": "ҰҚК"},
        months=(
            *("қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым"),
            *("шілде", "тамыз", "қыркүйек", "қазан", "қараша", "желтоқсан"),
        ),
        day="{day} {month}",
        past_day="{year} жылғы {day} {month}",
        retracted="Теріске шығарылды",
        of_day="Бір тәулікте",
        cases="Ашық істер",
        week="Соңғы жеті күнде",
        no_news="Жаңалық болған жоқ.",
        last="соңғы жаңалық",
        above="және тағы {}: олар арнада жоғарыда",
        piled_up="Жиналған жаңалықтар",
        piece="{}-бөлік, барлығы {}",
        no_topic="Басқа",
    ),
    "en": PostTexts(
        new="New",
        unconfirmed="unconfirmed",
        denied="denied",
        rewritten="headline changed",
        news="News",
        untitled="No headline",
        former="Headline changed, it was: “{}”",
        case="case",
        archive="archive",
        others="Also",
        more="and {} more",
        things={
            DENIAL: "denied",
            CONFIRMATION: "confirmed",
            NAME: "another name",
            PLACE: "another place",
            NUMBER: "another number",
        },
        topics={"extradition": "Extradition", "rvp": "Residence permits", "knb": "KNB"},
        months=(
            *("January", "February", "March", "April", "May", "June"),
            *("July", "August", "September", "October", "November", "December"),
        ),
        day="{day} {month}",
        past_day="{day} {month} {year}",
        retracted="Retracted",
        of_day="In 24 hours",
        cases="Open cases",
        week="In the last seven days",
        no_news="There was no news.",
        last="last news",
        above="and {} more, above in the channel",
        piled_up="News that piled up",
        piece="part {} of {}",
        no_topic="Other",
    ),
}

_LANGUAGES: Final[dict[Tongue, dict[Language, str]]] = {
    "ru": {"ru": "рус.", "kk": "қаз."},
    "kk": {"ru": "орыс.", "kk": "қаз."},
    "en": {"ru": "Russian", "kk": "Kazakh"},
}
ZONE: Final = "Asia/Almaty"  # subscribers' time zone
_YEARS: Final = range(1990, 2100)  # a feed's default value (1970, 0001, 9999) is not a date
_SHORT_UNITS, _LONGEST_UNITS = 20, 30


def moment(at: datetime | None, now: datetime, tongue: Tongue) -> str:
    """Format a time: «14:05» if on the day of `now`, else «22 ноября, 14:05», in another year «22 ноября 2025, 14:05».

    In the time zone of Almaty. "" for an impossible date.
    """
    if at is None or at.year not in _YEARS:
        return ""
    zone, words = ZoneInfo(ZONE), TEXTS[tongue]
    local, today = at.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    form = words.day if local.year == today.year else words.past_day
    return f"{form.format(day=local.day, month=words.months[local.month - 1], year=local.year)}, {local:%H:%M}"


def in_language(outlet: str, language: Language | None, tongue: Tongue) -> str:
    """Return the outlet's name, with its article's language if that is another one: «Азаттық (қаз.)»."""
    return outlet if language is None or language == tongue else f"{outlet} ({_LANGUAGES[tongue][language]})"


def topic_title(topic: TopicVerdict, tongue: Tongue) -> str:
    """Return the maintainers' title in this language, else ours, else their Russian one; still to be escaped."""
    own = {"kk": topic.title_kk, "en": topic.title_en}.get(tongue)
    return own or TEXTS[tongue].topics.get(topic.id, topic.title)


def topic_name(topic: TopicVerdict, tongue: Tongue) -> str:
    """Return a topic's short name: its title, or its hashtag if the title is long; still to be escaped."""
    title = line(topic_title(topic, tongue), _LONGEST_UNITS)
    tag = line(topic.hashtag.replace("_", " "), _LONGEST_UNITS)
    name = tag if tag and (not title or len(title) > _SHORT_UNITS) else title
    return name[:1].upper() + name[1:]
