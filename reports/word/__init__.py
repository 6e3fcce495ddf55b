"""Word: a paper's HTML in, a .docx out. The only package that makes Word documents.

`render_word` walks the very HTML that the PDF is made of (docs/papers.md) and writes the parts of the document itself;
python-docx packs them. Only pictures that are drawings go through the PDF maker, which knows how to draw them.
"""

from .document import render_word

__all__ = ["render_word"]
