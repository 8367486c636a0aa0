"""What a copy holds, and what of a branch others may see."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from chat.folding import fold
from chat.models import (
    TITLE_CHARACTERS,
    Call,
    Conversation,
    Folder,
    Reply,
    ReplyChunk,
    ReplyState,
    User,
)
from chat.transfer import copy_share, fork, read_share, share, share_anew
from tests.said import answered, asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(alice: User) -> Conversation:
    """With everything about it that others must not see."""
    made = Conversation.objects.create(
        owner=alice,
        title="Hers",
        model="her/model",
        settings={"system": "My own secret"},
        folder=Folder.objects.create(owner=alice, name="Her folder"),
        pinned=True,
        archived=True,
        created_at=timezone.now() - timedelta(days=9),
        updated_at=timezone.now() - timedelta(days=8),
    )
    earlier = Conversation.objects.create(owner=alice, title="Earlier")  # so that no number is 1 by chance
    asked(earlier, "Earlier")
    said = answered(
        asked(made, "How high is the hill?"),
        "Héroïque 300 m",
        model_answered="mistral-tiny",
        state=ReplyState.INTERRUPTED,
        error="Words for alice alone",
        imported={
            "prompt_tokens": 4711,
            "completion_tokens": 4712,
            "usage_source": "provider",
            "cost_usd": 0.4713,
        },
    )
    made.leaf = said
    made.save()
    return made


def begin_reply(conversation: Conversation, text: str) -> Reply:
    """An open reply with so much of its text, to a message below all others."""
    question = asked(conversation, "And then?", below=conversation.messages.latest("pk"))
    reply = answered(question, "", state=ReplyState.RUNNING).reply
    ReplyChunk.objects.create(reply=reply, start=0, text=text)
    return reply


def test_a_snapshot_holds_the_messages_and_nothing_else_of_its_owner(conversation: Conversation) -> None:
    made = share(conversation, None)
    text = json.dumps(made.snapshot)
    for own in ("alice", "secret", 'folder": "Her', "her/model", str(conversation.uuid)):
        assert own not in text
    for shared in ("How high is the hill?", "300 m", "mistral-tiny"):
        assert shared in text
    assert [(message["id"], message["parent"]) for message in made.snapshot["messages"]] == [
        (1, None),
        (2, 1),
    ]
    assert made.snapshot["messages"][1]["reply"] == {
        "id": None,
        "state": "interrupted",
        "finish_reason": None,
        "model": "mistral-tiny",
        "prompt_tokens": None,
        "completion_tokens": None,
        "usage_source": "none",
        "cost_usd": None,
        "error": None,
    }


def test_a_snapshot_survives_the_database_and_is_read_as_it_was(conversation: Conversation) -> None:
    made = share(conversation, None)
    made.refresh_from_db()
    assert [message.text for message in read_share(made).messages] == [
        "How high is the hill?",
        "Héroïque 300 m",
    ]


def test_an_open_reply_is_shared_with_its_text_so_far(conversation: Conversation) -> None:
    begin_reply(conversation, "So far, so")
    said = read_share(share(conversation, conversation.messages.latest("pk").pk)).messages[-1]
    assert said.text == "So far, so"
    assert said.reply
    assert said.reply.state == "running"


def test_an_update_shows_the_branch_that_was_chosen(conversation: Conversation) -> None:
    made = share(conversation, None)
    question = conversation.messages.get(role="user")
    other = answered(question, "400 m")
    share_anew(made, other.pk)
    made.refresh_from_db()
    assert [message.text for message in read_share(made).messages] == ["How high is the hill?", "400 m"]


def test_a_copy_is_the_readers_own_and_new(conversation: Conversation, charlie: User) -> None:
    made = copy_share(share(conversation, None), charlie)
    made.refresh_from_db()
    assert made.owner == charlie
    assert (made.title, made.search_title) == ("Hers", fold("Hers"))
    assert (made.model, made.settings, made.folder) == ("", {}, None)
    assert (made.pinned, made.archived, made.leaf) == (False, False, None)
    assert made.uuid != conversation.uuid
    assert timezone.now() - made.updated_at < timedelta(minutes=1)
    said = made.branch()[-1]
    assert (said.text, said.search_text) == ("Héroïque 300 m", fold("Héroïque 300 m"))
    assert (said.reply.asker, said.reply.imported, said.reply.error) == (charlie, None, "")
    assert said.reply.named_model == "mistral-tiny"


def test_a_fork_keeps_model_settings_and_folder_but_not_its_place_in_the_list(
    conversation: Conversation,
) -> None:
    made = fork(conversation, None)
    made.refresh_from_db()
    assert (made.owner, made.model, made.settings) == (
        conversation.owner,
        conversation.model,
        conversation.settings,
    )
    assert made.folder == conversation.folder
    assert (made.pinned, made.archived) == (False, False)
    assert Conversation.objects.visible_to(made.owner).for_list().first() == made


def test_nothing_is_counted_twice(conversation: Conversation) -> None:
    fork(conversation, None)
    assert not Call.objects.exists()


@pytest.mark.parametrize("how", ["fork", "copy"])
def test_nobody_writes_on_in_a_copy_of_an_open_reply(
    conversation: Conversation, charlie: User, how: str
) -> None:
    leaf = begin_reply(conversation, "So far, so").message_id
    made = fork(conversation, leaf) if how == "fork" else copy_share(share(conversation, leaf), charlie)
    said = made.branch()[-1]
    assert (said.text, said.reply.state) == ("So far, so", ReplyState.INTERRUPTED)
    assert said.reply.error == "It was still being written when it was copied."


def test_a_fork_of_a_fork_is_called_a_copy_once(conversation: Conversation) -> None:
    assert fork(fork(conversation, None), None).title == "Copy of Hers"


def test_a_title_of_any_length_can_be_copied(conversation: Conversation) -> None:
    conversation.rename("x" * TITLE_CHARACTERS)
    assert len(fork(conversation, None).title) == TITLE_CHARACTERS


def test_a_title_may_be_empty(conversation: Conversation, charlie: User) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(title="")
    conversation.refresh_from_db()
    assert copy_share(share(conversation, None), charlie).title == ""
    assert fork(conversation, None).title == ""
