"""Chores for developers."""
