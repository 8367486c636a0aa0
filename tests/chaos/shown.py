"""Journal B: what a browser was sent of a reply, over all its connections."""

import html
import re
import threading
import time

import httpx

from tests.chaos.texts import words_of
from tests.flows.events import Reader
from tests.site import Site

SOURCE = re.compile(r"<template data-source>(.*?)</template>", re.DOTALL)
AGAIN = 0.1  # s until a lost connection is tried again
NOT_FOUND = 404


class Follower:
    """Follows a reply in a thread of its own as the page's script does: connects again with Last-Event-ID."""

    def __init__(
        self, site: Site, browser: httpx.Client, reply_id: int, *, gzip: bool = True, last_event_id: str = ""
    ) -> None:
        self.reply_id = reply_id
        self.last_event_id = last_event_id
        self.connections = 0
        self.ended_at: float | None = None
        self.refused = False  # with 404: there is nothing for this browser any more
        self._site = site
        self._browser = browser
        self._gzip = gzip
        self._before = ""  # what came on connections that are over
        self._reader: Reader | None = None
        self._closing = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, name=f"reader of {reply_id}", daemon=True)
        self._thread.start()

    @property
    def text(self) -> str:
        """All that was sent so far."""
        reader = self._reader
        return self._before + (reader.text if reader else "")

    @property
    def words(self) -> frozenset[str]:
        return words_of(self.text)

    @property
    def source(self) -> str | None:
        """The text of the message in the last frame, if that has come."""
        lines = "\n".join(line.removeprefix("data: ") for line in self.text.split("\n"))
        found = SOURCE.findall(lines)
        return html.unescape(found[-1]) if found else None

    def wait(self, seconds: float) -> bool:
        """Until the last frame, or a refusal."""
        return self._over.wait(seconds)

    def close(self) -> None:
        """The tab is closed: in mid-stream, without a word."""
        self._closing.set()
        if reader := self._reader:
            reader.hang_up()
        self._thread.join(5)

    def _follow(self) -> None:
        path = f"/replies/{self.reply_id}/events/"
        while not self._closing.is_set():
            try:
                with Reader(
                    self._site, self._browser, path, gzip=self._gzip, last_event_id=self.last_event_id
                ) as reader:
                    self.connections += 1
                    self._reader = reader
                    self.refused = reader.status == NOT_FOUND
                    if reader.status == httpx.codes.OK:
                        reader.read_all()
            except (OSError, ValueError):  # cut off, also in the middle of a line
                pass
            if self._take_over():
                break
            self._closing.wait(AGAIN)
        self._over.set()

    def _take_over(self) -> bool:
        """Keep what the connection brought; true when there will be no more."""
        reader, text = self._reader, self.text
        if reader is not None:
            ids = [event.id for event in reader.events if event.id is not None]
            self.last_event_id = ids[-1] if ids else self.last_event_id
            ended = any(event.name == "end" for event in reader.events)
        self._before, self._reader = text, None
        if reader is None or not (ended or self.refused):
            return False
        self.ended_at = time.monotonic()
        return True
