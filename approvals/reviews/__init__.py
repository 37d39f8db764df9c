"""Reviews: submitting, deciding, taking effect, and the dossier that all of it is about."""
