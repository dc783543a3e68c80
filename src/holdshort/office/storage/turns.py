"""Whoever comes first works for all who wait.

The pattern of a group commit: many threads want something done that one of them can do for all.
The first does it; those who come meanwhile stand in line, and the first of them then does what has
gathered. Nobody overtakes: a thread that comes back at once stands at the end.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, get_ident


class Turns:
    """One worker at a time, in the order of their coming."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._worker: int | None = None
        self._line: deque[object] = deque()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Be the one who works. Within it, the same thread may hold again."""
        if self._worker == get_ident():
            yield
            return
        self._take(lambda: False)
        try:
            yield
        finally:
            self._release()

    def until(self, done: Callable[[], bool], work: Callable[[], None]) -> None:
        """Return once ``done``; until then, work whenever it is this thread's turn.

        ``done`` must not block.
        """
        if self._worker == get_ident():
            raise RuntimeError("An act cannot be filed from within the filing of another.")
        while self._take(done):
            try:
                work()
            finally:
                self._release()

    def _take(self, done: Callable[[], bool]) -> bool:
        """Wait for the turn and take it, unless what it is for is done before."""
        place = object()
        with self._changed:
            self._line.append(place)
            try:
                while True:
                    if done():
                        return False
                    if self._worker is None and self._line[0] is place:
                        self._worker = get_ident()
                        return True
                    self._changed.wait()
            finally:
                self._line.remove(place)
                self._changed.notify_all()  # whoever is first now may be waiting for that

    def _release(self) -> None:
        with self._changed:
            self._worker = None
            self._changed.notify_all()
