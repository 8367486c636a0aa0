"""The processes of a run: how they are started, and what the kernel says that they took."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
SERVER = (
    "gunicorn --worker-class asgi --asgi-loop uvloop --keep-alive 75 --no-control-socket --log-level warning"
)


@dataclass(frozen=True)
class Process:
    pid: int

    def cpu(self) -> float:
        """Seconds of user and system time so far, all threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident(self) -> float:
        """MB of memory now."""
        return self._status("VmRSS")

    def peak(self) -> float:
        """MB of memory at most, since `forget_peak`."""
        return self._status("VmHWM")

    def forget_peak(self) -> None:
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def worker(self) -> "Process":
        """The one web worker of a gunicorn master."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        assert len(children) == 1, f"one worker was expected, not {len(children)}"
        return Process(int(children[0]))

    def _status(self, name: str) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) / 1024


@contextmanager
def upstream(rate: float) -> Iterator[tuple[Process, str]]:
    """The scripted upstream at `rate` tokens a second, and what MODEL_API_BASE is to be."""
    command = [sys.executable, "-m", "tests.upstream", "--rate", str(rate)]
    with _running(command, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        yield Process(program.pid), program.stdout.readline().decode().split()[-1]


@contextmanager
def control(model_api_base: str) -> Iterator[tuple[Process, str]]:
    """The control under the server that Parley has; its worker and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    command = [sys.executable, "-m", *SERVER.split(), "--bind", address, "benchmarks.control:application"]
    with _running(command, MODEL_API_BASE=model_api_base) as program:
        _wait_for(f"http://{address}/healthz")
        yield Process(program.pid).worker(), f"http://{address}"


@contextmanager
def _running(
    command: list[str], stdout: int | None = None, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    program = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=stdout)
    try:
        yield program
    finally:
        program.terminate()
        program.wait(30)


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            httpx.get(url, timeout=2.0).raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise TimeoutError(f"{url} does not answer")
