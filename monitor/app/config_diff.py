"""What maintainers are told of their edits: what changed in a file, and what that does to the news. Pure.

Lines are plain Russian text; `edit_message` makes a Telegram message of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.config.keyword_rules import Keywords, Rule, Term
from monitor.errors import ConfigError
from monitor.matching.backtest import Change, Comparison, Kind
from monitor.models.channels import Destination
from monitor.models.feeds import Feed
from monitor.models.file_versions import FileVersion
from monitor.models.labels import destination, given_pause, wishes
from monitor.storage.edits.versions import FOUND
from monitor.text.telegram_html import Html, join, tag, text
from monitor.text.unicode import utf16_length

LONGEST = 3_500  # UTF-16 units, of the 4,096 that Telegram takes
_WORDS = 12  # of a rule or list, named one by one
_SHOWN = 5  # news of each kind
_LONGEST_LINE = 300
_KINDS: dict[Kind, tuple[str, str]] = {
    "gained": ("прибавилось бы", "+"),
    "lost": ("пропало бы", "−"),
    "moved": ("решено бы иначе", "~"),
}


def feed_changes(before: Iterable[Feed], after: Iterable[Feed]) -> tuple[str, ...]:
    """What an edit of feeds.yaml adds, takes away and changes."""
    old, new = ({feed.name: feed for feed in feeds} for feeds in (before, after))
    gone = {feed.url: name for name, feed in old.items() if name not in new}
    renamed = {name: gone[feed.url] for name, feed in new.items() if name not in old and feed.url in gone}
    added = [f"новая лента «{name}»{_renamed(renamed.get(name, ''))}" for name in new if name not in old]
    removed = [f"больше не читаем «{name}»" for name in old if name not in new and name not in renamed.values()]
    moved = [f"«{name}»: новый адрес" for name, feed in new.items() if name in old and old[name].url != feed.url]
    kept = [(old[name], feed) for name, feed in new.items() if name in old]
    paused = [f"«{feed.name}»: {_pause(feed)}" for was, feed in kept if _pause(was) != _pause(feed)]
    other = [f"«{feed.name}»: другие настройки" for was, feed in kept if was.url == feed.url and _differ(was, feed)]
    return (*added, *removed, *moved, *paused, *other)


def lost_feeds(before: Sequence[Feed], after: Sequence[Feed]) -> tuple[str, ...]:
    """A line where an edit takes most feeds away: it may be meant, or the file was cut in the middle."""
    kept = {feed.name for feed in after} | {feed.url for feed in after}
    gone = sum(feed.name not in kept and feed.url not in kept for feed in before)
    if gone * 2 <= len(before):
        return ()
    advice = "Если так задумано, делать нечего; если файл оборвался, верните его: бот перечитает его сам."
    return (f"Пропали ленты: {gone} из {len(before)}, их больше не читаем. {advice}",)


def _renamed(before: str) -> str:
    return f": это «{before}» под другим именем, а для монитора она новая, без прошлого" if before else ""


def _pause(feed: Feed) -> str:
    return given_pause(feed, ZoneInfo(feed.tz)) or "паузы больше нет"


def _differ(before: Feed, after: Feed) -> bool:
    """Whether more than the pause was edited."""
    return replace(after, paused_until=before.paused_until, paused_because=before.paused_because) != before


def channel_changes(before: Iterable[Destination], after: Iterable[Destination]) -> tuple[str, ...]:
    """What an edit of channels.yaml adds, takes away and changes."""
    old, new = ({to.chat: to for to in destinations} for destinations in (before, after))
    added = [f"новый канал {destination(to)}: {wishes(to)}" for chat, to in new.items() if chat not in old]
    removed = [f"больше не пишем в {destination(to)}" for chat, to in old.items() if chat not in new]
    edited = (to for chat, to in new.items() if chat in old and to != old[chat])
    return (*added, *removed, *(f"{destination(to)} теперь получает: {wishes(to)}" for to in edited))


def rule_changes(before: Keywords, after: Keywords) -> tuple[str, ...]:
    """What an edit of keywords.yaml adds, takes away and changes: topics, rules, their words, lists."""
    return (*_topics(before, after), *_rules(before, after), *_lists(before, after))


def trial(compared: Comparison, *, days: int, everything: bool) -> tuple[str, ...]:
    """What the edit does to the news of the last `days`; `everything`: there was time to read them all."""
    if not compared.articles:
        return ()
    read = f"все {compared.articles}" if everything else f"последние {compared.articles}"
    counts = ", ".join(f"{word} {compared.counts[kind]}" for kind, (word, _) in _KINDS.items())
    heading = f"Новости за {days} дн. ({read}): {counts}."
    return (
        heading,
        *(_news(change, sign) for kind, (_, sign) in _KINDS.items() for change in compared.list_changes(kind)[:_SHOWN]),
    )


def editors(versions: Iterable[FileVersion]) -> str:
    """Who made an edit at the desk: a letter each, as far as that is known; "" when nobody did there."""
    saved = tuple(versions)
    letters = dict.fromkeys(f"{version.initial}." for version in saved if version.initial)
    phrases = ["правка за столом", *letters] if saved else []
    return ", ".join([*phrases, "и правка в самом файле"] if any(one.summary == FOUND for one in saved) else phrases)


def refusal(error: ConfigError) -> tuple[str, ...]:
    """Why an edit was not taken, and that nothing is lost."""
    return (
        str(error),
        "Работает прежний файл. Исправьте и сохраните: бот перечитает его сам. Проверка: monitor check",
        "До этого не перезапускайте: с ошибкой монитор не запустится, с несошедшимся примером будет работать по ней.",
    )


def failing_examples(errors: Sequence[ConfigError]) -> tuple[str, ...]:
    """What a start tells of rules that it works by though examples of theirs do not hold."""
    return (*map(str, errors), "Монитор всё же работает по этому файлу. Исправьте и сохраните. Проверка: monitor check")


def notice_key(kind: str, digest: bytes, at: datetime) -> str:
    """For a notice that each worker puts within seconds of the others: told once of this content, in this minute."""
    return f"{kind}:{digest.hex()[:16]}:{at:%Y%m%d%H%M}"


def edit_message(title: str, lines: Sequence[str]) -> Html:
    """Telegram HTML, never longer than Telegram takes; what does not fit is counted."""
    shown, units = [tag("b", text(title))], len(title)
    for number, line in enumerate(lines):
        short = line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…"
        units += utf16_length(short) + 1
        if units > LONGEST:
            shown.append(text(f"… и ещё строк: {len(lines) - number}"))
            break
        shown.append(join("\n", map(text, short.split("\n"))))
    return join("\n", shown)


def _news(change: Change, sign: str) -> str:
    verdict = change.before if change.kind == "lost" else change.after
    rules = ", ".join(f"«{topic.rule}»" for topic in verdict.topics)
    return f"{sign} {change.article.feed}: {change.article.title} — {rules} {change.article.url}"


def _topics(before: Keywords, after: Keywords) -> Iterator[str]:
    old, new = ({topic.id for topic in keywords.topics} for keywords in (before, after))
    yield from (f"новая тема {topic}" for topic in sorted(new - old))
    yield from (f"нет больше темы {topic}" for topic in sorted(old - new))


def _rules(before: Keywords, after: Keywords) -> Iterator[str]:
    old, new = (
        {(topic.id, rule.name): rule for topic in keywords.topics for rule in topic.rules}
        for keywords in (before, after)
    )
    yield from (f"новое правило «{name}» ({topic})" for topic, name in new if (topic, name) not in old)
    yield from (f"нет больше правила «{name}» ({topic})" for topic, name in old if (topic, name) not in new)
    for key, rule in new.items():
        if key in old and (change := "; ".join(_rule(old[key], rule))):
            yield f"правило «{rule.name}»: {change}"


def _rule(before: Rule, after: Rule) -> Iterator[str]:
    if before.tier != after.tier:
        yield f"уровень {before.tier} → {after.tier}"
    if before.within != after.within:
        yield f"within {before.within} → {after.within}"
    lines = [[term for line in rule.lines for term in line if term.key == "all"] for rule in (before, after)]
    if words := _words(*lines):
        yield words
    if words := _words(*([term for term in rule.none if term.key == "none"] for rule in (before, after))):
        yield f"в none {words}"


def _lists(before: Keywords, after: Keywords) -> Iterator[str]:
    old, new = ({declared.name: declared for declared in keywords.lists} for keywords in (before, after))
    for name in sorted(old.keys() | new.keys()):
        terms = [
            [term for term in lists[name].terms if term.key == name] if name in lists else [] for lists in (old, new)
        ]
        if words := _words(*terms):
            yield f"список ${name}: {words}"


def _words(before: Iterable[Term], after: Iterable[Term]) -> str:
    old, new = (dict.fromkeys(term.text for term in terms) for terms in (before, after))
    signed = [
        (sign, [word for word in these if word not in those])
        for sign, these, those in (("+", new, old), ("−", old, new))
    ]
    return ", ".join(f"{sign} {_listed(words)}" for sign, words in signed if words)


def _listed(words: Sequence[str]) -> str:
    more = f" и ещё {len(words) - _WORDS}" if len(words) > _WORDS else ""
    return ", ".join(words[:_WORDS]) + more
