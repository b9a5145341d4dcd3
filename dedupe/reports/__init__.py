"""What people read of a run: the HTML page, the terminal, tables for other programs."""
