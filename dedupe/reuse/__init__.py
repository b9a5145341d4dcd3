"""Shared passages: channels propose pairs, one alignment looks at them, families join them."""
