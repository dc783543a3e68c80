"""Holdshort: oversight of frontier AI as software.

The rooms of the house and the rules between them are drawn in ARCHITECTURE.md.
"""

__version__ = "0.1.0"
