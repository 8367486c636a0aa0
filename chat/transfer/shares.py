"""Sharing a branch, and showing it as it is now; why not, in one sentence for the person who asks.

NotShared
├── NothingToShare     the conversation has no message
├── TooLong            its readers' pages would cost too much
└── TooManyShares      as many of this person's as may be
"""

from typing import ClassVar

from django.db import transaction

from chat.models import Conversation, Message, Share, one_at_a_time
from chat.transfer.records import MOST_MESSAGES
from chat.transfer.snapshots import snapshot

MOST_SHARES = 500  # a user
SHARED_CHARACTERS = 5_000_000  # of a branch
MESSAGE_CHARACTERS = 1_000_000  # of one message in it: anybody may have it rendered, as often as they like


class NotShared(Exception):
    """`sentence` is for the person who wanted to share; `status` is HTTP's word for it."""

    sentence: ClassVar[str]
    status: ClassVar[int]


class NothingToShare(NotShared):
    sentence = "There is nothing to share yet: write a message first."
    status = 422


class TooLong(NotShared):
    sentence = (
        f"This chat is too long to be shared: at most {SHARED_CHARACTERS:,} characters can be, "
        f"{MESSAGE_CHARACTERS:,} of them in one message."
    )
    status = 413


class TooManyShares(NotShared):
    sentence = f"You share {MOST_SHARES} chats, which is as many as can be: end one of them first."
    status = 429


def share(conversation: Conversation, leaf: int | None) -> Share:
    """The branch up to `leaf`, or the one that is shown by itself, under an address of its own.

    Raises Message.DoesNotExist when `leaf` is no message of this conversation, and NotShared.
    """
    branch = _branch(conversation, leaf)
    with transaction.atomic():
        one_at_a_time(f"shares of user {conversation.owner_id}")
        if Share.objects.filter(owner=conversation.owner).count() >= MOST_SHARES:
            raise TooManyShares
        return Share.objects.create(
            owner=conversation.owner,
            conversation=conversation,
            title=conversation.title,
            snapshot=snapshot(conversation, branch),
        )


def share_anew(shared: Share, leaf: int | None) -> None:
    """Show the branch as it is now. Raises what share() raises, and Share.DoesNotExist."""
    branch = _branch(shared.conversation, leaf)
    shared.update_to(snapshot(shared.conversation, branch), title=shared.conversation.title)


def _branch(conversation: Conversation, leaf: int | None) -> list[Message]:
    branch = conversation.branch(leaf)
    if not branch:
        raise NothingToShare
    lengths = [len(message.text) for message in branch]
    if sum(lengths) > SHARED_CHARACTERS or max(lengths) > MESSAGE_CHARACTERS or len(branch) > MOST_MESSAGES:
        raise TooLong
    return branch
