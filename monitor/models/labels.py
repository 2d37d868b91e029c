"""Russian words for states, tiers, outcomes, durations and the like: the same in the terminal and in chats. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Protocol

from monitor.models.articles import LONGEST_TEXT, Outcome, Tier
from monitor.models.channels import Destination, Sound
from monitor.models.evidence import Sight
from monitor.models.feeds import TOO_LONG, FeedHealth, FeedKind, Trouble
from monitor.models.health import EvidenceVitals
from monitor.models.outbox import DeliveryState, OutboxSummary
from monitor.models.search import Coverage

_HALF_A_DAY = timedelta(hours=12)
_MOST_NAMES = 3
CUT_TEXT = f"текст длинный: прочитаны и сравнены первые {LONGEST_TEXT:_} знаков".replace("_", " ")
LATE = timedelta(minutes=10)  # a page that has waited less for its look is not mentioned

STATES = {
    DeliveryState.PENDING: "ждёт отправки",
    DeliveryState.SENDING: "отправляется",
    DeliveryState.SENT: "отправлено",
    DeliveryState.UNCERTAIN: "неясно, ушло ли",
    DeliveryState.REJECTED: "Telegram отверг",
    DeliveryState.CANCELLED: "снято",
    DeliveryState.DIGESTED: "вошло в сводку",
}

TIERS = {Tier.POST: "сразу в канал", Tier.REVIEW: "сначала редактору", Tier.NONE: "никуда"}
TIER_WORDS = TIERS | {Tier.REVIEW: "редактору"}  # within a sentence
VERDICTS = TIERS | {Tier.NONE: "не подходит"}  # for a text as a whole

OUTCOMES = {
    Outcome.POSTED: "начало новой истории: пост в канал",
    Outcome.JOINED: "ещё одно изложение истории, о которой уже рассказано",
    Outcome.REVIEW: "отдано редактору",
    Outcome.REJECTED: "редактор отклонил",
    Outcome.UNMATCHED: "не подошло ни одной теме",
    Outcome.VETOED: "подошла бы, но в ней есть слово, которое правило запрещает",
    Outcome.BASELINE: "уже стояло в ленте, когда бот увидел её впервые",
    Outcome.TOO_OLD: "старая новость всплыла снова",
    Outcome.DUPLICATE: "та же статья ещё раз",
}

OUTCOME_WORDS = {  # short, to be typed
    Outcome.POSTED: "пост",
    Outcome.JOINED: "изложение",
    Outcome.REVIEW: "редактору",
    Outcome.REJECTED: "отклонено",
    Outcome.UNMATCHED: "мимо",
    Outcome.VETOED: "запрет",
    Outcome.BASELINE: "первое",
    Outcome.TOO_OLD: "старое",
    Outcome.DUPLICATE: "повтор",
}

TROUBLES = {
    Trouble.FAILING: "не отвечает",
    Trouble.OVERDUE: "опрос давно просрочен",
    Trouble.EMPTY: "пустая: ни одной записи",
    Trouble.DAMAGED: "обрывается на середине",
    Trouble.LONG: TOO_LONG,
    Trouble.SILENT: "молчит дольше обычного",
    Trouble.GAP: "сменилась целиком между опросами",
    Trouble.BARE: "страницы без текста",
    Trouble.AWAY: "читается по запасному адресу",
    Trouble.LYING: "врёт, что не менялась",
}


KINDS = {
    FeedKind.RSS: "RSS",
    FeedKind.ATOM: "Atom",
    FeedKind.JSON: "JSON Feed",
    FeedKind.HTML: "страница со списком новостей",
    FeedKind.SITEMAP: "карта новостей сайта (sitemap)",
    FeedKind.TELEGRAM: "канал Telegram",
}

LANGUAGES = {"ru": "русский", "kk": "казахский", "both": "русский и казахский"}

_NEWS = {"ru": "на русском", "kk": "на казахском"}
_TONGUES = {"ru": "по-русски", "kk": "по-казахски", "en": "по-английски"}
_SOUNDS = {Sound.URGENT: "со звуком — срочное", Sound.ALL: "всё со звуком", Sound.NONE: "всё без звука"}


UNASKED = (
    "чат редакторов не задан (MONITOR_REVIEW_CHAT), о новостях правил tier: review никто не спросит. "
    "Решить их можно за столом (MONITOR_DESK_PORT)."
)


def queue(counts: Mapping[str, int]) -> str:
    """Format the number of deliveries by state: «ждёт отправки 2, отправлено 31»; «пуста» for none."""
    return ", ".join(f"{STATES[state]} {counts[state]}" for state in DeliveryState if counts.get(state)) or "пуста"


def troubles(feed: FeedHealth) -> str:
    """Say what is wrong with a feed; "" if nothing is."""
    return "; ".join(filter(None, [*map(TROUBLES.__getitem__, feed.troubles), feed.failure]))


class _Pausable(Protocol):
    """A feed, or its health."""

    @property
    def paused_until(self) -> datetime | None: ...
    @property
    def paused_because(self) -> str: ...


def pause(feed: _Pausable, now: datetime, zone: tzinfo) -> str:
    """Say why a feed is paused now, as `given_pause`; "" if it is not."""
    return given_pause(feed, zone) if feed.paused_until and now < feed.paused_until else ""


def given_pause(feed: _Pausable, zone: tzinfo) -> str:
    """Describe a feed's pause, over or not: «на паузе до 10.12.2026: сайт взломан»; "" if none was set.

    The day is the one that was chosen: a pause ends at midnight in the feed's zone, some hours from midnight in `zone`.
    """
    if feed.paused_until is None:
        return ""
    return f"на паузе до {feed.paused_until.astimezone(zone) + _HALF_A_DAY:%d.%m.%Y}: {feed.paused_because}"


def moment(at: datetime, zone: tzinfo) -> str:
    """Format a time in a zone: «30.11.2026 18:24»."""
    return f"{at.astimezone(zone):%d.%m.%Y %H:%M}"


def sentence(said: str) -> str:
    """End a text with a full stop unless it has one: durations («3 дн.») and people's texts may."""
    return said if said.endswith((".", "!", "?", "…")) else f"{said}."


