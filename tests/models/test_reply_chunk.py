"""The pieces of an open reply, as another process finds them."""

from uuid import uuid4

from chat.models import Conversation, Message, Reply, ReplyChunk, User


def open_reply(user: User) -> Reply:
    conversation = Conversation.objects.create(owner=user, title="Open")
    message = Message.objects.create(conversation=conversation, role="assistant")
    return Reply.objects.create(message=message, asker=user, send_id=uuid4(), model="m")


def test_what_lies_behind_is_found_in_its_order(alice: User) -> None:
    reply = open_reply(alice)
    chunks = ReplyChunk.objects.all()
    chunks.append([(reply.pk, 4, "two "), (reply.pk, 0, "one ")])
    assert chunks.behind({reply.pk: 0}) == [(reply.pk, "queued", 0, "one "), (reply.pk, "queued", 4, "two ")]
    assert chunks.behind({reply.pk: 4}) == [(reply.pk, "queued", 4, "two ")]
    assert chunks.behind({reply.pk: 8}) == [(reply.pk, "queued", None, None)]


def test_who_knows_a_part_finds_the_chunk_that_continue_put_all_text_into(alice: User) -> None:
    reply = open_reply(alice)
    ReplyChunk.objects.all().append([(reply.pk, 0, "one two ")])
    assert ReplyChunk.objects.all().behind({reply.pk: 4}) == [(reply.pk, "queued", 0, "one two ")]


def test_a_reply_that_is_gone_has_no_state(db: None) -> None:
    assert ReplyChunk.objects.all().behind({7: 0}) == [(7, None, None, None)]


def test_a_piece_that_is_stored_already_stays(alice: User) -> None:
    reply = open_reply(alice)
    for text in ("one ", "other"):
        ReplyChunk.objects.all().append([(reply.pk, 0, text)])
    assert ReplyChunk.objects.all().text_of(reply.pk) == "one "
