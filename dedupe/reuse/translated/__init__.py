"""The channel ``translated``: what crosses languages, and dispatches told anew in their own; begin at `channel`."""
