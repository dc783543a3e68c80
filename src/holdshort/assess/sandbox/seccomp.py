"""The system calls that nothing in a sandbox may make, as a filter of the kernel.

Namespaces leave some doors open that a filter closes: sockets of families that know no network
namespace (AF_VSOCK reaches the hypervisor), the kernel's keyrings, and large interfaces that a
command hardly needs and that have often been a way out (bpf, io_uring, userfaultfd, perf). What
needs a privilege is refused as well, before the privilege is looked at.

The filter is classic BPF (seccomp(2)). Numbers are those of the kernel's tables for x86-64 and
of ``asm-generic/unistd.h`` for AArch64. Other instruction sets, 32-bit programs among them, are
refused whole.
"""

import errno
import struct

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000

AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""AUDIT_ARCH_* of the machines that a filter can be made for."""

_COLUMN = {"x86_64": 0, "aarch64": 1}

_X32 = 0x40000000
"""Numbers from here on are those of the x32 interface of x86-64."""

FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16}
"""What socket(2) may still make: all of them end at the network namespace."""

# name: (x86-64, AArch64); None where the machine has no such call.
_DENIED: dict[str, tuple[int, int | None]] = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bpf": (321, 280),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "delete_module": (176, 106),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "ioperm": (173, None),
    "iopl": (172, None),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "pivot_root": (155, 41),
    "quotactl": (179, 60),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
}
_SOCKET = (41, 198)
_SCHED_SETAFFINITY = (203, 122)


def denied() -> list[str]:
    """The names of the calls that are always refused."""
    return sorted(_DENIED)


def program(machine: str, *, pin: bool) -> bytes:
    """The filter for ``machine`` (as ``uname -m`` says it), as an array of struct sock_filter.

    With ``pin`` a command cannot choose its processors. :class:`KeyError` for a machine that no
    filter can be made for.
    """
    column = _COLUMN[machine]
    numbers = [pair[column] for pair in _DENIED.values()]
    if pin:
        numbers.append(_SCHED_SETAFFINITY[column])
    body = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_JUMP_EQUAL, AUDIT[machine], yes=1),
        _refuse(errno.ENOSYS),
        _step(_LOAD, _NUMBER),
    ]
    if machine == "x86_64":
        body += [_step(_JUMP_AT_LEAST, _X32, no=1), _refuse(errno.ENOSYS)]
    for number in sorted(number for number in numbers if number is not None):
        body += [_step(_JUMP_EQUAL, number, no=1), _refuse(errno.EPERM)]
    body += [_step(_JUMP_EQUAL, _SOCKET[column], yes=1), _step(_RETURN, _ALLOW)]
    body.append(_step(_LOAD, _FIRST_ARGUMENT))
    for family in FAMILIES.values():
        body += [_step(_JUMP_EQUAL, family, no=1), _step(_RETURN, _ALLOW)]
    return b"".join([*body, _refuse(errno.EAFNOSUPPORT)])


def _step(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)


def _refuse(number: int) -> bytes:
    return _step(_RETURN, _ERROR | number)
