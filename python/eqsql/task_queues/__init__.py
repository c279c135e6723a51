"""Queues that tasks are submitted to, and come back from."""
