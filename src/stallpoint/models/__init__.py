"""One statistical model per file or folder."""
