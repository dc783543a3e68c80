"""What the law says: one YAML file a regime, its expressions, and how it is read."""
