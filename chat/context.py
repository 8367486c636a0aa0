"""What every page knows of the site."""

from django.conf import settings
from django.http import HttpRequest

from chat.accounts.setup_link import is_needed
from chat.local_model import MODEL_NAME


def site(request: HttpRequest) -> dict[str, dict[str, object]]:
    """Also as `parley`: some of allauth's views call something else `site`."""
    facts: dict[str, object] = {
        "model": MODEL_NAME if settings.EMBEDDED_MODEL else settings.MODEL_ID,
        "demo": settings.EMBEDDED_MODEL,
        "version": settings.VERSION,
        "set_up_next": is_needed,  # asked for by the log-in page alone
        "signup_open": settings.SIGNUP != "invite",
        "sso": settings.OIDC_NAME if settings.OIDC else "",
        "email": settings.MAIL is not None,
    }
    return {"site": facts, "parley": facts}
