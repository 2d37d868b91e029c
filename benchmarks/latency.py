"""From a feed that shows a story to the channel that shows it: `python benchmarks/latency.py [--stories N]`.

`monitor run` polls feeds on loopback every ten seconds and posts to a stand-in of the Bot API. Stories appear at random
moments, no faster than the channel's pace allows. Printed is how much later than one poll interval each was read.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.harness.monitor_process import Monitor, eventually
from tests.samples.news import feed_of
from tests.servers.bot_api import TOKEN, BotApi
from tests.servers.web import WebServer

CHANNEL = "@test_channel"
FEEDS, INTERVAL, PAUSE = 12, 10, (3.5, 5.0)  # seconds between two stories; the channel takes one every 3.3


def story(number: int) -> tuple[str, str]:
    """A story about somebody nobody else is about."""
    syllables = ("ба", "ве", "до", "жу", "зи", "ко", "лю", "ма", "не", "ру")
    surname = "".join(syllables[int(digit)] for digit in f"{number * 37 + 100:04}").capitalize() + "нов"
    text = f"Казахстан экстрадирует россиянина Артёма {surname}а, решил суд в Алматы. Дело номер {number * 7919}."
    return f"Артём {surname}: решение {number}", text


def watch(bot_api: BotApi, shown: dict[str, float], done: threading.Event) -> None:
    """Note when each post was first seen in the channel."""
    while not done.wait(0.02):
        for message in bot_api.posted(CHANNEL):
            shown.setdefault(message.text, time.monotonic())


def measure(stories: int) -> list[float]:
    """Seconds from each story's appearance to its post."""
    chance = random.Random(7)
    published: dict[str, float] = {}
    shown: dict[str, float] = {}
    done = threading.Event()
    with ExitStack() as stack:
        bot_api = stack.enter_context(BotApi())
        outlets = [stack.enter_context(WebServer()) for _ in range(FEEDS)]  # each a host of its own
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        settings = {"MONITOR_BOT_TOKEN": TOKEN, "MONITOR_CHANNEL": CHANNEL, "MONITOR_BOT_API_URL": bot_api.url}
        monitor = Monitor(Path(folder), **settings)
        monitor.new_interpreter = True
        told: list[list[tuple[str, str]]] = [[("Курс", "Курс тенге.")] for _ in outlets]
        urls = {f"Лента{number}": feed_of(web, "/rss", told[number]) for number, web in enumerate(outlets)}
        monitor.write_feeds(**urls)
        monitor.feeds.write_text(monitor.feeds.read_text().replace("1m", f"{INTERVAL}s"), encoding="utf-8")
        monitor.start()
        stack.callback(monitor.kill)
        eventually(lambda: all(web.count("/rss") for web in outlets), what="a first poll of all")
        threading.Thread(target=watch, args=(bot_api, shown, done), daemon=True).start()
        stack.callback(done.set)
        for number in range(stories):
            time.sleep(chance.uniform(*PAUSE))
            title, text = story(number)
            place = chance.randrange(FEEDS)
            told[place].insert(0, (title, text))
            feed_of(outlets[place], "/rss", told[place])
            published[title] = time.monotonic()
        eventually(lambda: len(shown) >= stories, what="every post")
    return [next(at for text, at in shown.items() if title in text) - since for title, since in published.items()]


def main() -> None:
    """Print one line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--stories", type=int, default=30)
    late = sorted(seconds - INTERVAL for seconds in measure(options.parse_args().stories))
    median, last = late[len(late) // 2], late[min(int(len(late) * 0.99), len(late) - 1)]
    print(f"{len(late)} stories, later than the poll interval of {INTERVAL} s: ", end="")
    print(f"median {median:+.2f} s, p99 {last:+.2f} s, latest {late[-1]:+.2f} s (bar +2 s)")


if __name__ == "__main__":
    main()
