"""Where a published register stands: a folder, an object store, a web server.

One form of reading and writing for all of them, by names relative to the register's root. Rules
kept here:

- Nothing is read without a bound on its size, and no redirection is followed: a place that was
  asked for one thing cannot make the reader fetch another.
- A file appears whole or not at all. An object store does that by itself; in a folder it is
  drafted, synced and renamed; elsewhere it is uploaded under another name and moved.
- What may pass (a broken connection, a busy server) is tried again, with pauses that grow.

Network libraries are fsspec's matter and load when a URL is opened.
"""

from holdshort.register.mirror.store.folder import FolderStore
from holdshort.register.mirror.store.objects import ObjectStore
from holdshort.register.mirror.store.opening import open_store, protocol
from holdshort.register.mirror.store.store import Store, Unreachable
from holdshort.register.mirror.store.web import WebStore

__all__ = [
    "FolderStore",
    "ObjectStore",
    "Store",
    "Unreachable",
    "WebStore",
    "open_store",
    "protocol",
]
