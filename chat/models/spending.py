"""What is used of a budget in one of its periods, and what calls that run may still use of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import QuerySet

MOST = 2**63 - 1  # what a column holds; a mistyped price must not keep a call from being opened or closed


class SpendingQuerySet(QuerySet["Spending"]):
    def hold(self) -> list[Spending]:
        """Lock the rows until the transaction ends, in the one order that everybody keeps."""
        return list(self.select_related("budget").order_by("pk").select_for_update(of=("self",)))


class Spending(models.Model):
    """The counter of a budget in the period that begins on `starts_on`; all in the budget's own unit."""

    budget = models.ForeignKey("chat.Budget", models.CASCADE, related_name="spendings", db_index=False)
    starts_on = models.DateField(help_text="The first day of the period, in the site's time zone.")
    used = models.PositiveBigIntegerField(default=0)
    reserved = models.PositiveBigIntegerField(default=0, help_text="The worst case of the calls that run.")
    granted = models.PositiveBigIntegerField(
        default=0, help_text="What an administrator allowed beyond the budget's limit, in this period only."
    )
    told_percent = models.PositiveSmallIntegerField(
        default=0, help_text="The highest level that a notice went out for."
    )

    objects: ClassVar[SpendingQuerySet] = SpendingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name_plural = "spending"
        constraints = [
            models.UniqueConstraint("budget", "starts_on", name="one_spending_a_period")
        ]  # admit(), and what is shown

    def __str__(self) -> str:
        return f"spending of budget {self.budget_id} from {self.starts_on}"

    @property
    def limit(self) -> int:
        """In this period."""
        return min(self.budget.limit + self.granted, MOST)

    @property
    def left(self) -> int:
        """What may still be reserved; below zero where more was used than was foreseen."""
        return self.limit - self.used - self.reserved

    def reserve(self, amount: int) -> None:
        """The row is to be held."""
        self.reserved = min(self.reserved + amount, MOST)
        self.save(update_fields=["reserved"])

    def grant(self, amount: int) -> None:
        """Allow so much more until the period ends; the row is to be held."""
        self.granted = min(self.granted + amount, MOST)
        self.save(update_fields=["granted"])

    def settle(self, *, reserved: int, used: int) -> None:
        """A call ended that had reserved so much, and used so much; the row is to be held."""
        self.reserved = max(self.reserved - reserved, 0)
        self.used = min(self.used + used, MOST)
        self.save(update_fields=["reserved", "used"])


class Reservation(models.Model):
    """What a call that runs may use of a budget; gone when the call is closed."""

    call = models.ForeignKey(
        "chat.Call", models.CASCADE, related_name="reservations", db_index=False
    )  # one_reservation_a_spending begins with it
    spending = models.ForeignKey(Spending, models.CASCADE, related_name="reservations")
    amount = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("call", "spending", name="one_reservation_a_spending")]

    def __str__(self) -> str:
        return f"reservation of call {self.call_id}"
