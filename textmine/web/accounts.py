"""Accounts: who may use a workbench that others can reach, and what each may do.

They are kept in a file of their own, outside of the corpus, so that no copy, backup or export of a
corpus carries them. Passwords are kept as salted hashes (Argon2id), tokens of programs as digests.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from textmine.errors import InputError, UsageError
from textmine.standing import AGREED, PERSON
from textmine.store import lock
from textmine.store.address import Address
from textmine.store.whole import write_whole
from textmine.text.unseen import UNSEEN

if TYPE_CHECKING:
    from argon2 import PasswordHasher

Role = Literal["reader", "coder", "admin"]

ROLES: tuple[Role, ...] = ("reader", "coder", "admin")
"""Each may do what those before it may: read; decide on clauses; change what all work with."""

FORMAT = "textmine accounts 1"

SHORTEST = 10
"""The fewest signs of a password; three or four words are easier to remember than ten signs."""

_LONGEST = 256
_LONGEST_NAME = 60
_TOKENS = 20
_MARK = "tm_"

_HASHED_AT_ONCE = threading.BoundedSemaphore(2)
"""Each hash takes 64 MB for a moment: however many try to log in, no more than two at a time do."""

_HALF_SPACE = "\u200c"
_PERSIAN = str.maketrans("يىك", "ییک")


@dataclass(frozen=True, slots=True)
class Token:
    """A key for programs that act for an account. ``digest`` is the SHA-256 of the secret."""

    id: str
    label: str
    digest: str
    made_at: str


@dataclass(frozen=True, slots=True)
class Account:
    """Someone who may log in.

    ``password`` is a hash; ``stamp`` is a new one with each password, and what began under an
    older one (a login, a token) ends.
    """

    name: str
    role: Role
    password: str
    stamp: str
    added_at: str
    tokens: tuple[Token, ...] = ()


class Accounts:
    """The accounts in a file. What another process changes in it counts at once."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._known: dict[str, Account] = {}

    def all(self) -> tuple[Account, ...]:
        """Every account, by name. InputError when the file is damaged."""
        return tuple(self._read().values())

    def find(self, name: str) -> Account | None:
        """The account of that name, in whatever case; None when there is none."""
        return self._read().get(_key(name))

    def add(self, name: str, role: Role, password: str) -> Account:
        """A new account. UsageError when the name is taken; InputError for a name or a password."""
        name = checked_name(name)
        made = Account(name, role, _hashed(password, name), secrets.token_hex(8), _now())

        def put(known: dict[str, Account]) -> None:
            if _key(name) in known:
                raise UsageError(f"There is an account {name} already.")
            known[_key(name)] = made

        self._change(put)
        return made

    def remove(self, name: str) -> None:
        """Take an account away; whoever is logged in with it is logged out.

        UsageError when no administrator would be left.
        """

        def put(known: dict[str, Account]) -> None:
            gone = known.pop(_of(known, name))
            _check_ruled(known, gone)

        self._change(put)

    def set_role(self, name: str, role: Role) -> None:
        """Let an account do more, or less, from now on.

        UsageError when no administrator would be left.
        """

        def put(known: dict[str, Account]) -> None:
            key = _of(known, name)
            before, known[key] = known[key], replace(known[key], role=role)
            _check_ruled(known, before)

        self._change(put)

    def set_password(self, name: str, password: str) -> None:
        """Give an account another password; its logins and tokens end."""
        hashed = _hashed(password, name)
        stamp = secrets.token_hex(8)
        self._put(name, lambda account: replace(account, password=hashed, stamp=stamp, tokens=()))

    def checked(self, name: str, password: str) -> Account | None:
        """The account, if that is its password. It takes as long whether there is one or not."""
        from argon2.exceptions import VerificationError

        account = self.find(name)
        hashed = account.password if account else _of_nobody()
        with _HASHED_AT_ONCE:
            try:
                _hasher().verify(hashed, _normal(password)[:_LONGEST])
            except VerificationError:
                return None
        return account

    def add_token(self, name: str, label: str) -> str:
        """A new key for programs; only its digest is kept, so that it can be told only now."""
        secret = _MARK + secrets.token_urlsafe(32)
        label = " ".join(UNSEEN.sub("", label).split())[:80]
        token = Token(secrets.token_hex(4), label or "API", _digest(secret), _now())

        def put(account: Account) -> Account:
            if len(account.tokens) >= _TOKENS:
                raise UsageError(f"An account has at most {_TOKENS} tokens; take one away first.")
            return replace(account, tokens=(*account.tokens, token))

        self._put(name, put)
        return secret

    def drop_token(self, name: str, token: str) -> bool:
        """Take a key away; whether there was one of that id."""
        dropped = False

        def put(account: Account) -> Account:
            nonlocal dropped
            left = tuple(each for each in account.tokens if each.id != token)
            dropped = len(left) < len(account.tokens)
            return replace(account, tokens=left)

        self._put(name, put)
        return dropped

    def by_token(self, secret: str) -> Account | None:
        """Whose key that is; None for one that is none (any more)."""
        digest = _digest(secret)
        for account in self._read().values():
            for token in account.tokens:
                if hmac.compare_digest(token.digest, digest):
                    return account
        return None

    def _put(self, name: str, change: Callable[[Account], Account]) -> None:
        def put(known: dict[str, Account]) -> None:
            key = _of(known, name)
            known[key] = change(known[key])

        self._change(put)

    def _change(self, change: Callable[[dict[str, Account]], object]) -> None:
        folder = self.file.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with lock.holding(self.file.with_name(f".{self.file.name}.lock"), wait=True):
                known = dict(self._read())
                change(known)
                accounts = [asdict(known[key]) for key in sorted(known)]
                text = json.dumps(
                    {"format": FORMAT, "accounts": accounts}, ensure_ascii=False, indent=1
                )
                write_whole(self.file, [text.encode()], private=True)
        except OSError as error:
            raise InputError(
                f"{self.file} cannot be written: {error.strerror or error}."
            ) from error

    def _read(self) -> dict[str, Account]:
        try:
            about = self.file.stat()
        except FileNotFoundError:
            return {}
        mark = (about.st_mtime_ns, about.st_size, about.st_ino)
        with self._lock:
            if mark != self._seen:
                self._known = _from_json(self.file)
                self._seen = mark
            return self._known


