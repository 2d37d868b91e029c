"""The child process that child_process.py talks to: it opens a value, then answers questions until its input ends.

Pickles arrive on standard input: first the function that opens the value, then questions. A question is a function with
its arguments after the first, which is the opened value. An answer says whether it succeeded, and is the value or
error.
"""

import pickle
import traceback
from functools import cache
from typing import Any

from monitor.errors import MonitorError
from monitor.sources.children import listen


def main() -> None:
    """Answer questions until standard input ends."""
    questions, answers = listen()
    opened = cache(pickle.load(questions))  # noqa: S301 - from our parent, as all that follows
    while questions.peek(1):
        question, args, options = pickle.load(questions)  # noqa: S301 - as above
        try:
            answer: tuple[bool, Any] = (True, question(opened(), *args, **options))
        except MonitorError as error:
            answer = (False, error)
        except Exception:  # noqa: BLE001 - our parent's log is where somebody will look
            answer = (False, RuntimeError(traceback.format_exc()))
        pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()
