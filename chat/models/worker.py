"""A web process, and its heartbeat: a counter that says nothing about any clock."""

from django.db import models


class Worker(models.Model):
    id = models.UUIDField(primary_key=True)
    beat = models.PositiveBigIntegerField(
        default=0, help_text="Raised every 2 s while the process owns a call."
    )

    def __str__(self) -> str:
        return f"worker {self.pk}"
