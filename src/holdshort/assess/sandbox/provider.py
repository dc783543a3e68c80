"""The sandbox ``bubblewrap`` as Inspect knows it: ``Task(sandbox="bubblewrap")``.

The configuration is `Settings` or the path of a YAML file with the same names. One sandbox a
sample, with one environment, ``default``. Commands run as the one account there is; whoever asks
for another is told so. A command that takes too long is killed and not tried again: what it did
has been done.
"""

from collections.abc import Callable
from typing import Any, Literal, TypeVar, overload

import anyio
import anyio.to_thread
from inspect_ai.util import (
    ExecResult,
    OutputLimitExceededError,
    SandboxEnvironment,
    SandboxEnvironmentConfigType,
    SandboxEnvironmentLimits,
    SandboxUnavailableError,
    SandboxUserUnsupportedError,
    sandboxenv,
)
from pydantic import BaseModel

from holdshort.assess.sandbox.bubblewrap import UID, USER
from holdshort.assess.sandbox.session import Ended, Gone, Session, TooLarge
from holdshort.assess.sandbox.settings import read

_THREADS = 256
"""Operations of all sandboxes at once; each waits on a thread of its own."""

T = TypeVar("T")


@sandboxenv(name="bubblewrap")
class BubblewrapSandbox(SandboxEnvironment):
    """A sample's sandbox: no network, no file of the machine but what is shown, limits on all."""

    _limiter: anyio.CapacityLimiter | None = None

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    @classmethod
    async def task_init(cls, task_name: str, config: SandboxEnvironmentConfigType | None) -> None:
        """Start one sandbox and end it: what cannot start must not wait for the first sample."""
        settings = read(config)
        cls._limiter = anyio.CapacityLimiter(_THREADS)  # belongs to this run's event loop
        session = await cls._on_thread(lambda: Session(settings))
        await cls._on_thread(session.close)

    @classmethod
    async def sample_init(
        cls, task_name: str, config: SandboxEnvironmentConfigType | None, metadata: dict[str, str]
    ) -> dict[str, SandboxEnvironment]:
        """Start the sample's sandbox."""
        settings = read(config)
        return {"default": cls(await cls._on_thread(lambda: Session(settings)))}

    @classmethod
    async def sample_cleanup(
        cls,
        task_name: str,
        config: SandboxEnvironmentConfigType | None,
        environments: dict[str, SandboxEnvironment],
        interrupted: bool,
    ) -> None:
        """End the sample's sandbox and all that runs in it, also when the sample was cut off."""
        with anyio.CancelScope(shield=True):
            for environment in environments.values():
                await cls._on_thread(environment.as_type(cls).session.close)

    @classmethod
    def config_files(cls) -> list[str]:
        """None that would be taken up unasked."""
        return []

    @classmethod
    def config_deserialize(cls, config: dict[str, Any]) -> BaseModel:
        """`Settings` from what a log holds."""
        return read(config)

    @classmethod
    async def _on_thread(cls, act: Callable[[], T]) -> T:
        # Not abandoned when cancelled: a session that starts must come to be known, and closed.
        return await anyio.to_thread.run_sync(act, limiter=cls._limiter)

    async def exec(
        self,
        cmd: list[str],
        input: str | bytes | None = None,  # noqa: A002 (Inspect's name)
        cwd: str | None = None,
        env: dict[str, str] | None = None,
        user: str | None = None,
        timeout: int | None = None,
        timeout_retry: bool = True,
        concurrency: bool = True,
    ) -> ExecResult[str]:
        """Run a command inside; see Inspect's base class."""
        if user not in (None, USER, str(UID)):
            raise SandboxUserUnsupportedError(f"the sandbox has one account, {USER}; not {user!r}")
        limit = SandboxEnvironmentLimits.MAX_EXEC_OUTPUT_SIZE
        cancelled = anyio.get_cancelled_exc_class()
        try:
            call = self.session.call()
        except Gone as error:
            raise SandboxUnavailableError(str(error)) from error

        def act() -> Ended:
            return call.exec(
                cmd, given=_bytes(input), cwd=cwd, env=env, seconds=timeout, limit=limit
            )

        try:
            ended = await anyio.to_thread.run_sync(
                act, limiter=self._limiter, abandon_on_cancel=True
            )
        except cancelled:
            call.abandon()
            raise
        except TooLarge as error:
            raise OutputLimitExceededError(
                SandboxEnvironmentLimits.MAX_EXEC_OUTPUT_SIZE_STR, _text(error.seen)
            ) from None
        except Gone as error:
            raise SandboxUnavailableError(str(error)) from error
        return ExecResult(ended.code == 0, ended.code, _text(ended.out), _text(ended.err))

    async def write_file(self, file: str, contents: str | bytes) -> None:
        """Write a file inside, its folders too."""
        await self._on_thread(lambda: self.session.call().write(file, _bytes(contents)))

    @overload
    async def read_file(self, file: str, text: Literal[True] = True) -> str: ...

    @overload
    async def read_file(self, file: str, text: Literal[False]) -> bytes: ...

    async def read_file(self, file: str, text: bool = True) -> str | bytes:
        """Read a regular file inside."""
        limit = SandboxEnvironmentLimits.MAX_READ_FILE_SIZE
        try:
            found = await self._on_thread(lambda: self.session.call().read(file, limit))
        except TooLarge:
            raise OutputLimitExceededError(
                SandboxEnvironmentLimits.MAX_READ_FILE_SIZE_STR, None
            ) from None
        return found.decode() if text else found


def _bytes(value: str | bytes | None) -> bytes:
    return value.encode() if isinstance(value, str) else value or b""


def _text(value: bytes) -> str:
    return value.decode(errors="replace")
