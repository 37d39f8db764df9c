"""The project: settings, addresses, the worker, health. It composes the apps, and no app imports it."""
