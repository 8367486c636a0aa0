"""The one Django app."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chat.accounts import receivers, second_step, sessions  # the models are there only now

        receivers.connect()
        second_step.connect()
        sessions.connect()
