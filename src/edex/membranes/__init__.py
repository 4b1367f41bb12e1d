"""Membranes."""
