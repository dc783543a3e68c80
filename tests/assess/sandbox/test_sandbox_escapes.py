"""What a command may try from inside. Beside each attempt stands a control: the same thing done
where it is allowed, so that the attempt fails because of the sandbox and not by accident.
"""

import errno
import os
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.assess.sandbox.conftest import Box, outside

CONNECT = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5) as peer:
    print(peer.recv(5).decode())
"""


def test_the_network_of_the_machine_cannot_be_reached(box: Box) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])

        def greet() -> None:
            peer, _ = server.accept()
            with peer:
                peer.sendall(b"hello")

        greeting = threading.Thread(target=greet)
        greeting.start()
        assert outside(CONNECT, port).stdout == "hello\n"
        greeting.join()
        refused = box.python(CONNECT, port)
    assert refused.code != 0
    assert b"ConnectionRefusedError" in refused.err


def test_there_is_no_interface_but_a_loopback_of_its_own(box: Box) -> None:
    names = box.sh("tail -n +3 /proc/net/dev | cut -d: -f1").out.split()
    assert names == [b"lo"]
    here = """
import socket
server = socket.create_server(("127.0.0.1", 0))
with socket.create_connection(server.getsockname(), timeout=5):
    print("reached")
"""
    assert box.python(here).out == b"reached\n"  # and the loopback works, for items that need one


def test_no_address_outside_and_no_name_can_be_reached(box: Box) -> None:
    code = """
import errno, socket
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("192.0.2.1", 53))
except OSError as error:
    print(errno.errorcode[error.errno])
try:
    socket.getaddrinfo("example.org", 80)
except socket.gaierror:
    print("no name")
print(socket.getaddrinfo("localhost", 80)[0][4][0])
"""
    unreachable, name, control = box.python(code).out.decode().split("\n")[:3]
    assert (unreachable, name) == ("ENETUNREACH", "no name")
    assert control in ("127.0.0.1", "::1")


@pytest.mark.parametrize(
    ("family", "kind", "error"),
    [("AF_PACKET", "SOCK_RAW", "EAFNOSUPPORT"), ("AF_INET", "SOCK_RAW, 1", "EPERM"),
     ("AF_VSOCK", "SOCK_STREAM", "EAFNOSUPPORT"), ("AF_ALG", "SOCK_SEQPACKET", "EAFNOSUPPORT")],
)  # fmt: skip
def test_raw_sockets_and_families_without_a_network_namespace_are_refused(
    box: Box, family: str, kind: str, error: str
) -> None:
    code = f"""
import errno, socket
socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()
try:
    socket.socket(socket.{family}, socket.{kind})
except OSError as error:
    print(errno.errorcode[error.errno])
"""
    assert box.python(code).out.decode().strip() == error


def test_an_abstract_socket_of_the_machine_cannot_be_reached(box: Box) -> None:
    name = f"\0holdshort-{os.getpid()}"
    code = """
import socket, sys
peer = socket.socket(socket.AF_UNIX)
peer.connect("\\0" + sys.argv[1])
print("reached")
"""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        assert outside(code, name[1:]).stdout == "reached\n"
        assert b"ConnectionRefusedError" in box.python(code, name[1:]).err


def test_a_file_of_the_machine_cannot_be_read_by_any_path(box: Box, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("of the machine")
    for folder in (secret, *secret.parents):
        folder.chmod(folder.stat().st_mode | 0o055) if os.access(folder, os.W_OK) else None
    box.write("up", b"")
    for path in (
        str(secret),
        "../" * 40 + str(secret).lstrip("/"),
        f"/proc/1/root{secret}",
        f"/proc/self/root{secret}",
        f"/proc/1/cwd/{'../' * 40}{str(secret).lstrip('/')}",
    ):
        assert box.sh(f"cat {path}").code != 0
        with pytest.raises(FileNotFoundError):
            box.read(path)
    box.sh(f"ln -s {secret} link; ln -s / root")
    for path in ("link", f"root{secret}"):
        with pytest.raises(FileNotFoundError):
            box.read(path)
    assert box.read("/proc/self/root/etc/hosts").startswith(b"127.0.0.1")  # the control


def test_what_is_read_through_a_link_is_what_a_command_would_read(box: Box) -> None:
    box.sh("ln -sf /etc/passwd link")
    assert box.read("link") == box.sh("cat /etc/passwd").out
    assert box.read("link") != Path("/etc/passwd").read_bytes()


def test_nothing_can_be_written_outside_the_working_folders(box: Box) -> None:
    for path in ("/x", "/usr/x", "/etc/x", "/dev/x", "/etc/passwd", "/proc/sys/kernel/hostname"):
        with pytest.raises(OSError, match=r"Read-only|denied|Permission") as caught:
            box.write(path, b"x")
        assert caught.value.errno in (errno.EROFS, errno.EACCES)
        assert box.sh(f"echo x > {path}").code != 0
    for path in ("/sample/x", "/tmp/x", "/dev/shm/x"):
        box.write(path, b"x")
        assert box.sh(f"cat {path}").out == b"x"
    assert not Path("/sample/x").exists()


def test_processes_of_the_machine_are_not_seen(box: Box) -> None:
    mine = str(os.getpid())
    assert Path("/proc", mine).exists()
    ids = {int(name) for name in box.sh("ls /proc").out.split() if name.isdigit()}
    assert 1 in ids
    assert box.read("/proc/1/cmdline") == b"sleep\0infinity\0"
    code = "import os, sys; os.kill(int(sys.argv[1]), 0)"
    assert outside(code, mine).returncode == 0
    high = str(max(os.getpid(), 50_000))
    assert b"ProcessLookupError" in box.python(code, high).err


def test_a_command_can_trace_its_own_child_and_not_who_serves_it(box: Box) -> None:
    attach = """
