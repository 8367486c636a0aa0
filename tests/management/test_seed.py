"""`manage.py seed`: as many rows as were asked for, each as a real one would be."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db.models import Count, Max, Min, Q, Sum
from django.test import Client
from django.utils import timezone

from chat import usage
from chat.folding import fold
from chat.management.seeding import RARE
from chat.models import (
    ApiKey,
    Call,
    CallStatus,
    Conversation,
    Message,
    Reply,
    ReplyState,
    Role,
    Source,
    User,
)
from chat.usage.reports import Span

pytestmark = pytest.mark.django_db


def seed(*arguments: str, user: str = "alice") -> None:
    call_command("seed", "--user", user, *arguments)


def test_as_many_as_asked_for_are_made_for_each_user() -> None:
    call_command(
        "seed",
        *("--user", "alice", "--user", "charlie"),
        *("--conversations", "120", "--messages", "3", "--long", "30", "--calls", "7"),
    )

    for name in ("alice", "charlie"):
        lengths = Conversation.objects.filter(owner__username=name).annotate(length=Count("messages"))
        assert sorted(lengths.values_list("length", flat=True)) == [3] * 120 + [30]
        assert Call.objects.filter(user__username=name, source=Source.CHAT).count() == 120 + 15
        assert Call.objects.filter(user__username=name, source=Source.API).count() == 7


def test_each_conversation_is_one_branch_of_questions_and_finished_answers() -> None:
    seed("--conversations", "12", "--messages", "5", "--long", "30")

    for conversation in Conversation.objects.all():
        branch = conversation.branch()
        assert len(branch) == conversation.messages.count()
        assert [message.role for message in branch] == [
            Role.ASSISTANT if number % 2 else Role.USER for number in range(len(branch))
        ]
        times = [message.created_at for message in branch]
        assert times == sorted(times)
        assert (conversation.created_at, conversation.updated_at) == (times[0], times[-1])
    assert set(Reply.objects.values_list("state", "seen")) == {(ReplyState.DONE, True)}


def test_the_newest_conversation_is_the_long_one_and_nothing_is_of_the_future() -> None:
    seed("--conversations", "12", "--messages", "4", "--long", "100", "--days", "30")

    newest = Conversation.objects.for_list().annotate(length=Count("messages"))
    assert newest[0].length == 100
    span = Conversation.objects.aggregate(first=Min("created_at"), last=Max("updated_at"))
    assert timedelta(days=27) < span["last"] - span["first"] < timedelta(days=30)
    assert span["last"] <= timezone.now()


def test_a_page_of_it_can_be_read(alice: User, alices: Client) -> None:
    seed("--conversations", "1", "--messages", "4")

    conversation = Conversation.objects.get()
    page = alices.get(conversation.get_absolute_url()).content.decode()

    assert page.count('aria-label="Assistant"') == 2
    assert conversation.title in page


@pytest.mark.parametrize(("conversations", "found"), [(250, 10), (10, 10), (3, 3)])
def test_the_rare_word_is_in_ten_conversations(
    conversations: int, found: int, capsys: pytest.CaptureFixture[str]
) -> None:
    seed("--conversations", str(conversations), "--messages", "2")

    said = Conversation.objects.filter(messages__search_text__contains=RARE).distinct()
    assert said.count() == found
    assert f"{RARE} is in {found} of {conversations} conversations" in capsys.readouterr().out


def test_all_text_is_folded_for_the_search() -> None:
    seed("--conversations", "5", "--messages", "4")

    assert all(fold(message.text) == message.search_text != "" for message in Message.objects.all())
    assert all(fold(made.title) == made.search_title != "" for made in Conversation.objects.all())


def test_the_ledger_adds_up(alice: User) -> None:
    seed("--conversations", "40", "--messages", "4", "--calls", "60", "--days", "10")

    today = timezone.localdate()
    total = usage.total(usage.usage_by("model", Span(today - timedelta(days=10), today)))
    sums = Call.objects.aggregate(
        prompt=Sum("prompt_tokens"), completion=Sum("completion_tokens"), cost=Sum("cost_nano_usd")
    )
    assert (total.requests, total.unpriced, total.estimated) == (40 * 2 + 60, 0, 0)
    assert (total.prompt_tokens, total.completion_tokens) == (sums["prompt"], sums["completion"])
    assert total.cost_nano_usd == sums["cost"] > 0
    assert list(usage.differences()) == []
    chat = Call.objects.filter(source=Source.CHAT)
    assert set(chat.values_list("status", "usage_source", "reserved_tokens")) == {("done", "provider", 0)}
    assert set(chat.values_list("reply", flat=True)) == set(Reply.objects.values_list("pk", flat=True))
    assert not Call.objects.filter(Q(status=CallStatus.RUNNING) | Q(worker__isnull=False)).exists()
    days = Call.objects.order_by("pk").values_list("opened_at", "day")
    assert all(timezone.localdate(opened_at) == day for opened_at, day in days)


def test_api_calls_are_of_the_users_group_keys_and_the_sites_models(alice: User, settings: Any) -> None:
    settings.MODELS = ("m-1", "m-2")
    alice.groups.add(group := Group.objects.create(name="Design"))
    keys = {ApiKey.objects.create(user=alice, name=name, key_hash=name).pk for name in ("laptop", "server")}

    seed("--conversations", "0", "--calls", "40")

    kinds = Call.objects.values_list("group", "api_key", "model_requested").distinct()
    assert set(kinds) == {(group.pk, key, model) for key in keys for model in ("m-1", "m-2")}


def test_the_same_number_makes_the_same_words_and_another_one_others() -> None:
    for user, number in (("alice", "5"), ("bob", "5"), ("charlie", "6")):
        seed("--conversations", "3", "--messages", "4", "--seed", number, user=user)

    alices, bobs, charlies = (
        [
            list(made.messages.order_by("pk").values_list("text", flat=True))
            for made in Conversation.objects.filter(owner__username=name).order_by("pk")
        ]
        for name in ("alice", "bob", "charlie")
    )
    assert alices == bobs
    assert alices != charlies


def test_the_long_conversation_is_the_same_beside_however_many_others() -> None:
    seed("--conversations", "3", "--messages", "2", "--long", "8", user="alice")
    seed("--conversations", "30", "--messages", "2", "--long", "8", user="bob")

    texts = [
        [message.text for message in Conversation.objects.filter(owner__username=name).latest("pk").branch()]
        for name in ("alice", "bob")
    ]
    assert texts[0] == texts[1]
    assert len(texts[0]) == 8


def test_who_has_conversations_is_left_alone_unless_they_are_to_be_more(alice: User) -> None:
    Conversation.objects.create(owner=alice, title="Hers")

    with pytest.raises(CommandError, match="alice has conversations already"):
        call_command("seed", "--user", "charlie", "--user", "alice", "--conversations", "2")
    assert Conversation.objects.count() == 1
    assert not User.objects.filter(username="charlie").exists()

    for _ in range(2):
        seed("--conversations", "2", "--messages", "2", "--add")
    assert Conversation.objects.filter(owner=alice).count() == 5


def test_a_user_who_is_made_has_no_password() -> None:
    seed("--conversations", "1", "--messages", "1")

    assert not User.objects.get(username="alice").has_usable_password()


@pytest.mark.parametrize(
    "option", ["--conversations=-1", "--messages=0", "--long=-1", "--calls=-1", "--days=0"]
)
def test_a_number_that_cannot_be_is_refused(option: str) -> None:
    with pytest.raises(CommandError, match="or more"):
        seed(option)
    assert not Conversation.objects.exists()
