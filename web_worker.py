"""The worker in which gunicorn serves the product: a thread is given a request when all of it has arrived.

Invariant: whoever sends slowly, on purpose or from a bad line, waits in the poller and costs a socket, never one of the
few threads. Bodies beyond ``WHOLE_BODY`` are read by the thread; the doors that take such bodies look at the secret or
the sign-in first.
"""

import re
import socket
import struct
import time
from functools import partial
from typing import Any

from gunicorn import http
from gunicorn.workers.gthread import TConn, ThreadWorker

WHOLE_HEAD, WHOLE_BODY = 64 * 1024, 64 * 1024
PATIENCE = 30.0  # seconds in which a request must have arrived
STALL = 15  # seconds a thread waits for a peer that neither sends nor takes anything
_READ_AT_ONCE = 64 * 1024
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r\n]*chunked[^\r\n]*\r\n", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)


def has_arrived(received: bytes) -> bool:
    """Whether enough of a request is here to be worked on without waiting for its sender."""
    head, end, body = received.partition(b"\r\n\r\n")
    if not end:
        return len(received) > WHOLE_HEAD  # the parser refuses it
    head += b"\r\n"
    if len(body) >= WHOLE_BODY:
        return True
    if _CHUNKED.search(head):
        return body.endswith(b"0\r\n\r\n")
    length = _LENGTH.search(head)
    return length is None or len(body) >= int(length[1])


def waits_for_go(received: bytes) -> bool:
    """Whether the sender wants to be asked for the body, and has sent nothing of it yet."""
    head, end, body = received.partition(b"\r\n\r\n")
    return bool(end) and not body and _EXPECT.search(head + b"\r\n") is not None


class PatientWorker(ThreadWorker):
    """gunicorn's threads, fed with whole requests. TLS ends at a proxy in front, so connections are plain."""

    def accept(self, listener: socket.socket) -> None:
        """Take a connection and wait for its request."""
        try:
            client, address = listener.accept()
        except OSError:
            return  # gone again, or another worker was quicker: the poller tells of the next one
        self.nr_conns += 1
        stall = struct.pack("ll", STALL, 0)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, stall)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, stall)
        conn = TConn(self.cfg, client, address, listener.getsockname())
        conn.parser = http.get_parser(self.cfg, client, address)
        conn.initialized = conn.data_ready = True
        self._await(conn)

    def on_client_socket_readable(self, conn: Any, client: socket.socket) -> None:
        """The next request of a connection that was kept begins to arrive."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._await(conn)

    def finish_request(self, conn: Any, fs: Any) -> None:
        """A request is done; what was read of the next one waits for the rest of it."""
        done = not fs.cancelled() and fs.exception() is None and fs.result() is True
        if done and conn.parser.unreader.buf.getvalue():
            self._await(conn, conn.parser.unreader.take_buffered())
        else:
            super().finish_request(conn, fs)

    def murder_pending(self) -> None:
        """Close what did not arrive in time; of a stopping worker soon."""
        if not self.alive:
            soon = time.monotonic() + 2.0
            for conn in self.pending_conns:
                conn.timeout = min(conn.timeout, soon)
        super().murder_pending()

    def _await(self, conn: Any, received: bytes = b"") -> None:
        conn.sock.setblocking(False)
        conn.received = bytearray(received)
        conn.timeout = time.monotonic() + PATIENCE
        if received and has_arrived(received):
            self._hand_over(conn)
            return
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, 1, partial(self._on_arrival, conn))

    def _on_arrival(self, conn: Any, client: socket.socket) -> None:
        try:
            data = client.recv(_READ_AT_ONCE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        conn.received += data
        if data and not has_arrived(bytes(conn.received)):
            if waits_for_go(bytes(conn.received)):
                client.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            return
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        if data:
            self._hand_over(conn)
        else:
            self.nr_conns -= 1
            conn.close()

    def _hand_over(self, conn: Any) -> None:
        conn.parser.unreader.unread(bytes(conn.received))
        conn.received = bytearray()
        self.enqueue_req(conn)
