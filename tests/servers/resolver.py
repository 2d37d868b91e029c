"""A name server in the shape of `socket.getaddrinfo`, for names that do not exist and answers that change."""

import socket
from typing import Any


class Resolver:
    """Gives these addresses one after another for whatever name, the last for ever; `asked` keeps the names.

    While `is_gone` it knows no name, as when nobody answers.
    """

    def __init__(self, *answers: str) -> None:
        self.asked: list[str] = []
        self.is_gone = False
        self._answers = list(answers)

    def __call__(self, host: str, port: int, **_: Any) -> list[Any]:
        """One answer."""
        self.asked.append(host)
        if self.is_gone:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        address = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]
