"""Importing a file: each conversation wholly or not at all, none twice, and what is wrong said where it is."""

import io
import json
import random
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from chat.models import MOST_FOLDERS, Conversation, Folder, Message, Reply, User
from chat.transfer import (
    Tally,
    Unreadable,
    bring_in,
    export_all,
    parse,
    read_conversation,
    render,
    write_conversation,
)
from chat.views.listing import LISTED
from tests.transfer.chatgpt import simple


def bring(user: User, content: object, keep: Callable[[Tally], None] = lambda tally: None) -> Tally:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return bring_in(user, io.BytesIO(data), keep=keep)


def exported(user: User) -> bytes:
    return b"".join(export_all(user))


def without_ids(data: bytes) -> list[dict[str, Any]]:
    """Messages by their places; nothing else is left out but the numbers of rows."""
    found = []
    for conversation in json.loads(data)["conversations"]:
        places = {message["id"]: place for place, message in enumerate(conversation["messages"])} | {
            None: None
        }
        for message in conversation["messages"]:
            message |= {"id": places[message["id"]], "parent": places[message["parent"]]}
            if message["reply"]:
                message["reply"]["id"] = None
        found.append(conversation | {"id": None, "leaf": places[conversation["leaf"]]})
    return found


@pytest.fixture
def tree(alice: User) -> Conversation:
    """Five branches and 500 messages below a title of 4 KB that tries everything."""
    title = ("../..\\" + "שלום \u202e" + "🦜" * 20 + "</title>") * 100
    made = Conversation.objects.create(
        owner=alice,
        title=title[:4096],
        settings={"system": "Be brief.", "temperature": 0.5, "stop": ["\n\n"]},
        folder=Folder.objects.create(owner=alice, name="Work/\u202eToys"),
        pinned=True,
        archived=True,
    )
    chance = random.Random(1)
    first = Message.objects.create(conversation=made, role="user", text="Begin")
    for branch in range(5):
        above = first
        for turn in range(100 if branch else 99):
            answers = turn % 2 == 0
            above = Message.objects.create(
                conversation=made,
                parent=above,
                role="assistant" if answers else "user",
                text=chance.choice(["שלום", "🦜", "```python\nx", "a\r\nb", "", "<b>"]) * chance.randrange(3),
            )
            if answers:
                Reply.objects.create(
                    message=above,
                    asker=alice,
                    send_id=uuid4(),
                    state=chance.choice(["done", "stopped", "interrupted", "failed"]),
                    model="m",
                    finish_reason=chance.choice(["", "stop", "length"]),
                    error=chance.choice(["", "It failed."]),
                    imported=chance.choice(
                        [
                            None,
                            {
                                "prompt_tokens": 10,
                                "completion_tokens": None,
                                "usage_source": "estimate",
                                "cost_usd": 0.000000123,
                            },
                        ]
                    ),
                )
    made.leaf = made.messages.order_by("pk")[250]
    made.save()
    return made


def test_export_import_export_is_equal_but_for_ids(tree: Conversation, alice: User, charlie: User) -> None:
    before = exported(alice)
    tally = bring(charlie, before)
    assert (tally.imported, tally.here, tally.refused) == (1, 0, 0)
    after = exported(charlie)
    assert after != before
    assert without_ids(after) == without_ids(before)
    assert len(without_ids(after)[0]["messages"]) == 500
    copy = Conversation.objects.get(owner=charlie)
    children = [message.children.count() for message in copy.messages.all()]
    assert (children.count(0), max(children)) == (5, 5)


def test_what_is_written_is_folded_and_seen(tree: Conversation, alice: User, charlie: User) -> None:
    bring(charlie, exported(alice))
    copy = Conversation.objects.get(owner=charlie)
    assert copy.search_title.startswith("שלום")
    assert not copy.messages.exclude(text="").filter(text__contains="שלום", search_text="").exists()
    assert not Reply.objects.filter(message__conversation=copy, seen=False).exists()


