"""Serving a witness, and asking others to cosign."""
