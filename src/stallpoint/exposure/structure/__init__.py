"""What a chemical structure says of the blood-brain barrier, and where it says nothing. Needs the extra `chem`."""
