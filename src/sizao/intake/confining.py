"""What the process that reads a file may still do: use so much memory and time, and nothing else.

No file is opened, no socket made, no process started, whoever it runs as. Several fences stand behind one
another, because not every kernel has each: limits of resources (a process whose numbers for open files are
all taken opens nothing), an own network without any interface, and a filter of system calls.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct

from sizao.intake.limits import Limits

_LIBC = ctypes.CDLL(None, use_errno=True)
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_NO_NEW_PRIVILEGES, _PARENT_DEATH, _SET_FILTER = 38, 1, 22
_KILL = 9
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1  # EPERM

# Sockets and what is done with them; processes and programs; opening, making, moving and removing files;
# other processes' memory and lives. Reading, writing to what is open, memory and time stay allowed.
_REFUSED: dict[str, tuple[int, str]] = {
    "x86_64": (
        0xC000003E,
        (
            "2 41 42 43 44 46 49 50 53 56 57 58 59 62 76 82 83 84 85 86 87 88 90 92 101 155 161 165 257 258"
            " 259 263 264 265 266 272 288 302 304 307 308 310 311 316 319 322 424 425 435 437 438"
        ),
    ),
    "aarch64": (
        0xC00000B7,
        (
            "33 34 35 36 37 38 40 41 45 51 53 54 56 97 117 129 198 199 200 201 202 203 206 211 220 221 242"
            " 261 265 268 269 270 271 276 279 281 424 425 435 437 438"
        ),
    ),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def confine(limits: Limits) -> None:
    """Give away for ever what reading does not need. Descriptors 0 to 2 stay, as they are."""
    _LIBC.prctl(_PARENT_DEATH, _KILL, 0, 0, 0)
    os.closerange(3, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    if _LIBC.unshare(_NEW_NETWORK):  # who is not root may do it in a name space of users of its own
        _LIBC.unshare(_NEW_USER | _NEW_NETWORK)
    mapped, resident = _memory()
    # What may be resident is what is limited; what is only mapped (libraries) does not count.
    space = mapped - resident + limits.memory - _SPARE
    for what, most in (
        (resource.RLIMIT_AS, space),
        (resource.RLIMIT_CPU, limits.processor),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 3),
    ):
        resource.setrlimit(what, (most, most))
    _filter()


_SPARE = 24 << 20  # what the reading process has already and shares, and the pages of its tables


def _memory() -> tuple[int, int]:
    """Bytes mapped and resident."""
    with open("/proc/self/statm", encoding="ascii") as file:
        mapped, resident = (int(pages) for pages in file.read().split()[:2])
    size = resource.getpagesize()
    return mapped * size, resident * size


def _filter() -> None:
    """Refuse the system calls above. On other machines and kernels the other fences stand alone."""
    if platform.machine() not in _REFUSED:
        return
    architecture, numbers = _REFUSED[platform.machine()]
    calls = [int(number) for number in numbers.split()]
    count = len(calls)
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06
    program = [
        struct.pack("HBBI", load, 0, 0, 4),  # the architecture of the call
        struct.pack("HBBI", equal, 0, count + 3, architecture),  # of another one: refused
        struct.pack("HBBI", load, 0, 0, 0),  # its number
        struct.pack("HBBI", at_least, count + 1, 0, 0x40000000),  # the second numbering of x86: refused
        *(struct.pack("HBBI", equal, count - place, 0, number) for place, number in enumerate(calls)),
        struct.pack("HBBI", give, 0, 0, _ALLOW),
        struct.pack("HBBI", give, 0, 0, _REFUSE),
    ]
    made = _Program(len(program), b"".join(program))
    _LIBC.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    _LIBC.prctl(_SET_FILTER, 2, ctypes.byref(made), 0, 0)
