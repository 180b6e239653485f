"""What a process may do, given up for good: for the workers that read files from anywhere.

A file may be made to take over the program that reads it. So a worker first gives up what reading
does not need: to write, to connect, to see other files than the one it reads. Each layer holds on
its own, none needs rights or programs beyond the system's kernel, and none can be taken off again,
by the worker or by the programs that it starts:

- ``no-new-privileges``, ``no-capabilities``: no program gives the worker more rights, and an
  administrator's worker has none of an administrator's rights but to read.
- ``limits``: no byte into any file, few open files, no memory dump.
- ``landlock`` (Linux 5.13 or later): only the interpreter, the system's libraries and the one file
  can be read, nothing can be written; from 6.7 TCP is refused too, from 6.12 signals to others.
- ``seccomp`` (Linux on x86-64 and ARM64): no sockets, no change to any file, no signal or limit to
  other processes nor a way into them, no leaving of the worker's group, by which all that it
  started is ended; none of the kernel's rarer parts.

Other systems have the limits at most. What holds on a machine is tried by ``textmine doctor``.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import signal
import struct
import sys
import sysconfig
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Literal

Layer = Literal["no-new-privileges", "no-capabilities", "limits", "landlock", "seccomp"]

OPEN_FILES = 64
"""How many files, pipes included, a confined process has open at most."""

# Folders of programs, libraries, fonts and the data of both: the same for everybody on a machine.
_OF_THE_SYSTEM = ("/usr", "/lib", "/lib64", "/nix/store", "/gnu/store")
# What the loader of programs, and libraries for fonts and time, look up.
_LOOKED_UP = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/fonts",
    "/etc/localtime",
    "/etc/timezone",
    "/dev/urandom",
    "/dev/zero",
)
_NOTHING = "/dev/null"  # which may also be written to


def confine(readable: Iterable[Path] = ()) -> tuple[Layer, ...]:
    """Give up all that reading files does not need; the layers that the system took.

    What can be read afterwards are the interpreter and its packages, textmine, the system's
    libraries, and ``readable`` (files and folders; what is not there is left out). Programs of the
    system, such as Tesseract, can still be run: they are confined too. To be called in a process
    of one thread.
    """
    taken: list[Layer] = []
    layers: tuple[tuple[Layer, Callable[[], bool]], ...] = (
        ("limits", _limited),
        ("no-new-privileges", _without_new_privileges),
        ("no-capabilities", _without_capabilities),
        ("landlock", lambda: _landlocked([*needed(), *readable])),
        ("seccomp", _filtered),
    )
    for name, take in layers:
        # A layer that a system lacks or refuses leaves the others.
        with suppress(OSError, AttributeError):
            if take():
                taken.append(name)
    return tuple(taken)


@cache
def needed() -> tuple[Path, ...]:
    """What the interpreter, its packages and textmine consist of, and the system's libraries."""
    package = Path(__file__).resolve().parent
    # A checkout keeps its data beside the package.
    data = [] if (package / "data").is_dir() else [package.parent / x for x in ("corpus", "models")]
    paths = sysconfig.get_paths()
    places = [Path(paths[name]) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    names = ("site-packages", "dist-packages", "lib-dynload")
    places += [Path(entry) for entry in sys.path if Path(entry).name in names]
    system = map(Path, (*_OF_THE_SYSTEM, *_LOOKED_UP))
    return (package, *data, Path(sys.base_prefix, "lib"), *places, *system)


# ---- Limits, privileges, capabilities ---------------------------------------------------------


def _limited() -> bool:
    if sys.platform == "win32":
        return False
    import resource

    for kind, most in (
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        _, hard = resource.getrlimit(kind)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))
    return True


_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 22, 24, 38
_LAST_CAPABILITY = 63
_TO_READ = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: files of others that root may read
_CAPABILITIES_3 = 0x20080522  # the version of capset's structures with 64 bits


def die_with_parent() -> None:
    """Have the system end this process when the one that started it ends (on Linux)."""
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _without_new_privileges() -> bool:
    return sys.platform == "linux" and _prctl(_PR_SET_NO_NEW_PRIVS, 1) == 0