def span(duration: timedelta) -> str:
    """Format a duration in its largest fitting unit, rounded down: «45 с», «90 мин», «30 ч», «3 дн.»."""
    seconds = max(int(duration.total_seconds()), 0)
    minutes = seconds // 60
    if minutes < 1:
        return f"{seconds} с"
    if minutes < 120:
        return f"{minutes} мин"
    return f"{minutes // 60} ч" if minutes < 48 * 60 else f"{minutes // 1440} дн."


def ago(at: datetime | None, now: datetime) -> str:
    """Format the time since: «3 ч назад»; "—" for never."""
    return f"{span(now - at)} назад" if at else "—"


def ahead(at: datetime, now: datetime) -> str:
    """Format the time until: «через 3 ч»; «сейчас» if it has come."""
    return f"через {span(at - now)}" if at > now else "сейчас"


def delays(outbox: OutboxSummary) -> Iterator[str]:
    """Yield the delays of posts: «от находки до канала: обычно 20 с, дольше всего 3 мин»."""
    for what, took in (("от публикации до находки", outbox.found_after), ("от находки до канала", outbox.sent_after)):
        if took:
            yield f"{what}: обычно {span(took[len(took) // 2])}, дольше всего {span(took[-1])}"


def copies(evidence: EvidenceVitals, folder_bytes: int, now: datetime) -> str:
    """Describe the copies of pages: the numbers, then what a maintainer should look into."""
    said = f"Копии: страниц под наблюдением {evidence.pages}, копий {evidence.captures}, на диске {size(folder_bytes)}"
    if evidence.unstamped is not None:
        said += f", звеньев без метки времени {evidence.unstamped}"
    if evidence.due_since and now - evidence.due_since >= LATE:
        said += f"; дольше всех ждёт взгляда ({span(now - evidence.due_since)}): {evidence.due_url}"
    return said


def size(count: int) -> str:
    """Format bytes in their largest fitting unit: «0 кБ», «812 кБ», «3,4 МБ», «1,2 ГБ»."""
    for unit, of in (("ГБ", 10**9), ("МБ", 10**6)):
        if count >= of:
            return f"{count / of:.1f} {unit}".replace(".", ",")
    return f"{-(-count // 1000)} кБ"


def searchable(coverage: Coverage, zone: tzinfo) -> str:
    """Say what a search covers, in one or two sentences."""
    said = f"Поиск знает текстов: {coverage.texts}"
    if coverage.since:
        said += f"; неподошедшие — с {coverage.since.astimezone(zone):%d.%m.%Y}"
    behind = f" Ещё не в поиске: {coverage.behind}, они появятся в нём сами." if coverage.behind else ""
    return f"{said}.{behind}"


NO_OR = "«или» ищется, как любое слово: в новости должны стоять все. Спросите о каждом слове отдельно."


def half_named(names: Sequence[str]) -> str:
    """Say how to ask for feeds of which a query has only the first words."""
    written = " или ".join(f"лента:«{name}»" for name in names[:_MOST_NAMES])
    return f"Имя ленты из нескольких слов пишут в кавычках: {written}"


def destination(to: Destination) -> str:
    """Name a destination for maintainers: «@kk «Казахша»»."""
    if to.name:
        return f"{to.chat} «{to.name}»"
    return f"{to.chat} (основной)" if to.chat else "основной канал (MONITOR_CHANNEL не задан)"


def wishes(to: Destination) -> str:
    """Describe what a destination gets: «новости на казахском, все темы, наши слова по-казахски, сводка в 20:00»."""
    return ", ".join(_wishes(to))


def _wishes(to: Destination) -> Iterator[str]:
    news = " и ".join(_NEWS[language] for language in sorted(to.languages, reverse=True))
    yield f"новости {news}" if news else "новости на всех языках"
    yield f"темы {', '.join(sorted(to.topics))}" if to.topics else "все темы"
    yield f"наши слова {_TONGUES[to.tongue]}"
    if to.brief:
        yield "без цитат"
    yield _SOUNDS[to.sound]
    if to.digest_at:
        yield f"сводка в {to.digest_at:%H:%M}"
    if to.index:
        yield "закреплённое оглавление"


_SIGHTS = {
    Sight.UNCHANGED: "без изменений",
    Sight.CHANGED: "изменилась",
    Sight.MISSING: "страницы нет (проверено один раз)",
    Sight.GONE: "исчезла с адреса",
    Sight.UNSEEN: "не удалось увидеть",
    Sight.BACK: "снова на месте",
}
_FIRST_SIGHTS = {Sight.UNCHANGED: "впервые увидена", Sight.CHANGED: "изменилась до первой копии"}


def sight_label(sight: Sight, *, is_first: bool) -> str:
    """Name the result of a look; the first one that sees a page cannot call it unchanged."""
    return (is_first and _FIRST_SIGHTS.get(sight)) or _SIGHTS[sight]
