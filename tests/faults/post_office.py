"""A real SMTP server that can be told to refuse, to hang up, and to say when a mail has come in."""

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 OK"
HANG_UP = "hang up"


class PostOffice:
    """What it has accepted, and what it answers next."""

    def __init__(self) -> None:
        self.accepted: list[str] = []
        self.seen: list[str] = []
        self.answers: list[str] = []
        self.on_data: Callable[[str], None] = lambda message_id: None
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._lock = threading.Lock()

    def open(self) -> None:
        self._controller.start()

    def close(self) -> None:
        self._controller.stop()

    def empty(self) -> None:
        """Forget what came and what to answer."""
        self.accepted, self.seen, self.answers = [], [], []
        self.on_data = lambda message_id: None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message_id = message_from_bytes(envelope.content)["Message-ID"].strip("<>").partition("@")[0]
        with self._lock:
            self.seen.append(message_id)
            answer = self.answers.pop(0) if self.answers else OK
        await asyncio.get_running_loop().run_in_executor(None, self.on_data, message_id)
        if answer == HANG_UP:
            # The whole mail is here, and the client never hears so.
            with self._lock:
                self.accepted.append(message_id)
            server.transport.abort()
            return OK
        if answer == OK:
            with self._lock:
                self.accepted.append(message_id)
        return answer

    def times(self) -> Counter[str]:
        """How often each message has been accepted."""
        with self._lock:
            return Counter(self.accepted)
