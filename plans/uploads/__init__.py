"""What a file of somebody else may be before it is stored (docs/adr/0012)."""
