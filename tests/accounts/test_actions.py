"""Every action of the audit trail is recorded somewhere; none is a word that nothing writes."""

import ast
from collections.abc import Iterator
from pathlib import Path

from chat.models import Action

CHAT = Path(__file__).resolve().parents[2] / "chat"
READERS = {"chat/accounts/reading.py", "chat/accounts/sentences.py", "chat/models/audit_entry.py"}


def named(source: str) -> Iterator[str]:
    """The actions that a module names outside of its queries."""
    tree = ast.parse(source)
    asked = {
        id(keyword.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "action"
    }
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="Action")) if id(node) not in asked:
                yield node.attr


def test_every_action_is_recorded_by_something() -> None:
    paths = [path for path in CHAT.rglob("*.py") if str(path.relative_to(CHAT.parent)) not in READERS]
    recorded = {Action[name] for path in paths for name in named(path.read_text("utf-8"))}
    assert set(Action) - recorded == set()


def test_a_query_for_an_action_does_not_count_as_recording_it() -> None:
    assert list(named("rows.filter(action=Action.SHARED)\nrecord(request, Action.STOPPED)")) == ["STOPPED"]
