"""What the plugin costs, measured: `python -m benchmarks`.

One module for each topic. A topic is a function from a `Scale` to rows of the table; a new
one is added to the list in `__main__`.
"""
