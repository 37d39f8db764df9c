"""Evidence packs: all there is about a picture or a listing in one file, with what checks it without the portal."""
