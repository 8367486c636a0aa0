"""What the model is sent."""

from chat.llm import ChatMessage
from chat.models import Message, Reply, ReplyState
from chat.replies.prompt import build_prompt, newer_half


def you(text: str) -> Message:
    return Message(role="user", text=text)


def assistant(text: str, state: str = ReplyState.DONE) -> Message:
    message = Message(role="assistant", text=text)
    Reply(message=message, state=state)
    return message


def turns(*messages: Message, room: int = 3000, system: str = "") -> list[tuple[str, object]]:
    prompt = build_prompt(messages, room=room, system=system)
    return [(message.role, message.content) for message in prompt.messages]


def test_turns_alternate_and_end_with_the_user() -> None:
    assert turns(you("one"), assistant("two"), you("three")) == [
        ("user", "one"),
        ("assistant", "two"),
        ("user", "three"),
    ]


def test_the_system_text_comes_first() -> None:
    assert turns(you("one"), system="Be brief.") == [("system", "Be brief."), ("user", "one")]


def test_an_empty_reply_is_dropped_and_its_neighbours_are_merged() -> None:
    assert turns(you("one"), assistant(""), you("two")) == [("user", "one\n\ntwo")]


def test_a_failed_reply_is_never_sent() -> None:
    assert turns(you("one"), assistant("half", ReplyState.FAILED), you("two")) == [("user", "one\n\ntwo")]


def test_an_interrupted_reply_is_sent_with_the_text_it_has() -> None:
    assert turns(you("one"), assistant("half", ReplyState.INTERRUPTED), you("two"))[1] == (
        "assistant",
        "half",
    )


def test_the_oldest_messages_are_left_out_until_the_rest_begins_with_the_user() -> None:
    branch = [you("a" * 900), assistant("b" * 900), you("c" * 900), assistant("d" * 900), you("now")]
    prompt = build_prompt(branch, room=2100)
    assert prompt.left_out == 2
    assert [message.content[0] for message in prompt.messages] == ["c", "d", "n"]


def test_the_newest_message_is_sent_even_when_it_alone_is_too_long() -> None:
    assert len(turns(you("a" * 9000), room=300)) == 1


def test_a_shortened_prompt_keeps_the_system_text_and_ends_with_the_user() -> None:
    whole = (
        ChatMessage("system", "s"),
        *(ChatMessage("user" if number % 2 == 0 else "assistant", str(number)) for number in range(7)),
    )
    shorter = newer_half(whole)
    assert [message.content for message in shorter] == ["s", "4", "5", "6"]
    assert newer_half(shorter[:1] + shorter[3:]) == shorter[:1] + shorter[3:]


def test_a_message_that_was_too_long_does_not_keep_later_ones_from_an_answer() -> None:
    branch = [you("a" * 9000), assistant("", ReplyState.FAILED), you("hi there")]
    assert turns(*branch, room=300) == [("user", "hi there")]


def test_it_tells_which_message_is_the_first_that_is_sent() -> None:
    branch = [you("a" * 900), assistant("b" * 900), you("c" * 900), assistant("d" * 900), you("now")]
    for number, message in enumerate(branch):
        message.pk = 10 + number
    assert build_prompt(branch, room=2100).first == 12
    assert build_prompt(branch, room=21_000).first is None
