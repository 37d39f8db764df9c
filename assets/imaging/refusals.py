"""Why a picture is not taken. Each message is a sentence for whoever brought it, and gives the true reason."""

from __future__ import annotations


class Unreadable(Exception):
    """The portal cannot take these bytes as a picture. The message says why, for people."""


class TooHeavy(Unreadable):
    """Decoding took more time or memory than a picture gets, or ended the decoder."""


class Busy(Unreadable):
    """Nothing is wrong with the picture: too many others are being looked at."""

    def __init__(self) -> None:
        super().__init__("Too many pictures are being opened at the moment. Wait a minute, then try again.")


class Fault(Unreadable):
    """The portal's own code failed on the picture, which may be perfectly good. The log has the details."""

    def __init__(self) -> None:
        super().__init__("The portal made a mistake with this picture; the file may be fine. Tell your administrator.")
