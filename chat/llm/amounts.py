"""Prices as exact numbers: nano-USD a token, or not at all."""

from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow

NANO = 1_000_000_000
MOST_NANO_USD = 10_000_000  # a token: $10,000 a million; whoever asks for more means another unit
LONGEST = 40  # characters of a number
FURTHEST = 30  # digits before or behind the point

_EXACT = Context(prec=200, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])


class Unclear(Exception):
    """`why` goes on with "The provider …", for the administrator."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def decimal(text: str) -> Decimal:
    """As it is written; not a number where nobody would write so."""
    try:
        return Decimal(text.strip()) if len(text) <= LONGEST else Decimal("NaN")
    except InvalidOperation:
        return Decimal("NaN")


def number(value: object) -> Decimal | None:
    """A finite number, or a text of one."""
    if isinstance(value, str):
        value = decimal(value)
    if not isinstance(value, Decimal) or not value.is_finite():
        return None
    return value if not value or abs(value.adjusted()) <= FURTHEST else None


def nano_usd(price: object, tokens: Decimal | None, meant: str) -> int:
    """A token, for `price` USD of so many `meant` tokens; raises Unclear."""
    usd = number(price)
    if usd is None or tokens is None or tokens <= 0:
        raise Unclear(f"gives no price for the {meant}")
    if usd < 0:
        raise Unclear("has a price that changes with each request")  # OpenRouter writes -1
    if usd * NANO > MOST_NANO_USD * tokens:
        raise Unclear(f"asks for more than $10,000 a million {meant}, which cannot be meant")
    try:
        nano = _EXACT.divide(_EXACT.multiply(usd, NANO), tokens)
    except Inexact:
        nano = Decimal("0.5")
    if nano != nano.to_integral_value():
        raise Unclear(f"has a price of more than three decimals a million {meant}; enter one yourself")
    return int(nano)
