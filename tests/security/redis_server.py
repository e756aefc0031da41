"""A server that speaks the protocol of Redis and knows what the limits of the API ask of one."""

import hashlib
import re
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any


class _Store:
    """Lists by key and the scripts that were loaded, all under one lock as a server of one thread would have it."""

    def __init__(self) -> None:
        self.lists: dict[str, list[float]] = {}
        self.scripts: dict[str, str] = {}
        self.asked = 0
        self.connections: list[socket.socket] = []
        self.lock = threading.Lock()

    def run(self, script: str, keys: list[str], arguments: list[str]) -> Any:
        """What a script of the limits library answers; told apart by the commands it names."""
        with self.lock:
            self.asked += 1
            entries = self.lists.setdefault(keys[0], [])
            if "lpush" in script:  # take a place in a moving window
                moment, limit, expiry, amount = (float(one) for one in arguments[:4])
                if limit < amount:
                    return None
                entries[:] = entries[:int(limit)]
                if len(entries) >= limit - amount + 1 and entries[int(limit - amount)] >= moment - expiry:
                    return None
                entries[:0] = [moment] * int(amount)
                return 1
            oldest, limit = float(arguments[0]), int(arguments[1])
            live = [one for one in entries[:limit] if one >= oldest]
            return [str(live[-1]).encode(), len(live)] if live else None


class _Visitor(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        """Answer command after command."""
        self.server.store.connections.append(self.request)  # type: ignore[attr-defined]
        while (line := self.rfile.readline()).startswith(b"*"):
            words = []
            for _ in range(int(line[1:])):
                size = int(self.rfile.readline()[1:])
                words.append(self.rfile.read(size + 2)[:-2].decode())
            self.wfile.write(_encode(_answer(self.server.store, words)))  # type: ignore[attr-defined]


def _answer(store: _Store, words: list[str]) -> Any:
    command = words[0].upper()
    if command == "PING":
        return "PONG"
    if command == "HELLO":
        return ValueError("ERR unknown command 'HELLO'")
    if command == "SCRIPT" and words[1].upper() == "LOAD":
        digest = hashlib.sha1(words[2].encode()).hexdigest()
        store.scripts[digest] = words[2]
        return digest.encode()
    if command == "EVALSHA":
        script = store.scripts.get(words[1])
        if script is None:
            return ValueError("NOSCRIPT No matching script.")
        count = int(words[2])
        return store.run(re.sub(r"--.*", "", script).lower(), words[3:3 + count], words[3 + count:])
    return "OK" if command in ("CLIENT", "SELECT") else ValueError(f"ERR unknown command '{command}'")


def _encode(value: Any) -> bytes:
    if value is None:
        return b"$-1\r\n"
    if isinstance(value, ValueError):
        return f"-{value}\r\n".encode()
    if isinstance(value, str):
        return f"+{value}\r\n".encode()
    if isinstance(value, int):
        return f":{value}\r\n".encode()
    if isinstance(value, bytes):
        return b"$%d\r\n%s\r\n" % (len(value), value)
    return b"*%d\r\n" % len(value) + b"".join(map(_encode, value))


@contextmanager
def redis_server() -> Iterator[tuple[str, _Store]]:
    """A running server: its address and what it holds."""
    store = _Store()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Visitor) as server:
        server.daemon_threads = True
        server.store = store  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"redis://127.0.0.1:{server.server_address[1]}/0", store
        finally:
            server.shutdown()
            thread.join()
            for one in store.connections:
                with suppress(OSError):  # whoever asked has closed it already
                    one.shutdown(socket.SHUT_RDWR)
