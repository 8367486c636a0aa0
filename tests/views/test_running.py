"""What is running now, for administrators: whose it is, a Stop, and not a word of what is said."""

import re
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat import replies
from chat.models import Action, AuditEntry, Call, Reply, User
from tests.running import Running
from tests.site import wait_for
from tests.upstream import Answer, Gate, Upstream
from tests.usage.used import used

HTMX = {"HX-Request": "true"}


@pytest.fixture
def call(process: Running, upstream: Upstream, alice: User) -> Call:
    """Alice's, at its first words."""
    upstream.play(Answer("Hers alone, and then the end.", gates=(Gate(at=1),)))
    reply = replies.start(alice, "A question of hers", send_id=uuid4())
    process.committed(reply, lambda text: text == "Hers ")
    return Call.objects.get(reply=reply)


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.parametrize("method", ["get", "post"])
def test_refusals(guest: Client, alices: Client, charlies: Client, call: Call, method: str) -> None:
    url, wrong_method = f"/usage/running/{call.pk}/stop/", method == "get"
    assert getattr(guest, method)(url).status_code == (405 if wrong_method else 302)
    for nobody in (charlies, alices):  # whose own it is has a Stop of her own
        assert getattr(nobody, method)(url).status_code == (405 if wrong_method else 404)
    assert guest.get("/usage/running/").status_code == 302
    assert charlies.get("/usage/running/").status_code == 404
    assert charlies.get("/usage/running/", headers=HTMX).status_code == 404
    assert not Reply.objects.all().stop_requested().exists()
    assert not AuditEntry.objects.filter(action=Action.STOPPED).exists()


def test_the_dashboard_shows_whose_it_is_and_nothing_of_what_is_said(bobs: Client, call: Call) -> None:
    page = bobs.get("/usage/all/").content.decode()
    shown = page[page.index('id="running"') : page.index("</section>", page.index('id="running"'))]
    assert "alice running chat with mistralai/mistral-tiny since" in words(shown)
    assert "Stop what alice runs since" in words(shown)
    for said in ("question of hers", "Hers"):
        assert said not in shown
    fragment = bobs.get("/usage/running/", headers=HTMX).content.decode()
    assert "alice running chat with mistralai/mistral-tiny since" in words(fragment)
    assert "<html" not in fragment
    assert bobs.get("/usage/running/").headers["Location"] == "/usage/all/#running"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_stop_ends_the_reply_and_is_in_the_audit_trail_once(
    process: Running,
    upstream: Upstream,
    bobs: Client,
    bob: User,
    alice: User,
    alices: Client,
    call: Call,
    headers: dict[str, str],
) -> None:
    for _ in range(2):
        answer = bobs.post(f"/usage/running/{call.pk}/stop/", headers=headers)
        assert answer.status_code == (200 if headers else 303)
    assert upstream.record().closed.wait(1)
    reply = process.ended(Reply.objects.get())
    assert (reply.state, reply.message.text) == ("stopped", "Hers ")
    page = alices.get(reply.message.conversation.get_absolute_url()).content.decode()
    assert "This reply was stopped." in page  # and not that she did it
    call.refresh_from_db()
    assert call.status == "stopped"
    entry = AuditEntry.objects.get(action=Action.STOPPED)
    assert (entry.actor_id, entry.subject_id, entry.detail) == (bob.pk, alice.pk, f"call {call.pk}")
    assert "Nothing is running." in bobs.get("/usage/running/", headers=HTMX).content.decode()


def test_stop_is_told_to_an_api_request_too(bobs: Client, alice: User) -> None:
    call = used(alice, source="api", status="running")
    assert "Stop what alice runs since" in words(bobs.get("/usage/running/", headers=HTMX).content.decode())
    for _ in range(2):
        page = bobs.post(f"/usage/running/{call.pk}/stop/", headers=HTMX).content.decode()
    assert "api with m-1" in words(page)
    assert "Stop what alice runs" not in words(page)
    call.refresh_from_db()
    assert call.stop_requested
    entry = AuditEntry.objects.get(action=Action.STOPPED)
    assert (entry.subject_id, entry.detail) == (alice.pk, f"call {call.pk}")


def test_what_has_ended_meanwhile_stays_as_it_is(db: None, bobs: Client, alice: User) -> None:
    ended = used(alice)
    assert bobs.post(f"/usage/running/{ended.pk}/stop/").status_code == 303
    ended.refresh_from_db()
    assert ended.status == "done"
    assert bobs.post("/usage/running/999/stop/").status_code == 404
    assert not AuditEntry.objects.filter(action=Action.STOPPED).exists()


def test_what_no_reply_stands_behind_has_no_button(bobs: Client, alice: User) -> None:
    used(alice, status="running", source="title")
    fragment = bobs.get("/usage/running/", headers=HTMX).content.decode()
    assert "title with m-1 since" in words(fragment)
    assert "<button" not in fragment


def test_a_hundred_are_shown_with_the_number_of_the_rest(bobs: Client, alice: User) -> None:
    with CaptureQueriesContext(connection) as few:
        bobs.get("/usage/running/", headers=HTMX)
    for _ in range(103):
        used(alice, status="running")
    with CaptureQueriesContext(connection) as many:
        fragment = bobs.get("/usage/running/", headers=HTMX).content.decode()
    assert fragment.count("<li id=") == 100
    assert "And 3 more." in fragment
    newest = Call.objects.latest("pk").pk
    assert f'id="running-{newest}"' in fragment
    assert len(many) <= len(few) + 1


def test_a_call_whose_process_is_gone_says_so(bobs: Client, alice: User) -> None:
    used(alice, status="running", worker=None)
    assert "its process is silent" in bobs.get("/usage/running/", headers=HTMX).content.decode()


def test_a_process_without_a_heartbeat_is_silent_for_all_others(process: Running, alice: User) -> None:
    """As recover sees it, on its own clock."""
    dead = UUID(int=7)
    used(alice, status="running", worker=dead)
    wait_for(lambda: dead in replies.silent_workers(), "it to be called silent", 12)
    assert process.process.worker not in replies.silent_workers()


def test_a_user_who_is_gone_has_a_number(bobs: Client, charlie: User) -> None:
    used(charlie, status="running")
    number = charlie.pk
    charlie.delete()
    assert f"deleted user {number}" in bobs.get("/usage/running/", headers=HTMX).content.decode()
