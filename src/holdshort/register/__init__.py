"""What was done, provably: signed acts in one Merkle log that any static server can publish."""
