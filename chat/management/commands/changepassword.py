"""Django's own; whose password it changed is in the audit trail, and logged in nowhere any more."""

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword

from chat.accounts.sessions import end_sessions
from chat.models import Action, AuditEntry, User


class Command(changepassword.Command):
    def handle(self, *args: Any, **options: Any) -> str:
        """Entered afterwards: while it asks for a password at the console no transaction is to be open."""
        told = super().handle(*args, **options)
        user = User.objects.get(username=options["username"] or getpass.getuser())
        AuditEntry.objects.record_at_console(Action.PASSWORD_CHANGED, subject=user)
        end_sessions(user, but=None)
        return str(told)