import ctypes, os, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
child = subprocess.Popen(["sleep", "30"])
print(libc.ptrace(16, child.pid, 0, 0))  # PTRACE_ATTACH
child.kill()
for name in os.listdir("/proc"):
    if name.isdigit() and int(name) not in (os.getpid(), child.pid):
        try:
            print(name, open(f"/proc/{name}/environ").read())
        except OSError as error:
            print(name, error.errno)
"""
    lines = box.python(attach).out.decode().splitlines()
    assert lines[0] == "0"
    assert [line.split()[0] for line in lines[1:]] == ["1"]  # nobody else is there to be traced


@pytest.mark.parametrize(
    "call",
    ["mount -t tmpfs none /tmp", "mount --bind /tmp /usr", "mount -o remount,rw /", "umount /usr",
     "unshare --user true", "unshare --mount true", "chroot /tmp", "mknod /tmp/sda b 8 0",
     "mknod /tmp/mem c 1 1", "chown 0 /sample", "dmesg", "sysctl -w kernel.hostname=x",
     "hostname other", "date -s 2020-01-01", "nsenter -t 1 -n true"],
)  # fmt: skip
def test_what_needs_a_privilege_is_refused(box: Box, call: str) -> None:
    done = box.sh(f"PATH=$PATH:/usr/sbin {call}")
    assert done.code not in (0, 127), done
    assert box.sh("true").code == 0


def test_no_program_gains_privilege_by_its_mode(box: Box) -> None:
    bits = box.sh("find /usr/bin /usr/sbin -perm -4000 -type f | head -1").out.decode().strip()
    if bits:  # the machine's own setuid programs are seen, and gain nothing
        assert Path(bits).stat().st_mode & stat.S_ISUID
        assert b"nosuid" in box.sh("grep ' /usr ' /proc/mounts").out
    status = box.sh("cat /proc/self/status").out.decode()
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert fields["Uid"].split() == ["1000"] * 4
    assert {fields[f"Cap{kind}"] for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {"0" * 16}
    assert (fields["NoNewPrivs"], fields["Seccomp"]) == ("1", "2")


def test_a_command_can_not_become_another_user(box: Box) -> None:
    code = "import os; print(os.getuid()); os.setuid(0)"
    done = box.python(code)
    assert done.out == b"1000\n"
    assert b"OSError: [Errno 22]" in done.err  # there is no other user


def test_seen_from_the_machine_nothing_runs_as_root(box: Box) -> None:
    marker = f"sleep 86400.{os.getpid()}1"
    box.sh(f"{marker} > /dev/null 2>&1 &")
    (pid,) = pids_of(marker)
    expected = os.getuid() or 65534
    assert Path("/proc", str(pid)).stat().st_uid == expected
    box.sh(f"pkill -f '{marker}'")


def pids_of(marker: str) -> list[int]:
    wanted = marker.replace(" ", "\0").encode() + b"\0"
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if (path / "cmdline").read_bytes() == wanted:
                found.append(int(path.name))
        except OSError:
            continue
    return found


def test_keyrings_bpf_and_io_uring_are_closed(box: Box) -> None:
    code = """
