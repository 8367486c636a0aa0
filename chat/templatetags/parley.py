"""Small words for templates."""

from uuid import uuid4

from django import template

from chat.usage import usd as dollars

register = template.Library()


@register.filter
def usd(nano: int | None) -> str:
    """Nano-USD as dollars; an unknown cost is said to be unknown."""
    return "unknown" if nano is None else dollars(nano)


@register.simple_tag
def new_send_id() -> str:
    """A fresh id for a form that starts a reply: sent twice, it starts one."""
    return str(uuid4())
