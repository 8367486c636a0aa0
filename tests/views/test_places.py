"""Where the list shows conversations of, as the database reads them."""

import pytest
from django.test import Client

from chat.models import Conversation, Folder, User
from chat.views.places import Place


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("name", ["everywhere", "the archive", "a folder"])
@pytest.mark.parametrize("pinned", [True, False])
def test_a_page_of_the_list_is_read_in_the_order_of_an_index(alice: User, name: str, pinned: bool) -> None:
    place = {
        "everywhere": Place(),
        "the archive": Place(archive=True),
        "a folder": Place(Folder.objects.create(owner=alice, name="Work")),
    }[name]

    plan = place.conversations(alice).filter(pinned=pinned).for_list()[:101].explain()

    assert "USING INDEX conversation_" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("address", ["http://[", "//[", "http://[x]/conversations/", "\\", ""])
def test_an_address_that_is_none_is_no_place(alices: Client, alice: User, address: str) -> None:
    conversation = Conversation.objects.create(owner=alice, title="Hers")
    told = {"HX-Request": "true", "HX-Current-URL": address}
    for path in ("/conversations/", "/search/"):
        assert alices.get(path, headers=told).status_code == 200
    assert alices.post(f"/conversations/{conversation.pk}/pin/", headers=told).status_code == 200
