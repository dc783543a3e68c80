"""How much compute a model took, from evidence."""
