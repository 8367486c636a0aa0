"""Markdown text to safe HTML."""

from dataclasses import dataclass
from html import escape
from typing import Any

from pyromark.event import Event

from chat.markdown.allowed import sanitised
from chat.markdown.code_block import code_block, language_of
from chat.markdown.links import Address, address, bare_addresses
from chat.markdown.source import PARSER, readable, shallow_length

RENDERER_VERSION = 1  # stored beside cached HTML; raise it when the same text renders differently

_DEEPEST = 60  # open elements; what is nested deeper keeps its text only
_NESTING = {
    "Emphasis": ("<em>", "</em>"),
    "Strong": ("<strong>", "</strong>"),
    "Strikethrough": ("<del>", "</del>"),
    "BlockQuote": ("<blockquote>\n", "</blockquote>\n"),
    "Item": ("<li>", "</li>\n"),
}
_PLAIN = {
    "Paragraph": ("<p>", "</p>\n"),
    "HtmlBlock": ('<p class="raw">', "</p>\n"),
    "TableRow": ("<tr>", "</tr>\n"),
}


def render(text: str) -> str:
    """The HTML of a finished text: raw HTML shown as text, images as links, code coloured."""
    return _page(text, finished=True)


def render_tail(text: str) -> str:
    """The HTML of a text that still grows: the same shapes, but code without colours and Copy."""
    return _page(text, finished=False)


def render_code_lines(text: str) -> str:
    """The HTML of lines that are appended inside the `<code>` of an open code block."""
    return escape(readable(text), quote=False)


def _page(text: str, *, finished: bool) -> str:
    text = readable(text.replace("\r\n", "\n"))
    length = shallow_length(text)
    page = _Page(finished=finished)
    for event in PARSER.events(text[:length]):
        page.add(event)
    if length < len(text):
        page.html.append(f'<p class="raw">{escape(text[length:])}</p>\n')
    return sanitised("".join(page.html))


@dataclass(slots=True)
class _OpenLink:
    address: Address
    ends_at: int  # how many elements are open around it
    visible: list[str]


class _Page:
    """Writes the parser's events down as HTML, each once and in their order."""

    def __init__(self, *, finished: bool) -> None:
        self.html: list[str] = []
        self.finished = finished
        self.ends: list[str] = []  # what closes each open element, "" for one that is not shown
        self.code: list[str] | None = None
        self.language = ""
        self.link: _OpenLink | None = None
        self.images = 0
        self.alignments: tuple[str, ...] = ()
        self.column = 0
        self.cell = "td"

    def add(self, event: Event) -> None:
        if isinstance(event, str):
            self.html.append({"SoftBreak": "\n", "HardBreak": "<br>\n", "Rule": "<hr>\n"}[event])
            return
        kind, value = _only_item(event)
        if kind == "Text":
            self.text(value)
        elif kind == "Start":
            name, value = (value, None) if isinstance(value, str) else _only_item(value)
            self.start(name, value)
        elif kind == "End":
            self.end(value if isinstance(value, str) else _only_item(value)[0])
        elif kind == "Code":
            self.shown(f"<code>{escape(value, quote=False)}</code>", value)
        elif kind == "TaskListMarker":
            state = 'checked aria-label="Done"' if value else 'aria-label="To do"'
            self.html.append(f'<input type="checkbox" disabled {state}> ')
        else:  # Html and InlineHtml
            self.shown(escape(value, quote=False), value)

    def text(self, text: str) -> None:
        if self.code is not None:
            self.code.append(text)
        elif self.link or "://" not in text:
            self.shown(escape(text, quote=False), text)
        else:
            self.html.append(_with_links(text))

    def shown(self, html: str, visible: str) -> None:
        if self.link:
            self.link.visible.append(visible)
        self.html.append(html)

    def start(self, name: str, value: Any) -> None:
        if name in _PLAIN:
            self.open(*_PLAIN[name])
        elif name in _NESTING:
            self.open(*_NESTING[name], deepest=_DEEPEST)
        elif name in ("Link", "Image"):
            self.start_link(name, value)
        elif name == "List":
            tag = "ul" if value is None else "ol"
            start = "" if value in (None, 1) else f' start="{value}"'
            self.open(f"<{tag}{start}>\n", f"</{tag}>\n", deepest=_DEEPEST)
        elif name == "Heading":
            tag = value["level"].lower()
            self.open(f"<{tag}>", f"</{tag}>\n")
        elif name == "CodeBlock":
            self.code = []
            self.language = language_of(value["Fenced"]) if isinstance(value, dict) else ""
            self.open("", "")
        else:
            self.start_table_part(name, value)

    def start_link(self, name: str, value: Any) -> None:
        url = value["dest_url"]
        found = None
        if self.link is None:
            found = address(f"mailto:{url}" if value["link_type"] == "Email" else url)
        if found is not None:
            self.open(f'<a href="{escape(found.href)}">', "</a>")
            self.link = _OpenLink(found, len(self.ends), [])
        elif value["link_type"] in ("Autolink", "Email"):  # `<std::vector>` is one for CommonMark
            self.open("&lt;", "&gt;")
        else:
            self.open("", "")

    def start_table_part(self, name: str, value: Any) -> None:
        if name == "Table":
            self.alignments = value
            self.open(
                '<div class="table" role="region" aria-label="Table" tabindex="0"><table>\n',
                "</tbody></table></div>\n",
            )
        elif name == "TableHead":
            self.cell = "th"
            self.open("<thead><tr>", "</tr></thead><tbody>\n")
        elif name == "TableCell":
            align = self.alignments[self.column].lower()
            self.column += 1
            attributes = ' scope="col"' if self.cell == "th" else ""
            attributes += "" if align == "none" else f' align="{align}"'
            self.open(f"<{self.cell}{attributes}>", f"</{self.cell}>")

    def open(self, start: str, end: str, *, deepest: int | None = None) -> None:
        if deepest is not None and len(self.ends) >= deepest:
            start = end = ""
        self.html.append(start)
        self.ends.append(end)

    def end(self, name: str) -> None:
        if self.link and len(self.ends) == self.link.ends_at:
            self.end_link(self.link)
        elif self.code is not None:
            self.html.append(code_block("".join(self.code), self.language, finished=self.finished))
            self.code = None
        elif name in ("TableHead", "TableRow"):
            self.column = 0
            self.cell = "td"
        self.html.append(self.ends.pop())

    def end_link(self, link: _OpenLink) -> None:
        place = escape(link.address.place, quote=False)
        visible = "".join(link.visible)
        if not visible.strip():
            self.html.append(place)
        elif not link.address.is_named_by(visible):
            self.ends[-1] += f' <span class="host">({place})</span>'
        self.link = None


def _only_item(event: Any) -> tuple[str, Any]:
    return next(iter(event.items()))  # type: ignore[no-any-return]


def _with_links(text: str) -> str:
    html = []
    end = 0
    for start, stop, found in bare_addresses(text):
        html.append(escape(text[end:start], quote=False))
        html.append(f'<a href="{escape(found.href)}">{escape(text[start:stop], quote=False)}</a>')
        end = stop
    html.append(escape(text[end:], quote=False))
    return "".join(html)
