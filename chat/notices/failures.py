"""Why a mail was not taken, and whether it is worth another try."""

import ssl
from smtplib import SMTPAuthenticationError, SMTPDataError, SMTPRecipientsRefused

from django.conf import settings

LONGEST = 300  # characters


def is_final(error: Exception) -> bool:
    """Whether the same mail to the same address would be refused again.

    What is wrong with the server, or with how it is asked, may be right in an hour.
    """
    match error:
        case SMTPRecipientsRefused():
            return all(code >= 500 for code, _ in error.recipients.values())
        case SMTPDataError():
            return error.smtp_code >= 500
        case OSError():  # also the rest of smtplib's
            return False
    return True  # an address that cannot be written, or a fault of our own


def sentence_of(error: Exception) -> str:
    """For the log: one line without the password, which a server may repeat when it refuses it."""
    kind = type(error).__name__
    if isinstance(error, SMTPAuthenticationError):
        return f"{kind}: {error.smtp_code}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{kind}: the certificate of {settings.EMAIL_HOST} is not trusted: {error.verify_message}"
    said = " ".join(str(error).split())
    if settings.EMAIL_HOST_PASSWORD:
        said = said.replace(settings.EMAIL_HOST_PASSWORD, "[password]")
    return f"{kind}: {said[:LONGEST]}"
