"""One model's whole pre-deployment review on an embedded register."""
