"""What signs from here: key files, devices, services, and the secrets that open them."""
