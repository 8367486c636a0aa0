"""The markup around code."""

from html import escape

from chat.markdown.highlight import highlighted

_LONGEST_LANGUAGE = 40  # characters


def language_of(info: str) -> str:
    """The first word of what stands behind a fence."""
    return (info.split(maxsplit=1) or [""])[0][:_LONGEST_LANGUAGE]


def code_block(code: str, language: str, *, finished: bool) -> str:
    """The block with its language and, when it is finished, colours and a Copy button."""
    shown = highlighted(code, language) if finished else escape(code, quote=False)
    copy = '<button type="button" class="copy" data-copy>Copy</button>' if finished else ""
    head = f'<div class="code-head"><span class="code-language">{escape(language)}</span>{copy}</div>'
    return f'<div class="code">{head}<pre tabindex="0"><code>{shown}</code></pre></div>\n'
