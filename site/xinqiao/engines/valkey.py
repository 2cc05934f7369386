"""The embedded Valkey: queue and cache in memory, on a Unix socket only."""

import signal
import socket
from typing import ClassVar

from xinqiao.engines.binaries import valkey_server
from xinqiao.engines.engine import Engine


class Valkey(Engine):
    """Nothing is written to disk: the queue is rebuilt from the outbox, and a cache may be lost."""

    name = "valkey"
    farewell = signal.SIGTERM
    escalation: ClassVar = [(signal.SIGTERM, 5), (signal.SIGKILL, 5)]

    def command(self) -> list[str]:
        """Options that Valkey 7.2 and later and Redis 6.2 and later all know."""
        options = {
            "port": "0",
            "unixsocket": str(self.layout.valkey_socket),
            "unixsocketperm": "700",
            "dir": str(self.layout.valkey),
            "save": "",
            "appendonly": "no",
            # A full memory must refuse a job loudly instead of dropping one silently.
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            "loglevel": "warning",
            # A crash report prints the arguments of the command it died in.
            "crash-log-enabled": "no",
        }
        return [str(valkey_server()), *(part for name, value in options.items() for part in (f"--{name}", value))]

    def clear_leftovers(self) -> None:
        """A dead server's socket."""
        self.layout.valkey_socket.unlink(missing_ok=True)

    def answers(self) -> bool:
        """Whether it says PONG."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            try:
                client.connect(str(self.layout.valkey_socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
            except OSError:
                return False
