"""A file cut into conversations: whatever its blocks, and never with more than one of them in memory."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.transfer import Unreadable
from chat.transfer.elements import DEEPEST, MOST_BYTES, Element, elements

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)
objects = st.dictionaries(st.text(), values, max_size=5)


def cut(data: bytes, size: int = 1000) -> list[Element]:
    return list(elements(blocks(data, size)))


def blocks(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def read(data: bytes, size: int = 1000) -> list[object]:
    return [json.loads(element.data) for element in cut(data, size)]


@given(st.lists(objects, max_size=4), st.integers(1, 40), st.sampled_from([None, 1]), st.booleans())
def test_a_list_in_any_blocks(found: list[dict], size: int, indent: int | None, ascii_only: bool) -> None:
    data = json.dumps(found, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    assert [json.loads(element.data) for element in cut(data, size)] == found


@given(st.lists(objects, max_size=4), st.integers(1, 40), st.sampled_from([None, 1]), st.booleans())
def test_parleys_own_file_in_any_blocks(
    found: list[dict], size: int, indent: int | None, turned: bool
) -> None:
    file = {"parley": 1, "conversations": found}
    data = json.dumps(file, indent=indent, sort_keys=turned).encode()
    assert read(data, size) == found


def test_one_conversation_alone_has_no_path() -> None:
    (element,) = cut(b'\xef\xbb\xbf\n {"messages": []} \n')
    assert (element.path, element.line, element.data) == ("", 2, b'{"messages": []}')


def test_lines_are_counted() -> None:
    first, second = cut(b'[\n{"a":\n1},\n\n{"b": 2}\n]', 3)
    assert (first.line, second.line, second.path) == (2, 5, "conversations[1]")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b" \n ", "The file is empty."),
        (b"hello", "line 1: This is neither a file of Parley's nor an export of ChatGPT's."),
        (b"[1]", "line 1: conversations[0]: is not a conversation"),
        (b'[\n{},\n"x"]', "line 3: conversations[1]: is not a conversation"),
        (b'[\n{"a": [', "line 2: conversations[0]: The file ends in the middle"),
        (b'[\n{"a": "x\\', "line 2: conversations[0]: The file ends in the middle"),
        (b"[{},\n", "line 2: conversations[1]: The file ends in the middle"),
        (b"[{}\n", "line 2: The file ends in the middle"),
        (b"[", "line 1: conversations[0]: The file ends in the middle"),
        (b"[{} {}]", "line 1: A comma or the end of the list is missing."),
        (b"[{}]\n]", "line 2: There is more behind the end of the list."),
        (b"{}\n{}", "line 2: There is more behind the end of the list."),
        (
            b'{"parley": 1, "conversations": [{}], "x": 1}',
            "line 1: does not go on as a file of Parley's does",
        ),
        (
            b'{"parley": 2, "conversations": []}',
            "parley: This file was written by a newer Parley than this one.",
        ),
        (
            b'{"conversations": [], "parley": 2}',
            "parley: This file was written by a newer Parley than this one.",
        ),
    ],
)
@pytest.mark.parametrize("size", [1, 1000])
def test_what_cannot_be_followed_is_refused_with_its_line(data: bytes, sentence: str, size: int) -> None:
    with pytest.raises(Unreadable) as refused:
        cut(data, size)
    assert str(refused.value).startswith(sentence)


def test_what_is_nested_too_deep_is_a_fault_of_that_conversation_alone() -> None:
    deep = b'{"a": ' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}"
    first, second, third = cut(b"[{}," + deep + b',{"b": 1}]', 100_000)
    assert (first.fault, third.fault) == ("", "")
    assert second.fault == f"is nested more than {DEEPEST} levels deep"
    assert second.data == b""


def test_what_is_too_large_is_a_fault_of_that_conversation_alone() -> None:
    large = json.dumps({"a": "x" * MOST_BYTES}).encode()
    many = json.dumps({"a": [[]] * 500_001}).encode()
    for data in (large, many):
        first, second = cut(b"[" + data + b', {"b": 1}]', 100_000)
        assert "is larger than 16 MB, or has too many parts" in first.fault
        assert second.data == b'{"b": 1}'


def test_time_is_linear_in_the_size_of_the_file() -> None:
    """Each of these took minutes where something was looked at again with every block or element."""
    escapes = b'[{"a": "' + b"\\n" * 2_000_000 + b'"}]'
    tiny = b"[" + b"{}," * 300_000 + b"{}]"
    spaces = b"[" + b" \n" * 2_000_000 + b"{}]"
    assert [len(cut(data, 65_536)) for data in (escapes, tiny, spaces)] == [1, 300_001, 1]
