"""People who do at random all that asks the model, each in a browser of their own."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random
from uuid import uuid4

import httpx

from tests.chaos.stored import Database
from tests.site import Site, post

AGAIN = 4  # times that a form is posted whose answer was lost
HANGS_UP = 0.2  # s: somebody who does not wait for a title
TURNS = "SELECT id FROM chat_message WHERE conversation_id = %s AND role = 'user'"
REPLIES = """
SELECT reply.id FROM chat_reply reply JOIN chat_message message ON message.id = reply.message_id
WHERE message.conversation_id = %s ORDER BY reply.id DESC
"""


class Tally:
    """What was done, by all together: (deed, status) of each answer, 0 where none came."""

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, int]] = Counter()
        self._lock = threading.Lock()

    def count(self, deed: str, status: int) -> None:
        with self._lock:
            self.answers[deed, status] += 1

    @property
    def deeds(self) -> int:
        with self._lock:
            return self.answers.total()

    def of(self, deed: str) -> Counter[int]:
        return Counter({status: number for (name, status), number in self.answers.items() if name == deed})


class Person:
    """One browser of one user. Every request has a connection, and so perhaps a worker, of its own."""

    def __init__(
        self, site: Site, database: Database, cookies: httpx.Cookies, tally: Tally, random: Random, name: str
    ) -> None:
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(base_url=site.url, timeout=60.0, limits=limits, cookies=cookies)
        self._database = database
        self._tally = tally
        self._random = random
        self._name = name
        self._said = 0
        self._conversations: list[int] = []
        self._pause = threading.Event()

    def live(self, deeds: int) -> None:
        """Do so many things, at moments of their own."""
        kinds = {
            self.begin: 24,
            self.go_on: 16,
            self.stop: 24,
            self.regenerate: 8,
            self.edit: 6,
            self.resume: 8,
            self.ask_for_title: 8,
            self.delete: 4,
        }
        with self._client:
            for _ in range(deeds):
                self._random.choices(list(kinds), list(kinds.values()))[0]()
                self._pause.wait(self._random.expovariate(8))

    def begin(self) -> None:
        path = self._ask("begin", "/conversations/", text=self._text())
        if path:
            self._conversations.append(int(path.strip("/").split("/")[1]))

    def go_on(self) -> None:
        self._somewhere(
            lambda here: self._ask("go on", f"/conversations/{here}/messages/", text=self._text())
        )

    def stop(self) -> None:
        self._at_a_reply(lambda reply: self._press("stop", f"/replies/{reply}/stop/"))

    def resume(self) -> None:
        self._at_a_reply(lambda reply: self._ask("continue", f"/replies/{reply}/continue/"))

    def regenerate(self) -> None:
        self._at_a_question(lambda question: self._ask("regenerate", f"/messages/{question}/replies/"))

    def edit(self) -> None:
        self._at_a_question(
            lambda question: self._ask("edit", f"/messages/{question}/edits/", text=self._text())
        )

    def delete(self) -> None:
        def deleted(here: int) -> None:
            self._press("delete", f"/conversations/{here}/delete/")
            self._conversations.remove(here)

        self._somewhere(deleted)

    def ask_for_title(self) -> None:
        """And sometimes go away before it has come."""

        def asked(here: int) -> None:
            path = f"/conversations/{here}/title/"
            hurried = self._random.random() < 0.3
            token = {"csrfmiddlewaretoken": self._client.cookies["csrftoken"]}
            try:
                answer = self._client.post(path, data=token, timeout=HANGS_UP if hurried else 60.0)
            except httpx.HTTPError:
                self._tally.count("title", 0)
            else:
                self._tally.count("title", answer.status_code)

        self._somewhere(asked)

    def _text(self) -> str:
        self._said += 1
        return f"{self._name} says number {self._said}."

    def _somewhere(self, act: Callable[[int], object]) -> None:
        """In one of the newest conversations; without one a new one is begun."""
        if self._conversations:
            act(self._random.choice(self._conversations[-5:]))
        else:
            self.begin()

    def _at_a_reply(self, act: Callable[[int], object]) -> None:
        self._at(REPLIES, act)

    def _at_a_question(self, act: Callable[[int], object]) -> None:
        self._at(TURNS, act)

    def _at(self, sql: str, act: Callable[[int], object]) -> None:
        def there(here: int) -> None:
            rows = self._database.read(sql, here)
            if rows:
                act(rows[0][0])
            else:
                self.begin()

        self._somewhere(there)

    def _ask(self, deed: str, path: str, **fields: str) -> str:
        """Post a form that begins a reply, as a browser with or without JavaScript; where it led to."""
        headers = {"HX-Request": "true"} if self._random.random() < 0.5 else {}
        self._client.headers.update(headers)
        answer = self._press(deed, path, send_id=str(uuid4()), **fields)
        if headers:
            del self._client.headers["HX-Request"]
        if answer is None or answer.status_code not in (200, 303):
            return ""
        return answer.headers.get("location") or answer.headers.get("HX-Push-Url") or ""

    def _press(self, deed: str, path: str, **fields: str) -> httpx.Response | None:
        """Post it until it is answered, with the same send_id: its worker may be killed meanwhile."""
        for _ in range(AGAIN):
            with suppress(httpx.HTTPError):
                answer = post(self._client, path, **fields)
                self._tally.count(deed, answer.status_code)
                return answer
        self._tally.count(deed, 0)
        return None
