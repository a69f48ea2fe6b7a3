"""Who a request comes from: the token of an edge box, or the cookie of a person who logged in with it."""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from server.clock import Clock

COOKIE_NAME = "droptrace_session"
LIFETIME = timedelta(hours=12)
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks: a name for reviews, and how it was shown ("bearer", "session", or "open" where no token is set)."""

    name: str
    shown_by: Literal["bearer", "session", "open"]


class Sessions:
    """Checks tokens and makes the cookies that stand for them.

    A cookie holds the person's name and its end, signed under a key made from the token: it does not give the token
    away, and a new token ends all sessions.
    """

    def __init__(self, token: str, clock: Clock) -> None:
        self._token = token
        self._clock = clock
        self._key = hmac.new(token.encode(), b"droptrace session", hashlib.sha256).digest()

    @property
    def is_open(self) -> bool:
        """Whether no token is set, so that everyone who can reach the server may use it."""
        return not self._token

    def is_token(self, candidate: str) -> bool:
        """Tell whether a text is the token, in a time that does not depend on it."""
        return hmac.compare_digest(self._token.encode(), candidate.encode("utf-8", "replace")) and not self.is_open

    def identify(self, authorization: str | None, cookie: str | None) -> Identity | None:
        """Tell who a request comes from.

        Args:
            authorization: The header of that name.
            cookie: The value of the session's cookie.

        Returns:
            None where a token is set and the request shows neither it nor a valid cookie.
        """
        if self.is_open:
            return Identity("local", "open")
        if authorization is not None:
            scheme, _, candidate = authorization.partition(" ")
            known = scheme.lower() == "bearer" and self.is_token(candidate.strip())
            return Identity("token", "bearer") if known else None
        name = None if cookie is None else self._name_in(cookie)
        return None if name is None else Identity(name, "session")

    def make_cookie(self, name: str) -> str:
        """Make the cookie's value for a person who showed the token."""
        end_s = int((self._clock.now_utc() + LIFETIME).timestamp())
        content = json.dumps([clean_name(name), end_s]).encode()
        return f"{base64.urlsafe_b64encode(content).decode()}.{self._signature(content).decode()}"

    def _name_in(self, cookie: str) -> str | None:
        content_text, _, signature_text = cookie.partition(".")
        try:
            content = base64.urlsafe_b64decode(content_text)
        except (binascii.Error, ValueError):
            return None
        if not hmac.compare_digest(signature_text.encode("utf-8", "replace"), self._signature(content)):
            return None
        name, end_s = json.loads(content)
        return str(name) if self._clock.now_utc().timestamp() < end_s else None

    def _signature(self, content: bytes) -> bytes:
        return hmac.new(self._key, content, hashlib.sha256).hexdigest().encode()


def clean_name(name: str) -> str:
    """Make a person's name fit for a record: printable, on one line, not too long; "operator" where nothing is left."""
    printable = "".join(letter for letter in name if letter.isprintable())
    return printable.strip()[:_LONGEST_NAME] or "operator"
