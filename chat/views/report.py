"""What a usage page shows, as its address says, and the addresses that its links lead to."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse

from chat import usage
from chat.forms import ReportForm
from chat.views.answers import UserRequest
from chat.views.spans import wrong_of

KEPT = ("from", "to", "by", "show", "sort", *usage.COLUMNS)  # of the address, in every link
TITLES = {
    "user": "User",
    "group": "Group",
    "model": "Model",
    "source": "Source",
    "key": "API key",
    "status": "Status",
}


@dataclass(frozen=True)
class Link:
    name: str
    url: str
    is_current: bool = False


@dataclass(frozen=True)
class Linked:
    """A row of the table, with the ledger rows behind it, and the page that is limited to it."""

    row: usage.Row
    calls: str
    only: str


@dataclass(frozen=True)
class Report:
    span: usage.Span
    only: usage.Only
    by: str
    show: str
    sort: str
    wrong: str
    given: dict[str, str]

    @property
    def title(self) -> str:
        return TITLES[self.by]

    @property
    def dimensions(self) -> list[Link]:
        return [Link(TITLES[by], self._page(by=by), by == self.by) for by in usage.COLUMNS]

    @property
    def measures(self) -> list[Link]:
        return [Link(show.capitalize(), self._page(show=show), show == self.show) for show in usage.SHOWN]

    @property
    def filters(self) -> list[Link]:
        """What it is limited to, each with the address that takes it off."""
        return [
            Link(f"{TITLES[name]}: {usage.names_of(name, [value])[value]}", self._page(**{name: None}))
            for name, value in self.only.chosen.items()
        ]

    @property
    def sorts(self) -> dict[str, Link]:
        words = ("name", "requests", "tokens", "cost", "unfinished")
        return {word: Link(word, self._page(sort=word), word == self.sort) for word in words}

    @property
    def kept(self) -> dict[str, str]:
        """What a form about the days hands on."""
        return {name: value for name, value in self.given.items() if name not in {"from", "to"}}

    @property
    def calls_url(self) -> str:
        return self._url("usage-calls")

    @property
    def page_url(self) -> str:
        return self._page()

    @property
    def csv_url(self) -> str:
        return self._url("usage-csv")

    @property
    def json_url(self) -> str:
        return self._url("usage-json")

    def older_url(self, before: int) -> str:
        return self._url("usage-calls", before=before)

    def sorted(self, rows: Iterable[usage.Row]) -> list[Linked]:
        """As the address says, the largest first; names from A to Z."""
        keys = {
            "requests": lambda row: (-row.requests, row.name),
            "tokens": lambda row: (-row.tokens, row.name),
            "cost": lambda row: (-row.cost_nano_usd, row.name),
            "unfinished": lambda row: (-row.unfinished, row.name),
            "name": lambda row: row.name.casefold(),
        }
        return [
            Linked(
                row,
                self._url("usage-calls", **{self.by: row.value}),
                self._page(**{self.by: row.value, "by": "model" if self.by == "user" else "user"}),
            )
            for row in sorted(rows, key=keys[self.sort])
        ]

    def _page(self, **changes: object) -> str:
        return self._url("usage-all", **changes)

    def _url(self, name: str, **changes: object) -> str:
        """With everything that was given, but for what changes; None takes it out."""
        query = QueryDict(mutable=True)
        for key, value in {**self.given, **changes}.items():
            if value is not None:
                query[key] = str(value)
        return f"{reverse(name)}{'?' if query else ''}{query.urlencode()}"


def report_of(request: UserRequest) -> Report:
    """Of this month and everything, with a sentence, where the address is wrong."""
    form = ReportForm(request.GET)
    if not form.is_valid():
        return Report(
            usage.Span.this_month(), usage.EVERYTHING, "user", "requests", "requests", wrong_of(form), {}
        )
    given = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    by, show, sort = (form.cleaned_data[name] for name in ("by", "show", "sort"))
    return Report(form.span(), form.only(), by, show, sort, "", given)
