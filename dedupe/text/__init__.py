"""From characters to words and sentences, with offsets into the text as read."""
