"""A limit on what everyone, a group or a user may use in a calendar period."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Period(models.TextChoices):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Unit(models.TextChoices):
    TOKENS = "tokens"
    USD = "usd", "nano-USD"
    REQUESTS = "requests"


class Budget(models.Model):
    """Without a user and without a group it is for everyone."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="budgets",
        help_text="Without a user and a group it is for everyone.",
    )
    group = models.ForeignKey("auth.Group", models.CASCADE, null=True, blank=True, related_name="budgets")
    period = models.CharField(max_length=5, choices=Period.choices)
    unit = models.CharField(max_length=8, choices=Unit.choices)
    limit = models.PositiveBigIntegerField(help_text="In the unit chosen; USD in nano-USD.")
    warn_percent = models.PositiveSmallIntegerField(default=80)

    class Meta:
        verbose_name_plural = "budgets (kept, but not enforced yet)"
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None) | Q(group=None), name="budget_of_a_user_or_a_group_or_everyone"
            ),
            # setbudget replaces the one that is there; three constraints, since NULLs are distinct in SQLite
            models.UniqueConstraint(
                fields=["period", "unit"], name="one_budget_of_everyone", condition=Q(user=None, group=None)
            ),
            models.UniqueConstraint(
                fields=["user", "period", "unit"], name="one_budget_a_user", condition=Q(user__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["group", "period", "unit"],
                name="one_budget_a_group",
                condition=Q(group__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.group or 'everyone'}: {self.limit} {self.unit} a {self.period}"
