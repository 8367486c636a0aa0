"""The tie between a process and the one that started it."""

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> None:
    """Let this process end when its parent (the pid that started it) does, however that happens.

    Guarantee on Linux: the kernel sends SIGKILL the moment the parent's thread that started us ends.
    Elsewhere a thread looks once a second. A parent that is gone already ends us here.
    """
    if sys.platform == "linux":
        _ask_the_kernel()
    else:
        threading.Thread(target=_watch, args=(parent,), name="parent", daemon=True).start()
    # Asked only now: a parent that died before the request was in place would never be reported.
    if os.getppid() != parent:
        sys.exit("The process that started the embedded model is gone.")


def _ask_the_kernel() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl.argtypes = [ctypes.c_int, ctypes.c_ulong]
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)
