"""A tree of numbers: paths, ends and versions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.models.tree import Tree, Versions

#        1
#    2   3   4
#    5
TREE = Tree({1: None, 2: 1, 3: 1, 4: 1, 5: 2})


def test_a_path_leads_from_the_first_message_to_the_leaf() -> None:
    assert TREE.path(5) == [1, 2, 5]
    assert TREE.path(None) == []


@pytest.mark.parametrize(("pk", "end"), [(1, 4), (2, 5), (4, 4)])
def test_the_end_below_a_message_is_that_of_its_newest_branch(pk: int, end: int) -> None:
    assert TREE.end_below(pk) == end


def test_the_newest_below_a_message_is_one_step_away() -> None:
    assert (TREE.newest_below(1), TREE.newest_below(2), TREE.newest_below(5)) == (4, 5, None)


def test_versions_are_counted_among_siblings() -> None:
    assert TREE.versions(3) == Versions(number=2, count=3, previous=2, next=4)
    assert TREE.versions(4) == Versions(number=3, count=3, previous=3, next=None)
    assert TREE.versions(1) is TREE.versions(5) is None


def test_first_messages_have_versions_too() -> None:
    assert Tree({1: None, 2: None}).versions(1) == Versions(number=1, count=2, previous=None, next=2)


@given(st.lists(st.integers(min_value=0), max_size=60))
def test_every_message_lies_on_the_path_to_its_end(choices: list[int]) -> None:
    """Any tree: each message hangs below one of those before it."""
    parents: dict[int, int | None] = {0: None}
    for pk, choice in enumerate(choices, start=1):
        parents[pk] = choice % pk
    tree = Tree(parents)
    for pk in parents:
        path = tree.path(tree.end_below(pk))
        assert pk in path
        assert path == sorted(path)
