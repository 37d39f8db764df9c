"""What can be chosen: providers from the settings, and models from their rows."""
