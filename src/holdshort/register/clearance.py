"""The names by which a clearance is written and read."""

SVR = "https://in-toto.io/attestation/svr/v0.2"
"""Predicate type of an in-toto Simple Verification Result."""

EXTENSION = "https://holdshort.dev/clearance/v1"
"""Member of the predicate that holds what a gate needs besides."""
