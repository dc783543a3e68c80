"""How dangerous a model is: locked protocols, campaigns on Inspect, findings others recompute."""
