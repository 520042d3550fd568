"""The quirks of PRO-ACT, one rule each."""