def usual_file(place: Path | Address) -> Path:
    """Where the accounts for a corpus are kept: among the user's settings, not in its folder."""
    if isinstance(place, Address):
        name, full = place.schema, str(place)
    else:
        name, full = place.resolve().name, str(place.resolve())
    settings = os.environ.get("APPDATA") if os.name == "nt" else os.environ.get("XDG_CONFIG_HOME")
    top = Path(settings) if settings else Path.home() / ".config"
    return top / "textmine" / "accounts" / f"{name}-{_digest(full)[:12]}.json"


def checked_name(name: str) -> str:
    r"""The name of an account as it is kept; InputError when it cannot be one.

    It becomes the name of a coder, so it has no colon; letters of any script may stand in it. One
    person is one coder at whatever keyboard: the Arabic yeh and kaf become those of Persian.

    >>> checked_name(" Leila  N "), checked_name("علي")
    ('Leila N', 'علی')
    """
    name = _plain(name)
    bare = name.replace(_HALF_SPACE, "")
    if not any(map(str.isalpha, bare)) or not bare.isprintable() or len(name) > _LONGEST_NAME:
        raise InputError(
            f"A name has a letter at least, at most {_LONGEST_NAME} signs, and no invisible ones."
        )
    if ":" in name or PERSON + name.casefold() == AGREED:
        raise InputError("A name has no colon, and is not “agreed”, which means all together.")
    return name


def checked_role(role: str) -> Role:
    """A role by its name; UsageError when it is none."""
    for each in ROLES:
        if each == role:
            return each
    raise UsageError(f"{role} is no role; there are {', '.join(ROLES)}.")


def new_password() -> str:
    """A password that nobody guesses (80 bits), easy to read out.

    >>> len(new_password())
    19
    """
    letters = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look like others
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def _hashed(password: str, name: str) -> str:
    password = _normal(password)
    if len(password) < SHORTEST:
        raise InputError(
            f"A password has {SHORTEST} signs at least. Some words in a row are easy to remember."
        )
    if len(password) > _LONGEST:
        raise InputError(f"A password has {_LONGEST} signs at most.")
    if len(set(password)) < 4 or _key(name) == _key(password):
        raise InputError("That password is guessed at once; take another.")
    with _HASHED_AT_ONCE:
        return _hasher().hash(password)


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _of_nobody() -> str:
    """A hash to compare with where there is no account, so that the time does not tell it."""
    return _hasher().hash(secrets.token_urlsafe(16))


def _normal(password: str) -> str:
    """The same signs, typed by whatever keyboard, as the same code points."""
    return unicodedata.normalize("NFKC", password)


def _key(name: str) -> str:
    return _plain(name).casefold()


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", " ".join(name.split())).translate(_PERSIAN)


def _of(known: dict[str, Account], name: str) -> str:
    if _key(name) not in known:
        raise UsageError(f"There is no account {name}.")
    return _key(name)


def _check_ruled(left: dict[str, Account], changed: Account) -> None:
    """UsageError when ``changed`` was the last administrator."""
    if changed.role == "admin" and all(each.role != "admin" for each in left.values()):
        raise UsageError("That is the last administrator; make another account one first.")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _from_json(file: Path) -> dict[str, Account]:
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
        if value["format"] != FORMAT:
            raise ValueError(value["format"])
        return {_key(each["name"]): _account(each) for each in value["accounts"]}
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{file} is no file of accounts, or damaged. Put an older copy back, or remove it and "
            "make the accounts anew with: textmine accounts add"
        ) from error


def _account(value: dict[str, Any]) -> Account:
    tokens = tuple(Token(**each) for each in value["tokens"])
    return Account(**{**value, "role": checked_role(value["role"]), "tokens": tokens})
