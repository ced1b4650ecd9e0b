"""What the proofs have found, each in its shortest form."""

from __future__ import annotations

import boto3
import pytest

from pytest_glue_runs import GlueRuns, fails, succeeds

REGIONS = ("us-east-1", "eu-west-1")


@pytest.fixture
def flex(glue_runs: GlueRuns) -> GlueRuns:
    """A Glue with a FLEX job of the same name in two regions; only the fourth run succeeds."""
    for region in REGIONS:
        glue_runs.add_job("nightly", region=region, ExecutionClass="FLEX", MaxRetries=1)
    glue_runs.plan("nightly", fails(), fails(), fails(), succeeds())
    glue_runs.quotas.max_flex_dpus = 0
    return glue_runs


def retried_with_success(glue_runs: GlueRuns) -> str:
    """Start both jobs, let both runs wait for DPUs, and return the region that succeeds."""
    for region in REGIONS:
        boto3.client("glue", region_name=region).start_job_run(JobName="nightly")
    glue_runs.quotas.max_flex_dpus = 4000
    glue_runs.settle()
    (region,) = [run.region for run in glue_runs.runs("nightly") if run.state == "SUCCEEDED"]
    return region


@pytest.mark.parametrize("read_first", REGIONS)
def test_reads_do_not_change_which_region_starts_first(flex: GlueRuns, read_first: str) -> None:
    boto3.client("glue", region_name=read_first).get_job_runs(JobName="nightly")
    assert retried_with_success(flex) == "us-east-1"


@pytest.mark.parametrize("used_first", REGIONS)
def test_regions_start_in_the_same_order_whichever_was_used_first(
    flex: GlueRuns, used_first: str
) -> None:
    flex.add_job("other", region=used_first)
    boto3.client("glue", region_name=used_first).start_job_run(JobName="other")
    assert retried_with_success(flex) == "us-east-1"
