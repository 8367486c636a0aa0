"""The conversation's page and what its forms do; the refusals in the same order everywhere."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from chat.models import Conversation, Message, User
from tests.running import Running

HTMX = {"HX-Request": "true"}


@pytest.fixture
def conversation(alice: User) -> Conversation:
    """Alice's, with one message that nobody answered."""
    made = Conversation.objects.create(owner=alice, title="Hers")
    Message.objects.create(conversation=made, role="user", text="Only <b>hers</b>")
    return made


def test_the_front_door_leads_a_guest_to_the_log_in_page(guest: Client) -> None:
    assert guest.get("/").headers["Location"] == "/accounts/login/?next=/"


def test_the_front_door_leads_to_the_newest_conversation(alices: Client, conversation: Conversation) -> None:
    newer = Conversation.objects.create(owner=conversation.owner, title="Newer")
    assert alices.get("/").headers["Location"] == f"/conversations/{newer.pk}/"


def test_without_a_conversation_the_front_door_leads_to_a_new_chat(alices: Client) -> None:
    assert alices.get("/").headers["Location"] == "/conversations/"


def test_an_empty_chat_offers_four_starters(alices: Client) -> None:
    page = alices.get("/conversations/").content.decode()
    for starter in ("ask", "write", "summarize", "code"):
        assert f"?starter={starter}" in page
    assert "Complete this Python function" in alices.get("/conversations/?starter=code").content.decode()


@pytest.mark.parametrize("path", ["", "rename/", "delete/", "restore/", "messages/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_refusals(
    guest: Client,
    charlies: Client,
    bobs: Client,
    conversation: Conversation,
    path: str,
    method: str,
) -> None:
    url = f"/conversations/{conversation.pk}/{path}"
    fields = {"title": "Theirs", "text": "Theirs", "send_id": str(uuid4())}
    wrong_method = (method == "get") == bool(path)
    refused = 401 if method == "post" else 302  # the page of a 401 gives a message's text back
    assert getattr(guest, method)(url, fields).status_code == (405 if wrong_method else refused)
    for stranger in (charlies, bobs):  # staff see usage, not content
        assert getattr(stranger, method)(url, fields).status_code == (405 if wrong_method else 404)
    conversation.refresh_from_db()
    assert (conversation.title, conversation.deleted_at) == ("Hers", None)
    assert Message.objects.count() == 1


def test_what_people_wrote_is_shown_as_text(alices: Client, conversation: Conversation) -> None:
    page = alices.get(conversation.get_absolute_url()).content.decode()
    assert "Only &lt;b&gt;hers&lt;/b&gt;" in page


@pytest.mark.parametrize("leaf", ["0", "-1", "abc", "99999999999999999999", "²"])
def test_a_leaf_that_is_not_there_is_a_404(alices: Client, conversation: Conversation, leaf: str) -> None:
    assert alices.get(f"{conversation.get_absolute_url()}?leaf={leaf}").status_code == 404


def test_a_leaf_of_somebody_else_is_a_404(alices: Client, conversation: Conversation, charlie: User) -> None:
    theirs = Message.objects.create(
        conversation=Conversation.objects.create(owner=charlie, title="His"), role="user", text="His"
    )
    assert alices.get(f"{conversation.get_absolute_url()}?leaf={theirs.pk}").status_code == 404


def test_a_number_beyond_the_database_is_a_404(alices: Client) -> None:
    assert alices.get("/conversations/99999999999999999999999/").status_code == 404


def test_rename(alices: Client, conversation: Conversation) -> None:
    answer = alices.post(f"{conversation.get_absolute_url()}rename/", {"title": "  A better one "})
    assert (answer.status_code, answer.headers["Location"]) == (303, conversation.get_absolute_url())
    conversation.refresh_from_db()
    assert conversation.title == "A better one"


def test_an_htmx_form_is_never_redirected(alices: Client, conversation: Conversation) -> None:
    where = conversation.get_absolute_url()
    for path in ("rename/", "delete/", "restore/"):
        answer = alices.post(f"{where}{path}", {"title": "New"}, headers=HTMX)
        assert answer.status_code == 200
        assert answer.headers["HX-Redirect"].startswith("/conversations/")


@pytest.mark.parametrize("title", ["", "   ", "\u200b\u2060", "x" * 5001, "a\x00b"])
def test_a_title_that_cannot_be_is_refused_with_a_sentence(
    alices: Client, conversation: Conversation, title: str
) -> None:
    answer = alices.post(f"{conversation.get_absolute_url()}rename/", {"title": title})
    assert answer.status_code == 422
    assert "title" in answer.content.decode()
    conversation.refresh_from_db()
    assert conversation.title == "Hers"


def test_delete_offers_an_undo(alices: Client, conversation: Conversation) -> None:
    answer = alices.post(f"{conversation.get_absolute_url()}delete/", follow=True)
    page = answer.content.decode()
    assert f"{conversation.get_absolute_url()}restore/" in page
    assert alices.get(conversation.get_absolute_url()).status_code == 404
    back = alices.post(f"{conversation.get_absolute_url()}restore/")
    assert back.headers["Location"] == conversation.get_absolute_url()
    assert alices.get(conversation.get_absolute_url()).status_code == 200


def test_a_title_from_right_to_left_turns_nothing_around_that_stands_beside_it(
    alices: Client, conversation: Conversation
) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(title="\u202egnp.exe")
    notice = "“<bdi>\u202egnp.exe</bdi>” was deleted."
    url = f"{conversation.get_absolute_url()}delete/"
    assert notice in alices.post(url, follow=True).content.decode()

    Conversation.objects.filter(pk=conversation.pk).update(deleted_at=None)
    beside = {"HX-Request": "true", "HX-Current-URL": "http://testserver/conversations/"}
    assert notice in alices.post(url, headers=beside).content.decode()


def test_an_undo_comes_too_late_after_a_minute(alices: Client, conversation: Conversation) -> None:
    conversation.deleted_at = timezone.now() - timedelta(seconds=61)
    conversation.save()
    assert alices.post(f"{conversation.get_absolute_url()}restore/").status_code == 404


def test_a_first_message_leads_to_its_conversation(alices: Client, process: Running) -> None:
    answer = alices.post("/conversations/", {"text": "Hello", "send_id": str(uuid4())})
    conversation = Conversation.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, conversation.get_absolute_url())


def test_a_first_message_by_htmx_is_answered_with_the_chat_and_its_address(
    alices: Client, process: Running
) -> None:
    answer = alices.post("/conversations/", {"text": "Hello", "send_id": str(uuid4())}, headers=HTMX)
    conversation = Conversation.objects.get()
    assert (answer.status_code, answer.headers["HX-Push-Url"]) == (200, conversation.get_absolute_url())
    page = answer.content.decode()
    assert "<html" not in page
    assert 'aria-label="You"' in page
    assert 'hx-target="#conversations"' in page
    assert "HX-Request" in answer.headers["Vary"]
