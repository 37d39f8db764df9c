"""The draftsman that needs nothing: reads a brief and draws a storyboard of it on this computer."""
