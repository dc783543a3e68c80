"""Mirrors: the published register at other places, brought up to the folder and fetched from there.

    push(folder, "s3://bucket/register")
    pull("https://register.example", Folder(copy), blobs=…)

Rules kept here:

- What never changes goes first (blobs, full tiles and bundles), then partial tiles, the checkpoint
  last: whatever stops the work, the mirror reads as the log that it was, and the next run goes on.
- An immutable file that is there with another content is never written over: it is told.
- Neither side moves back or sideways. A mirror that is ahead, or whose log the folder's does not
  continue, is left as it is, and both signed checkpoints are kept: if the log's key signed them,
  they and the entries prove a fork (`holdshort.register.witness.fork`).
- A copy is made of names that follow from the checkpoint's size and from digests in acts, never
  from a listing. Where the log's key is known, or its charter names it, the checkpoint's signature
  is checked before anything of that size is fetched. Then nothing is verified but sizes, and the
  digests of blobs: the audit does the rest.
"""

from holdshort.register.mirror.conflict import Conflict, keep_conflict
from holdshort.register.mirror.documents import Fetched, Named, pull_blobs
from holdshort.register.mirror.extent import Progress, silent
from holdshort.register.mirror.pull import Pulled, pull, read_tile
from holdshort.register.mirror.push import Pushed, mirror_head, push
from holdshort.register.mirror.signers import Signers, Untrusted, anyone, chartered, known
from holdshort.register.mirror.store import Store, Unreachable, open_store, protocol

__all__ = [
    "Conflict",
    "Fetched",
    "Named",
    "Progress",
    "Pulled",
    "Pushed",
    "Signers",
    "Store",
    "Unreachable",
    "Untrusted",
    "anyone",
    "chartered",
    "keep_conflict",
    "known",
    "mirror_head",
    "open_store",
    "protocol",
    "pull",
    "pull_blobs",
    "push",
    "read_tile",
    "silent",
]
