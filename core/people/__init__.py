"""The people who sign in, and how their accounts come to be."""
