"""The script of the job: copy the orders of a day from the raw to the clean part of the lake."""

from __future__ import annotations

import sys

import boto3
from awsglue.utils import getResolvedOptions

options = getResolvedOptions(sys.argv, ["day", "bucket"])
s3 = boto3.client("s3", region_name="us-east-1")
raw = s3.get_object(Bucket=options["bucket"], Key=f"raw/{options['day']}.csv")["Body"].read()
header, *rows = raw.splitlines(keepends=True)
if not rows:
    raise ValueError(f"no orders on {options['day']}")
clean = header + b"".join(sorted(rows))
s3.put_object(Bucket=options["bucket"], Key=f"clean/{options['day']}.csv", Body=clean)
print(f"{len(rows)} orders")
