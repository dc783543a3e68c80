"""Witnesses: who cosigns a log as long as it only grows, and keeps the proof if it forked."""
