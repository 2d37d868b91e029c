"""What the bot answers to the commands of the maintainers' and the operator's chats, as Telegram HTML.

It only reads, but for the buttons under a post in doubt. What comes in is bounded and escaped.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from monitor.bot.review_chat import Command, CommandCall
from monitor.matching import explanation
from monitor.matching.matcher import Matcher
from monitor.matching.mutes import Mute, MuteRequest, RuleName, listing, mute_label, mute_request, names_of, one_of
from monitor.models.labels import OUTCOMES, queue, troubles
from monitor.models.outbox import Buttons, DeliveryState, OutboxRow
from monitor.storage.history import History, Member
from monitor.storage.mutes import MuteStore
from monitor.storage.outbox import Outbox
from monitor.storage.polls import Store
from monitor.storage.reviews import Reviews
from monitor.storage.stats import Stats
from monitor.text.telegram_html import Html, join, line, link, tag, text

BUSY_LATELY: Final = timedelta(days=7)


LATELY: Final = timedelta(days=1)
IN_DOUBT: Final = "u"  # the buttons under a post in doubt carry this and the delivery's number
_LONGEST: Final = 200  # UTF-16 units of a line
_SHOWN: Final = 12  # of feeds, of tellings, of topics
_HELP: Final = {
    "status": "как идут дела: ленты, отправка, сколько новостей ждёт решения",
    "feeds": "ленты, у которых что-то не так",
    "why": "/why ссылка: что бот решил про эту новость и почему",
    "check": "/check текст: что правила скажут про этот текст",
    "mute": "/mute правило часы: пусть правило помолчит; одно /mute — какие молчат и какие срабатывают чаще всего",
    "unmute": "/unmute правило: пусть снова говорит",
    "undo": "вернуть последнее решение, пока пост не ушёл в канал",
    "help": "этот список",
}
_DOUBTS = {
    "sent": (DeliveryState.CANCELLED, "Записано: сообщение есть, снова не отправляем."),
    "again": (DeliveryState.PENDING, "Сообщение будет отправлено снова."),
}


class ReadCommands:
    """Answers from the record. `matcher` holds the rules of now; a reload puts new ones there. `zone` is the readers'
    clock.
    """

    def __init__(
        self,
        *,
        store: Store,
        outbox: Outbox,
        lookout: Stats,
        history: History,
        reviews: Reviews,
        mutes: MuteStore,
        matcher: Matcher,
        zone: str,
        clock: Callable[[], datetime],
    ) -> None:
        self.matcher = matcher
        self._lookout, self._mutes, self._zone = lookout, mutes, zone
        self._store, self._outbox, self._history, self._reviews, self._clock = store, outbox, history, reviews, clock

    def status(self, _said: str) -> Html:
        """Feeds, outbox, undecided questions, muted rules: a line each."""
        now = self._clock()
        feeds, counts = self._store.feed_health(now), self._lookout.summary(now - LATELY).counts
        bad = sum(bool(feed.failure or feed.troubles) for feed in feeds)
        waiting = self._reviews.waiting()
        return _lines(
            f"Ленты: {len(feeds)}, с замечаниями {bad}",
            f"Очередь: {queue(counts)}",
            f"Ждут решения редактора: {waiting.open}, не проверено вовремя: {waiting.expired}",
            *_some([f"На паузе: {mute_label(mute, zone=self._zone)}" for mute in self._mutes.active(now)]),
        )

    def feeds(self, _said: str) -> Html:
        """The feeds that have something wrong with them."""
        feeds = self._store.feed_health(self._clock())
        bad = [feed for feed in feeds if feed.failure or feed.troubles]
        named = [f"{feed.name}: {troubles(feed)}" for feed in bad]
        return _lines(f"Ленты: {len(feeds)}, с замечаниями {len(bad)}", *_some(named))

    def why(self, said: str) -> Html:
        """What became of the entries at an address, and what the rules say of them now."""
        address = (said.split() or [""])[0][:2_000]
        if not address:
            return text("Пишите так: /why https://адрес.новости")
        members = self._history.seen(address)
        if not members:
            return text("Такого адреса бот не видел.")
        facts = [_fact(member) for member in members[:_SHOWN]]
        read = next((one for one in members if one.text is not None), None)
        rules = self._rules(read.title, read.text or "") if read else text("Текст этой новости не хранится.")
        return join("\n\n", (*facts, rules))

    def check(self, said: str) -> Html:
        """What the rules say of a text; its first line counts as the headline."""
        title, _, rest = said.partition("\n")
        return self._rules(title, rest) if said else text("Пишите так: /check текст новости")

    def _rules(self, title: str, body: str) -> Html:
        muted = [mute.name.key for mute in self._mutes.active(self._clock())]
        reports = explanation.explain(self.matcher.muting(muted), title=title, text=body)
        return join("\n", [_report(report) for report in reports[:_SHOWN]])

    def help(self, _said: str) -> Html:
        """The commands there are."""
        return _lines("Что я понимаю:", *(f"/{name} — {what}" for name, what in _HELP.items()))

    def settle_doubt(self, data: str) -> str:
        """What the operator knows of a post in doubt: `12:sent` or `12:again`; the first word counts."""
        number, _, what = data.partition(":")
        if what not in _DOUBTS or not (number.isascii() and number.isdigit() and len(number) < 19):
            return "Эта кнопка больше не действует."
        to, said = _DOUBTS[what]
        uncertain = (DeliveryState.UNCERTAIN,)
        decided = self._outbox.decide(int(number), allowed=uncertain, to=to, now=self._clock())
        return said if decided else "Уже решено."

    def doubts(self, since: datetime) -> Sequence[tuple[str, Html, Buttons]]:
        """Key, text and buttons of a question to the operator about each post in doubt since before then."""
        rows = self._outbox.rows((DeliveryState.UNCERTAIN,))
        return [_doubt(row) for row in rows if row.updated_at <= since]


def _doubt(row: OutboxRow) -> tuple[str, Html, Buttons]:
    asked = text(f"Неясно, ушло ли сообщение {row.id} в {row.chat}. Посмотрите в чат: есть ли там оно?")
    buttons = ((("Отправлено", f"{IN_DOUBT}:{row.id}:sent"), ("Отправить снова", f"{IN_DOUBT}:{row.id}:again")),)
    about = link(line(row.title or row.url, _LONGEST), row.url)
    return f"doubt:{row.id}:{row.attempts}", join("\n", (asked, about)), buttons


def _fact(member: Member) -> Html:
    head = tag("b", link(line(member.title, _LONGEST) or member.feed, member.url))
    rest = _lines(f"{member.feed}: {OUTCOMES[member.outcome]}", member.reason)
    return join("\n", (head, rest))


def _report(report: explanation.TopicReport) -> Html:
    title = tag("b", text(line(report.title, _LONGEST)))
    if report.fired is None:
        return join(" ", (title, text("— нет: " + line(explanation.lack(report), _LONGEST))))
    words = ", ".join(dict.fromkeys(f"«{match.form}»" for match in report.fired.matches))
    tier = {"post": "сразу в канал", "review": "редактору"}[report.fired.tier]
    fired = f"— правило «{report.fired.rule}», {tier}: {words}"
    lacks = f". Сразу в канал: {lack}" if (lack := explanation.lack_of_post(report)) else ""
    return join(" ", (title, text(line(fired + lacks, 2 * _LONGEST))))


def _some(named: Sequence[str]) -> Sequence[str]:
    more = len(named) - _SHOWN
    return [*named[:_SHOWN], *([f"и ещё {more}"] if more > 0 else [])]


def _lines(*written: str) -> Html:
    return join("\n", [text(line(one, _LONGEST)) for one in written if one])


def read_commands_of(answering: ReadCommands) -> Mapping[str, Callable[[str], str]]:
    """Every command of the maintainers' chat."""
    return {
        "status": answering.status,
        "feeds": answering.feeds,
        "why": answering.why,
        "check": answering.check,
        "help": answering.help,
        "start": answering.help,
    }


