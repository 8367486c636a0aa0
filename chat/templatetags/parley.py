"""Small words for templates."""

from uuid import uuid4

from django import template
from django.utils.safestring import SafeString, mark_safe

from chat import markdown
from chat.usage import usd as dollars

register = template.Library()

MINUS = "\u2212"


@register.filter
def usd(nano: int | None) -> str:
    """Nano-USD as dollars; an unknown cost is said to be unknown."""
    return "unknown" if nano is None else dollars(nano)


@register.filter
def seconds(ms: float | None) -> str:
    """A time that was measured, such as "0.35 s" or "12.3 s"."""
    return "\u2013" if ms is None else f"{ms / 1000:,.{2 if ms < 1000 else 1}f} s"


@register.simple_tag
def change(now: int, before: int) -> str:
    """Against the time before, such as "+12 %", "as before" and "none before"."""
    if now == before:
        return "as before"
    if not before:
        return "none before"
    percent = (now - before) * 100 / before
    return f"{'+' if percent > 0 else MINUS}{abs(percent):,.{0 if abs(percent) >= 10 else 1}f} %"


@register.simple_tag
def new_send_id() -> str:
    """A fresh id for a form that starts a reply: sent twice, it starts one."""
    return str(uuid4())


@register.simple_tag
def code_block(code: str, language: str) -> SafeString:
    """Code with its colours and its Copy button."""
    html = markdown.code_block(code, language, finished=True)
    return mark_safe(html)  # nosec B308 B703 # escaped there
