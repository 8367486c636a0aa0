"""A real site: `manage.py serve` with a database of its own, which a test may kill and start again."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.migrated import put_migrated
from tests.password import PASSWORD
from tests.ports import free_port
from tests.secrets import secrets_in
from tests.upstream import Upstream

ROOT = Path(__file__).resolve().parent.parent
START = 120.0  # s for a start to answer /healthz, on a machine that is busy with others


class Site:
    """`url` stays the same over restarts. Output of every start is in `log`."""

    def __init__(self, data_dir: Path, **environment: str) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log_file = data_dir / "output.log"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("MODEL_", "AIML"))},
            "DATA_DIR": str(data_dir),
            "PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            **environment,
        }
        self._program: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        return self._log_file.read_text("utf-8")

    @property
    def pid(self) -> int:
        assert self._program is not None
        return self._program.pid

    @property
    def workers(self) -> list[int]:
        """The process ids of the web workers."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [int(child) for child in children if _is_worker(child)]

    @property
    def setup_url(self) -> str:
        """The one-time link that the last start printed."""
        return re.findall(r"http://\S+/setup/\S+", self.log)[-1]

    def migrated(self) -> "Site":
        """Before the first start: saves it the making of a database, where that is not what is tested."""
        if not self._environment.get("DATABASE_URL"):
            put_migrated(self.data_dir)
        return self

    def start(self) -> "Site":
        with self._log_file.open("ab") as log:
            self._program = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_for(self._healthy, "the site to answer /healthz", START)
        return self

    def kill(self) -> None:
        """SIGKILL to the whole process group, as a power cut would."""
        os.killpg(self.pid, signal.SIGKILL)
        self._wait()

    def stop(self, seconds: float = 30.0) -> int:
        """SIGTERM, and the exit status; what it logged until then held no secret."""
        return self._signal(signal.SIGTERM, seconds)

    def end(self) -> int:
        """Ctrl-C, and so without the time that SIGTERM gives to browsers; what was logged held no secret."""
        return self._signal(signal.SIGINT, 30.0)

    def manage(self, *arguments: str) -> str:
        """Run `manage.py` with the site's own settings; what it said."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self._environment, check=True, capture_output=True, text=True
        ).stdout

    def guest(self) -> httpx.Client:
        """A browser without JavaScript that nobody has logged in."""
        return httpx.Client(base_url=self.url, timeout=30.0)

    def set_up(self, username: str = "alice") -> httpx.Client:
        """Create the administrator by the printed link; returns their browser."""
        client = self.guest()
        client.get(self.setup_url).raise_for_status()
        answer = post(client, self.setup_url, username=username, password1=PASSWORD, password2=PASSWORD)
        assert answer.status_code == 303, answer.text
        return client

    def log_in(self, username: str = "alice") -> httpx.Client:
        client = self.guest()
        client.get("/accounts/login/").raise_for_status()
        answer = post(client, "/accounts/login/", login=username, password=PASSWORD)
        assert answer.status_code == 302, answer.text
        return client

    def _healthy(self) -> bool:
        assert self._program is not None
        assert self._program.poll() is None, f"the site ended by itself:\n{self.log}"
        try:
            return httpx.get(f"{self.url}/healthz", timeout=2.0).status_code == 200
        except httpx.HTTPError:
            return False

    def _signal(self, which: signal.Signals, seconds: float) -> int:
        if self._program is None:
            return 0
        self._program.send_signal(which)
        status = self._wait(seconds)
        assert secrets_in(self.log, self.data_dir, self._environment) == []
        return status

    def _wait(self, seconds: float = 30.0) -> int:
        assert self._program is not None
        program, self._program = self._program, None
        try:
            return program.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(program.pid, signal.SIGKILL)  # a site that does not end must not outlive its test
            program.wait(seconds)
            raise


def _is_worker(process: str) -> bool:
    try:
        return b"gunicorn" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:  # it ended just now
        return False


def post(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    """Post a form as a browser does, with the CSRF token of its cookie."""
    return client.post(path, data={"csrfmiddlewaretoken": client.cookies["csrftoken"], **fields})


def ask(client: httpx.Client, text: str, path: str = "/conversations/") -> str:
    """Send a message; the path of its conversation."""
    answer = post(client, path, text=text, send_id=str(uuid4()))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def wait_for(condition: Callable[[], object], what: str, seconds: float = 30.0) -> None:
    """Look until `condition` holds: for what another program does and cannot tell us."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.05)


@pytest.fixture
def start_site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Start sites with settings of their own; they end with the test."""
    sites: list[Site] = []

    def start(**environment: str) -> Site:
        data_dir = Path(tempfile.mkdtemp(dir=tmp_path))
        sites.append(Site(data_dir, **environment))
        return sites[-1].migrated().start()

    yield start
    for site in sites:
        site.end()


@pytest.fixture
def site(start_site: Callable[..., Site], upstream: Upstream) -> Site:
    """A site that asks the scripted upstream."""
    return start_site(MODEL_API_BASE=upstream.url, MODEL_API_KEY="sk-secret-of-the-site")
