"""The person who logs in."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models

from chat.models.chosen import Chosen


class User(AbstractUser):
    """Django's user, ours from the first migration on."""

    defaults = models.JSONField(
        default=dict, blank=True, editable=False, help_text="What new conversations begin with."
    )

    @property
    def default_model(self) -> str:
        """As it was chosen, whether or not it is still on offer; empty: the site's own."""
        return str(self.defaults.get("model", ""))

    @property
    def chosen(self) -> Chosen:
        """What new conversations begin with; the site's own model in place of one that is gone."""
        model = self.default_model if self.default_model in settings.MODELS else ""
        rest = {name: value for name, value in self.defaults.items() if name != "model"}
        return Chosen(model=model, settings=rest)

    def use(self, chosen: Chosen) -> None:
        """From now on new conversations begin with this."""
        self.defaults = {**chosen.settings} | ({"model": chosen.model} if chosen.model else {})
        User.objects.filter(pk=self.pk).update(defaults=self.defaults)
