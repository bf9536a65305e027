"""Durable workflows: declared once, executed in short segments over a write log."""
