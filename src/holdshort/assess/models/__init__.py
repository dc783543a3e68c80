"""Model providers of our own: reference models of known ability, and local weights."""