def operator_commands_of(answering: ReadCommands) -> Mapping[str, Callable[[str], str]]:
    """What the operator's chat may ask when it is not the maintainers'."""
    return {name: answer for name, answer in read_commands_of(answering).items() if name not in ("why", "check")}


class MuteCommands:
    """What maintainers do about rules that make noise. `matcher` gives the rules of now, `zone` their clock.

    Everything is synchronous and raises DatabaseError.
    """

    def __init__(
        self,
        book: MuteStore,
        lookout: Stats,
        *,
        matcher: Callable[[], Matcher],
        zone: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._book, self._lookout = book, lookout
        self._matcher, self._zone, self._clock = matcher, zone, clock

    def mute(self, order: CommandCall) -> None:
        """`/mute правило часы`; without a word, what is muted and what fires most."""
        rules, now = self._rules(), self._clock()
        wanted = mute_request(order.said, rules) if order.said else self._listing(rules, now)
        if isinstance(wanted, MuteRequest):
            mute = Mute(name=wanted.name, until=now + wanted.length, initial=order.initial)
            self._book.begin(mute, order.chat, order.key, now)
        else:
            self._book.answer(order.chat, order.key, wanted, now)

    def unmute(self, order: CommandCall) -> None:
        """`/unmute правило`: of the rules that are muted, which need not be in keywords.yaml any more."""
        now = self._clock()
        muted = [mute.name for mute in self._book.active(now)]
        name = one_of(order.said, muted, command="unmute") if order.said and muted else self._listing((), now)
        if isinstance(name, RuleName):
            self._book.end(name, order.chat, order.key, now)
        else:
            self._book.answer(order.chat, order.key, name, now)

    def release(self, chat: str) -> int:
        """End the mutes that are over or void, and show in a chat what they held; returns how many news."""
        keys = {name.key for name in self._rules()}
        return self._book.release(keys, chat, self._clock())

    def _rules(self) -> tuple[RuleName, ...]:
        return names_of(self._matcher().compiled)

    def _listing(self, rules: Sequence[RuleName], now: datetime) -> str:
        since = now - BUSY_LATELY
        fired = self._lookout.fired(after=0, since=since) if rules else ()
        counts = Counter(rule for _, seen_at, found in fired if seen_at >= since for rule in found)
        named = {name: counts[name.path] for name in rules}
        busy = {name: count for name, count in named.items() if count}
        return listing(self._book.active(now), busy, days=BUSY_LATELY.days, zone=self._zone)


def write_commands_of(reviews: Reviews, muting: MuteCommands, clock: Callable[[], datetime]) -> Mapping[str, Command]:
    """Every command of the maintainers' chat that changes something."""
    return {
        "undo": lambda order: reviews.undo(order.chat, order.key, clock()),
        "mute": muting.mute,
        "unmute": muting.unmute,
    }
