"""Markdown text to safe HTML, whole or while it is still arriving."""

from chat.markdown.blocks import OpenCode, Split, split
from chat.markdown.code_block import code_block
from chat.markdown.rendering import RENDERER_VERSION, render, render_code_lines, render_tail

__all__ = [
    "RENDERER_VERSION",
    "OpenCode",
    "Split",
    "code_block",
    "render",
    "render_code_lines",
    "render_tail",
    "split",
]
