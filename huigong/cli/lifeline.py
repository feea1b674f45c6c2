"""Children that never outlive the process which started them."""

import ctypes
import os
import signal
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_libc = ctypes.CDLL(None, use_errno=True)


def lifeline(farewell: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn` for Popen: the kernel sends `farewell` to the child when its parent dies, however it dies.

    The child also gets the default signal mask back: the supervisor blocks the signals that it waits for.
    Only the main thread may use it, because the kernel takes the death of the starting thread as the parent's.
    """
    parent = os.getpid()

    def hold_on() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, farewell)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        if os.getppid() != parent:  # it died before the line was tied
            os._exit(1)

    return hold_on


def name_process(name: str) -> None:
    """Show this process as `name`, of at most 15 letters, to ps and top."""
    _libc.prctl(_PR_SET_NAME, name.encode())
