"""A target with a fault in it, by which the test of scripts/fuzz sees that faults are found."""

from __future__ import annotations

from fuzzing.targets import Target


def divide(data: bytes) -> None:
    """Fails where the bytes hold an exclamation mark."""
    1 / (0 if b"!" in data else 1)


TARGETS = {"faulty": Target(divide, lambda: [b"a"], [b"!"], 20)}
