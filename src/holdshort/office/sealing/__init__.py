"""Sealing acts when they are filed, opening them for their readers, ending that."""
