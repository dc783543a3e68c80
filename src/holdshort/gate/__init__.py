"""Whether these weights may run: the identity of a model and its clearance."""
