"""The person who logs in."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """Django's user, ours from the first migration on."""

    defaults = models.JSONField(
        default=dict, blank=True, editable=False, help_text="What new conversations begin with."
    )