def test_a_file_with_the_public_names_alone_is_the_same_each_time(
    tree: Conversation, alice: User, charlie: User
) -> None:
    public = render(read_conversation(tree))
    for added in ("uuid", "updated_at", "pinned", "archived", "folder", "leaf"):
        del public[added]
    assert bring(charlie, public).imported == 1
    renumbered = json.loads(json.dumps(public))
    for message in renumbered["messages"]:
        message["id"] += 1000
        message["parent"] = message["parent"] and message["parent"] + 1000
    assert bring(charlie, renumbered).here == 1


def test_what_comes_from_the_future_does_not_head_the_list_until_then(
    tree: Conversation, charlie: User
) -> None:
    value = render(read_conversation(tree)) | {"updated_at": "9999-12-31T23:59:59Z"}
    copy = write_conversation(charlie, parse(value))
    assert copy.updated_at <= timezone.now()


def test_messages_may_come_before_their_parents(tree: Conversation, charlie: User) -> None:
    value = render(read_conversation(tree))
    value["messages"].reverse()
    copy = write_conversation(charlie, parse(value))
    assert copy.messages.filter(parent=None).get().text == "Begin"
    assert copy.messages.count() == 500


def test_nothing_comes_twice(alice: User) -> None:
    content = [simple(1), simple(2), simple(1)]
    first = bring(alice, content)
    assert (first.imported, first.here) == (2, 1)
    second = bring(alice, content)
    assert (second.imported, second.here) == (0, 3)
    assert Conversation.objects.count() == 2
    assert Message.objects.count() == 4


def test_the_same_file_in_two_accounts_is_two_conversations(alice: User, charlie: User) -> None:
    assert bring(alice, [simple()]).imported == bring(charlie, [simple()]).imported == 1


def test_what_was_deleted_a_moment_ago_comes_back(alice: User) -> None:
    bring(alice, [simple()])
    Conversation.objects.get().delete_with_undo()
    assert bring(alice, [simple()]).imported == 1
    assert Conversation.objects.get().deleted_at is None


def test_a_wrong_conversation_is_refused_alone(alice: User) -> None:
    wrong = simple(2)
    wrong["mapping"]["answer"]["message"]["content"]["parts"] = {}
    tally = bring(alice, [simple(1), wrong, simple(3)])
    assert (tally.imported, tally.refused) == (2, 1)
    assert tally.told == ("conversations[1].mapping.answer.message.content.parts: is not a list",)
    assert sorted(Conversation.objects.values_list("title", flat=True)) == [
        "Conversation 1",
        "Conversation 3",
    ]


def test_when_it_cannot_be_kept_nothing_of_a_conversation_is_written(alice: User) -> None:
    def keep(tally: Tally) -> None:
        if tally.imported == 2:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        bring(alice, [simple(1), simple(2), simple(3)], keep)
    assert Conversation.objects.get().title == "Conversation 1"
    assert Message.objects.count() == 2


def test_an_import_goes_on_where_it_was(alice: User) -> None:
    content = json.dumps([simple(number) for number in range(5)]).encode()
    after_two = Tally(imported=2, place=2)
    tally = bring_in(alice, io.BytesIO(content), keep=lambda _: None, so_far=after_two)
    assert (tally.imported, tally.here) == (5, 0)
    assert Conversation.objects.count() == 3
    assert Tally.of(json.loads(json.dumps(tally.as_result()))) == tally


GOOD = json.dumps(simple(1))


@pytest.mark.parametrize(
    ("content", "sentence", "imported"),
    [
        (f"[{GOOD},\n{GOOD[:-9]}", "line 2: conversations[1]: The file ends in the middle", 1),
        (f'[{GOOD},\n{{"mapping": x}}]', "line 2: conversations[1]: is not valid JSON", 1),
        (f"[{GOOD},\n{{}}]", "conversations[1]: This is neither", 1),
        (
            f'[{GOOD}, {{"title": "\xff"}}]'.encode("latin-1"),
            "line 1: conversations[1]: is not written in U",
            1,
        ),
        (f'[{GOOD}, {{"title": NaN}}]', "line 1: conversations[1]: holds a number that is none", 1),
        ('{"name": "x"}', "line 1: This is neither a file of Parley's nor an export of ChatGPT's.", 0),
        ("PK\x03\x04 and no zip", "The zip file is damaged", 0),
        ("<html>", "line 1: This is neither", 0),
    ],
)
def test_a_broken_file_is_refused_with_its_line_and_what_came_before_stays(
    alice: User, content: str | bytes, sentence: str, imported: int
) -> None:
    with pytest.raises(Unreadable) as refused:
        bring(alice, content if isinstance(content, bytes) else content.encode())
    assert str(refused.value).startswith(sentence)
    assert Conversation.objects.count() == imported
    assert Message.objects.count() == 2 * imported


