"""The pictures of the documentation, taken from the running product: `make docs`.

Starts a platform of its own in a temporary directory, drives a browser through it as its people would, and writes
docs/screens/*.webp. Nothing in a picture is real: the people are the demo's, and those of `sheets`.
"""
