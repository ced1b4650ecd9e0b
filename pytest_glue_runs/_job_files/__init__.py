"""Job definitions in files: CloudFormation, SAM, CDK, Terraform, and the AWS CLI's output.

`reader` recognizes the format and returns CreateJob requests; one module for each format.
"""
