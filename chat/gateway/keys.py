"""Who asks: the API key that a request bears."""

from chat.gateway.errors import KeyRefused
from chat.models import ApiKey

SCHEME = "bearer"
MOST_CHARACTERS = 200

NONE = (
    "This needs an API key: send 'Authorization: Bearer' and a key. "
    "Keys are made on Parley's page “API keys”."
)
WRONG = "This is no API key of Parley's. Keys are made on its page “API keys”."


def secret_in(authorization: str) -> str:
    """Raises KeyRefused when the header bears no key."""
    scheme, _, secret = authorization.strip().partition(" ")
    secret = secret.strip()
    if scheme.lower() != SCHEME or not secret:
        raise KeyRefused(NONE)
    if len(secret) > MOST_CHARACTERS:
        raise KeyRefused(WRONG)
    return secret


def key_of(secret: str) -> ApiKey:
    """The key with its user, and a note that it was used. Raises KeyRefused."""
    key = ApiKey.objects.by_secret(secret)
    if key is None:
        raise KeyRefused(WRONG)
    if not key.user.is_active:
        raise KeyRefused("The account of this API key is deactivated.")
    if key.has_expired:
        raise KeyRefused("This API key has expired.")
    if key.blocked or not key.enabled:
        raise KeyRefused("This API key is disabled.")
    key.touch()
    return key
