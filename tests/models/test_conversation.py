"""The tree of messages, and who sees which conversation."""

import pytest
from django.db import IntegrityError, connection, transaction

from chat.models import Conversation, Message, Reply, User


def message(conversation: Conversation, parent: Message | None, role: str = "user") -> Message:
    return Message.objects.create(conversation=conversation, parent=parent, role=role, text=role)


@pytest.fixture
def conversation(alice: User) -> Conversation:
    return Conversation.objects.create(owner=alice, title="A tree")


def test_a_branch_is_the_path_to_its_leaf(conversation: Conversation) -> None:
    root = message(conversation, None)
    left, right = message(conversation, root), message(conversation, root)
    deep = message(conversation, left)
    assert conversation.branch(deep.pk) == [root, left, deep]
    assert conversation.branch(right.pk) == [root, right]
    assert conversation.branch() == [root, left, deep]  # the newest message's


def test_the_branch_that_was_chosen_is_remembered_and_goes_on(conversation: Conversation) -> None:
    root = message(conversation, None)
    left, right = message(conversation, root), message(conversation, root)
    conversation.choose(left.pk)
    assert Conversation.objects.get().branch() == [root, left]
    deep = message(conversation, left)
    assert Conversation.objects.get().branch() == [root, left, deep]
    assert conversation.branch(right.pk) == [root, right]


def test_an_empty_conversation_has_an_empty_branch(conversation: Conversation) -> None:
    assert conversation.branch() == []


def test_a_branch_of_any_length_costs_two_queries(
    conversation: Conversation, django_assert_num_queries: object
) -> None:
    parent = None
    for _ in range(50):
        parent = message(conversation, parent)
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert len(conversation.branch()) == 50


def test_everybody_sees_their_own(conversation: Conversation, alice: User, bob: User) -> None:
    assert conversation in Conversation.objects.visible_to(alice)
    assert conversation not in Conversation.objects.visible_to(bob)
    conversation.delete_with_undo()
    assert conversation not in Conversation.objects.visible_to(alice)
    assert conversation in Conversation.objects.restorable_by(alice)
    assert conversation not in Conversation.objects.restorable_by(bob)


def test_the_list_is_newest_first_and_marks_what_runs(alice: User, conversation: Conversation) -> None:
    newer = Conversation.objects.create(owner=alice, title="Newer")
    answer = message(conversation, message(conversation, None), "assistant")
    Reply.objects.create(message=answer, asker=alice, send_id="0" * 32, model="m")
    listed = list(Conversation.objects.visible_to(alice).for_list())
    assert [(entry.title, entry.is_running) for entry in listed] == [("Newer", False), ("A tree", True)]
    conversation.touch()
    assert Conversation.objects.visible_to(alice).for_list().first() == conversation
    assert newer in listed


def test_a_send_id_is_one_reply_of_one_person(conversation: Conversation, alice: User) -> None:
    for number in range(2):
        answer = message(conversation, None, "assistant")
        if number:
            with pytest.raises(IntegrityError):
                Reply.objects.create(message=answer, asker=alice, send_id="0" * 32, model="m")
        else:
            Reply.objects.create(message=answer, asker=alice, send_id="0" * 32, model="m")


@pytest.mark.only_on("sqlite")
@pytest.mark.django_db
def test_sqlite_syncs_every_commit_and_locks_at_the_beginning(alice: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone() == (2,)  # FULL
    assert connection.transaction_mode == "IMMEDIATE"


def test_no_cycle_can_be_stored(conversation: Conversation) -> None:
    root = message(conversation, None)
    below = message(conversation, root)
    for change in ({"pk": root.pk, "parent": below}, {"pk": root.pk, "parent": root}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.filter(pk=change["pk"]).update(parent=change["parent"])
    assert conversation.branch() == [root, below]
