"""textmine: bilingual (Persian and English) content analysis that leads back to the page."""

__version__ = "0.1.0"