def _without_capabilities() -> bool:
    """Whether none is left but those to read; most users have none at all."""
    if sys.platform != "linux":
        return False
    for number in range(_LAST_CAPABILITY + 1):
        if number not in _TO_READ:
            _prctl(_PR_CAPBSET_DROP, number)  # fails where there is none to drop
    header = struct.pack("=Ii", _CAPABILITIES_3, 0)
    read = ctypes.create_string_buffer(24)
    libc = _libc()
    if libc.capget(header, read):
        return False
    _, permitted, _, *_ = struct.unpack("=6I", read.raw)
    kept = permitted & sum(1 << number for number in _TO_READ)
    return bool(libc.capset(header, struct.pack("=6I", kept, kept, 0, 0, 0, 0)) == 0)


# ---- Landlock ---------------------------------------------------------------------------------

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # on every architecture
_ASK_VERSION = 1
_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = (1 << bit for bit in range(4))
# All rights over files that a version knows; those that no rule gives are gone.
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_RIGHTS_NOW = (1 << 16) - 1
_NET = 0b11  # to bind and to connect TCP, from version 4
_SCOPES = 0b11  # abstract sockets and signals of other processes, from version 6


def landlock_version() -> int:
    """The version of Landlock that the kernel offers; 0 for none."""
    if sys.platform != "linux":
        return 0
    return max(0, _syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION))


def _landlocked(readable: Iterable[Path]) -> bool:
    version = landlock_version()
    if not version:
        return False
    rights = _RIGHTS.get(version, _RIGHTS_NOW)
    handled = [rights]
    if version >= 4:
        handled.append(_NET)
    if version >= 6:
        handled.append(_SCOPES)
    attributes = struct.pack(f"={len(handled)}Q", *handled)
    size = ctypes.c_size_t(len(attributes))
    ruleset = _syscall(_CREATE_RULESET, attributes, size, 0)
    if ruleset < 0:
        return False
    try:
        home = Path(os.path.expanduser("~"))
        for path in {path.absolute() for path in readable}:
            if path not in (home, *home.parents):  # never the whole of it, wherever Python lies
                _allow(ruleset, path, _READ_FILE | _READ_DIR | _EXECUTE)
        _allow(ruleset, Path(_NOTHING), _READ_FILE | _WRITE_FILE)
        return _syscall(_RESTRICT_SELF, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # it is not there
    try:
        if not path.is_dir():
            rights &= ~_READ_DIR
        rule = struct.pack("=Qi", rights, opened)
        if _syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0):
            raise OSError(ctypes.get_errno(), "a rule was refused")
    finally:
        os.close(opened)


# ---- seccomp ----------------------------------------------------------------------------------

