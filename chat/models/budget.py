"""A limit on what everyone, a group or a user may use in a calendar period."""

from __future__ import annotations

import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Value, When

from chat.models.spending import Spending

NANO = 1_000_000_000
THERE_ALREADY = "There is a budget in this unit for this period already: change that one."


class Period(models.TextChoices):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def first_day(self, day: datetime.date) -> datetime.date:
        """Of the period that `day` lies in; a week begins on Monday."""
        if self is Period.WEEK:
            return day - datetime.timedelta(days=day.weekday())
        return day.replace(day=1) if self is Period.MONTH else day

    def next_first_day(self, day: datetime.date) -> datetime.date:
        """Of the period after the one that `day` lies in."""
        longest = {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 31}[self]
        return self.first_day(self.first_day(day) + datetime.timedelta(days=longest))


class Unit(models.TextChoices):
    TOKENS = "tokens"
    USD = "usd", "nano-USD"
    REQUESTS = "requests"


def counted(amount: int, unit: str) -> str:
    """Of a unit other than USD: such as "5,000 tokens" and "1 request"."""
    return f"{amount:,} {unit.removesuffix('s') if amount == 1 else unit}"


class BudgetQuerySet(QuerySet["Budget"]):
    def applying_to(self, user: int) -> BudgetQuerySet:
        """Everyone's, those of the groups that the user with this number is in, and the user's own."""
        groups = Group.objects.filter(user=user).values("pk")
        everyone = Q(user=None, group=None)
        return self.filter(everyone | Q(user=user) | Q(group__in=groups)).order_by("pk")

    def with_counter(self, day: datetime.date) -> BudgetQuerySet:
        """Each with `used_now`, `reserved_now` and `granted_now` of `day`; None where it has no counter."""
        whens = [When(period=period, then=Value(period.first_day(day))) for period in Period]
        counter = Spending.objects.filter(budget=OuterRef("pk"), starts_on=OuterRef("first"))
        return self.annotate(
            first=Case(*whens, output_field=models.DateField()),
            used_now=Subquery(counter.values("used")),
            reserved_now=Subquery(counter.values("reserved")),
            granted_now=Subquery(counter.values("granted")),
        )


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
    warn_percent = models.PositiveSmallIntegerField(
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="From so much on it is shown beside the message box.",
    )

    objects: ClassVar[BudgetQuerySet] = BudgetQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None) | Q(group=None),
                name="budget_of_a_user_or_a_group_or_everyone",
                violation_error_message="A budget is for a user or for a group, not for both.",
            ),
            # setbudget replaces the one that is there; three constraints, since NULLs are distinct in SQLite
            models.UniqueConstraint(
                fields=["period", "unit"],
                name="one_budget_of_everyone",
                condition=Q(user=None, group=None),
                violation_error_message=THERE_ALREADY,
            ),
            models.UniqueConstraint(
                fields=["user", "period", "unit"],
                name="one_budget_a_user",
                condition=Q(user__isnull=False),
                violation_error_message=THERE_ALREADY,
            ),
            models.UniqueConstraint(
                fields=["group", "period", "unit"],
                name="one_budget_a_group",
                condition=Q(group__isnull=False),
                violation_error_message=THERE_ALREADY,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.group or 'everyone'}: {self.terms}"

    @property
    def in_trail(self) -> str:
        """For the audit trail, which names no person: such as "the group Sales, 5,000 tokens a day"."""
        if self.user_id:
            return self.terms
        whose = f"the group {self.group}" if self.group else "everyone"
        return f"{whose}, {self.terms}"

    def changed_from(self, before: Budget | None) -> str:
        """The same, with what it was; None for a new one."""
        told = self.in_trail
        if before and before.limit != self.limit:
            told += f", before {before.in_words(before.limit)}"
        if before and before.warn_percent != self.warn_percent:
            told += f", shown from {self.warn_percent}%"
        return told

    @property
    def terms(self) -> str:
        """Such as "5,000 tokens a day"."""
        return f"{self.in_words(self.limit)} a {self.period}"

    def in_words(self, amount: int) -> str:
        """Such as "5,000 tokens" and "$12.50"."""
        return f"${amount / NANO:,.2f}" if self.unit == Unit.USD else counted(amount, self.unit)
