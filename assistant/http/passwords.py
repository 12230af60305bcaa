"""Passwords and tokens as settings keep them: hashed by functions of the standard library, compared in constant time.

A password is kept as ``scrypt$LOG2N$R$P$SALT$HASH`` (RFC 7914) or, which is poorer, as it is; a token, which is random
and long, as ``sha256$HEX``: nobody guesses 256 bits, so a slow function would protect nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

from assistant.errors import SettingsError

_LOG2N, _R, _P = 15, 8, 1
"""32 MB and some 0.1 s for a guess: what OWASP's cheat sheet names beside 2¹⁷ for machines that do other things too."""
_MEMORY = 256 * 2**20
_BYTES = 32


def hash_password(password: str) -> str:
    """The password as a setting may keep it."""
    salt = secrets.token_bytes(16)
    return "$".join(("scrypt", str(_LOG2N), str(_R), str(_P), _text(salt), _text(_scrypt(password, salt))))


def make_token() -> tuple[str, str]:
    """A new token for a program, and what a setting keeps of it."""
    token = secrets.token_urlsafe(_BYTES)
    return token, f"sha256${hashlib.sha256(token.encode()).hexdigest()}"


def matches(given: str, kept: str) -> bool:
    """Whether ``given`` is the password or token that ``kept`` was made of; the time taken does not tell how nearly."""
    kind, _, rest = kept.partition("$")
    if kind == "scrypt":
        log2n, r, p, salt, wanted = _parts(kept)
        return hmac.compare_digest(_scrypt(given, salt, log2n=log2n, r=r, p=p), wanted)
    digest = hashlib.sha256(given.encode("utf-8", "replace")).hexdigest()
    wanted_hex = rest if kind == "sha256" else hashlib.sha256(kept.encode("utf-8", "replace")).hexdigest()
    return hmac.compare_digest(digest, wanted_hex.lower())


def check_kept(name: str, kept: str) -> None:
    """:raises SettingsError: a kept password or token that nothing could match; its value is not told."""
    try:
        if kept.startswith("scrypt$"):
            _parts(kept)
        elif kept.startswith("sha256$") and len(bytes.fromhex(kept[7:])) != _BYTES:
            raise ValueError
        elif not kept:
            raise ValueError
    except ValueError:
        raise SettingsError(
            f"what is kept for {name!r} is no password, nor a hash of one: make it with `shengwen password`"
        ) from None


def _parts(kept: str) -> tuple[int, int, int, bytes, bytes]:
    """:raises ValueError: no hash that this program wrote, or one that would take too much memory."""
    try:
        _, log2n, r, p, salt, wanted = kept.split("$")
        numbers = int(log2n), int(r), int(p)
        found = *numbers, base64.b64decode(salt, validate=True), base64.b64decode(wanted, validate=True)
    except binascii.Error as e:
        raise ValueError(str(e)) from None
    if not (1 <= numbers[0] <= 20 and 1 <= numbers[1] <= 16 and 1 <= numbers[2] <= 16 and len(found[4]) == _BYTES):
        raise ValueError("parameters out of range")
    return found


def _scrypt(password: str, salt: bytes, *, log2n: int = _LOG2N, r: int = _R, p: int = _P) -> bytes:
    given = password.encode("utf-8", "replace")
    return hashlib.scrypt(given, salt=salt, n=2**log2n, r=r, p=p, maxmem=_MEMORY, dklen=_BYTES)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
