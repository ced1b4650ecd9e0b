"""What Glue rejects and what it does by default: rules as data, each with source and certainty.

The lengths, ranges, patterns and enums of AWS's service model are not listed here: the
`protocol` package reads them from botocore. docs/fidelity.md is generated from this data.
"""
