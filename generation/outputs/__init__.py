"""Outputs: the pictures that jobs returned, kept or discarded, and what people prefer."""
