"""Suggest a title: the form, its answers and its refusals."""

import pytest
from django.test import Client

from chat.models import Call, Conversation, Message, User
from tests.running import Running
from tests.upstream import Completion, Status, Upstream

HTMX = {"HX-Request": "true"}


@pytest.fixture
def conversation(alice: User) -> Conversation:
    """Alice's, with one message that nobody answered."""
    made = Conversation.objects.create(owner=alice, title="Hers")
    Message.objects.create(conversation=made, role="user", text="How do fjords form?")
    return made


def path(conversation: Conversation) -> str:
    return f"{conversation.get_absolute_url()}title/"


@pytest.mark.parametrize("method", ["get", "post"])
def test_refusals(
    process: Running,
    upstream: Upstream,
    guest: Client,
    charlies: Client,
    bobs: Client,
    conversation: Conversation,
    method: str,
) -> None:
    url, wrong_method = path(conversation), method == "get"
    assert getattr(guest, method)(url).status_code == (405 if wrong_method else 302)
    assert getattr(guest, method)(url, headers=HTMX).status_code == (405 if wrong_method else 401)
    for stranger in (charlies, bobs):  # staff see usage, not content
        assert getattr(stranger, method)(url).status_code == (405 if wrong_method else 404)
    conversation.refresh_from_db()
    assert conversation.title == "Hers"
    assert not upstream.records
    assert not Call.objects.exists()


def test_without_htmx_it_leads_back_to_the_conversation(
    process: Running, upstream: Upstream, alices: Client, conversation: Conversation
) -> None:
    upstream.play(Completion("How Fjords Form"))
    answer = alices.post(path(conversation))
    assert (answer.status_code, answer.headers["Location"]) == (303, conversation.get_absolute_url())
    conversation.refresh_from_db()
    assert conversation.title == "How Fjords Form"


def test_with_htmx_the_title_is_shown_wherever_it_stands(
    process: Running, upstream: Upstream, alices: Client, conversation: Conversation
) -> None:
    upstream.play(Completion("<b>Fjords</b> & co"))
    answer = alices.post(path(conversation), headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count("&lt;b&gt;Fjords&lt;/b&gt; &amp; co") == 4  # tab, header, field and list
    assert "<b>" not in page
    assert f'hx-target="#conversation-{conversation.pk} .conversation-title"' in page


@pytest.mark.parametrize("htmx", [True, False])
def test_a_refusal_of_the_model_is_said(
    process: Running, upstream: Upstream, alices: Client, conversation: Conversation, htmx: bool
) -> None:
    upstream.play(Status(429))
    answer = alices.post(path(conversation), headers=HTMX if htmx else {})
    assert answer.status_code == 502
    assert "The model is asked too much at the moment." in answer.content.decode()
    assert answer.headers.get("HX-Retarget") == ("#composer-notice" if htmx else None)


def test_an_answer_that_is_no_title_is_said(
    process: Running, upstream: Upstream, alices: Client, conversation: Conversation
) -> None:
    upstream.play(Completion(""))
    answer = alices.post(path(conversation))
    assert answer.status_code == 502
    assert "nothing that can be a title" in answer.content.decode()


def test_an_empty_conversation_is_a_409(
    process: Running, upstream: Upstream, alices: Client, alice: User
) -> None:
    empty = Conversation.objects.create(owner=alice, title="Empty")
    answer = alices.post(path(empty))
    assert answer.status_code == 409
    assert "There is nothing yet to make a title from." in answer.content.decode()
    assert not upstream.records


def test_a_process_that_ends_is_a_503(
    process: Running, upstream: Upstream, alices: Client, conversation: Conversation
) -> None:
    process.run(process.process.drain(0))
    assert alices.post(path(conversation)).status_code == 503
    assert not upstream.records


def test_it_is_offered_where_a_conversation_is_renamed(alices: Client, conversation: Conversation) -> None:
    page = alices.get(conversation.get_absolute_url()).content.decode()
    assert f'action="{path(conversation)}"' in page
    assert "Suggest a title" not in alices.get("/conversations/").content.decode()
