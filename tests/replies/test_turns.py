"""Whose turn it is: limits in all and a user, and an order that starves nobody."""

from hypothesis import given
from hypothesis import strategies as st

from chat.replies.turns import take_turns

ALICE, BOB = 1, 2


def test_as_many_begin_as_may_and_the_others_hear_how_many_are_ahead() -> None:
    turns = take_turns([(1, ALICE, True), (2, ALICE, False), (3, ALICE, False)], at_once=2, a_user=0)
    assert turns.begin == {2}
    assert turns.ahead == {3: 0}


def test_one_users_burst_comes_after_another_users_first_question() -> None:
    burst = [(number, ALICE, number == 1) for number in range(1, 6)]
    turns = take_turns([*burst, (6, BOB, False)], at_once=2, a_user=0)
    assert turns.begin == {6}
    assert turns.ahead == {2: 0, 3: 1, 4: 2, 5: 3}


def test_who_has_enough_running_waits_while_others_begin() -> None:
    turns = take_turns([(1, ALICE, True), (2, ALICE, False), (3, BOB, False)], at_once=0, a_user=1)
    assert turns.begin == {3}
    assert turns.ahead == {2: 0}


replies = st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=30)


@given(replies, st.integers(0, 5), st.integers(0, 3))
def test_no_limit_is_ever_passed_and_no_place_is_left_free(
    open_replies: list[tuple[int, bool]], at_once: int, a_user: int
) -> None:
    rows = [(number, user, running) for number, (user, running) in enumerate(open_replies)]
    turns = take_turns(rows, at_once=at_once, a_user=a_user)
    waiting = {number for number, _, running in rows if not running}
    assert turns.begin | set(turns.ahead) == waiting
    assert sorted(turns.ahead.values()) == list(range(len(turns.ahead)))
    running = len(rows) - len(waiting)
    of_user = {user: sum(u == user and (r or n in turns.begin) for n, u, r in rows) for user in range(1, 5)}
    before = {user: sum(u == user and r for _, u, r in rows) for user in range(1, 5)}
    if at_once:
        assert running + len(turns.begin) <= max(at_once, running)
    if a_user:
        assert all(of_user[user] <= max(a_user, before[user]) for user in of_user)
    if not at_once or running + len(turns.begin) < at_once:  # who waits then, waits for the own limit
        users = {user for number, user, _ in rows if number in turns.ahead}
        assert all(a_user and of_user[user] >= a_user for user in users)
