"""Who is let in: by a session of the page, a password, or a token. It knows no HTTP but the ``Authorization`` header."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

from assistant.http.passwords import check_kept, hash_password, matches
from assistant.http.rates import FAILURES, LOCKED_S, Bucket

SESSION_S = 12 * 3600.0
"""A working day: the page asks for the password again on the next."""
_SESSIONS = 10_000
_REMEMBERED = 1_000
Seen = OrderedDict[bytes, tuple[str, float]]


class Locked(Exception):
    """Too many wrong passwords came from an address; ``wait`` seconds have to pass."""

    def __init__(self, wait: float) -> None:
        super().__init__(wait)
        self.wait = wait


class Access:
    """The users and their passwords, the programs and their tokens, and the sessions that are open."""

    def __init__(
        self,
        users: Mapping[str, str],
        tokens: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """:param users: name → password as kept; ``tokens`` likewise.

        :raises SettingsError: what is kept is neither a password nor a hash.
        """
        self._users = dict(users)
        self._tokens = dict(tokens or {})
        for name, kept in (*self._users.items(), *self._tokens.items()):
            check_kept(name, kept)
        self._clock = clock
        self._failures = Bucket(FAILURES, LOCKED_S, clock)
        self._sessions: Seen = OrderedDict()
        self._seen: Seen = OrderedDict()
        self._key = secrets.token_bytes(32)
        self._nobody = hash_password(secrets.token_urlsafe(16)) if self._users else ""

    @property
    def needed(self) -> bool:
        """Whether anything is guarded."""
        return bool(self._users or self._tokens)

    def of_session(self, key: str) -> str | None:
        """Whose session a cookie names."""
        user, ends = self._sessions.get(_digest(key), ("", 0.0))
        return user if user and self._clock() < ends else None

    def of_header(self, authorization: str, client: str) -> str | None:
        """Whose password or token an ``Authorization`` header carries; ``None``: nobody's.

        A password is looked at slowly once, and known again afterwards by a digest that is good for this process alone.

        :raises Locked: the client named too many wrong ones.
        """
        scheme, _, value = authorization.partition(" ")
        value = value.strip()
        known = hmac.digest(self._key, f"{scheme.lower()} {value}".encode("utf-8", "replace"), "sha256")
        if (found := self._seen.get(known)) is not None:
            return found[0]
        user = self._guarded(client, lambda: self._check(scheme.lower(), value))
        if user is not None:
            _keep(self._seen, known, (user, 0.0), _REMEMBERED)
        return user

    def open_session(self, user: str, password: str, client: str) -> str | None:
        """The key of a new session; ``None``: the password is wrong.

        :raises Locked: the client named too many wrong ones.
        """
        if self._guarded(client, lambda: self._of_password(user, password)) is None:
            return None
        key = secrets.token_urlsafe(32)
        _keep(self._sessions, _digest(key), (user, self._clock() + SESSION_S), _SESSIONS)
        return key

    def close_session(self, key: str) -> None:
        """The cookie names nobody any more."""
        self._sessions.pop(_digest(key), None)

    def _guarded(self, client: str, check: Callable[[], str | None]) -> str | None:
        if wait := self._failures.wait(client):
            raise Locked(wait)
        found = check()
        if found is None:
            self._failures.take(client)
        else:
            self._failures.forget(client)
        return found

    def _check(self, scheme: str, value: str) -> str | None:
        if scheme == "bearer":
            return self._of_token(value) or self._of_pair(value)  # OpenAI's clients know only keys
        if scheme != "basic":
            return None
        try:
            return self._of_pair(base64.b64decode(value, validate=True).decode("utf-8", "replace"))
        except (binascii.Error, ValueError):
            return None

    def _of_pair(self, pair: str) -> str | None:
        user, colon, password = pair.partition(":")
        return self._of_password(user, password) if colon else None

    def _of_password(self, user: str, password: str) -> str | None:
        if not self._users:
            return None
        # An unknown name takes as long as a known one, so that names cannot be found out by the clock.
        right = matches(password, self._users.get(user, self._nobody))
        return user if right and user in self._users else None

    def _of_token(self, token: str) -> str | None:
        names = [name for name, kept in self._tokens.items() if matches(token, kept)]
        return names[0] if names else None


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()


def _keep(where: Seen, key: bytes, value: tuple[str, float], limit: int) -> None:
    where[key] = value
    if len(where) > limit:
        where.popitem(last=False)
