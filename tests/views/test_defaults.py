"""What new conversations begin with."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from chat.models import Conversation, User
from tests.running import Running

HTMX = {"HX-Request": "true"}


def test_refusals(guest: Client) -> None:
    assert guest.get("/defaults/").headers["Location"] == "/accounts/login/?next=/defaults/"
    assert guest.post("/defaults/", {"system": "Mine"}).status_code == 302


def test_everybody_has_defaults_of_their_own(alices: Client, bobs: Client, charlies: Client) -> None:
    assert alices.post("/defaults/", {"system": "Hers alone"}).headers["Location"] == "/defaults/?saved"
    assert "Hers alone" in alices.get("/defaults/").content.decode()
    for other in (charlies, bobs):
        assert "Hers alone" not in other.get("/defaults/").content.decode()


def test_what_cannot_be_is_refused_and_what_was_typed_stays(alices: Client, alice: User) -> None:
    answer = alices.post("/defaults/", {"system": "A thought", "top_p": "2"})
    assert answer.status_code == 422
    assert "Top P must be a number from 0.01 to 1." in answer.content.decode()
    assert "A thought" in answer.content.decode()
    answer = alices.post("/defaults/", {"top_p": "2"}, headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#settings-notice")
    alice.refresh_from_db()
    assert alice.defaults == {}


def test_reset_empties_them(alices: Client, alice: User) -> None:
    alices.post("/defaults/", {"system": "Old", "model": "mistralai/mistral-tiny"})
    alices.post("/defaults/", {"system": "Old", "reset": "1"})
    alice.refresh_from_db()
    assert alice.defaults == {}


def test_a_new_conversation_begins_with_them(alices: Client, process: Running) -> None:
    alices.post("/defaults/", {"model": "mistralai/mistral-tiny", "system": "Be brief.", "seed": "7"})
    alices.post("/conversations/", {"text": "Hello", "send_id": str(uuid4())})
    conversation = Conversation.objects.get()
    assert conversation.model == "mistralai/mistral-tiny"
    assert conversation.settings == {"system": "Be brief.", "seed": 7}


def test_what_is_set_in_the_new_chat_goes_before_them(alices: Client, process: Running) -> None:
    alices.post("/defaults/", {"system": "Be brief.", "seed": "7"})
    fields = {"text": "Hello", "send_id": str(uuid4()), "system": "", "temperature": "1"}
    alices.post("/conversations/", fields)
    assert Conversation.objects.get().settings == {"seed": 7, "temperature": 1.0}


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_new_chat_with_a_wrong_setting_is_refused_and_keeps_all_that_was_typed(
    alices: Client, process: Running, headers: dict[str, str]
) -> None:
    fields = {"text": "My draft", "send_id": str(uuid4()), "system": "A thought", "temperature": "3"}
    answer = alices.post("/conversations/", fields, headers=headers)
    assert answer.status_code == 422
    assert "Temperature must be a number from 0 to 2." in answer.content.decode()
    assert not Conversation.objects.exists()
    if headers:
        assert answer.headers["HX-Retarget"] == "#composer-notice"
    else:
        assert "My draft" in answer.content.decode()
        assert answer.context["settings"]["system"].value() == "A thought"
        assert answer.context["settings"]["temperature"].value() == "3"


def test_a_refused_first_message_keeps_its_settings(alices: Client, process: Running) -> None:
    answer = alices.post("/conversations/", {"text": "", "send_id": str(uuid4()), "system": "A thought"})
    assert answer.status_code == 422
    assert answer.context["settings"]["system"].value() == "A thought"


def test_a_default_model_that_is_gone_is_said_and_the_sites_own_is_asked(
    alices: Client, alice: User, process: Running, settings: Any
) -> None:
    alice.defaults = {"model": "withdrawn", "seed": 7}
    alice.save()
    page = alices.get("/defaults/").content.decode()
    assert "Your model “withdrawn” is not offered here any more." in page
    alices.post("/conversations/", {"text": "Hello", "send_id": str(uuid4())})
    conversation = Conversation.objects.get()
    assert (conversation.model, conversation.settings) == ("", {"seed": 7})
