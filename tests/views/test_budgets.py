"""What a person sees of budgets: a refusal with the draft kept, what is left, and a line before it bites."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from chat import replies
from chat.models import Budget, Call, Conversation, Message, Reply, User
from chat.usage import hold_counters
from tests.running import Running
from tests.upstream import Answer, Completion, Cut, Gate, Status, Upstream

HTMX = {"HX-Request": "true"}
USED_UP = "The budget of everyone for today is used up: 1 of 1 request. It resets on"


def budget(limit: int = 1, **more: Any) -> Budget:
    return Budget.objects.create(**{"period": "day", "unit": "requests", "limit": limit, **more})


def send(client: Client, path: str = "/conversations/", **more: Any) -> HttpResponse:
    fields = {"text": "My <b>draft</b>", "send_id": str(uuid4()), **more}
    return client.post(path, fields)


def answered(process: Running, alice: User, text: str = "Hello") -> Reply:
    return process.ended(replies.start(alice, text, send_id=uuid4()))


def test_a_refused_first_message_keeps_the_draft_and_begins_nothing(
    process: Running, upstream: Upstream, alices: Client, alice: User
) -> None:
    budget()
    answered(process, alice)
    refused = send(alices)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 24 * 3600
    page = refused.content.decode()
    assert USED_UP in page
    assert "My &lt;b&gt;draft&lt;/b&gt;</textarea>" in page
    assert len(upstream.records) == Conversation.objects.count() == Call.objects.count() == 1


def test_a_refused_message_of_an_htmx_form_lands_in_its_notice(
    process: Running, alices: Client, alice: User
) -> None:
    budget()
    conversation = answered(process, alice).message.conversation
    path = f"{conversation.get_absolute_url()}messages/"
    refused = alices.post(path, {"text": "Draft", "send_id": str(uuid4())}, headers=HTMX)
    assert (refused.status_code, refused["HX-Retarget"]) == (429, "#composer-notice")
    assert int(refused["Retry-After"]) > 0
    assert USED_UP in refused.content.decode()
    assert "composer-text" not in refused.content.decode()
    assert Message.objects.filter(conversation=conversation).count() == 2


def test_an_edit_another_reply_and_a_continuation_go_through_the_same_door(
    process: Running, upstream: Upstream, alices: Client, alice: User
) -> None:
    budget()
    upstream.play(Answer("one two three", ending=Cut(2)))
    reply = answered(process, alice)
    assert reply.state == "interrupted"
    question = reply.message.parent_id
    for path in (
        f"/messages/{question}/edits/",
        f"/messages/{question}/replies/",
        f"/replies/{reply.pk}/continue/",
    ):
        refused = send(alices, path)
        assert refused.status_code == 429, path
        assert USED_UP in refused.content.decode()
    reply.refresh_from_db()
    assert (reply.state, reply.message.text) == ("interrupted", "one two ")
    assert len(upstream.records) == 1


def test_so_does_a_title(process: Running, upstream: Upstream, alices: Client, alice: User) -> None:
    budget(limit=2)
    conversation = answered(process, alice).message.conversation
    upstream.play(Completion("A title"))
    path = f"{conversation.get_absolute_url()}title/"
    assert alices.post(path).status_code == 303
    refused = alices.post(path, headers=HTMX)
    assert (refused.status_code, refused["HX-Retarget"]) == (429, "#composer-notice")
    assert int(refused["Retry-After"]) > 0
    assert "2 of 2 requests" in refused.content.decode()
    assert len(upstream.records) == 2


def test_what_has_no_price_is_refused_under_a_budget_in_usd_without_a_time(
    process: Running, alices: Client
) -> None:
    budget(unit="usd", limit=10**9)
    refused = send(alices)
    assert refused.status_code == 409
    assert "Retry-After" not in refused
    assert "ask the administrator to enter its price" in refused.content.decode()


def test_the_request_carries_no_more_than_is_left(process: Running, upstream: Upstream, alice: User) -> None:
    budget(unit="tokens", limit=302)
    upstream.play(Answer("Hi", usage=(2, 50)))
    answered(process, alice)
    answered(process, alice)
    assert [record.body["max_tokens"] for record in upstream.records] == [300, 248]


def test_a_retry_that_is_refused_ends_the_reply_with_the_sentence(
    process: Running, upstream: Upstream, alice: User
) -> None:
    budget()
    upstream.play(Status(503, headers={"Retry-After": "0"}))
    reply = answered(process, alice)
    assert (reply.state, len(upstream.records)) == ("failed", 1)
    assert reply.error.startswith(USED_UP)
    call = Call.objects.get()
    assert (call.status, call.http_status, call.reserved_tokens) == ("failed", 503, 0)


def test_a_refused_retry_of_a_continued_reply_keeps_its_text(
    process: Running, upstream: Upstream, alice: User
) -> None:
    budget(limit=2)
    upstream.play(Answer("one two three", ending=Cut(2)), Status(503, headers={"Retry-After": "0"}))
    reply = answered(process, alice)
    replies.resume(alice, reply, send_id=uuid4())
    reply = process.ended(reply)
    assert (reply.state, reply.message.text) == ("interrupted", "one two ")
    assert "is used up: 2 of 2 requests" in reply.error
    assert len(upstream.records) == 2


def test_a_retry_is_asked_for_what_is_left_then(process: Running, upstream: Upstream, alice: User) -> None:
    budget(unit="tokens", limit=302)
    upstream.play(Status(503, headers={"Retry-After": "0"}))
    answered(process, alice)
    first, second = upstream.records
    assert first.body["max_tokens"] == 300
    assert second.body["max_tokens"] == Call.objects.latest("pk").max_tokens <= 300


def test_what_waits_and_is_stopped_is_no_request(
    process: Running, upstream: Upstream, alice: User, alices: Client, settings: Any
) -> None:
    settings.RUNNING_REPLIES_A_USER = 1
    budget(limit=2)
    gate = Gate(at=1)
    upstream.play(Answer("One two", gates=(gate,)))
    first = replies.start(alice, "One", send_id=uuid4())
    process.committed(first, lambda text: text == "One ")
    second = replies.start(alice, "Two", send_id=uuid4())
    process.waits(second, 0)
    assert "2 requests reserved by what runs now" in alices.get("/usage/").content.decode()
    replies.stop(second)
    process.ended(second)
    gate.release()
    process.ended(first)
    page = alices.get("/usage/").content.decode()
    assert "<strong>1 of 2 requests</strong> used" in page
    assert "reserved" not in page


def test_usage_shows_each_budget_that_applies(alices: Client, alice: User, charlie: User) -> None:
    assert "Budgets" not in alices.get("/usage/").content.decode()
    budget(limit=5)
    budget(limit=2_000_000, unit="tokens", period="month", user=alice)
    budget(limit=10**10, unit="usd", period="week", user=charlie)
    page = alices.get("/usage/").content.decode()
    assert "The budget of everyone for today" in page
    assert "0 of 5 requests" in page
    assert "Your budget for this month" in page
    assert "2,000,000 tokens left" in page
    assert '<meter min="0" max="2000000" value="0"' in page
    assert "$10.00" not in page


def test_the_line_beside_the_composer_comes_with_the_warning_level(
    process: Running, alices: Client, alice: User
) -> None:
    budget(limit=4, warn_percent=50)
    answered(process, alice)
    assert "1 of 4 requests" not in alices.get("/conversations/").content.decode()
    reply = answered(process, alice)
    for path in ("/conversations/", reply.message.conversation.get_absolute_url()):
        page = alices.get(path).content.decode()
        assert "The budget of everyone for today: 2 of 4 requests used" in page
        assert "resets on" in page


def test_a_conversation_stays_within_its_queries(
    alices: Client, alice: User, django_assert_max_num_queries: Any
) -> None:
    conversation = Conversation.objects.create(owner=alice, title="Hers")
    Message.objects.create(conversation=conversation, role="user", text="Hello")
    with transaction.atomic():
        hold_counters([budget(period=period, limit=0) for period in ("day", "week", "month")])
    with django_assert_max_num_queries(12):
        assert alices.get(conversation.get_absolute_url()).status_code == 200


def test_a_names_angle_brackets_are_text(alices: Client, alice: User) -> None:
    group = alice.groups.create(name="<b>Sales</b>")
    budget(group=group, limit=0)
    page = alices.get("/conversations/").content.decode()
    assert "The budget of &lt;b&gt;Sales&lt;/b&gt; for today" in page


def test_the_admin_says_what_is_used_now_and_keeps_unit_and_period(
    process: Running, bob: User, bobs: Client, alice: User
) -> None:
    bob.is_superuser = True
    bob.save()
    made = budget(limit=3)
    answered(process, alice)
    assert "1 of 3 requests" in bobs.get("/admin/chat/budget/").content.decode()
    where = f"/admin/chat/budget/{made.pk}/change/"
    assert "1 of 3 requests" in bobs.get(where).content.decode()
    fields = {"unit": "tokens", "period": "month", "limit": "7", "warn_percent": "80"}
    assert bobs.post(where, fields).status_code == 302
    made.refresh_from_db()
    assert (made.unit, made.period, made.limit) == ("requests", "day", 7)
    assert bobs.post(f"/admin/chat/budget/{made.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Budget.objects.exists()


@pytest.mark.parametrize("path", ["/usage/"])
def test_a_guest_is_shown_nobodys(guest: Client, alice: User, path: str) -> None:
    budget(user=alice)
    assert guest.get(path).status_code == 302
