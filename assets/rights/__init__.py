"""What may be done with a version: licenses, the terms they were answered from, and consents."""
