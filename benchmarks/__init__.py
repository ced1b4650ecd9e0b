"""Benchmarks of the plugin. Run ``python -m benchmarks``.

There is one module for each topic. A topic is a function from a `Scale` to rows of the table. Add a
new one to ``TOPICS`` in `__main__`.
"""
