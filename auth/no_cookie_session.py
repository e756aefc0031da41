"""Flask's own session is switched off: what a browser keeps is a random key (``auth/cookies.py``), never data."""

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin


class NoCookieSession(SessionInterface):
    """Opens nothing and saves nothing; code that writes to ``flask.session`` fails at once."""

    def open_session(self, app: Flask, request: Request) -> None:
        """No session: Flask then hands out one that refuses to be written to."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing to keep."""
