"""The set-up link: known to whoever reads the program's output, dead as soon as there was an account."""

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from chat.models import Action, AuditEntry, User


def is_needed() -> bool:
    """Never again once an account was made, also where none is left: whoever knew the link is not who made it."""
    made = AuditEntry.objects.filter(action=Action.USER_CREATED)
    return not User.objects.exists() and not made.exists()


def setup_token() -> str:
    """The same for every process and every start, since it is derived from the site's secret."""
    return salted_hmac("parley.setup", "first administrator", algorithm="sha256").hexdigest()[:40]


def setup_url() -> str:
    return f"{settings.SITE_URL}{reverse('setup', args=[setup_token()])}"
