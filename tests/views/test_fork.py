"""New chat from here: a conversation of one's own with the branch up to a message."""

import pytest
from django.test import Client

from chat.models import Conversation, Message, User
from tests.said import answered, asked

HTMX = {"HX-Request": "true"}


@pytest.fixture
def conversation(alice: User) -> Conversation:
    """Alice's, with a question, two answers to it, and a question below the first."""
    made = Conversation.objects.create(
        owner=alice, title="Hers", model="big", settings={"system": "Be brief"}
    )
    question = asked(made, "Heads or tails?")
    first = answered(question, "Heads.")
    answered(question, "Tails.")
    asked(made, "Again!", below=first)
    return made


@pytest.mark.parametrize("method", ["get", "post"])
def test_refusals(
    guest: Client, charlies: Client, bobs: Client, conversation: Conversation, method: str
) -> None:
    url = f"/conversations/{conversation.pk}/fork/"
    fields = {"leaf": conversation.messages.earliest("pk").pk}
    assert getattr(guest, method)(url, fields).status_code == (405 if method == "get" else 302)
    for stranger in (charlies, bobs):  # staff see usage, not content
        assert getattr(stranger, method)(url, fields).status_code == (405 if method == "get" else 404)
    assert Conversation.objects.count() == 1


@pytest.mark.parametrize("text", ["Heads or tails?", "Heads.", "Tails.", "Again!"])
def test_every_message_can_be_the_last_of_a_new_chat(
    alices: Client, conversation: Conversation, text: str
) -> None:
    leaf = conversation.messages.get(text=text)
    answer = alices.post(f"/conversations/{conversation.pk}/fork/", {"leaf": leaf.pk})
    fork = Conversation.objects.exclude(pk=conversation.pk).get()
    assert (answer.status_code, answer.headers["Location"]) == (303, fork.get_absolute_url())
    branch = [message.text for message in conversation.branch(leaf.pk)]
    assert [message.text for message in fork.branch()] == branch
    assert fork.messages.count() == len(branch)


def test_it_goes_on_as_the_first_one_was_set(alices: Client, conversation: Conversation) -> None:
    alices.post(f"/conversations/{conversation.pk}/fork/")
    fork = Conversation.objects.exclude(pk=conversation.pk).get()
    assert (fork.title, fork.model, fork.settings) == ("Copy of Hers", "big", {"system": "Be brief"})


def test_the_first_one_stays_as_it_is(alices: Client, conversation: Conversation) -> None:
    before = list(conversation.messages.order_by("pk").values())
    alices.post(f"/conversations/{conversation.pk}/fork/")
    assert list(conversation.messages.order_by("pk").values()) == before
    conversation.refresh_from_db()
    assert conversation.title == "Hers"


def test_an_htmx_form_is_never_redirected(alices: Client, conversation: Conversation) -> None:
    answer = alices.post(f"/conversations/{conversation.pk}/fork/", headers=HTMX)
    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"] != conversation.get_absolute_url()


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("leaf", ["abc", "-1", "0", "99999999999999999999"])
def test_a_leaf_that_is_no_number_is_refused_with_a_sentence(
    alices: Client, conversation: Conversation, leaf: str, headers: dict[str, str]
) -> None:
    answer = alices.post(f"/conversations/{conversation.pk}/fork/", {"leaf": leaf}, headers=headers)
    assert answer.status_code == 422
    assert "did not say which message" in answer.content.decode()
    assert Conversation.objects.count() == 1


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_message_of_somebody_else_is_a_404(
    alices: Client, conversation: Conversation, charlie: User, headers: dict[str, str]
) -> None:
    theirs = Message.objects.create(
        conversation=Conversation.objects.create(owner=charlie, title="His"), role="user", text="His"
    )
    answer = alices.post(f"/conversations/{conversation.pk}/fork/", {"leaf": theirs.pk}, headers=headers)
    assert answer.status_code == 404
    assert Conversation.objects.count() == 2


def test_a_conversation_without_messages_has_nothing_to_begin_with(alices: Client, alice: User) -> None:
    empty = Conversation.objects.create(owner=alice, title="Empty")
    assert alices.post(f"/conversations/{empty.pk}/fork/").status_code == 404


def test_every_finished_reply_has_the_button(alices: Client, conversation: Conversation) -> None:
    page = alices.get(conversation.get_absolute_url()).content.decode()
    assert page.count('title="New chat from here"') == len(conversation.branch()) // 2