_Numbers = tuple[int | None, int | None]
# Calls of the system that are refused, with their numbers on x86-64 and on ARM64 (None: not there).
_REFUSED: dict[str, _Numbers] = {
    # Sockets.
    "socket": (41, 198), "socketpair": (53, 199), "bind": (49, 200), "listen": (50, 201),
    "accept": (43, 202), "accept4": (288, 242), "connect": (42, 203), "sendto": (44, 206),
    "sendmsg": (46, 211), "sendmmsg": (307, 269),
    # Files: made, named, removed, cut, given other rights, owners, times or attributes.
    "creat": (85, None), "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None),
    "link": (86, None), "linkat": (265, 37), "symlink": (88, None), "symlinkat": (266, 36),
    "mknod": (133, None), "mknodat": (259, 33), "rename": (82, None), "renameat": (264, 38),
    "renameat2": (316, 276), "unlink": (87, None), "unlinkat": (263, 35), "truncate": (76, 45),
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "lchown": (94, None), "fchown": (93, 55), "fchownat": (260, 54),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "removexattr": (197, 14),
    "lremovexattr": (198, 15), "fremovexattr": (199, 16), "setxattrat": (463, 463),
    # Other processes: ways into them, signals, how they run; and leaving one's own group of them.
    "setsid": (112, 157), "setpgid": (109, 154), "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424), "setpriority": (141, 140), "ioprio_set": (251, 30),
    "sched_setparam": (142, 118), "sched_setscheduler": (144, 119), "sched_setattr": (314, 274),
    "sched_setaffinity": (203, 122), "process_madvise": (440, 440),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438), "shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186),
    "mq_open": (240, 180), "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    # Parts of the kernel that no reader needs; io_uring would open files behind this filter.
    "io_uring_setup": (425, 425), "bpf": (321, 280), "userfaultfd": (323, 282),
    "perf_event_open": (298, 241), "unshare": (272, 97), "setns": (308, 268),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "mount_setattr": (442, 442), "open_by_handle_at": (304, 265), "kexec_load": (246, 104),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
}  # fmt: skip
# Calls that are refused for some values of one argument: their numbers, which argument, how it is
# looked at, those values.
_TO_CHANGE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_BESIDE = 0x7E028000  # of clone: namespaces of its own, or a brother instead of a child
_SIGNALS_OF_FILES = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX: whom a file signals, and how
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # of the filter language
_JUDGED: tuple[tuple[_Numbers, int, int, tuple[int, ...]], ...] = (
    ((2, None), 1, _ANY_BIT, (_TO_CHANGE,)),  # open
    ((257, 56), 2, _ANY_BIT, (_TO_CHANGE,)),  # openat
    ((56, 220), 0, _ANY_BIT, (_BESIDE,)),  # clone
    ((72, 25), 1, _EQUAL, _SIGNALS_OF_FILES),  # fcntl
)
# kill, tgkill, prlimit64: refused but for 0 (for kill the own group: programs that it started and
# that take too long) and for itself.
_OF_ITSELF: tuple[_Numbers, ...] = ((62, 129), (234, 131), (302, 261))
# openat2, clone3: say in memory what they do, where a filter cannot look. Callers do without.
_NOT_THERE: tuple[_Numbers, ...] = ((437, 437), (435, 435))
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column, kernel's name
_X32 = 0x40000000  # set in the numbers of a second way to call on x86-64

_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
_FILTER_MODE = 2


def _filtered() -> bool:
    if sys.platform != "linux" or platform.machine() not in _ARCHITECTURES:
        return False
    code = _program(platform.machine(), os.getpid())
    held = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("@HP", len(code) // 8, ctypes.addressof(held))
    return _prctl(_PR_SET_SECCOMP, _FILTER_MODE, program) == 0


def _program(machine: str, own: int) -> bytes:
    """The filter of process ``own``: eight bytes an instruction, run at each call of the system."""
    column, architecture = _ARCHITECTURES[machine]

    def step(operation: int, value: int, yes: int = 0, no: int = 0) -> bytes:
        return struct.pack("=HBBI", operation, yes, no, value)

    refuse = step(_RETURN, _REFUSE | errno.EPERM)
    allow = step(_RETURN, _ALLOW)
    steps = [
        step(_LOAD, 4),
        step(_EQUAL, architecture, yes=1),
        step(_RETURN, _KILL),
        step(_LOAD, 0),
        step(_AT_LEAST, _X32, no=1),
        refuse,
    ]

    def judge(numbers: _Numbers, *verdict: bytes) -> None:
        if (number := numbers[column]) is not None:
            steps.extend([step(_EQUAL, number, no=len(verdict)), *verdict])

    for numbers in _NOT_THERE:
        judge(numbers, step(_RETURN, _REFUSE | errno.ENOSYS))
    for numbers in _REFUSED.values():
        judge(numbers, refuse)
    for numbers, argument, looked, values in _JUDGED:
        bad = [each for value in values for each in (step(looked, value, no=1), refuse)]
        judge(numbers, step(_LOAD, 16 + 8 * argument), *bad, allow)
    for numbers in _OF_ITSELF:
        itself = [each for value in (0, own) for each in (step(_EQUAL, value, no=1), allow)]
        judge(numbers, step(_LOAD, 16), *itself, refuse)
    return b"".join([*steps, allow])


# ---- Calls ------------------------------------------------------------------------------------


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _prctl(what: int, value: int, more: bytes | None = None) -> int:
    nothing = ctypes.c_ulong(0)
    return int(_libc().prctl(what, ctypes.c_ulong(value), more, nothing, nothing))


def _syscall(number: int, *arguments: object) -> int:
    call = _libc().syscall
    call.restype = ctypes.c_long
    return int(call(ctypes.c_long(number), *arguments))
