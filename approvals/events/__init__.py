"""The log of what changed in a channel, without a gap."""
