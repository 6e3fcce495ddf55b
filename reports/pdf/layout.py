"""Lays out one paper with WeasyPrint. Only the child process imports this module."""

from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

# Kept for the life of the process: unpacking the fonts takes longer than a short paper.
FONTS = FontConfiguration()


def lay_out(html: str) -> bytes:
    """The tagged PDF (PDF/UA-1) of self-contained `html`. Raises whatever the layout raises."""
    fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
    document = HTML(string=html, url_fetcher=fetcher, base_url="about:paper").render(
        font_config=FONTS, pdf_variant="pdf/ua-1"
    )
    return document.write_pdf(pdf_variant="pdf/ua-1")
