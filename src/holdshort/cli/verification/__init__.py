"""What ``holdshort verify`` does: fetch a copy, check it, remember what held."""
