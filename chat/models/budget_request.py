"""Somebody asks for more of a budget, and an administrator grants or declines it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet

from chat.models.outlives import outlives
from chat.models.user import User

REASON_CHARACTERS = 1_000
ANSWER_CHARACTERS = 300


class RequestState(models.TextChoices):
    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"


class BudgetRequestQuerySet(QuerySet["BudgetRequest"]):
    def visible_to(self, user: User) -> BudgetRequestQuerySet:
        """One's own; administrators see everybody's."""
        return self if user.is_staff else self.filter(user=user)

    def open(self) -> BudgetRequestQuerySet:
        return self.filter(state=RequestState.ASKED)


class BudgetRequest(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="budget_requests")
    budget = models.ForeignKey("chat.Budget", models.CASCADE, related_name="requests", db_index=False)
    reason = models.TextField(max_length=REASON_CHARACTERS)
    state = models.CharField(max_length=8, choices=RequestState.choices, default=RequestState.ASKED)
    created_at = models.DateTimeField(auto_now_add=True)
    amount = models.PositiveBigIntegerField(null=True, help_text="Granted, in the budget's unit.")
    permanent = models.BooleanField(default=False, help_text="Otherwise until the period ends.")
    answer = models.CharField(max_length=ANSWER_CHARACTERS, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = outlives(settings.AUTH_USER_MODEL, "+")

    objects: ClassVar[BudgetRequestQuerySet] = BudgetRequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "budget", "user", name="one_open_request_a_budget", condition=Q(state="asked")
            )
        ]
        indexes = [
            models.Index(
                fields=["id"], name="budget_request_open", condition=Q(state="asked")
            ),  # the administrator's list, and its count on every page of theirs
        ]

    def __str__(self) -> str:
        return f"request {self.pk} for budget {self.budget_id}"

    @property
    def amount_words(self) -> str:
        """What was granted, such as "500 tokens"."""
        return self.budget.in_words(self.amount or 0)
