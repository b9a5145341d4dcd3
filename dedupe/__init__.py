"""Who really wrote the news: shared passages, their sources, and a provenance matrix."""

__version__ = "0.1.0"
