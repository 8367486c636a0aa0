"""Asking Parley's own API inside the test's process, as a script with a key does."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import AsyncClient

from chat.models import ApiKey, Call, User
from tests.running import Running

PATH = "/v1/chat/completions"
HELLO = {"model": "mistralai/mistral-tiny", "messages": [{"role": "user", "content": "Hello"}]}


@dataclass
class Answer:
    """A whole answer; `events` are the JSON of a stream's, without its end mark."""

    response: HttpResponse
    text: str

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def headers(self) -> Any:
        return self.response.headers

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def error(self) -> Any:
        return self.json["error"]

    @property
    def events(self) -> list[Any]:
        lines = [line.removeprefix("data: ") for line in self.text.splitlines() if line]
        return [json.loads(line) for line in lines if line != "[DONE]"]

    @property
    def content(self) -> str:
        """What the deltas of a stream say together."""
        choices = [choice for event in self.events for choice in event.get("choices", ())]
        return "".join(choice["delta"].get("content") or "" for choice in choices)


class Script:
    """A program with a key. `headers` are sent in place of the key's."""

    def __init__(self, running: Running, user: User) -> None:
        self.running = running
        self.key, self.secret = ApiKey.objects.issue(user, name="script")

    def ask(self, **changes: Any) -> Answer:
        """Say hello, with these fields on top."""
        return self.post(json.dumps({**HELLO, **changes}))

    def post(self, body: str | bytes, *, content_type: str = "application/json", **headers: str) -> Answer:
        return self.request("post", PATH, body, content_type, **headers)

    def get(self, path: str) -> Answer:
        return self.request("get", path)

    def request(self, method: str, path: str, *body: Any, **headers: str) -> Answer:
        return self.running.run(self._request(method, path, body, headers))

    async def _request(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        sent = headers or {"Authorization": f"Bearer {self.secret}"}
        response = await getattr(AsyncClient(raise_request_exception=False), method)(
            path, *body, headers=sent
        )
        if response.streaming:
            text = b"".join([part async for part in response.streaming_content]).decode()
        else:
            text = response.content.decode()
        return Answer(response, text)

    @property
    def calls(self) -> list[Call]:
        """The ledger rows of its key, oldest first."""
        return list(Call.objects.filter(api_key=self.key).order_by("pk"))
