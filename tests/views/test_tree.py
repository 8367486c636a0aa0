"""Edits, branches and the stretch of a branch that a page shows; the refusals in the same order everywhere."""

from uuid import uuid4

import pytest
from django.test import Client

from chat import replies
from chat.models import Conversation, Message, Reply, User
from tests.running import Running
from tests.upstream import Answer, Gate, Upstream

HTMX = {"HX-Request": "true"}


@pytest.fixture
def conversation(process: Running, alice: User) -> Conversation:
    """One question of Alice's, answered."""
    reply = process.ended(replies.start(alice, "First question", send_id=uuid4()))
    return reply.message.conversation


def edit(client: Client, message: Message, text: str, **more: object) -> object:
    fields = {"text": text, "send_id": str(uuid4()), **more}
    return client.post(f"/messages/{message.pk}/edits/", fields)


def long_branch(conversation: Conversation, count: int) -> list[Message]:
    """So many messages that nobody answers, one below the other."""
    made: list[Message] = []
    for number in range(count):
        parent = made[-1] if made else None
        made.append(
            Message.objects.create(
                conversation=conversation, parent=parent, role="user", text=f"Message {number:03}"
            )
        )
    return made


def shown(client: Client, url: str) -> list[str]:
    page = client.get(url).content.decode()
    return [line.split("</div>")[0] for line in page.split('<div class="bubble">')[1:]]


@pytest.mark.parametrize("which", ["edits", "leaf"])
def test_refusals(
    guest: Client, charlies: Client, bobs: Client, conversation: Conversation, which: str
) -> None:
    question = conversation.branch()[0]
    urls = {
        "edits": f"/messages/{question.pk}/edits/",
        "leaf": f"{conversation.get_absolute_url()}leaf/",
    }
    fields = {"text": "Theirs", "send_id": str(uuid4()), "leaf": question.pk}
    assert guest.get(urls[which]).status_code == 405
    assert guest.post(urls[which], fields).status_code == 401
    for stranger in (charlies, bobs):
        assert stranger.post(urls[which], fields).status_code == 404
    assert Message.objects.count() == 2
    assert Conversation.objects.get().leaf_id == conversation.branch()[-1].pk


def test_an_edit_is_a_sibling_with_a_reply_of_its_own(
    alices: Client, process: Running, conversation: Conversation, upstream: Upstream
) -> None:
    question = conversation.branch()[0]
    answer = edit(alices, question, "First question, better")
    assert (answer.status_code, answer.headers["Location"]) == (303, conversation.get_absolute_url())
    edited, reply = Conversation.objects.get().branch()
    process.ended(reply.reply)
    assert (edited.parent_id, edited.text) == (question.parent_id, "First question, better")
    assert upstream.record(1).body["messages"] == [{"role": "user", "content": "First question, better"}]
    assert "2 of 2" in alices.get(conversation.get_absolute_url()).content.decode()


def test_an_edit_further_down_is_sent_with_what_stands_above(
    alices: Client, process: Running, conversation: Conversation, alice: User, upstream: Upstream
) -> None:
    process.ended(replies.start(alice, "And then?", send_id=uuid4(), conversation=conversation))
    edit(alices, conversation.branch()[2], "And after that?")
    process.ended(Reply.objects.latest("pk"))
    sent = upstream.record(2).body["messages"]
    assert [message["role"] for message in sent] == ["user", "assistant", "user"]
    assert sent[-1]["content"] == "And after that?"


def test_the_same_edit_twice_is_one(alices: Client, process: Running, conversation: Conversation) -> None:
    question, send_id = conversation.branch()[0], str(uuid4())
    for _ in range(2):
        assert edit(alices, question, "Better", send_id=send_id).status_code == 303
    assert Message.objects.filter(text="Better").count() == 1
    assert edit(alices, question, "Another text", send_id=send_id).status_code == 409
    process.ended(Reply.objects.latest("pk"))


def test_the_send_id_of_a_message_is_not_that_of_an_edit(
    alices: Client, process: Running, conversation: Conversation, alice: User
) -> None:
    send_id = uuid4()
    process.ended(replies.start(alice, "Again", send_id=send_id, conversation=conversation))
    assert edit(alices, conversation.branch()[0], "Again", send_id=str(send_id)).status_code == 409


def test_an_answer_cannot_be_edited(alices: Client, conversation: Conversation) -> None:
    assert edit(alices, conversation.branch()[1], "I said").status_code == 404


def test_a_refused_edit_gives_its_text_back_in_its_own_form(
    alices: Client, conversation: Conversation, settings: object
) -> None:
    settings.MESSAGE_CHARACTERS = 5  # type: ignore[attr-defined]
    question = conversation.branch()[0]
    answer = edit(alices, question, "Too long a text")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "at most 5 can be sent" in page
    assert 'aria-label="Edited message"' in page
    assert page.count("Too long a text") == 1


def test_a_message_can_be_edited_while_another_version_is_answered(
    alices: Client, process: Running, conversation: Conversation, upstream: Upstream
) -> None:
    held = Gate(at=1)
    upstream.play(Answer("A long answer", gates=(held,)), Answer("Short."))
    question = conversation.branch()[0]
    edit(alices, question, "First edit")
    first = Reply.objects.latest("pk")
    assert edit(alices, question, "Second edit").status_code == 303
    process.ended(Reply.objects.latest("pk"))
    held.release()
    assert process.ended(first).state == "done"


