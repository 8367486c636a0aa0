"""Faults of browsers: closed, reloaded, doubled, impatient, logged out."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import urlencode
from uuid import uuid4

from tests.chaos.evidence import Asked
from tests.chaos.faults.fault import Fault
from tests.chaos.talk import Talk

TEN = 10
LEAVES = 5.0  # s in which a stream ends after a log-out
NOISE = 2.0  # s that two busy cores may add


def closed(talk: Talk) -> None:
    """The tab is closed, and the follower of the end is a new one."""
    for follower in talk.followers:
        follower.close()


def reloaded(talk: Talk) -> None:
    """Off-line for a moment: the connection is gone, and the next one begins where it ended."""
    for follower in list(talk.followers):
        follower.close()
        talk.follow(last_event_id=follower.last_event_id)
        talk.follow()


def two_readers(talk: Talk) -> None:
    talk.follow()
    talk.follow(gzip=False)


def ten_at_once(talk: Talk) -> Asked:
    """Ten equal posts, then one with another text."""
    send_id, text = str(uuid4()), f"[{talk.tag}] Ten times."
    with ThreadPoolExecutor(TEN) as tabs:
        answers = list(
            tabs.map(lambda _: talk.post("/conversations/", text=text, send_id=send_id), range(TEN))
        )
    asked = talk.insist(Asked(send_id, text), "/conversations/")
    came = [answer for answer in answers if answer is not None]
    places = {answer.headers["location"] for answer in came if answer.has_redirect_location}
    other = talk.insist(Asked(send_id, f"[{talk.tag}] Another text."), "/conversations/")
    return replace(
        asked,
        answers=(*asked.answers, *(answer.status_code for answer in came)),
        places=asked.places | places,
        other_text=other.answers[-1] if other.answers else 0,
    )


def gone_after_sending(talk: Talk) -> Asked:
    """The socket is closed as soon as the form is sent; later it is sent again."""
    send_id, text = str(uuid4()), f"[{talk.tag}] Sent, and gone."
    token = talk.browser.cookies["csrftoken"]
    body = urlencode({"csrfmiddlewaretoken": token, "text": text, "send_id": send_id}).encode()
    cookies = "; ".join(f"{name}={value}" for name, value in talk.browser.cookies.items())
    head = (
        f"POST /conversations/ HTTP/1.1\r\nHost: 127.0.0.1:{talk.ground.site.port}\r\nCookie: {cookies}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    try:
        with socket.create_connection(("127.0.0.1", talk.ground.site.port), 5) as connection:
            connection.sendall(head.encode() + body)
    except OSError:
        pass
    return talk.insist(Asked(send_id, text), "/conversations/")


def logged_out(talk: Talk) -> None:
    readers = list(talk.followers)
    began = time.monotonic()
    talk.do("/accounts/logout/")
    for reader in readers:
        over = reader.wait(LEAVES + NOISE)
        if not over and not talk.case.upset:  # which may have hit the process of the reader
            talk.case.late.append(f"a stream was open {time.monotonic() - began:.1f} s after the log-out")
    talk.browser = talk.ground.browser(talk.user)


FAULTS = (
    Fault("tab closed", act=closed),
    Fault("reload and resume", act=reloaded),
    Fault("two readers", act=two_readers),
    Fault("ten equal sends", send=ten_at_once),
    Fault("gone after sending", send=gone_after_sending),
    Fault("log-out in mid-stream", act=logged_out, own_session=True),
)
