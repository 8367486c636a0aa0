"""Small words for templates."""

from uuid import uuid4

from django import template

register = template.Library()


@register.simple_tag
def new_send_id() -> str:
    """A fresh id for a form that starts a reply: sent twice, it starts one."""
    return str(uuid4())
