"""ChatGPT exports as it writes them, made for tests."""

from typing import Any

THEN = 1_700_000_000.5


def node(name: str, parent: str | None, role: str = "", text: str = "", **message: Any) -> dict[str, Any]:
    """A node of a mapping; without a role it has no message, as the root has none."""
    about = {
        "id": name,
        "author": {"role": role, "name": None, "metadata": {}},
        "create_time": THEN,
        "content": {"content_type": "text", "parts": [text]},
        "metadata": {"model_slug": "gpt-4o"} if role == "assistant" else {},
        "recipient": "all",
    }
    return {"id": name, "parent": parent, "children": [], "message": about | message if role else None}


def conversation(*nodes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "title": "From ChatGPT",
        "create_time": THEN,
        "update_time": THEN + 60,
        "conversation_id": "11111111-2222-3333-4444-555555555555",
        "current_node": nodes[-1]["id"],
        "mapping": {made["id"]: made for made in nodes},
        **more,
    }


def simple(number: int = 1, text: str = "Hello", answer: str = "Good day") -> dict[str, Any]:
    """A question and its answer, below what ChatGPT keeps to itself."""
    return conversation(
        node("root", None),
        node("system", "root", "system"),
        node("question", "system", "user", text),
        node("answer", "question", "assistant", answer),
        conversation_id=f"conversation-{number}",
        title=f"Conversation {number}",
    )
