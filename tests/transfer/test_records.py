"""From rows to a record, to JSON and back to rows: nothing is lost but the numbers."""

import json

import pytest

from chat.models import Conversation, Folder, User
from chat.transfer import Refused, parse, read_conversation, render, write_conversation
from tests.said import answered, asked


@pytest.fixture
def conversation(alice: User) -> Conversation:
    """Two branches, one of them chosen, with all that a conversation has."""
    made = Conversation.objects.create(
        owner=alice,
        title="../‮fo🦜",
        settings={"system": "Be brief.", "temperature": 0.5},
        folder=Folder.objects.create(owner=alice, name="Work"),
        pinned=True,
    )
    question = asked(made, "Hello")
    for text in ("Hi", "Good day"):
        answered(question, text, model_answered="m")
    made.leaf = question.children.first()
    made.save()
    return made


def without_ids(exported: dict) -> dict:
    numbers = {message["id"]: number for number, message in enumerate(exported["messages"])}
    numbers[None] = None
    return exported | {
        "id": None,
        "leaf": numbers[exported["leaf"]],
        "messages": [
            message
            | {"id": numbers[message["id"]], "parent": numbers[message["parent"]]}
            | {"reply": message["reply"] and message["reply"] | {"id": None}}
            for message in exported["messages"]
        ],
    }


def test_export_import_export_is_equal_but_for_ids(conversation: Conversation, charlie: User) -> None:
    exported = json.loads(json.dumps(render(read_conversation(conversation))))
    copy = write_conversation(charlie, parse(exported))
    again = render(read_conversation(Conversation.objects.get(pk=copy.pk)))
    assert without_ids(again) == without_ids(exported)
    assert again["id"] != exported["id"]


def test_a_parent_that_is_not_there_is_refused_with_its_path(conversation: Conversation) -> None:
    exported = render(read_conversation(conversation))
    exported["messages"][2]["parent"] = 0
    with pytest.raises(Refused) as refused:
        parse(exported, "conversations[3]")
    assert str(refused.value) == "conversations[3].messages[2].parent: refers to a message that is not there"
