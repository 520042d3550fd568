"""Did it work, and for whom."""
