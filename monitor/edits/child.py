"""The child process that child_process.py asks: opens what it is told to, answers until nobody asks any more.

On standard input come pickles: first what opens it, then questions, each a function with its arguments after the first,
which is what was opened. An answer is whether it went well, and the value or the error.
"""

import pickle
import traceback
from typing import Any

from monitor.errors import MonitorError
from monitor.sources.children import listen


def main() -> None:
    """Answer questions until standard input ends."""
    questions, answers = listen()
    opening, opened = pickle.load(questions), None  # noqa: S301 - from our parent, as all that follows
    while questions.peek(1):
        question, args, options = pickle.load(questions)  # noqa: S301 - as above
        try:
            opened = opened or opening()
            answer: tuple[bool, Any] = (True, question(opened, *args, **options))
        except MonitorError as error:
            answer = (False, error)
        except Exception:  # noqa: BLE001 - our parent's log is where somebody will look
            answer = (False, RuntimeError(traceback.format_exc()))
        pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()
