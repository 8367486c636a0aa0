"""Rows as a file: CSV that no spreadsheet takes for formulas, or JSON, made a block at a time."""

import csv
from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import islice

import orjson
from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse

from chat import transfer

Rows = Iterable[list[object]]


def csv_file(name: str, columns: tuple[str, ...], rows: Rows) -> StreamingHttpResponse:
    return _download(name, "csv", "text/csv; charset=utf-8", _csv(columns, rows))


def json_file(name: str, columns: tuple[str, ...], rows: Rows) -> StreamingHttpResponse:
    """A list of objects, one a line."""
    return _download(name, "json", "application/json", _json(columns, rows))


def _download(name: str, extension: str, content_type: str, lines: Iterator[str]) -> StreamingHttpResponse:
    headers = {"Content-Disposition": transfer.attachment(name, extension)}
    return StreamingHttpResponse(_in_blocks(lines), content_type=content_type, headers=headers)


class _Line:
    """What csv.writer writes to: it gives the line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _csv(columns: tuple[str, ...], rows: Rows) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield writer.writerow(columns)
    for row in rows:
        yield writer.writerow([_cell(value) for value in row])


def _json(columns: tuple[str, ...], rows: Rows) -> Iterator[str]:
    lead = "[\n"
    for row in rows:
        yield lead + orjson.dumps(dict(zip(columns, row, strict=True))).decode()
        lead = ",\n"
    yield "[]\n" if lead == "[\n" else "\n]\n"


async def _in_blocks(lines: Iterator[str], size: int = 1000) -> AsyncIterator[str]:
    """Lines that are made in the request's own thread, sent a block at a time so that memory stays flat."""
    while block := await sync_to_async(lambda: "".join(islice(lines, size)))():
        yield block


def _cell(value: object) -> object:
    """A cell that a spreadsheet does not take for a formula (OWASP, CSV injection)."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value
