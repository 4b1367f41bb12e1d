"""The site of the course: pages, slides and reference, made from what `edex build` has built."""
