"""Django's own, and whose password it changed is in the audit trail."""

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword

from chat.models import Action, AuditEntry, User


class Command(changepassword.Command):
    def handle(self, *args: Any, **options: Any) -> str:
        """Entered afterwards: while it asks for a password at the console no transaction is to be open."""
        told = super().handle(*args, **options)
        user = User.objects.get(username=options["username"] or getpass.getuser())
        AuditEntry.objects.record_at_console(Action.PASSWORD_CHANGED, subject=user)
        return str(told)
