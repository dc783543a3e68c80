"""The sequencer's only table: the log, in order.

Everything else that the office shows is computed from it. Triggers refuse to change or delete a
row, so that not even the office's own code can.
"""

from typing import ClassVar

from django.db import models


class LogEntry(models.Model):
    """One leaf of the log: its place from 0, its bytes, its RFC 6962 hash."""

    index = models.BigIntegerField(primary_key=True)
    leaf = models.BinaryField()
    leaf_hash = models.BinaryField(max_length=32, unique=True)

    class Meta:
        """Order of the log."""

        ordering: ClassVar = ["index"]

    def __str__(self) -> str:
        return f"entry {self.index}"
