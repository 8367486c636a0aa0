"""The groups in which the audit trail is asked for leave no action out."""

from chat.accounts.reading import GROUPS
from chat.models import Action


def test_every_action_is_in_a_group() -> None:
    assert {action for actions in GROUPS.values() for action in actions} == set(Action)
