"""Where a picture comes from: what is kept of its making, what was altered, and which original it has."""
