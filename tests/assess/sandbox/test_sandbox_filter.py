"""The filter of system calls, run by a small machine that knows nothing of its making."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.assess.sandbox import seccomp

ALLOW, EPERM, ENOSYS, EAFNOSUPPORT = 0x7FFF0000, 0x50001, 0x50026, 0x50061


def judge(program: bytes, number: int, architecture: int, first: int = 0) -> int:
    """Classic BPF over struct seccomp_data, as seccomp(2) describes it."""
    data = struct.pack("=iIQ6Q", number, architecture, 0, first, 0, 0, 0, 0, 0)
    steps = list(struct.iter_unpack("=HBBI", program))
    at, value = 0, 0
    while True:
        code, yes, no, constant = steps[at]
        at += 1
        if code == 0x20:  # BPF_LD | BPF_W | BPF_ABS
            (value,) = struct.unpack_from("=I", data, constant)
        elif code == 0x15:  # BPF_JMP | BPF_JEQ | BPF_K
            at += yes if value == constant else no
        elif code == 0x35:  # BPF_JMP | BPF_JGE | BPF_K
            at += yes if value >= constant else no
        elif code == 0x06:  # BPF_RET | BPF_K
            return int(constant)
        else:
            raise AssertionError(code)


MACHINES = {"x86_64": (0xC000003E, 41, 203), "aarch64": (0xC00000B7, 198, 122)}


@pytest.mark.parametrize("machine", MACHINES)
@given(number=st.integers(0, 0x3FFFFFFF), first=st.integers(0, 2**32 - 1), pin=st.booleans())
def test_every_call_is_allowed_but_those_that_are_named(
    machine: str, number: int, first: int, pin: bool
) -> None:
    architecture, socket, affinity = MACHINES[machine]
    column = list(MACHINES).index(machine)
    named = {pair[column] for pair in seccomp._DENIED.values()}
    expected = ALLOW
    if number in named or (pin and number == affinity):
        expected = EPERM
    elif number == socket:
        expected = ALLOW if first in (1, 2, 10, 16) else EAFNOSUPPORT
    found = judge(seccomp.program(machine, pin=pin), number, architecture, first)
    assert found == expected


@pytest.mark.parametrize("machine", MACHINES)
def test_each_named_call_and_family_is_decided_so(machine: str) -> None:
    architecture, socket, affinity = MACHINES[machine]
    column = list(MACHINES).index(machine)
    program = seccomp.program(machine, pin=True)
    for pair in seccomp._DENIED.values():
        if (number := pair[column]) is not None:
            assert judge(program, number, architecture) == EPERM
    assert judge(program, affinity, architecture) == EPERM
    assert judge(seccomp.program(machine, pin=False), affinity, architecture) == ALLOW
    for family in range(64):
        allowed = family in seccomp.FAMILIES.values()
        found = judge(program, socket, architecture, family)
        assert found == (ALLOW if allowed else EAFNOSUPPORT)


@pytest.mark.parametrize("machine", MACHINES)
def test_another_instruction_set_is_refused_whole(machine: str) -> None:
    program = seccomp.program(machine, pin=False)
    for architecture in (0x40000003, 0x40000028, *(a for a, *_ in MACHINES.values())):
        if architecture != MACHINES[machine][0]:
            assert judge(program, 1, architecture) == ENOSYS
    if machine == "x86_64":  # its x32 interface, by which each number could be said otherwise
        assert judge(program, 0x40000000 + 321, 0xC000003E) == ENOSYS


def test_a_machine_that_nobody_knows_has_no_filter() -> None:
    with pytest.raises(KeyError):
        seccomp.program("riscv64", pin=False)
