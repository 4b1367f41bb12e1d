"""EdEx 1: the space group of a crystal from its pair distribution function."""
