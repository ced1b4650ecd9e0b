"""For the whole project: no test looks for real credentials."""

import os

# The pipeline's client is made at import, before any fixture. Where botocore finds no
# credentials for it, it would ask the metadata service of EC2.
os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
