"""What files say about themselves, and what our copies say: XMP, IIM, EXIF, text chunks, C2PA marks."""

from assets.imaging.metadata.embedding import EmbeddedMetadata
from assets.imaging.metadata.reading import place_of, read, source_term
from assets.imaging.metadata.vocabulary import SOURCE_TYPES

__all__ = ["SOURCE_TYPES", "EmbeddedMetadata", "place_of", "read", "source_term"]