def zipped(**files: bytes) -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made


def test_a_zip_is_read_whatever_its_paths_are(alice: User) -> None:
    content = {"../../conversations.json": json.dumps([simple(1)]).encode(), "chat.html": b"<html>"}
    assert bring(alice, zipped(**content).getvalue()).imported == 1


def test_a_zip_may_hold_several_files_and_is_gone_on_with_in_the_right_one(alice: User) -> None:
    parts = {f"conversations-00{part}.json": [simple(10 * part), simple(10 * part + 1)] for part in range(3)}
    made = zipped(**{name: json.dumps(part).encode() for name, part in parts.items()})
    seen: list[Tally] = []
    assert bring_in(alice, made, keep=seen.append).imported == 6
    Conversation.objects.all().delete()
    assert bring_in(alice, made, keep=lambda _: None, so_far=seen[2]).imported == 6
    assert Conversation.objects.count() == 3


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (zipped(**{"chat.html": b"<html>"}), "The zip file holds no conversations.json."),
        (io.BytesIO(zipped(**{"conversations.json": b"[]"}).getvalue()[:-10]), "The zip file is damaged"),
        (zipped(**{f"{number:0>2000}": b"" for number in range(2200)}), "The zip file holds too many files."),
    ],
)
def test_a_zip_that_cannot_be_read_is_refused(alice: User, made: io.BytesIO, sentence: str) -> None:
    with pytest.raises(Unreadable) as refused:
        bring_in(alice, made, keep=lambda _: None)
    assert str(refused.value).startswith(sentence)


def test_files_that_are_small_alone_are_counted_together(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.transfer.archive.MOST_BYTES", 1_000_000)
    parts = {f"conversations-00{part}.json": b"[" + b" " * 400_000 + b"]" for part in range(3)}
    with pytest.raises(Unreadable, match="once it is unpacked"):
        bring(alice, zipped(**parts).getvalue())


def test_a_zip_bomb_is_not_unpacked_to_its_end(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.transfer.archive.MOST_BYTES", 1_000_000)
    with pytest.raises(Unreadable, match="once it is unpacked"):
        bring(alice, zipped(**{"conversations.json": b" " * 1_100_000}).getvalue())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": 1}, "title: is not a text"),
        ({"title": "x" * 5001}, "title: is longer than 5,000 characters"),
        ({"title": "a\x00"}, "title: holds a NUL character, which cannot be stored"),
        ({"title": "\ud800"}, "title: holds half a character, which cannot be stored"),
        ({"created_at": "yesterday"}, "created_at: is not a time such as 2026-11-25T09:30:00Z"),
        (
            {"created_at": "0001-01-01T00:00:00+23:00"},
            "created_at: is not a time such as 2026-11-25T09:30:00Z",
        ),
        ({"messages": {}}, "messages: is not a list"),
        ({"messages": [1]}, "messages[0]: is not an object"),
        ({"uuid": "x"}, "uuid: is not a UUID"),
        ({"pinned": 1}, "pinned: is neither true nor false"),
        ({"leaf": 10**9}, "leaf: refers to a message that is not there"),
        ({"folder": "x" * 101}, "folder: is longer than 100 characters"),
        ({"settings": []}, "settings: is not an object"),
        ({"settings": {"temperature": 3}}, "settings.temperature: is not a number from 0 to 2"),
        (
            {"settings": {"max_tokens": "9"}},
            "settings.max_tokens: is not a whole number from 1 to 1,000,000,000",
        ),
        (
            {"settings": {"tools": []}},
            "settings.tools: is for programs: in a conversation nobody runs a tool",
        ),
        ({"settings": {"x": {"y": "\x00"}}}, "settings: hold a NUL character, which cannot be stored"),
        ({"settings": {"x": "\ud800"}}, "settings: hold something that cannot be stored"),
    ],
)
def test_a_conversation_of_wrong_types_is_refused_with_the_path(
    alice: User, tree: Conversation, change: dict[str, Any], sentence: str
) -> None:
    tally = bring(alice, json.dumps(render(read_conversation(tree)) | change).encode())
    assert tally.told == (sentence,)
    assert Conversation.objects.count() == 1


