"""A script that asks the API at random: whole answers and streams, and it does not always wait for them."""

import threading
from contextlib import suppress
from random import Random

import httpx

from tests.faults.ledger.mix import HANGS_UP, Tally
from tests.site import Site
from tests.upstream import MODEL

PATH = "/v1/chat/completions"


class Script:
    """One key. Every request has a connection, and so perhaps a worker, of its own."""

    def __init__(self, site: Site, key: str, tally: Tally, random: Random, name: str) -> None:
        self._client = httpx.Client(
            base_url=site.url,
            timeout=60.0,
            limits=httpx.Limits(max_keepalive_connections=0),
            headers={"Authorization": f"Bearer {key}"},
        )
        self._tally = tally
        self._random = random
        self._name = name
        self._asked = 0
        self._pause = threading.Event()

    def live(self, deeds: int) -> None:
        """Ask so many times, at moments of its own."""
        kinds = {self.whole: 4, self.stream: 6, self.hang_up: 2, self.leave_stream: 4}
        with self._client:
            for _ in range(deeds):
                self._random.choices(list(kinds), list(kinds.values()))[0]()
                self._pause.wait(self._random.expovariate(8))

    def whole(self) -> None:
        self._ask("whole", stream=False)

    def hang_up(self) -> None:
        self._ask("hang up", stream=False, seconds=HANGS_UP)

    def stream(self) -> None:
        self._read("stream", most=None)

    def leave_stream(self) -> None:
        self._read("leave", most=self._random.randrange(1, 8))

    def _ask(self, deed: str, *, stream: bool, seconds: float = 60.0) -> None:
        status = 0
        with suppress(httpx.HTTPError):
            status = self._client.post(PATH, json=self._body(stream=stream), timeout=seconds).status_code
        self._tally.count(deed, status)

    def _read(self, deed: str, *, most: int | None) -> None:
        """The stream to its end, or so many lines of it."""
        status = 0
        with (
            suppress(httpx.HTTPError),
            self._client.stream("POST", PATH, json=self._body(stream=True)) as answer,
        ):
            status = answer.status_code
            for number, _ in enumerate(answer.iter_lines()):
                if number == most:
                    break
        self._tally.count(deed, status)

    def _body(self, *, stream: bool) -> dict[str, object]:
        self._asked += 1
        said = f"{self._name} asks number {self._asked}."
        return {"model": MODEL, "messages": [{"role": "user", "content": said}], "stream": stream}
