"""Side-by-side measurements: our work and its limits in the same run, because machines differ and moods change.

`make bench` runs all of it on a platform of its own in a temporary directory and writes RESULTS.md beside this
file. What is compared are ratios within one run and CPU milliseconds; requests per second only mean something
next to each other.
"""
