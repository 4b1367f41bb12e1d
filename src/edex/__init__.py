"""edex: Introduction to Machine Learning in the Physical Sciences, as installable software."""

__version__ = "0.1.0"
