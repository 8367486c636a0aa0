"""Who can read a share, and who can change it."""

import pytest

from chat.models import Conversation, Share, User


@pytest.fixture
def share(alice: User) -> Share:
    conversation = Conversation.objects.create(owner=alice, title="Hers")
    return Share.objects.create(owner=alice, conversation=conversation, title="Hers", snapshot={})


def test_its_owner_alone_may_change_it(share: Share, alice: User, bob: User) -> None:
    assert share in Share.objects.visible_to(alice)
    assert share not in Share.objects.visible_to(bob)


def test_it_is_open_while_its_conversation_is_there_and_its_owner_may_log_in(
    share: Share, alice: User
) -> None:
    assert share in Share.objects.all().open()
    share.conversation.delete_with_undo()
    assert share not in Share.objects.all().open()
    assert share not in Share.objects.visible_to(alice)
    share.conversation.restore()
    alice.is_active = False
    alice.save()
    assert share not in Share.objects.all().open()


def test_what_was_ended_meanwhile_is_not_brought_back_by_an_update(share: Share) -> None:
    Share.objects.get().end()
    with pytest.raises(Share.DoesNotExist):
        share.update_to({"messages": []}, title="Back")
    share.end()
    assert not Share.objects.exists()


def test_an_update_is_later_than_the_first_sharing(share: Share) -> None:
    assert not share.was_updated
    Share.objects.update(created_at="2026-01-01T00:00:00Z")
    share.refresh_from_db()
    share.update_to({}, title="Hers")
    share.refresh_from_db()
    assert share.was_updated
