"""What Glue refuses and what it fills in: rules as data, each with its source and certainty.

The lengths, ranges, patterns and enums of AWS's model are not here: `shapes` reads them
from botocore. docs/fidelity.md is made from this data.
"""
