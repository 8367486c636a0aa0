"""A mail as it is sent: plain text, from a template and the values of its job."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from chat.models import Job


def letter_of(job: Job) -> EmailMessage:
    """To the job's owner, who has an address."""
    values: dict[str, Any] = job.result["values"]
    several = len(values.get("budgets", ()))
    subject = f"{several} budgets of users have no room left" if several > 1 else job.name
    text = render_to_string(
        f"notices/{job.result['template']}.txt",
        {**values, "site": settings.SITE_URL, "to": job.person.get_username()},
    )
    return EmailMessage(
        subject, text.strip() + "\n", to=[job.person.email], headers={"Auto-Submitted": "auto-generated"}
    )
