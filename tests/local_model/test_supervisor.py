"""Who keeps the embedded model running, and who ends with whom."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from chat import local_model
from chat.local_model import LocalModel
from chat.local_model.process import KEY_VARIABLE, ROOT
from chat.local_model.supervisor import pause_before_restart
from tests.local_model.conftest import READY_SECONDS
from tests.local_model.processes import (
    children,
    command_line,
    environment,
    is_running,
    listening_addresses,
    until,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")


def test_a_killed_model_comes_back_at_its_address_with_its_key(own_model: LocalModel) -> None:
    for _ in range(2):
        (killed,) = children(own_model.pid)
        os.kill(killed, signal.SIGKILL)
        until(lambda killed=killed: children(own_model.pid) not in ([], [killed]))
        assert local_model.wait_until_ready(own_model, READY_SECONDS)
        assert local_model.context_window(own_model.base_url, own_model.api_key) == local_model.WINDOW


def test_every_connection_reaches_the_model_and_none_the_held_port(model: LocalModel) -> None:
    for _ in range(100):
        assert local_model.wait_until_ready(model, 1.0)


def test_nobody_takes_the_address_while_the_model_is_away(own_model: LocalModel) -> None:
    (server,) = children(own_model.pid)
    os.kill(server, signal.SIGKILL)
    port = urlsplit(own_model.base_url).port
    until(lambda: listening_addresses(port or 0) == [])
    with socket.socket() as thief, pytest.raises(OSError, match="in use"):
        thief.bind(("127.0.0.1", port))


def test_stop_ends_both_processes_and_may_be_repeated(own_model: LocalModel) -> None:
    (model,) = children(own_model.pid)
    local_model.stop(own_model)
    assert not is_running(own_model.pid)
    assert not is_running(model)
    local_model.stop(own_model)


def test_stop_leaves_a_process_alone_that_is_not_its_child() -> None:
    stranger = LocalModel(base_url="", api_key="", model="", pid=os.getppid())
    local_model.stop(stranger)
    assert is_running(stranger.pid)


def test_a_killed_supervisor_takes_the_model_with_it(own_model: LocalModel) -> None:
    (model,) = children(own_model.pid)
    os.kill(own_model.pid, signal.SIGKILL)
    until(lambda: not is_running(model))
    until(lambda: listening_addresses(urlsplit(own_model.base_url).port or 0) == [])


def test_a_killed_starter_takes_both_with_it(starter: subprocess.Popen[str]) -> None:
    supervisor, model = _started_by(starter)
    starter.kill()
    starter.wait()
    until(lambda: not is_running(supervisor))
    until(lambda: not is_running(model))


def test_a_starter_killed_at_once_leaves_nothing_behind(starter: subprocess.Popen[str]) -> None:
    """The model is still loading, or not there yet."""
    assert starter.stdout is not None
    supervisor = int(starter.stdout.readline())
    starter.kill()
    starter.wait()
    until(lambda: not is_running(supervisor))
    until(lambda: not any(f"\0{supervisor}\0" in _command_line_or_nothing(pid) for pid in _all_processes()))


def test_the_starter_does_not_load_the_model_itself(starter: subprocess.Popen[str]) -> None:
    supervisor, _ = _started_by(starter)
    with open(f"/proc/{starter.pid}/maps") as maps:
        assert "xllamacpp" not in maps.read()
    with open(f"/proc/{supervisor}/maps") as maps:
        assert "xllamacpp" not in maps.read()


def test_a_terminals_interrupt_does_not_reach_it(model: LocalModel) -> None:
    assert os.getsid(model.pid) == model.pid
    (server,) = children(model.pid)
    assert os.getsid(server) == model.pid


def test_the_key_stands_on_no_command_line(model: LocalModel) -> None:
    (server,) = children(model.pid)
    assert model.api_key not in command_line(model.pid) + command_line(server) + repr(model)


def test_the_sites_secrets_are_not_handed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "do-not-pass-on")
    started = local_model.start()
    try:
        (server,) = until(lambda: children(started.pid))
        assert "do-not-pass-on" not in environment(started.pid) + environment(server)
    finally:
        local_model.stop(started)


def test_it_is_started_from_the_main_thread_only() -> None:
    refused: list[str] = []

    def start() -> None:
        try:
            local_model.start()
        except RuntimeError as error:
            refused.append(str(error))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in refused[0]


def test_a_tight_crash_loop_is_slowed_to_one_start_a_minute() -> None:
    assert [pause_before_restart(ends) for ends in range(1, 10)] == [0, 1, 2, 4, 8, 16, 32, 60, 60]


def test_a_model_that_cannot_start_says_why_and_is_tried_again() -> None:
    arguments = [str(os.getpid()), "/no/such.gguf", "1", "1", "512"]
    with subprocess.Popen(
        [sys.executable, "-m", "chat.local_model.supervisor", *arguments],
        env={"PYTHONPATH": str(ROOT), KEY_VARIABLE: "k"},
        stderr=subprocess.PIPE,
        text=True,
    ) as supervisor:
        assert supervisor.stderr is not None
        said = ""
        while said.count("embedded model: ended with status 1") < 2:
            said += (line := supervisor.stderr.readline())
            assert line, "the supervisor gave up"
        supervisor.terminate()
        assert supervisor.wait() == 0
    assert "/no/such.gguf" in said


@pytest.fixture
def starter() -> Iterator[subprocess.Popen[str]]:
    """Another process that starts a model, says the supervisor's pid, and waits to be killed."""
    program = (
        "import signal; from chat import local_model;"
        "print(local_model.start().pid, flush=True); signal.pause()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def _started_by(starter: subprocess.Popen[str]) -> tuple[int, int]:
    assert starter.stdout is not None
    supervisor = int(starter.stdout.readline())
    (model,) = until(lambda: children(supervisor))
    return supervisor, model


def _all_processes() -> list[int]:
    return [int(process.name) for process in Path("/proc").iterdir() if process.name.isdigit()]


def _command_line_or_nothing(pid: int) -> str:
    try:
        return command_line(pid)
    except (FileNotFoundError, ProcessLookupError):
        return ""
