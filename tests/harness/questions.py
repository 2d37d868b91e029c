"""What a child is asked that is only to be there, whatever it has opened: imports nothing, so that it begins soon."""

import os
import time


def number(_opened: object) -> int:
    """The process in which it is asked."""
    return os.getpid()


def hangs(_opened: object) -> None:
    """Never answers."""
    print("not an answer")
    time.sleep(600)
