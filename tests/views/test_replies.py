"""Stop and the event stream, as far as they need no server."""

from uuid import uuid4

import pytest
from django.test import Client

from chat import replies
from chat.models import Reply, User
from chat.replies import Frame
from chat.views.events import FrameRenderer, render, resume_at
from tests.running import Running
from tests.upstream import Answer, Gate, Upstream


@pytest.fixture
def reply(process: Running, upstream: Upstream, alice: User) -> Reply:
    """One of Alice's that is being written and will not end by itself."""
    upstream.play(Answer("one two three", gates=(Gate(2),)))
    begun = replies.start(alice, "Hello", send_id=uuid4())
    process.committed(begun, lambda text: text == "one two ")
    return begun


def test_stop(alices: Client, process: Running, reply: Reply) -> None:
    answer = alices.post(f"/replies/{reply.pk}/stop/")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        reply.message.conversation.get_absolute_url(),
    )
    assert process.ended(reply).state == "stopped"
    assert alices.post(f"/replies/{reply.pk}/stop/", headers={"HX-Request": "true"}).status_code == 204


def test_refusals(guest: Client, charlies: Client, bobs: Client, process: Running, reply: Reply) -> None:
    url = f"/replies/{reply.pk}/stop/"
    assert guest.post(url).status_code == 302
    assert charlies.post(url).status_code == 404
    assert bobs.post(url).status_code == 404
    assert bobs.get(url).status_code == 405
    reply.refresh_from_db()
    assert reply.state == "running"
    replies.stop(reply)
    process.ended(reply)


def test_the_page_of_a_running_reply_shows_its_text_and_refreshes_itself_without_javascript(
    alices: Client, process: Running, reply: Reply
) -> None:
    page = alices.get(reply.message.conversation.get_absolute_url()).content.decode()
    assert "one two" in page
    assert 'aria-busy="true"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert "Regenerate" not in page
    replies.stop(reply)
    process.ended(reply)
    page = alices.get(reply.message.conversation.get_absolute_url()).content.decode()
    assert "one two" in page
    assert 'aria-busy="false"' in page
    assert "http-equiv" not in page


@pytest.mark.parametrize(
    ("header", "offset"), [("", None), ("12", 12), ("-1", None), ("1e3", None), ("9" * 30, None), ("²", None)]
)
def test_only_an_offset_is_taken_from_last_event_id(header: str, offset: int | None) -> None:
    assert resume_at(header) == offset


def test_each_line_of_an_event_is_a_data_line() -> None:
    assert render("a\nb\r\nc", event_id=7) == b"id: 7\ndata: a\ndata: b\ndata: \ndata: c\n\n"


def test_the_status_line_is_sent_when_it_changes() -> None:
    renderer = FrameRenderer(91)
    assert b"Thinking" in renderer.render(Frame(id=0, replace=True))
    assert b"2 replies are ahead" in renderer.render(Frame(id=0, ahead=2))
    first = renderer.render(Frame(id=0, tail="<p>x</p>", started=True))
    assert b'#reply-91-status" hx-swap="innerHTML"></hx-partial>' in first
    assert b"status" not in renderer.render(Frame(id=0, tail="<p>xy</p>", started=True))
