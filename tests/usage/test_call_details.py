"""What the provider said of a failed call: kept for the administrator, and gone before the ledger's row."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from chat.models import Call, CallDetail, Conversation, User
from chat.replies.recover import Recover
from tests.search.test_index import migrated_to
from tests.usage.closing import WORKER, close, opened

SAID = {"status": "failed", "error": "bad_request", "error_detail": "HTTP 400: cannot parse 'her words'"}


def failed(user: User, conversation: Conversation | None = None) -> Call:
    number = conversation.pk if conversation else None
    return close(opened(user, conversation_id=number), **SAID)


def test_an_administrator_reads_it(alice: User, bob: User, bobs: Client) -> None:
    User.objects.filter(pk=bob.pk).update(is_superuser=True)
    call = failed(alice)
    assert (
        "cannot parse &#x27;her words&#x27;"
        in bobs.get(f"/admin/chat/call/{call.pk}/change/").content.decode()
    )
    assert f"/admin/chat/call/{call.pk}/" in bobs.get("/admin/chat/call/?q=parse").content.decode()
    assert bobs.get(f"/admin/chat/call/{close(opened(alice)).pk}/change/").status_code == 200


def test_it_goes_with_its_conversation_and_the_call_stays(alice: User) -> None:
    conversation = Conversation.objects.create(owner=alice, title="Hers")
    failed(alice, conversation)
    assert CallDetail.objects.count() == 1
    conversation.delete_with_undo()
    conversation.purge()
    assert not CallDetail.objects.exists()
    assert Call.objects.get().error == "bad_request"


def test_it_goes_with_its_user(alice: User) -> None:
    failed(alice)
    alice.delete()
    assert not CallDetail.objects.exists()
    assert Call.objects.get().error == "bad_request"


def test_nothing_is_kept_of_who_was_deleted_while_the_call_ran(alice: User, charlie: User) -> None:
    conversation = Conversation.objects.create(owner=alice, title="Hers")
    hers, his = opened(alice, conversation_id=conversation.pk), opened(charlie)
    conversation.delete()
    charlie.delete()
    close(hers, **SAID)
    close(his, **SAID)
    assert not CallDetail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_goes_after_thirty_days(alice: User) -> None:
    with transaction.atomic():
        old, new = failed(alice), failed(alice)
    CallDetail.objects.filter(call=old).update(created_at=timezone.now() - timedelta(days=31))
    Recover(WORKER, frozenset)._look(100.0)
    assert CallDetail.objects.get().call == new


@pytest.mark.django_db(transaction=True)
def test_what_the_ledger_held_before_is_kept_of_thirty_days_and_of_those_who_are_there() -> None:
    with migrated_to("0007_audit_and_requests") as apps:
        dora = apps.get_model("chat", "User").objects.create(username="dora")
        for user, days, said in (
            (dora.pk, 1, "new"),
            (dora.pk, 31, "old"),
            (999, 1, "of a gone user"),
            (dora.pk, 1, ""),
        ):
            at = timezone.now() - timedelta(days=days)
            apps.get_model("chat", "Call").objects.create(
                user_id=user,
                opened_at=at,
                day=at,
                max_tokens=1,
                request_id=uuid4(),
                status="failed",
                error_detail=said,
            )
    assert [detail.text for detail in CallDetail.objects.all()] == ["new"]
    assert Call.objects.count() == 4
