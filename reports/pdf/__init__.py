"""Paper: HTML in, a tagged PDF out. The only package that knows WeasyPrint.

`render_pdf` hands the HTML to a child process (child.py, watched by worker.py) that has a memory and a time limit and
reads nothing from disk or network: styles and fonts travel inside the HTML, from `font_face_css` and `paper_css`.
What the HTML must keep to is in docs/papers.md.
"""

from .paper import font_face_css, paper_css
from .worker import PdfRefused, pdf_available, render_pdf

__all__ = ["PdfRefused", "font_face_css", "paper_css", "pdf_available", "render_pdf"]
