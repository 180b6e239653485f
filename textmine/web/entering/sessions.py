"""Logins that last: who is logged in, and how often a password may be tried.

Both are kept in the server's memory: after a restart everybody logs in anew.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from textmine.web.accounts import Account, Accounts

IDLE = 8 * 3600
"""Seconds without a request after which a login ends: a working day."""

LASTS = 7 * 24 * 3600
"""Seconds after which a login ends in any case."""

_MOST = 50  # logins of one account; the oldest ends

WITHIN = 15 * 60
"""Seconds in which attempts to log in are counted."""

BY_NAME_AND_ADDRESS = 6
"""Attempts for one account from one address."""

BY_ADDRESS = 30
"""Attempts from one address, for whatever accounts."""

BY_NAME = 60
"""Attempts for one account from addresses from which its owner has not logged in yet."""

_KEYS = 20_000  # addresses that are remembered; those that tried longest ago are forgotten first


@dataclass(slots=True)
class _Session:
    name: str
    stamp: str
    began: float
    seen: float


class Sessions:
    """Who is logged in. A browser has a random token, the server only its digest."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: OrderedDict[bytes, _Session] = OrderedDict()

    def begin(self, account: Account) -> str:
        """Log an account in; the token for the browser."""
        token = secrets.token_urlsafe(32)
        now = self._clock()
        with self._lock:
            own = [key for key, each in self._open.items() if each.name == account.name]
            for key in own[: max(0, len(own) - _MOST + 1)]:
                del self._open[key]
            self._open[_digest(token)] = _Session(account.name, account.stamp, now, now)
        return token

    def account(self, token: str, accounts: Accounts) -> Account | None:
        """The account that a token was given to; None when that login has ended."""
        key, now = _digest(token), self._clock()
        with self._lock:
            session = self._open.get(key)
            if session is None:
                return None
            late = now - session.seen > IDLE or now - session.began > LASTS
            account = None if late else accounts.find(session.name)
            if account is None or account.stamp != session.stamp:
                del self._open[key]
                return None
            session.seen = now
        return account

    def end(self, token: str) -> None:
        """Log out."""
        with self._lock:
            self._open.pop(_digest(token), None)


class Attempts:
    """How often someone may try to log in. Nobody is kept out for longer than ``WITHIN``.

    Who tries many passwords for one account is stopped by its name and address; who tries many
    accounts by the address; who does it from many addresses by the name, which does not keep its
    owner out: addresses from which the owner has logged in before are not counted.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tried: OrderedDict[Hashable, deque[float]] = OrderedDict()
        self._names: dict[str, deque[float]] = {}
        self._trusted: OrderedDict[tuple[str, str], None] = OrderedDict()

    def begin(self, account: Account | None, name: str, address: str) -> float:
        """Seconds to wait before this attempt; 0 when it may be made, and it is counted then."""
        place, now = network(address), self._clock()
        name = name.casefold()[:80]
        with self._lock:
            limits = [
                (self._of(("both", name, place)), BY_NAME_AND_ADDRESS),
                (self._of(("address", place)), BY_ADDRESS),
            ]
            if account is None:
                limits.append((self._of(("name", name)), BY_NAME))
            elif (account.name, place) not in self._trusted:
                limits.append((self._names.setdefault(account.name, deque()), BY_NAME))
            wait = max(_wait(tried, most, now) for tried, most in limits)
            if wait <= 0:
                for tried, _ in limits:
                    tried.append(now)
            return max(0.0, wait)

    def succeeded(self, account: Account, name: str, address: str) -> None:
        """Forget the attempts of someone who knows the password after all.

        The last one does not count against the address either: a class may be behind it.
        """
        place = network(address)
        with self._lock:
            if tried := self._tried.get(("address", place)):
                tried.pop()
            self._tried.pop(("both", name.casefold()[:80], place), None)
            self._names.pop(account.name, None)
            self._trusted[account.name, place] = None
            _kept(self._trusted)

    def _of(self, key: Hashable) -> deque[float]:
        found = self._tried.setdefault(key, deque())
        self._tried.move_to_end(key)
        _kept(self._tried)
        return found


def network(address: str) -> str:
    """What of an address one person has: all of IPv4, the first half of IPv6.

    >>> network("192.0.2.7"), network("2001:db8::7"), network("::ffff:192.0.2.7"), network("")
    ('192.0.2.7', '2001:db8::', '192.0.2.7', '')
    """
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(found) >> 64 << 64, 64)).network_address)


def _wait(tried: deque[float], most: int, now: float) -> float:
    while tried and now - tried[0] >= WITHIN:
        tried.popleft()
    return 0.0 if len(tried) < most else tried[0] + WITHIN - now


def _kept(known: OrderedDict[Any, Any]) -> None:
    """Forget what is oldest of what is too much to remember."""
    while len(known) > _KEYS:
        known.popitem(last=False)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
