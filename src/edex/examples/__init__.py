"""Small physical data sets of the lectures."""
