"""Django's own, and whom it made is in the audit trail."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.core.management.base import CommandError
from django.db import connection

from chat.models import Action, AuditEntry, User


class Command(createsuperuser.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Entered afterwards: while it asks for a password at the console no transaction is to be open."""
        if User._meta.db_table not in connection.introspection.table_names():
            raise CommandError("There is no site yet: Parley makes its database when it is started.")
        newest = User.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        super().handle(*args, **options)
        for user in User.objects.filter(is_superuser=True, pk__gt=newest):
            AuditEntry.objects.record_at_console(Action.USER_CREATED, subject=user, detail="an administrator")
