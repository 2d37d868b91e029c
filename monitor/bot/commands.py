"""The commands of the maintainers' and the operator's chats: which there are, and what each that only reads answers.

Answers are Telegram HTML; what comes in is bounded and escaped. `/evidence` and `/find` stand in files of their own;
the commands that change something are `MuteCommands` (mute_commands.py) and `Reviews.undo`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from monitor.bot.case_command import CaseCommand
from monitor.bot.desk_command import DeskCommand
from monitor.bot.evidence_command import EvidenceCommand
from monitor.bot.find_command import FindCommand
from monitor.bot.mute_commands import MuteCommands
from monitor.bot.retract_command import RetractCommand
from monitor.bot.review_chat import NO_BUTTON, Answer, Command, CommandCall, Press
from monitor.matching import explanation
from monitor.matching.matcher import Matcher
from monitor.matching.mutes import mute_label
from monitor.models.labels import TIER_WORDS, queue, troubles
from monitor.models.outbox import Buttons, DeliveryState, OutboxRow
from monitor.storage.evidence.notices import PageNotices
from monitor.storage.feeds import FeedStore
from monitor.storage.history import History, Member
from monitor.storage.mutes import MuteStore
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.reviews import Reviews
from monitor.storage.stats import Stats
from monitor.stories import page_notice
from monitor.stories.corrections import removal, retraction
from monitor.stories.question import outcome_label
from monitor.text.dates import from_headline
from monitor.text.numbers import whole
from monitor.text.telegram_html import Html, fitting, join, line, link, tag, text
from monitor.text.urls import only_address

LATELY: Final = timedelta(days=1)
UNCERTAIN_BUTTON: Final = "u"  # the buttons under a question about an uncertain post carry this and its number
_LONGEST_LINE: Final = 200  # UTF-16 units
_LONGEST_REASON: Final = 500
_MOST_LINES: Final = 12  # of feeds, of entries, of topics
_HELP: Final = {
    "status": "как идут дела: ленты, отправка, сколько новостей ждёт решения",
    "feeds": "ленты, у которых что-то не так",
    "why": "/why ссылка: что бот решил про эту новость и почему",
    "check": "/check текст: что правила скажут про этот текст",
    "evidence": "/evidence ссылка: копии страницы, что на ней изменилось, на месте ли она",
    "find": "/find слова: найти прочитанные новости, и неподошедшие; можно «фраза», -слово, лента:, с:, по:, итог:",
    "mute": "/mute правило часы: пусть правило помолчит; одно /mute — какие молчат и какие срабатывают чаще всего",
    "unmute": "/unmute правило: пусть снова говорит",
    "case": "/case история название: открыть дело со своей страницей в архиве; одно /case — какие открыты",
    "retract": "/retract история почему: опровергнуть — посты зачёркиваются; «удалить: почему» — удаляются",
    "unretract": "/unretract история: вернуть опровергнутое",
    "desk": "ссылка за стол: слова, ленты и новости в браузере; /desk out — закрыть его для всех",
    "undo": "вернуть последнее решение; если пост уже в канале — предложить удалить его",
    "help": "этот список",
}
_OPERATOR_DECISIONS: Final = {
    "sent": (DeliveryState.CANCELLED, "Записано: сообщение есть, снова не отправляем."),
    "again": (DeliveryState.PENDING, "Сообщение будет отправлено снова."),
}


def write_commands(
    reviews: Reviews,
    mutes: MuteCommands,
    case: CaseCommand,
    retract: RetractCommand,
    desk: DeskCommand,
    *,
    clock: Callable[[], datetime],
) -> Mapping[str, Command]:
    """The commands of the maintainers' chat that change something, by name."""
    return {
        "case": case,
        "desk": desk,
        "retract": retract.retract,
        "unretract": retract.restore,
        "undo": lambda call: reviews.undo(call.chat, call.key, clock()),
        "mute": mutes.mute,
        "unmute": mutes.unmute,
    }


