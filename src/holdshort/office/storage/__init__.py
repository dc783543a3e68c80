"""The log on a disk: databases, their guards, and the sequencer that fills them."""
