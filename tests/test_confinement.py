"""Processes that read files cannot write, connect or look around: tried, layer by layer."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from textmine import confinement
from textmine.care.trying import tried
from textmine.cli import app
from textmine.confinement import _REFUSED, _program, landlock_version

linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such layers")


@pytest.fixture(scope="module")
def trial():
    return tried()


@linux
def test_a_worker_has_the_layers_that_the_machine_offers(trial):
    assert not trial.fault
    assert {"limits", "no-new-privileges", "no-capabilities"} <= set(trial.layers)
    assert ("landlock" in trial.layers) == bool(landlock_version())
    assert trial.works["read the document"]
    assert all(trial.works.values())


@linux
def test_a_worker_can_do_none_of_what_the_layers_refuse(trial):
    by_limits = {"write into a file", "have 4 GB of memory", "gain rights by a program"}
    by_limits |= {"write on the terminal"}
    by_landlock = {"make a file", "remove a file", "rename a file", "read another file"}
    by_landlock |= {"list a folder", "list the home folder", "leave a trace in a folder"}
    by_landlock |= {"have a program make a file", "look into another process"}
    by_seccomp = {"make a file", "remove a file", "rename a file", "connect by TCP", "send by UDP"}
    by_seccomp |= {"take in connections", "connect to a program of this machine"}
    by_seccomp |= {"have a program make a file", "leave a trace in a folder"}
    by_seccomp |= {"end another process", "limit another process", "outlive its own end"}
    expected = set(by_limits)
    expected |= by_landlock if "landlock" in trial.layers else set()
    expected |= by_seccomp if "seccomp" in trial.layers else set()
    assert {name for name in expected if not trial.refused[name]} == set()


ALONE = """
import os, socket, sys
from pathlib import Path
from textmine import confinement
folder, layer = Path(sys.argv[1]), sys.argv[2]
confinement._without_new_privileges()
if layer == "landlock":
    assert confinement._landlocked([*confinement.needed(), folder / "document"])
elif layer == "seccomp":
    assert confinement._filtered()
else:
    assert confinement._limited()
acts = {
    "read": (folder / "document").read_bytes,
    "look": (folder / "secret").read_bytes,
    "make": lambda: (folder / "made").touch(),
    "write": lambda: (folder / "secret").write_bytes(b"more"),
    "socket": lambda: socket.socket().close(),
}
for name, act in acts.items():
    try:
        act()
    except OSError:
        print(name)
"""


@linux
@pytest.mark.parametrize(
    ("layer", "refused"),
    [
        ("landlock", ["look", "make", "write"]),
        ("seccomp", ["make", "write", "socket"]),
        ("limits", ["write"]),
    ],
)
def test_each_layer_holds_by_itself(tmp_path, layer, refused):
    if layer == "landlock" and not landlock_version():
        pytest.skip("this kernel has no Landlock")
    if layer == "seccomp" and os.uname().machine not in confinement._ARCHITECTURES:
        pytest.skip("no filter is written for this processor")
    (tmp_path / "document").write_bytes(b"document")
    (tmp_path / "secret").write_bytes(b"secret")
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(tmp_path), layer],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.split(), done.stderr) == (refused, "")
    assert (tmp_path / "made").exists() == ("make" not in refused)


def answer(program: bytes, architecture: int, call: int, *arguments: int) -> int:
    """What the kernel would answer to a call of the system: the filter run step by step."""
    data = struct.pack("=iIQ6Q", call, architecture, 0, *arguments, *[0] * (6 - len(arguments)))
    at = held = 0
    while True:
        operation, yes, no, value = struct.unpack_from("=HBBI", program, 8 * at)
        at += 1
        if operation == 0x20:
            (held,) = struct.unpack_from("=I", data, value)
        elif operation == 0x06:
            return int(value)
        else:
            holds = {0x15: held == value, 0x35: held >= value, 0x45: bool(held & value)}[operation]
            at += yes if holds else no


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_refuses_what_it_names_and_nothing_else(machine):
    column, architecture = confinement._ARCHITECTURES[machine]
    own = 4711
    program = _program(machine, own)
    allow, refuse = 0x7FFF0000, 0x00050001
    named = {numbers[column] for numbers in _REFUSED.values()} - {None}
    for call in range(480):
        expected = refuse if call in named else allow
        if call in (437, 435):
            expected = 0x00050026  # "not there", so that the C library does without it
        assert answer(program, architecture, call) == expected, call
    clone, fcntl, kill = {"x86_64": (56, 72, 62), "aarch64": (220, 25, 129)}[machine]
    assert answer(program, architecture, clone, 0x4111) == allow  # vfork of the C library
    assert answer(program, architecture, clone, 0x10000011) == refuse  # users of its own
    assert answer(program, architecture, fcntl, 1, 2) == allow
    assert answer(program, architecture, fcntl, 1, 8) == refuse  # signals to an owner
    for pid, expected in ((0, allow), (own, allow), (1, refuse), (2**32 - own, refuse)):
        assert answer(program, architecture, kill, pid, 9) == expected
    opening = {"x86_64": {2: 1, 257: 2}, "aarch64": {56: 2}}[machine]
    for call, argument in opening.items():
        before = [0] * argument
        assert answer(program, architecture, call, *before, os.O_RDONLY | os.O_CLOEXEC) == allow
        for flags in (os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC, os.O_WRONLY | os.O_APPEND):
            assert answer(program, architecture, call, *before, flags) == refuse
    assert answer(program, architecture ^ 1, 0) == 0x80000000  # ends the process
    assert answer(program, architecture, 0x40000000 | 41) == refuse


def test_doctor_tells_what_was_tried(tmp_path):
    shown = CliRunner().invoke(app, ["doctor", str(tmp_path), "--json"])
    said = json.loads(shown.stdout)
    checks = {check["name"]: check for check in said["checks"]}
    assert said["fit"] == (shown.exit_code == 0)
    assert checks["pdfplumber"]["value"] == "0.11.10"
    assert checks["SQLite"]["value"].startswith("3.")
    assert f"free in {tmp_path}" in checks["room for the corpus"]["value"]
    assert checks["a reader can read the document"]["finding"] == "good"
    in_words = CliRunner().invoke(app, ["doctor"]).stdout
    assert "a reader can connect by TCP" in in_words


def test_doctor_names_what_is_missing(monkeypatch):
    from textmine.care import doctor

    monkeypatch.setattr(doctor, "_confinement", list)
    assert not [check for check in doctor.examined(Path()) if check.finding == "fault"]
    versions = {"tantivy": "", "pdfminer.six": "20250506"}
    monkeypatch.setattr(doctor, "_version", lambda name: versions.get(name, "1.0"))
    faults = [check for check in doctor.examined(Path()) if check.finding == "fault"]
    assert {check.name for check in faults} == {"tantivy", "pdfminer.six"}
    assert all(check.advice for check in faults)