def review_presses(
    reviews: Reviews, notices: PageNotices, retract: RetractCommand, clock: Callable[[], datetime]
) -> Mapping[str, Press]:
    """What the buttons of the maintainers' chat do that stand under no question."""

    def remove(call: CommandCall) -> str:
        if post := removal.parse_press(call.argument):
            return reviews.remove_post(*post, chat=call.chat, initial=call.initial, now=clock())
        return NO_BUTTON

    def tell_of_page(call: CommandCall) -> str:
        if press := page_notice.parse_press(call.argument):
            observation, announce = press
            return notices.decide(observation, announce=announce, initial=call.initial, now=clock())
        return NO_BUTTON

    return {
        removal.REMOVE_BUTTON: remove,
        page_notice.BUTTON: tell_of_page,
        retraction.RETRACT_BUTTON: retract.offer,
    }


class ReadCommands:
    """Answers from the database; each command takes what was written after its name and raises DatabaseError.

    `matcher` holds the rules of now; a reload puts new ones there. `zone` is the readers' time zone.
    """

    def __init__(
        self,
        *,
        feeds: FeedStore,
        outbox: Outbox,
        stats: Stats,
        history: History,
        reviews: Reviews,
        mutes: MuteStore,
        evidence: EvidenceCommand,
        find: FindCommand,
        matcher: Matcher,
        zone: str,
        clock: Callable[[], datetime],
    ) -> None:
        self.matcher, self._evidence, self._find = matcher, evidence, find
        self._feeds, self._outbox, self._stats, self._history = feeds, outbox, stats, history
        self._reviews, self._mutes, self._zone, self._clock = reviews, mutes, zone, clock

    def review_commands(self) -> Mapping[str, Answer]:
        """The commands of the maintainers' chat, by name."""
        more: dict[str, Answer] = {"why": self.why, "check": self.check, "evidence": self._evidence, "find": self._find}
        return self.operator_commands() | more | _helps(_HELP)

    def operator_commands(self) -> dict[str, Answer]:
        """What the operator's chat may ask when it is not the maintainers', by name."""
        return {"status": self.status, "feeds": self.feeds} | _helps(("status", "feeds", "help"))

    def status(self, _argument: str) -> Html:
        """Feeds, outbox, undecided questions, muted rules: a line each."""
        now = self._clock()
        feeds, counts = self._feeds.health(now), self._stats.summary(now - LATELY).counts
        bad = sum(bool(feed.failure or feed.troubles) for feed in feeds)
        waiting = self._reviews.waiting()
        return _lines(
            f"Ленты: {len(feeds)}, с замечаниями {bad}",
            f"Очередь: {queue(counts)}",
            f"Ждут решения редактора: {waiting.open}, не проверено вовремя: {waiting.expired}",
            *_first([f"На паузе: {mute_label(mute, zone=self._zone)}" for mute in self._mutes.active(now)]),
        )

    def feeds(self, _argument: str) -> Html:
        """The feeds that have something wrong with them."""
        feeds = self._feeds.health(self._clock())
        bad = [f"{feed.name}: {troubles(feed)}" for feed in feeds if feed.failure or feed.troubles]
        return _lines(f"Ленты: {len(feeds)}, с замечаниями {len(bad)}", *_first(bad))

    def why(self, argument: str) -> Html:
        """What became of the entries at an address, and what the rules say of them now."""
        address = only_address(argument)
        if not address:
            return text("Нужна одна ссылка. Пишите так: /why https://адрес.новости")
        members = self._history.list_entries(address)
        if not members:
            return text("Такого адреса бот не видел.")
        fact, *others = map(_fact, members[:_MOST_LINES])
        kept = next((member for member in members if member.text is not None), None)
        reports = self._reports(kept.title, kept.text or "") if kept else [text("Текст этой новости не хранится.")]
        count = len(reports)
        return fitting([*reports, *others], lambda rows: join("\n\n", (fact, *rows[count:], join("\n", rows[:count]))))

    def check(self, argument: str) -> Html:
        """What the rules say of a text; its first line counts as the headline."""
        title, _, body = from_headline(argument).partition("\n")
        if not argument:
            return text("Пишите так: /check текст новости")
        return fitting(self._reports(title, body), lambda rows: join("\n", rows))

    def _reports(self, title: str, body: str) -> list[Html]:
        muted = [mute.name.key for mute in self._mutes.active(self._clock())]
        reports = explanation.explain(self.matcher.muting(muted), title=title, text=body)
        return [_report(report) for report in reports[:_MOST_LINES]]

    def uncertain_posts(self, since: datetime) -> Sequence[tuple[str, Html, Buttons]]:
        """Key, text and buttons of a question to the operator about each post that is uncertain `since` or longer."""
        rows = self._outbox.rows((DeliveryState.UNCERTAIN,))
        return [_question(row) for row in rows if row.updated_at <= since]

    def settle_uncertain(self, call: CommandCall) -> str:
        """Do what the operator says of an uncertain post, `12:sent` or `12:again`; the first decision counts.

        Returns the plain text that answers the press.
        """
        written, _, decision = call.argument.partition(":")
        number = whole(written)
        if decision not in _OPERATOR_DECISIONS or number is None:
            return NO_BUTTON
        state, answer = _OPERATOR_DECISIONS[decision]
        uncertain = (DeliveryState.UNCERTAIN,)
        decided = self._outbox.decide(number, allowed=uncertain, to=state, now=self._clock())
        return answer if decided else "Уже решено."


