"""Django's own, and whom it made is in the audit trail."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from chat.models import Action, AuditEntry, User


class Command(createsuperuser.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Entered afterwards: while it asks for a password at the console no transaction is to be open."""
        newest = User.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        super().handle(*args, **options)
        for user in User.objects.filter(is_superuser=True, pk__gt=newest):
            AuditEntry.objects.record_at_console(Action.USER_CREATED, subject=user, detail="an administrator")