import ctypes, errno, platform
libc = ctypes.CDLL(None, use_errno=True)
numbers = {"x86_64": (250, 321, 425, 323, 298, 39), "aarch64": (219, 280, 425, 282, 241, 172)}
for number in numbers[platform.machine()]:
    ctypes.set_errno(0)
    libc.syscall(number, 0, 0, 0, 0, 0)
    print(errno.errorcode.get(ctypes.get_errno(), "fine"))
"""
    *closed, getpid = box.python(code).out.decode().split()
    assert closed == ["EPERM"] * 5
    assert getpid == "fine"


def test_the_environment_of_the_machine_does_not_leak(
    open_box: Callable[..., Box], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "a secret of ours")
    assert "a secret" in outside("import os; print(os.environ)").stdout
    box = open_box()
    names = {line.split(b"=")[0] for line in box.sh("env").out.splitlines()}
    assert names == {b"HOME", b"LANG", b"PATH", b"TZ", b"USER", b"PWD"}
    seen = box.sh("cat /proc/[0-9]*/environ").out
    assert b"HOME=" in seen
    assert b"a secret" not in seen


def test_no_descriptor_of_ours_is_open_in_a_command(box: Box) -> None:
    assert box.sh("ls /proc/self/fd").out.split() == [b"0", b"1", b"2", b"3"]  # 3 is ls's own
    links = box.sh("readlink /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2").out.split()
    assert all(link.startswith(b"pipe:") for link in links)
    first = box.sh("readlink /proc/1/fd/*").out.split()
    assert set(first) == {b"/dev/null"}


def test_a_folder_that_is_bound_is_seen_and_cannot_be_changed(
    open_box: Callable[..., Box], tmp_path: Path
) -> None:
    for folder in (tmp_path, *tmp_path.parents):
        if folder.owner() == Path.home().owner() or os.geteuid() == 0:
            folder.chmod(folder.stat().st_mode | 0o055)
    (tmp_path / "data.txt").write_text("shown")
    (tmp_path / "data.txt").chmod(0o666)
    box = open_box(bind={"/data": str(tmp_path)})
    assert box.read("/data/data.txt") == b"shown"
    assert box.sh("echo other > /data/data.txt").code != 0
    with pytest.raises(OSError, match="Read-only"):
        box.write("/data/data.txt", b"other")
    assert (tmp_path / "data.txt").read_text() == "shown"


def test_a_link_that_changes_between_two_accesses_leads_nowhere_else(box: Box) -> None:
    """The race that a check of paths from outside would lose."""
    flip = "i=0; while [ $i -lt 4000 ]; do ln -sfn /etc place; ln -sfn /sample/own place; "
    box.sh("mkdir own; (" + flip + "i=$((i+1)); done) > /dev/null 2>&1 &")
    outcomes = set()
    for _ in range(60):
        try:
            box.write("place/hosts", b"ours")
            outcomes.add("written")
        except OSError as error:
            outcomes.add(errno.errorcode[error.errno or 0])
        assert box.read("/etc/hosts").startswith(b"127.0.0.1")
    assert outcomes <= {"written", "EROFS", "EACCES", "EEXIST", "ENOENT"}
    assert "ours" not in Path("/etc/hosts").read_text()
    box.sh("pkill -f place")


def test_a_pipe_or_device_under_a_files_name_is_no_file(box: Box) -> None:
    box.sh("mkfifo pipe")
    for path in ("pipe", "/dev/zero", "/dev/tty"):
        with pytest.raises(OSError, match=r"denied|No such device") as caught:
            box.read(path)
        assert caught.value.errno in (errno.EACCES, errno.ENXIO)
    with pytest.raises(OSError, match="No such device"):
        box.write("pipe", b"x")
    with pytest.raises(IsADirectoryError):
        box.read("/sample")


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user already")
def test_an_ordinary_user_can_start_and_use_a_sandbox(tmp_path: Path) -> None:
    python = Path(f"/usr/bin/python3.{sys.version_info.minor}")
    if not python.exists():
        pytest.skip(f"{python}, which every user can run, is not there")
    code = """
import os
from holdshort.assess.sandbox.session import Session
from holdshort.assess.sandbox.settings import Settings
session = Session(Settings())
try:
    print(os.getuid(), session.call().exec(["id", "-u"], limit=99).out)
    session.call().write("file", b"x")
    print(session.call().read("file", 9))
finally:
    session.close()
"""
    done = subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs",
         python, "-c", code],
        env={"PYTHONPATH": ":".join(path for path in sys.path if path), "PATH": "/usr/bin"},
        capture_output=True, text=True, check=False, cwd="/",
    )  # fmt: skip
    assert done.stdout.splitlines() == ["65534 b'1000\\n'", "b'x'"], done.stderr