def _helps(names: Iterable[str]) -> dict[str, Answer]:
    """What lists these commands, by name."""
    listing = _lines("Что я понимаю:", *(f"/{name} — {_HELP[name]}" for name in names))
    return dict.fromkeys(("help", "start"), lambda _argument: listing)


def _question(row: OutboxRow) -> tuple[str, Html, Buttons]:
    question = text(f"Неясно, ушло ли сообщение {row.id} в {row.chat}. Посмотрите в чат: есть ли там оно?")
    data = f"{UNCERTAIN_BUTTON}:{row.id}"
    buttons = ((("Отправлено", f"{data}:sent"), ("Отправить снова", f"{data}:again")),)
    post = link(line(row.title or row.url, _LONGEST_LINE), row.url)
    return f"doubt:{row.id}:{row.attempts}", join("\n", (question, post)), buttons


def _fact(member: Member) -> Html:
    head = tag("b", link(line(member.title, _LONGEST_LINE) or member.feed, member.url))
    of_story = f" · история {member.story_id}" if member.story_id else ""
    retracted = retraction.label(member.retracted) if member.retracted else ""
    became = outcome_label(member.outcome, member.reason)
    outcome = _lines(f"{member.feed}: {became}{of_story}", retracted, member.reason)
    return join("\n", (head, outcome))


def _report(report: explanation.TopicReport) -> Html:
    title, fired = tag("b", text(line(report.title, _LONGEST_LINE))), report.fired
    if fired is None or report.is_hinted:
        return join(" ", (title, text("— нет: " + line(explanation.lack(report), _LONGEST_REASON))))
    tier = TIER_WORDS[fired.tier]
    met = text(line(f"— правило «{fired.rule}», {tier}: {explanation.join_lines(report.lines)}", _LONGEST_REASON))
    lack = explanation.lack_of_post(report)
    missed = [text(line(f"Сразу в канал не пошло бы: {lack}", _LONGEST_REASON))] if lack else []
    return join("\n", (join(" ", (title, met)), *missed))


def _first(lines: Sequence[str]) -> Sequence[str]:
    more = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], *([f"и ещё {more}"] if more > 0 else [])]


def _lines(*lines: str) -> Html:
    return join("\n", [text(line(plain, _LONGEST_LINE)) for plain in lines if plain])
