"""ChatGPT's export: what its reader saw becomes a tree of questions and answers."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chat.transfer import ConversationRecord, Refused
from chat.transfer.chatgpt import parse
from chat.transfer.turns import BEGAN
from tests.transfer.chatgpt import THEN, conversation, node, simple


def turns(record: ConversationRecord) -> list[tuple[int, int | None, str, str]]:
    return [(message.id, message.parent, message.role, message.text) for message in record.messages]


def test_a_question_and_its_answer() -> None:
    record = parse(simple())
    assert turns(record) == [(1, None, "user", "Hello"), (2, 1, "assistant", "Good day")]
    assert record.title == "Conversation 1"
    assert record.created_at == datetime.fromtimestamp(THEN, UTC)
    assert (record.updated_at - record.created_at).seconds == 60
    assert record.leaf == 2
    reply = record.messages[1].reply
    assert reply is not None
    assert (reply.state, reply.finish_reason, reply.model) == ("done", "stop", "gpt-4o")


def test_branches_are_kept_and_the_chosen_one_is_remembered() -> None:
    record = parse(
        conversation(
            node("q", None, "user", "Question"),
            node("a", "q", "assistant", "First"),
            node("b", "q", "assistant", "Second"),
            current_node="a",
        )
    )
    assert turns(record) == [
        (1, None, "user", "Question"),
        (2, 1, "assistant", "First"),
        (3, 1, "assistant", "Second"),
    ]
    assert record.leaf == 2


def test_what_was_not_seen_is_left_out_and_what_hung_on_it_moves_up() -> None:
    record = parse(
        conversation(
            node("root", None),
            node("s", "root", "system", "You are"),
            node("h", "s", "user", "Hidden", metadata={"is_visually_hidden_from_conversation": True}),
            node("q", "h", "user", "Question"),
            node("t", "q", "assistant", content={"content_type": "thoughts", "thoughts": []}),
            node("c", "t", "assistant", "print(1)", recipient="python"),
            node("o", "c", "tool", "1"),
            node("a", "o", "assistant", "Answer"),
        )
    )
    assert turns(record) == [(1, None, "user", "Question"), (2, 1, "assistant", "Answer")]


def test_answers_one_behind_another_are_one_message() -> None:
    record = parse(
        conversation(
            node("q", None, "user", "Question"),
            node("a", "q", "assistant", "Let me look."),
            node("t", "a", "tool", "found"),
            node("b", "t", "assistant", "Here it is."),
            node("q2", "b", "user", "Thanks"),
            current_node="a",
        )
    )
    assert turns(record) == [
        (1, None, "user", "Question"),
        (2, 1, "assistant", "Let me look.\n\nHere it is."),
        (3, 2, "user", "Thanks"),
    ]
    assert record.leaf == 2


def test_an_answer_that_has_both_kinds_of_followers_is_kept_alone_too() -> None:
    record = parse(
        conversation(
            node("q", None, "user", "Question"),
            node("a", "q", "assistant", "First."),
            node("b", "a", "assistant", "More."),
            node("q2", "a", "user", "Thanks"),
        )
    )
    assert turns(record) == [
        (1, None, "user", "Question"),
        (2, 1, "assistant", "First."),
        (3, 1, "assistant", "First.\n\nMore."),
        (4, 2, "user", "Thanks"),
    ]


def test_an_answer_without_a_question_gets_one_that_says_so() -> None:
    record = parse(conversation(node("a", None, "assistant", "Welcome"), node("b", "a", "assistant", "Ask!")))
    assert turns(record) == [(1, None, "user", BEGAN), (2, 1, "assistant", "Welcome\n\nAsk!")]


def test_users_in_a_row_stay_apart() -> None:
    record = parse(conversation(node("q", None, "user", "One"), node("p", "q", "user", "Two")))
    assert turns(record) == [(1, None, "user", "One"), (2, 1, "user", "Two")]


def test_what_is_no_text_becomes_a_short_note() -> None:
    parts: list[Any] = [
        {"content_type": "image_asset_pointer", "asset_pointer": "file-service://x"},
        "What is it?",
    ]
    parts += [{"content_type": "audio_transcription", "text": "Spoken"}, {"content_type": "new"}, None]
    record = parse(
        conversation(node("q", None, "user", content={"content_type": "multimodal_text", "parts": parts}))
    )
    assert record.messages[0].text == "[image]\n\nWhat is it?\n\nSpoken\n\n[attachment]"


def test_what_cannot_be_stored_is_replaced() -> None:
    record = parse(
        conversation(node("q", None, "user", "a\x00b\ud83d c\ue200cite\ue202turn0\ue201."), title="\udc00")
    )
    assert record.messages[0].text == "ab\ufffd c."
    assert record.title == "\ufffd"


@pytest.mark.parametrize(
    ("details", "state", "reason"),
    [
        ({"type": "interrupted"}, "stopped", ""),
        ({"type": "max_tokens"}, "done", "length"),
        (None, "done", "stop"),
    ],
)
def test_how_an_answer_ended(details: object, state: str, reason: str) -> None:
    answer = node("a", "q", "assistant", "Answer", metadata={"finish_details": details})
    reply = parse(conversation(node("q", None, "user", "Question"), answer)).messages[1].reply
    assert reply is not None
    assert (reply.state, reply.finish_reason) == (state, reason)


def test_a_file_without_times_ids_and_titles_is_read_the_same_each_time() -> None:
    bare = {
        "title": None,
        "create_time": 0,
        "mapping": conversation(node("q", None, "user", "Hi"))["mapping"],
    }
    assert parse(bare) == parse(bare)
    assert parse(bare).title == "New chat"


def wrong(change: dict[str, Any], name: str = "question") -> dict[str, Any]:
    made = simple()
    made["mapping"][name] |= change
    return made


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (wrong({"parent": "answer"}), "c.mapping.question.parent: leads back to the message itself"),
        (wrong({"parent": "question"}), "c.mapping.question.parent: leads back to the message itself"),
        (wrong({"parent": "nowhere"}), "c.mapping.question.parent: refers to a message that is not there"),
        (wrong({"parent": 7}), "c.mapping.question.parent: is not the name of a message"),
        (wrong({"message": []}), "c.mapping.question.message: is not an object"),
        (wrong({"message": {"content": {}}}), "c.mapping.question.message.author: is not an object"),
        (
            wrong({"message": {"author": {"role": 1}, "content": {}}}),
            "c.mapping.question.message.author.role: is not a text",
        ),
        (
            wrong({"message": {"author": {"role": "user"}, "content": {"parts": "x"}}}),
            "c.mapping.question.message.content.parts: is not a list",
        ),
        (
            wrong({"message": {"author": {"role": "user"}, "content": {"parts": [1]}}}),
            "c.mapping.question.message.content.parts[0]: is neither a text nor an object",
        ),
        (
            wrong(
                {"message": {"author": {"role": "user"}, "content": {"parts": ["x"]}, "create_time": "noon"}}
            ),
            "c.mapping.question.message.create_time: is not a time such as 2026-11-25T09:30:00Z",
        ),
        (simple() | {"mapping": []}, "c.mapping: is not an object"),
        (simple() | {"mapping": {"a": 1}}, "c.mapping.a: is not an object"),
        (simple() | {"mapping": {}}, "c.mapping: holds no messages"),
        (simple() | {"title": 1}, "c.title: is not a text"),
        (simple() | {"create_time": 1e300}, "c.create_time: is not a time in seconds"),
        (simple() | {"create_time": 10**400}, "c.create_time: is not a time in seconds"),
        (
            wrong(
                {"message": {"author": {"role": "user"}, "content": {"parts": ["x"]}, "create_time": 10**400}}
            ),
            "c.mapping.question.message.create_time: is not a time in seconds",
        ),
        (simple() | {"update_time": True}, "c.update_time: is not a time in seconds"),
    ],
)
def test_what_is_wrong_is_refused_with_its_path(value: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(value, "c")
    assert str(refused.value) == sentence


@pytest.mark.parametrize("kind", [["text"], {"text": 1}, 1, None])
def test_a_kind_of_content_may_be_anything(kind: object) -> None:
    question = node("q", None, "user", content={"content_type": kind, "parts": ["Question"]})
    assert turns(parse(conversation(question))) == [(1, None, "user", "Question")]


def test_a_long_chain_and_a_comb_of_answers_end_soon() -> None:
    chain = [node("0", None, "user", "Q")]
    chain += [node(str(place), str(place - 1), "assistant", "A") for place in range(1, 9_000)]
    assert len(parse(conversation(*chain)).messages) == 2
    teeth = [node(f"q{place}", str(place), "user", "Q") for place in range(1, 9_000)]
    with pytest.raises(Refused, match="is too large to be one conversation"):
        parse(conversation(*chain, *teeth))
