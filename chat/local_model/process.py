"""Starting and stopping the embedded model's processes."""

import os
import secrets
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from chat.local_model.weights import MODEL_NAME, find_weights

SLOTS = 2  # requests answered at once
# Tokens a slot, 23 KB each. The model could read 8192, but a prompt of so many takes it minutes, and a
# conversation that is trimmed at its front is read anew every turn.
WINDOW = 4096

KEY_VARIABLE = "PARLEY_LOCAL_MODEL_KEY"
STOP_SECONDS = 5.0

ROOT = Path(__file__).resolve().parents[2]
# The rest of the environment holds the site's secrets; native code that reads strangers' text gets none.
INHERITED = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR")


@dataclass(frozen=True)
class LocalModel:
    """Where the embedded model answers, and the supervisor that keeps it there."""

    base_url: str
    api_key: str = field(repr=False)
    model: str
    pid: int


def start(*, slots: int = SLOTS, window: int = WINDOW) -> LocalModel:
    """Start the supervisor and return at once; the model answers about a second later.

    `window` is in tokens a slot. Raises NotInstalledError, and RuntimeError outside the main thread: the
    kernel ties the supervisor to the thread that starts it, not to the process.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("The embedded model must be started from the main thread, which lives longest.")
    weights = find_weights()
    api_key = secrets.token_urlsafe(32)
    with _hold_port() as held:
        port: int = held.getsockname()[1]
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "-P", "-m", "chat.local_model.supervisor"]
            + [str(argument) for argument in (os.getpid(), weights, port, slots, window)],
            _environment(api_key),
            file_actions=[(os.POSIX_SPAWN_DUP2, held.fileno(), 0)],
            setsid=True,
        )
    return LocalModel(base_url=f"http://127.0.0.1:{port}/v1", api_key=api_key, model=MODEL_NAME, pid=pid)


def _hold_port() -> socket.socket:
    """A free loopback port, bound and never listened on, so that no connection can land here.

    The supervisor keeps it as its standard input. With SO_REUSEPORT only processes of the same user can bind
    the port beside it: the model comes back to its address, and no other user takes it meanwhile.
    """
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    held.bind(("127.0.0.1", 0))
    return held


def _environment(api_key: str) -> dict[str, str]:
    """The key travels here because everybody on the machine can read a command line."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return inherited | {"PYTHONPATH": str(ROOT), KEY_VARIABLE: api_key}


def stop(local_model: LocalModel) -> None:
    """End supervisor and model, and wait until they are gone (at most STOP_SECONDS, then by SIGKILL).

    Only the process that started them can: a pid that is not an unreaped child of ours may belong to a
    stranger by now, and is left alone. Safe to repeat.
    """
    if _is_gone(local_model.pid):
        return
    os.kill(local_model.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        if _is_gone(local_model.pid):
            return
        time.sleep(0.02)
    os.kill(local_model.pid, signal.SIGKILL)
    os.waitpid(local_model.pid, 0)


def _is_gone(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True
