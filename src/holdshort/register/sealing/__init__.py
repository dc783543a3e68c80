"""Confidential matter: sealed to its readers, committed to in public, disclosed piece by piece."""
