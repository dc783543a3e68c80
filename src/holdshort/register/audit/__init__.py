"""The log-level check of a published folder, by a stranger who trusts nothing in it.

What is checked, in this order:

1. *checkpoint*: it is well formed, and signed by the keys that the caller trusts;
2. *root*: the entries hash to it;
3. *entries*: every bundle holds the entries that the root commits to, and each is an act;
4. *tiles*: every hash tile is byte for byte what the entries make it;
5. *blobs*: every blob's content has the digest that names it;
6. *files*: nothing else is there, and nothing is missing.

So a change to any byte of any published file fails a check that names the file and, where it is in
an entry, the entry. Bundles and level-0 tiles both state the leaf hashes; the root decides which
of the two is damaged. Whether acts were lawful and blobs complete is for whoever knows the law, and
so is who must have cosigned the checkpoint: the policy stands in the log.

``strict=False`` checks any tlog-tiles log: entries may be anything, and files beyond the
specification's are ignored. Proof files (``.tlog-proof``) are no part of a register's folder.
"""

from holdshort.register.audit.blobs import Seen, seen_as
from holdshort.register.audit.entries import place_of
from holdshort.register.audit.found import Check, LogAudit
from holdshort.register.audit.log import audit_log

__all__ = ["Check", "LogAudit", "Seen", "audit_log", "place_of", "seen_as"]
