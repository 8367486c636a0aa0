"""One conversation of a run: its browser and its user, up to a point, through a fault, and to the end."""

import re
import time
from dataclasses import dataclass, replace
from uuid import uuid4

import httpx

from tests.chaos.evidence import OPEN, Asked, Case, Ending, Look
from tests.chaos.faults.fault import AFTER_END, BEFORE_SENDING, Fault, Script
from tests.chaos.ground import Ground
from tests.chaos.plays import tag_of
from tests.chaos.shown import Follower
from tests.chaos.texts import words_of
from tests.upstream import Completion, Gate, Record

SEE_OTHER = 303
AGAIN = frozenset({429, 500, 502, 503})
PATIENCE = 60.0  # s for what a fault may delay
ARRIVES = 30.0  # s for a reply to come to its point


@dataclass(frozen=True)
class TalkPlan:
    """All that is drawn for one talk. `point` tells when the fault comes; its gate stands there if it is held."""

    tag: str
    user: str
    fault: Fault
    point: str
    at: int  # the delta before which the point lies
    script: Script
    gate: Gate | None  # none: the fault comes while the answer flows
    late_release: bool  # the gate opens only after the fault of the ground
    goes_on: bool  # another question follows


class Talk:
    def __init__(self, ground: Ground, plan: TalkPlan) -> None:
        self.ground = ground
        self.plan = plan
        self.tag = plan.tag
        self.user = plan.user
        self.reply = self.conversation = 0
        self.followers: list[Follower] = []
        self.browser = self._open_browser()
        plays = plan.fault.plays(plan.script)
        ground.book.write(self.tag, *plays)
        more = (plan.script.told(gates=()),) if plan.goes_on else ()
        ground.book.write(self.tag, *more)
        whole = plays[0].text if isinstance(plays[0], Completion) else plan.script.told().text
        self.case = Case(
            self.tag,
            plan.fault.name,
            plan.fault.expects,
            whole,
            most_requests=plan.fault.requests + len(more),
        )

    @property
    def records(self) -> list[Record]:
        return [record for record in list(self.ground.upstream.records) if tag_of(record) == self.tag]

    @property
    def conversations(self) -> list[int]:
        return [self.conversation] if self.conversation else []

    # Its course, as `run` calls it.

    def begin(self) -> None:
        """Up to the point where the fault is to come."""
        if self.plan.point != BEFORE_SENDING:
            self._send()
            self._arrive()

    def meet(self) -> None:
        """The fault of its own."""
        if self.plan.point == BEFORE_SENDING:
            self._send()
        self.plan.fault.act(self)
        if not self.plan.late_release:
            self.release()

    def release(self) -> None:
        if self.plan.gate is not None:
            self.plan.gate.release()

    def look(self) -> None:
        """What was shown first, and then what is stored: nothing may be missing."""
        for follower in list(self.followers):
            words = follower.words
            if not words:
                continue
            stored = self.ground.database.text_of(follower.reply_id)
            if stored is not None:
                self.case.looks.append(Look(follower.reply_id, words, stored))

    def go_on(self) -> None:
        """What comes after everything is settled, and another question."""
        self.plan.fault.after(self)

    def ask_more(self) -> None:
        if self.plan.goes_on and not self.case.deleted:
            asked = Asked(str(uuid4()), f"[{self.tag}] And then?")
            self.asks(self.insist(asked, f"/conversations/{self.conversation}/messages/"))
            self.follow()

    def conclude(self) -> None:
        """How every reader ended, how a new one ends, and what the page shows."""
        if not self.case.deleted and self.reply:
            last = self.followers[-1].last_event_id if self.followers else ""
            self.follow(last_event_id=last)
        for follower in self.followers:
            if not follower.wait(PATIENCE):
                self.case.late.append(
                    f"a reader of reply {follower.reply_id} has no end after {PATIENCE:.0f} s"
                )
        self.look()
        for follower in self.followers:
            stored = self.ground.database.text_of(follower.reply_id)
            if follower.ended_at and not follower.refused and stored is not None and not self.case.deleted:
                whole = follower.source if follower.source is not None else ""
                later = self.ground.database.state_of(follower.reply_id)
                if later not in OPEN and follower is self.followers[-1]:
                    self.case.endings.append(Ending(follower.reply_id, whole, stored))
        if self.conversation:
            self._read_page()

    def close(self) -> None:
        self.release()
        for follower in self.followers:
            follower.close()
        self.browser.close()

    # What browsers and users do.

    def post(self, path: str, browser: httpx.Client | None = None, **fields: str) -> httpx.Response | None:
        """Post a form once; None when no answer came."""
        browser = browser or self.browser
        token = browser.cookies["csrftoken"]
        try:
            return browser.post(path, data={"csrfmiddlewaretoken": token, **fields})
        except httpx.HTTPError:
            return None

    def insist(self, asked: Asked, path: str) -> Asked:
        """Post it again until it is accepted or refused for good, as a patient user does."""
        answers, places, deadline = list(asked.answers), set(asked.places), time.monotonic() + PATIENCE
        fields = {"text": asked.text} if asked.text else {}
        while time.monotonic() < deadline:
            answer = self.post(path, send_id=asked.send_id, **fields)
            if answer is not None:
                answers.append(answer.status_code)
                if answer.has_redirect_location:
                    places.add(answer.headers["location"])
                if answer.status_code not in AGAIN:
                    break
            time.sleep(0.1)
        accepted = SEE_OTHER in answers
        return replace(asked, accepted=accepted, answers=tuple(answers), places=frozenset(places))

    def do(self, path: str, browser: httpx.Client | None = None, **fields: str) -> None:
        """Press a button until it is answered."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer = self.post(path, browser, **fields)
            if answer is not None and answer.status_code not in AGAIN:
                return
            if answer is not None and answer.status_code == httpx.codes.INTERNAL_SERVER_ERROR:
                self.case.late.append(f"{path} was answered 500")
            time.sleep(0.1)
        self.case.late.append(f"{path} was not answered")

    def asks(self, asked: Asked) -> None:
        """Note what was asked, and which reply it began."""
        self.case.asked.append(asked)
        if found := self.ground.database.reply_of(asked.send_id):
            self.reply, self.conversation = found

    def follow(self, *, last_event_id: str = "", gzip: bool = True) -> None:
        """Open a reader of the newest reply."""
        if self.reply:
            site = self.ground.site
            self.followers.append(
                Follower(site, self.browser, self.reply, gzip=gzip, last_event_id=last_event_id)
            )

    def upstream_closes(self, seconds: float) -> None:
        """Note it when a request of this talk is still open after so many seconds."""
        for record in self.records:
            if not record.ended.wait(seconds):
                self.case.still_asked.append(
                    f"the upstream was asked {seconds:.0f} s after {self.case.fault}"
                )

    def _open_browser(self) -> httpx.Client:
        if self.plan.fault.own_user:
            self.user = f"one-of-{self.tag}"
            return self.ground.new_user(self.user)
        if self.plan.fault.own_session:
            return self.ground.other_browser(self.user)
        return self.ground.browser(self.user)

    def _send(self) -> None:
        send = self.plan.fault.send or _plain_send
        self.asks(send(self))
        self.follow(gzip=self.plan.script.random.random() < 0.5)

    def _arrive(self) -> None:
        """Wait until the answer has come to the point, or to its end."""
        deadline = time.monotonic() + ARRIVES
        while time.monotonic() < deadline and not self._is_there():
            time.sleep(0.01)

    def _is_there(self) -> bool:
        if self.plan.point != AFTER_END:
            if self.plan.gate is not None and self.plan.gate.reached.is_set():
                return True
            if self.plan.gate is None and any(len(record.deltas) >= self.plan.at for record in self.records):
                return True
        if self.reply and self.ground.database.state_of(self.reply) not in OPEN:
            return True
        return any(record.ended.is_set() for record in self.records) and self.plan.point != AFTER_END

    def _read_page(self) -> None:
        path = f"/conversations/{self.conversation}/"
        page = self.browser.get(path)
        if self.case.deleted:
            if page.status_code not in (httpx.codes.NOT_FOUND, httpx.codes.FOUND):
                self.case.late.append(f"{path} was deleted and is answered {page.status_code}")
            return
        if 'aria-busy="true"' in page.text:
            self.case.late.append(f"{path} shows a reply that is being written")
        if not re.search(r'action="/messages/\d+/replies/"', page.text):
            self.case.late.append(f"{path} offers no way on")
        shown = words_of(page.text)
        if stored := self.ground.database.text_of(self.reply):
            missing = words_of(stored) - shown
            if missing:
                self.case.late.append(f"{path} lacks {sorted(missing)[:5]}")


def _plain_send(talk: Talk) -> Asked:
    return talk.insist(Asked(str(uuid4()), f"[{talk.tag}] What is there to say?"), "/conversations/")
