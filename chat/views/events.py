"""Server-sent events: frames as the page's SSE extension takes them, in as few bytes as can be.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from django.template.loader import render_to_string

from chat.replies import Frame

SIGN_OF_LIFE = b": still here\n\n"
END = b"event: end\ndata: end\n\n"


def resume_at(last_event_id: str) -> int | None:
    """The offset that a reader has got to; None for what no event of ours can have said."""
    return int(last_event_id) if last_event_id.isdecimal() and len(last_event_id) < 10 else None


def render(html: str, *, event_id: int | None) -> bytes:
    """One unnamed event, which the extension swaps in."""
    name = "" if event_id is None else f"id: {event_id}\n"
    lines = "".join([f"data: {line}\n" for line in html.replace("\r", "\n").split("\n")])
    return f"{name}{lines}\n".encode()


class FrameRenderer:
    """Frames of one event stream as bytes, in htmx's partials; no template, since they come ten times a second.

    The status line is sent only when it changes.
    """

    def __init__(self, reply_id: int) -> None:
        self._target = f"#reply-{reply_id}"
        self._status: tuple[int | None, bool] | None = None

    def render(self, frame: Frame) -> bytes:
        parts: list[str] = []
        if frame.blocks or frame.replace:
            parts.append(
                self._partial("-blocks", "innerHTML" if frame.replace else "beforeend", frame.blocks)
            )
        if frame.tail is not None:
            parts.append(self._partial("-tail", "innerHTML", frame.tail))
        if frame.code:
            parts.append(self._partial("-tail pre code", "beforeend", frame.code))
        if self._status != (frame.ahead, frame.started):
            self._status = (frame.ahead, frame.started)
            context = {"ahead": frame.ahead, "started": frame.started}
            parts.append(
                self._partial("-status", "innerHTML", render_to_string("replies/_status.html", context))
            )
        return render("".join(parts), event_id=frame.id)

    def _partial(self, part: str, swap: str, html: str) -> str:
        return f'<hx-partial hx-target="{self._target}{part}" hx-swap="{swap}">{html}</hx-partial>'
