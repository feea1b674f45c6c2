"""Signals as return values: nothing is ever interrupted halfway."""

import signal
from types import TracebackType


class Stopped(BaseException):
    """Somebody asked us to stop. Raised only where the code waits, so no child is lost between two lines."""


class Interrupts:
    """Within this context Ctrl-C, SIGTERM and a closed terminal are noticed by `pause` alone."""

    def __init__(self) -> None:
        self._stop = {signal.SIGINT, signal.SIGTERM}
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as under nohup
            self._stop.add(signal.SIGHUP)

    def __enter__(self) -> "Interrupts":
        self._before = signal.pthread_sigmask(signal.SIG_BLOCK, self._stop | {signal.SIGCHLD})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while signal.sigtimedwait(self._stop, 0):  # a second Ctrl-C must not hit who comes after us
            pass
        signal.pthread_sigmask(signal.SIG_SETMASK, self._before)

    def pause(self, seconds: float) -> None:
        """Wait at most `seconds`; return early when a child ended. Raises `Stopped` when asked to stop."""
        received = signal.sigtimedwait(self._stop | {signal.SIGCHLD}, seconds)
        if received and received.si_signo in self._stop:
            raise Stopped