@pytest.mark.parametrize(
    ("place", "change", "sentence"),
    [
        (1, {"parent": 10**9}, "messages[1].parent: refers to a message that is not there"),
        (1, {"parent": None}, "messages[1].parent: is missing: an answer follows a question"),
        (1, {"role": "system"}, "messages[1].role: is none of user, assistant"),
        (1, {"reply": None}, "messages[1].reply: is missing: it tells how this answer ended"),
        (0, {"reply": {}}, "messages[0].reply: belongs to a message of the user's, which answers nothing"),
        (0, {"id": 1.5}, "messages[0].id: is not a whole number"),
        (0, {"text": None}, "messages[0].text: is not a text"),
        (1, {"reply": {"state": "lost"}}, "messages[1].reply.state: is none of queued, running, done,"),
        (
            1,
            {"reply": {"state": "done", "cost_usd": -1}},
            "messages[1].reply.cost_usd: is not an amount of money",
        ),
        (
            1,
            {"reply": {"state": "done", "prompt_tokens": 2**31}},
            "messages[1].reply.prompt_tokens: is not a",
        ),
    ],
)
def test_a_wrong_message_is_refused_with_its_path(
    alice: User, tree: Conversation, place: int, change: dict[str, Any], sentence: str
) -> None:
    value = render(read_conversation(tree))
    value["messages"][place] |= change
    assert bring(alice, value).told[0].startswith(sentence)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize("year", ["0001-01-01T00:00:00Z", "1969-07-20T20:17:00Z", "9999-12-31T23:59:59Z"])
def test_a_conversation_of_a_wrong_clock_locks_nobody_out(
    alice: User, alices: Client, settings: Any, zone: str, year: str
) -> None:
    settings.TIME_ZONE = zone
    question = {"id": 1, "parent": None, "role": "user", "text": "Question", "created_at": year}
    wrong = {"title": "Old", "created_at": year, "messages": [question]}
    assert bring(alice, [wrong | {"uuid": str(uuid4())} for _ in range(LISTED + 1)]).imported == LISTED + 1
    newest = alices.get("/conversations/")
    assert newest.status_code == 200
    older = alices.get(newest.context["conversations"].older)
    assert [len(group.entries) for group in older.context["conversations"].groups] == [1]
    for path in (Conversation.objects.all()[0].get_absolute_url(), "/search/?q=Question", "/imports/"):
        assert alices.get(path).status_code == 200


def test_a_number_that_no_database_can_hold_ends_the_import_with_its_line(
    alice: User, tree: Conversation
) -> None:
    [wrong] = json.loads(exported(alice))["conversations"]
    data = json.dumps([wrong | {"settings": {"x": "huge"}}]).replace('"huge"', "1e999").encode()
    with pytest.raises(Unreadable, match="holds a number that is none"):
        bring(alice, data)


def test_an_import_makes_no_more_folders_than_a_person_may_have(alice: User, tree: Conversation) -> None:
    [found] = json.loads(exported(alice))["conversations"]
    Folder.objects.bulk_create(Folder(owner=alice, name=f"{number}") for number in range(MOST_FOLDERS - 2))
    names = [" Fjords ", "Too many", "Work/\u202eToys", " ", "0"]
    tally = bring(alice, [found | {"uuid": str(uuid4()), "folder": name} for name in names])
    assert tally.imported == len(names)
    assert Folder.objects.count() == MOST_FOLDERS
    made = Conversation.objects.order_by("-pk")[: len(names)]
    assert [entry.folder and entry.folder.name for entry in reversed(made)] == [
        "Fjords",
        None,
        "Work/\u202eToys",
        None,
        "0",
    ]


def test_a_cycle_is_refused(alice: User, tree: Conversation) -> None:
    value = render(read_conversation(tree))
    value["messages"][2]["parent"] = value["messages"][3]["id"]
    assert bring(alice, value).told == ("messages[2].parent: leads back to the message itself",)
    assert Conversation.objects.count() == 1
