"""Refusals without JavaScript: a page with a sentence, and the text of a message is given back."""

from uuid import uuid4

import pytest
from django.test import Client

from chat.models import Conversation, User

DRAFT = "A long thought </textarea><b>with an end</b>"
SHOWN = "\nA long thought &lt;/textarea&gt;&lt;b&gt;with an end&lt;/b&gt;</textarea>"


@pytest.fixture
def conversation(alice: User) -> Conversation:
    return Conversation.objects.create(owner=alice, title="Hers")


def fields() -> dict[str, str]:
    return {"text": DRAFT, "send_id": str(uuid4())}


def test_who_is_signed_out_gets_the_message_back(guest: Client, conversation: Conversation) -> None:
    for url in ("/conversations/", f"{conversation.get_absolute_url()}messages/"):
        answer = guest.post(url, fields())
        assert answer.status_code == 401
        assert SHOWN in answer.content.decode()
    assert guest.post(f"{conversation.get_absolute_url()}delete/").status_code == 302


def test_a_chat_that_is_gone_gives_the_message_back(alices: Client, conversation: Conversation) -> None:
    conversation.delete_with_undo()
    answer = alices.post(f"{conversation.get_absolute_url()}messages/", fields())
    assert answer.status_code == 404
    assert SHOWN in answer.content.decode()
    assert "textarea" not in alices.get("/nowhere/").content.decode()


def test_a_form_that_cannot_be_trusted_gives_the_message_back(
    alice: User, conversation: Conversation
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    answer = strict.post(f"{conversation.get_absolute_url()}messages/", fields())
    assert answer.status_code == 403
    assert SHOWN in answer.content.decode()


def test_a_form_that_cannot_be_read_is_refused_all_the_same(guest: Client) -> None:
    broken = "multipart/form-data; boundary="
    assert guest.post("/nowhere/", b"--x", content_type=broken).status_code == 404


@pytest.mark.parametrize(
    "path", ["/conversations/1/messages/", "/conversations/1/rename/", "/replies/1/stop/"]
)
def test_the_address_of_a_form_is_no_page_and_says_so(alices: Client, path: str) -> None:
    answer = alices.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "belongs to a button on another page" in answer.content.decode()
    assert answer.headers["Content-Type"].startswith("text/html")
    assert not alices.get(path).content  # a script has no use for a page
