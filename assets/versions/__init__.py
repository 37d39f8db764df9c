"""Versions of assets: their states, the dossier that a reviewer judges, and how a version is changed."""
