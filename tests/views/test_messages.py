"""Sending: every refusal is one clear sentence, and the draft is kept."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from chat import replies
from chat.models import Call, Conversation, Message, Reply, User
from tests.running import Running
from tests.upstream import Answer, Gate, Upstream

HTMX = {"HX-Request": "true"}


@pytest.fixture
def conversation(process: Running, alice: User) -> Conversation:
    """One question of Alice's, answered."""
    reply = process.ended(replies.start(alice, "First question", send_id=uuid4()))
    return reply.message.conversation


def url(conversation: Conversation) -> str:
    return f"{conversation.get_absolute_url()}messages/"


def test_a_message_is_stored_and_answered(
    alices: Client, process: Running, conversation: Conversation
) -> None:
    answer = alices.post(url(conversation), {"text": "Line\r\nbreak", "send_id": str(uuid4())})
    assert (answer.status_code, answer.headers["Location"]) == (303, conversation.get_absolute_url())
    question, reply = conversation.branch()[-2:]
    assert question.text == "Line\nbreak"
    process.ended(reply.reply)


def test_by_htmx_the_two_new_messages_and_a_fresh_form_come_back(
    alices: Client, process: Running, conversation: Conversation, upstream: Upstream
) -> None:
    held = Gate(at=0)
    upstream.play(Answer("Some more.", gates=(held,)))
    send_id = str(uuid4())
    answer = alices.post(url(conversation), {"text": "More", "send_id": send_id}, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count("<article") == 2
    assert 'name="send_id"' in page
    assert send_id not in page
    assert "Stop" in page
    held.release()
    process.ended(Reply.objects.latest("pk"))


BAD = [
    ({"text": ""}, 422, "Write a message first."),
    ({"text": " \n\t "}, 422, "Write a message first."),
    ({"text": "\u200b\u2060\ufeff\u00ad\u3164\u2800\ufe0f"}, 422, "Write a message first."),
    ({"text": "a" * 200_000}, 422, "200,000 characters; at most 100,000"),
    ({"text": "a\x00b"}, 422, "NUL characters"),
    ({"send_id": ""}, 422, "without a valid send_id"),
    ({"send_id": "42"}, 422, "without a valid send_id"),
    ({"send_id": "zzzzzzzz-0000-0000-0000-000000000000"}, 422, "without a valid send_id"),
    ({"parent": "abc"}, 422, "did not say which message this one follows"),
]


@pytest.mark.parametrize("text", ["\u200bx", "👍\ufe0f", "\u0301", "。", "\u2066x\u2069"])
def test_what_can_be_seen_is_sent(
    alices: Client, process: Running, conversation: Conversation, text: str
) -> None:
    assert alices.post(url(conversation), {"text": text, "send_id": str(uuid4())}).status_code == 303
    assert process.ended(Reply.objects.latest("pk")).message.parent.text == text


@pytest.mark.parametrize(("wrong", "status", "sentence"), BAD)
@pytest.mark.parametrize("new", [True, False])
def test_bad_input_gets_a_sentence_and_the_draft_is_kept(
    alices: Client, conversation: Conversation, wrong: dict[str, str], status: int, sentence: str, new: bool
) -> None:
    fields = {"text": "My draft", "send_id": str(uuid4()), **wrong}
    where = "/conversations/" if new else url(conversation)
    answer = alices.post(where, fields)
    page = answer.content.decode()
    assert answer.status_code == status
    assert sentence in page
    assert fields["text"].replace("\x00", "").strip() in page
    by_htmx = alices.post(where, fields, headers=HTMX)
    assert by_htmx.status_code == status
    assert by_htmx.headers["HX-Retarget"] == "#composer-notice"
    assert sentence in by_htmx.content.decode()
    assert Message.objects.count() == 2


def test_a_signed_out_htmx_form_gets_a_401_and_a_notice(guest: Client, conversation: Conversation) -> None:
    answer = guest.post(url(conversation), {"text": "Mine", "send_id": str(uuid4())}, headers=HTMX)
    assert answer.status_code == 401
    assert "signed out" in answer.content.decode()
    assert Message.objects.count() == 2


def test_the_same_send_id_twice_leads_to_the_same_conversation(
    alices: Client, process: Running, upstream: Upstream
) -> None:
    fields = {"text": "Once", "send_id": str(uuid4())}
    first, second = (alices.post("/conversations/", fields) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    process.ended(Reply.objects.latest("pk"))
    assert len(upstream.records) == 1


FORMS = {
    "send": lambda conversation: url(conversation),
    "edit": lambda conversation: f"/messages/{conversation.branch()[0].pk}/edits/",
    "regenerate": lambda conversation: f"/messages/{conversation.branch()[0].pk}/replies/",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_reply_that_ended_before_it_is_shown_is_read_by_who_is_shown_it(
    alices: Client, process: Running, conversation: Conversation, form: str
) -> None:
    """The same form once more stands for a model that answers before the page of the first is made."""
    where, fields = FORMS[form](conversation), {"text": "More", "send_id": str(uuid4())}
    before = conversation.leaf.reply
    alices.post(where, fields, headers=HTMX)
    newest = process.ended(Reply.objects.latest("pk"))

    page = alices.post(where, fields, headers=HTMX).content.decode()

    assert f'id="message-{newest.message_id}"' in page
    assert 'data-read="unread"' in page
    for reply in (before, newest):
        reply.refresh_from_db()
    assert (before.seen, newest.seen) == (True, False)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_same_send_id_with_another_text_is_a_409_with_a_fresh_one(
    alices: Client, process: Running, conversation: Conversation, headers: dict[str, str]
) -> None:
    send_id = str(uuid4())
    alices.post(url(conversation), {"text": "Once", "send_id": send_id})
    process.ended(Reply.objects.latest("pk"))
    answer = alices.post(url(conversation), {"text": "Another draft", "send_id": send_id}, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "already used for another message" in page
    assert 'name="send_id"' in page
    assert send_id not in page
    assert conversation.get_absolute_url() in page
    if not headers:
        assert "Another draft" in page
        assert "Once" in page
    assert Message.objects.count() == 4


def test_while_a_reply_is_written_the_next_message_waits(
    alices: Client, process: Running, upstream: Upstream, conversation: Conversation
) -> None:
    gate = Gate(1)
    upstream.play(Answer(gates=(gate,)))
    alices.post(url(conversation), {"text": "One", "send_id": str(uuid4())})
    answer = alices.post(url(conversation), {"text": "Too early", "send_id": str(uuid4())})
    assert answer.status_code == 409
    assert "still writing" in answer.content.decode()
    assert "Too early" in answer.content.decode()
    assert "http-equiv" not in answer.content.decode()  # a refresh would lose the draft
    gate.release()
    process.ended(Reply.objects.latest("pk"))


def test_mixed_ids_are_a_404_and_write_nothing(
    alices: Client, charlies: Client, process: Running, conversation: Conversation, charlie: User
) -> None:
    process.ended(replies.start(charlie, "His", send_id=uuid4()))
    his = Message.objects.latest("pk")
    fields = {"text": "Mine", "send_id": str(uuid4()), "parent": str(his.pk)}
    assert alices.post(url(conversation), fields).status_code == 404
    assert charlies.post(url(conversation), fields).status_code == 404
    assert alices.post(f"/messages/{his.parent_id}/replies/", fields).status_code == 404
    assert Message.objects.count() == 4


@pytest.mark.parametrize("wrong", [{"parent": "abc"}, {"parent": "99999999999999999999"}, {"send_id": "42"}])
def test_a_form_whose_hidden_fields_are_wrong_gets_fresh_ones_and_can_be_sent_again(
    alices: Client, process: Running, conversation: Conversation, wrong: dict[str, str]
) -> None:
    fields = {"text": "My draft", "send_id": str(uuid4()), **wrong}
    page = alices.post(url(conversation), fields).content.decode()
    by_htmx = alices.post(url(conversation), fields, headers=HTMX).content.decode()
    assert "My draft" in page
    assert "Your text is kept" in page
    for answer in (page, by_htmx):
        assert 'name="parent" value=""' in answer
        fresh = re.findall(r'name="send_id" value="([^"]+)"', answer.partition("composer-fields")[2])[0]
        again = {"text": "My draft", "send_id": fresh, "parent": ""}
        assert alices.post(url(conversation), again).status_code == 303
        process.ended(Reply.objects.latest("pk"))


def test_a_parent_that_is_gone_is_said_and_the_draft_is_kept(
    alices: Client, conversation: Conversation
) -> None:
    fields = {"text": "My draft", "send_id": str(uuid4()), "parent": "999999"}
    for headers in ({}, HTMX):
        answer = alices.post(url(conversation), fields, headers=headers)
        assert answer.status_code == 404
        assert "was to follow is no longer there" in answer.content.decode()
    assert "My draft" in alices.post(url(conversation), fields).content.decode()


def test_a_refused_message_stays_on_its_branch(
    alices: Client, process: Running, conversation: Conversation
) -> None:
    question, first = conversation.branch()
    process.ended(replies.regenerate(conversation.owner, question, send_id=uuid4()))
    fields = {"text": "a" * 200_000, "send_id": str(uuid4()), "parent": str(first.pk)}
    page = alices.post(url(conversation), fields).content.decode()
    assert "1 of 2" in page
    assert f'name="parent" value="{first.pk}"' in page


def test_regenerate(alices: Client, process: Running, conversation: Conversation) -> None:
    question = conversation.branch()[0]
    where = f"/messages/{question.pk}/replies/"
    answer = alices.post(where, {"send_id": str(uuid4())})
    assert (answer.status_code, answer.headers["Location"]) == (303, conversation.get_absolute_url())
    process.ended(Reply.objects.latest("pk"))
    by_htmx = alices.post(where, {"send_id": str(uuid4())}, headers=HTMX)
    assert by_htmx.content.decode().count("<article") == 2
    process.ended(Reply.objects.latest("pk"))
    assert question.children.count() == 3
    assert alices.post(where, {}).status_code == 422


def test_the_reply_before_a_regenerate_is_one_click_away(
    alices: Client, process: Running, conversation: Conversation
) -> None:
    question, first = conversation.branch()
    second = process.ended(replies.regenerate(conversation.owner, question, send_id=uuid4()))
    page = alices.get(conversation.get_absolute_url()).content.decode()
    assert "2 of 2" in page
    assert f'name="leaf" value="{first.pk}"' in page
    earlier = alices.get(f"{conversation.get_absolute_url()}?leaf={first.pk}").content.decode()
    assert "1 of 2" in earlier
    assert f'name="leaf" value="{second.message_id}"' in earlier
    assert f'name="parent" value="{first.pk}"' in earlier


def test_a_tab_that_has_not_seen_the_newest_message_goes_on_below_it(
    alices: Client, process: Running, conversation: Conversation
) -> None:
    stale = alices.get(conversation.get_absolute_url()).content.decode()
    assert 'name="parent" value=""' in stale
    for text in ("From one tab", "From the other"):
        alices.post(url(conversation), {"text": text, "send_id": str(uuid4()), "parent": ""})
        process.ended(Reply.objects.latest("pk"))
    assert len(conversation.branch()) == 6


def test_only_what_the_user_wrote_can_be_answered_again(alices: Client, conversation: Conversation) -> None:
    answer = conversation.branch()[1]
    fields = {"send_id": str(uuid4())}
    assert alices.post(f"/messages/{answer.pk}/replies/", fields).status_code == 404


def test_a_process_that_ends_refuses_with_a_503_and_keeps_the_draft(
    alices: Client, process: Running, conversation: Conversation
) -> None:
    process.run(process.process.drain(1))
    answer = alices.post(url(conversation), {"text": "My draft", "send_id": str(uuid4())})
    assert answer.status_code == 503
    assert "My draft" in answer.content.decode()
    assert Call.objects.count() == 1


@pytest.mark.only_on(
    "sqlite"
)  # where a missing table is an OperationalError; tests/faults stops a PostgreSQL
@pytest.mark.parametrize(("headers", "retarget"), [({}, None), (HTMX, "#composer-notice")])
def test_a_database_that_is_away_is_a_503_and_nothing_is_asked(
    alices: Client,
    process: Running,
    upstream: Upstream,
    conversation: Conversation,
    headers: dict[str, str],
    retarget: str | None,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE chat_reply RENAME TO away")
    try:
        fields = {"text": "My draft", "send_id": str(uuid4())}
        answer = alices.post(url(conversation), fields, headers=headers)
    finally:
        connection.cursor().execute("ALTER TABLE away RENAME TO chat_reply")
    assert answer.status_code == 503
    assert answer.headers.get("HX-Retarget") == retarget
    assert len(upstream.records) == 1