def test_a_branch_is_remembered_by_a_post_and_not_by_a_get(
    alices: Client, process: Running, conversation: Conversation
) -> None:
    question = conversation.branch()[0]
    edit(alices, question, "Better")
    process.ended(Reply.objects.latest("pk"))
    url = conversation.get_absolute_url()
    for look in ("", f"?leaf={question.pk}", f"?at={question.pk}"):
        alices.get(url + look)
    assert shown(alices, url) == ["Better"]
    answer = alices.post(f"{url}leaf/", {"leaf": question.pk})
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"{url}?at={question.pk}#message-{question.pk}",
    )
    assert shown(alices, url) == ["First question"]


def test_a_question_that_was_answered_is_linked_to_with_its_answer(
    alices: Client, conversation: Conversation
) -> None:
    """A message that is sent from there follows the answer, and does not stand beside it."""
    question, answer = conversation.branch()
    page = alices.get(f"{conversation.get_absolute_url()}?leaf={question.pk}").content.decode()
    assert page.count("<article") == 2
    assert f'name="parent" value="{answer.pk}"' in page


@pytest.mark.parametrize("leaf", ["", "0", "-1", "abc", "9" * 30])
def test_a_branch_that_is_not_there_cannot_be_chosen(
    alices: Client, conversation: Conversation, leaf: str
) -> None:
    before = Conversation.objects.get().leaf_id
    assert alices.post(f"{conversation.get_absolute_url()}leaf/", {"leaf": leaf}).status_code == 404
    assert Conversation.objects.get().leaf_id == before


def test_a_message_follows_the_branch_that_its_sender_saw(
    alices: Client, process: Running, conversation: Conversation
) -> None:
    """Another tab has chosen another branch meanwhile."""
    question, seen = conversation.branch()
    edit(alices, question, "Other branch")
    process.ended(Reply.objects.latest("pk"))
    fields = {"text": "Here", "send_id": str(uuid4()), "seen": seen.pk}
    assert alices.post(f"{conversation.get_absolute_url()}messages/", fields).status_code == 303
    process.ended(Reply.objects.latest("pk"))
    assert Message.objects.get(text="Here").parent == seen


def test_what_another_tab_has_sent_meanwhile_is_shown_with_the_next_message(
    alices: Client, process: Running, conversation: Conversation, alice: User
) -> None:
    seen = conversation.branch()[-1]
    process.ended(replies.start(alice, "From the other tab", send_id=uuid4(), conversation=conversation))
    fields = {"text": "From this one", "send_id": str(uuid4()), "seen": seen.pk}
    answer = alices.post(f"{conversation.get_absolute_url()}messages/", fields, headers=HTMX)
    assert answer.headers["HX-Reswap"] == "innerHTML"
    assert answer.content.decode().count("<article") == 6
    process.ended(Reply.objects.latest("pk"))


def test_a_message_seen_in_another_conversation_is_a_404(
    alices: Client, conversation: Conversation, charlie: User
) -> None:
    theirs = Message.objects.create(
        conversation=Conversation.objects.create(owner=charlie, title="His"), role="user", text="His"
    )
    fields = {"text": "Mixed", "send_id": str(uuid4()), "seen": theirs.pk}
    assert alices.post(f"{conversation.get_absolute_url()}messages/", fields).status_code == 404
    assert not Message.objects.filter(text="Mixed").exists()


def test_a_page_shows_the_last_hundred_messages_and_leads_to_the_others(alices: Client, alice: User) -> None:
    conversation = Conversation.objects.create(owner=alice, title="Long")
    made = long_branch(conversation, 230)
    url = conversation.get_absolute_url()
    assert shown(alices, url) == [message.text for message in made[130:]]
    earlier = f"{url}?leaf={made[-1].pk}&before={made[130].pk}"
    assert earlier.replace("&", "&amp;") in alices.get(url).content.decode()
    assert shown(alices, earlier) == [message.text for message in made[30:130]]
    assert shown(alices, f"{url}?before={made[30].pk}") == [message.text for message in made[:30]]
    assert shown(alices, f"{url}?after={made[129].pk}") == [message.text for message in made[130:]]
    assert shown(alices, f"{url}?before={made[0].pk}") == []


def test_by_htmx_the_earlier_messages_come_alone(alices: Client, alice: User) -> None:
    conversation = Conversation.objects.create(owner=alice, title="Long")
    made = long_branch(conversation, 130)
    answer = alices.get(f"{conversation.get_absolute_url()}?before={made[30].pk}", headers=HTMX)
    page = answer.content.decode()
    assert "<html" not in page
    assert (page.count("<article"), page.count("Earlier messages"), page.count("Later messages")) == (
        30,
        0,
        0,
    )


def test_a_message_is_shown_on_its_branch_with_what_stands_around_it(alices: Client, alice: User) -> None:
    conversation = Conversation.objects.create(owner=alice, title="Long")
    made = long_branch(conversation, 230)
    side = Message.objects.create(conversation=conversation, parent=made[5], role="user", text="Aside")
    url = conversation.get_absolute_url()
    around = shown(alices, f"{url}?at={made[100].pk}")
    assert around == [message.text for message in made[50:150]]
    assert shown(alices, f"{url}?at={side.pk}")[-1] == "Aside"
    assert "Later messages" in alices.get(f"{url}?at={made[100].pk}").content.decode()


@pytest.mark.parametrize("name", ["at", "before", "after", "edit", "leaf"])
@pytest.mark.parametrize("value", ["0", "x", "", "9" * 30])
def test_a_place_that_is_not_there_is_a_404(
    alices: Client, conversation: Conversation, name: str, value: str
) -> None:
    assert alices.get(f"{conversation.get_absolute_url()}?{name}={value}").status_code == 404


def test_a_long_conversation_costs_few_queries(
    alices: Client, alice: User, django_assert_max_num_queries: object
) -> None:
    conversation = Conversation.objects.create(owner=alice, title="Long")
    long_branch(conversation, 500)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        assert alices.get(conversation.get_absolute_url()).status_code == 200
