"""Who gets through which door: every page, every method, every role, and what a form may change."""
