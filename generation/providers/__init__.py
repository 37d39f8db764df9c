"""Image generators behind one interface: plain Python, no Django (see README.md to add one)."""
