"""Schema of the sequencer's table."""
