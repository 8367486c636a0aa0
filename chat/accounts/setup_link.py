"""The set-up link: known to whoever reads the program's output, dead as soon as an account exists."""

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from chat.models import User


def is_needed() -> bool:
    return not User.objects.exists()


def setup_token() -> str:
    """The same for every process and every start, since it is derived from the site's secret."""
    return salted_hmac("parley.setup", "first administrator", algorithm="sha256").hexdigest()[:40]


def setup_url() -> str:
    return f"{settings.SITE_URL}{reverse('setup', args=[setup_token()])}"
