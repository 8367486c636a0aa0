"""Folders: made, named, filled, emptied and deleted; the refusals in the same order."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from chat.models import Conversation, Folder, Message, User
from tests.running import Running
from tests.views.test_list import titles

HTMX = {"HX-Request": "true"}


@pytest.fixture
def folder(alice: User) -> Folder:
    return Folder.objects.create(owner=alice, name="Fjords")


@pytest.fixture
def conversation(alice: User) -> Conversation:
    return Conversation.objects.create(owner=alice, title="Hers")


@pytest.mark.parametrize("path", ["rename/", "delete/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_refusals(
    guest: Client, charlies: Client, bobs: Client, folder: Folder, path: str, method: str
) -> None:
    url = f"/folders/{folder.pk}/{path}"
    assert getattr(guest, method)(url, {"name": "Theirs"}).status_code == (405 if method == "get" else 302)
    for stranger in (charlies, bobs):
        answer = getattr(stranger, method)(url, {"name": "Theirs"})
        assert answer.status_code == (405 if method == "get" else 404)
    folder.refresh_from_db()
    assert folder.name == "Fjords"


def test_a_guest_makes_no_folder(guest: Client) -> None:
    assert guest.post("/folders/", {"name": "Fjords"}).status_code == 302
    assert guest.get("/folders/").status_code == 405
    assert not Folder.objects.exists()


def test_a_folder_of_somebody_else_is_a_404(
    charlies: Client, folder: Folder, charlie: User, process: Running
) -> None:
    page = f"/conversations/?folder={folder.pk}"
    assert charlies.get(page).status_code == 404
    assert charlies.post(page, {"text": "Hello", "send_id": str(uuid4())}).status_code == 404
    assert not Conversation.objects.filter(owner=charlie).exists()
    his = Conversation.objects.create(owner=charlie, title="His")
    assert charlies.post(f"/conversations/{his.pk}/folder/", {"folder": folder.pk}).status_code == 404
    assert "Fjords" not in charlies.get("/conversations/").content.decode()


@pytest.mark.parametrize("number", ["0", "-1", "abc", "²", "9" * 30])
def test_a_folder_that_is_not_there_is_a_404(alices: Client, conversation: Conversation, number: str) -> None:
    assert alices.get(f"/conversations/?folder={number}").status_code == 404
    moved = alices.post(f"/conversations/{conversation.pk}/folder/", {"folder": number})
    assert moved.status_code == 404


def test_a_new_folder_is_shown_and_listed(alices: Client) -> None:
    answer = alices.post("/folders/", {"name": "  Fjords "})
    folder = Folder.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/conversations/?folder={folder.pk}")
    assert folder.name == "Fjords"
    assert f'href="/conversations/?folder={folder.pk}"' in alices.get("/conversations/").content.decode()


def test_an_htmx_form_of_a_folder_is_never_redirected(alices: Client, folder: Folder) -> None:
    for path in ("/folders/", f"/folders/{folder.pk}/rename/", f"/folders/{folder.pk}/delete/"):
        answer = alices.post(path, {"name": f"For {path}"}, headers=HTMX)
        assert answer.status_code == 200
        assert answer.headers["HX-Redirect"].startswith("/conversations/")


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "x" * 101, "a\x00b", "Fjords"])
def test_a_name_that_cannot_be_is_refused_with_a_sentence(
    alices: Client, folder: Folder, alice: User, name: str
) -> None:
    other = Folder.objects.create(owner=alice, name="Other")
    for path in ("/folders/", f"/folders/{other.pk}/rename/"):
        answer = alices.post(path, {"name": name})
        assert answer.status_code == 422
        assert re.search(r"[Ff]older[^<]*\.</span>", answer.content.decode())
    assert set(Folder.objects.values_list("name", flat=True)) == {"Fjords", "Other"}


def test_a_folder_may_keep_its_name_and_two_people_may_use_the_same(
    alices: Client, charlies: Client, folder: Folder
) -> None:
    assert alices.post(f"/folders/{folder.pk}/rename/", {"name": "Fjords"}).status_code == 303
    assert charlies.post("/folders/", {"name": "Fjords"}).status_code == 303


def test_there_are_at_most_two_hundred_folders(alices: Client, folder: Folder, alice: User) -> None:
    Folder.objects.bulk_create(Folder(owner=alice, name=f"Number {number}") for number in range(199))
    answer = alices.post("/folders/", {"name": "One more"})
    assert answer.status_code == 422
    assert "You can have at most 200 folders." in answer.content.decode()
    assert alices.post(f"/folders/{folder.pk}/rename/", {"name": "Another"}).status_code == 303


def test_a_conversation_is_moved_into_a_folder_and_out_again(
    alices: Client, folder: Folder, conversation: Conversation
) -> None:
    url, page = f"/conversations/{conversation.pk}/folder/", f"/conversations/?folder={folder.pk}"
    assert titles(alices.get(page).content.decode()) == []
    answer = alices.post(url, {"folder": folder.pk})
    assert (answer.status_code, answer.headers["Location"]) == (303, conversation.get_absolute_url())
    assert titles(alices.get(page).content.decode()) == ["Hers"]
    assert titles(alices.get("/conversations/").content.decode()) == ["Hers"]
    alices.post(url, {"folder": ""})
    assert titles(alices.get(page).content.decode()) == []


def test_a_folder_shows_neither_what_is_archived_nor_what_was_deleted(
    alices: Client, folder: Folder, conversation: Conversation, alice: User
) -> None:
    conversation.move(folder)
    for title in ("Archived", "Deleted"):
        made = Conversation.objects.create(owner=alice, title=title, folder=folder)
        made.archive(True) if title == "Archived" else made.delete_with_undo()
    assert titles(alices.get(f"/conversations/?folder={folder.pk}").content.decode()) == ["Hers"]


def test_a_deleted_folder_leaves_its_conversations(
    alices: Client, folder: Folder, conversation: Conversation
) -> None:
    conversation.move(folder)
    answer = alices.post(f"/folders/{folder.pk}/delete/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/conversations/")
    assert titles(alices.get("/conversations/").content.decode()) == ["Hers"]
    assert not Folder.objects.exists()


def test_a_first_message_from_a_folders_page_lands_in_it(
    alices: Client, folder: Folder, process: Running
) -> None:
    page = f"/conversations/?folder={folder.pk}"
    assert f'action="{page}"' in alices.get(page).content.decode()
    answer = alices.post(page, {"text": "Hello", "send_id": str(uuid4())})
    conversation = Conversation.objects.get()
    assert answer.headers["Location"] == conversation.get_absolute_url()
    assert conversation.folder == folder


def test_a_refused_first_message_is_still_one_for_the_folder(
    alices: Client, folder: Folder, process: Running
) -> None:
    page = f"/conversations/?folder={folder.pk}"
    answer = alices.post(page, {"text": " ", "send_id": str(uuid4())})
    assert answer.status_code == 422
    assert f'action="{page}"' in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_folder_that_is_deleted_in_another_tab_loses_nothing(
    alices: Client,
    alice: User,
    folder: Folder,
    conversation: Conversation,
    process: Running,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    conversation.move(folder)
    Message.objects.create(conversation=conversation, role="user", text="Hello")
    stale = Conversation.objects.get()
    Folder.objects.all().delete()
    for module in ("keeping", "places"):
        monkeypatch.setattr(f"chat.views.{module}.own_folder", lambda user, number: folder)
    for module in ("shares", "fork", "exports"):
        monkeypatch.setattr(f"chat.views.{module}.own_conversation", lambda request, pk: stale)

    page = f"/conversations/{conversation.pk}/"
    assert alices.post(f"{page}folder/", {"folder": "7"}).status_code == 404
    sent = alices.post("/conversations/?folder=7", {"text": "Hello", "send_id": str(uuid4())})
    assert sent.status_code == 303
    assert alices.post(f"{page}shares/").status_code == 303
    assert alices.post(f"{page}fork/").status_code == 303
    assert alices.get(f"{page}export.json").json()["folder"] == ""
    assert not Conversation.objects.exclude(folder=None).exists()
