"""Settings for all tests: none searches for real credentials."""

import os

# The client of the pipeline is created at import, before any fixture. If botocore finds no
# credentials then, it asks the metadata service of EC2.
os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
