"""Jobs in CloudFormation templates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, JobFileError

WriteFile = Callable[..., Path]
Definition = Callable[[str], dict[str, Any]]

YAML = """
AWSTemplateFormatVersion: 2010-09-09
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: dev}
  Workers: {Type: Number, Default: 4}
  Bucket: {Type: String}
  Zones: {Type: CommaDelimitedList, Default: "a,b"}
Mappings:
  Stages:
    dev: {Timeout: 30}
    prod: {Timeout: 480}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsDev: !Not [!Condition IsProd]
  Both: !And [!Condition IsProd, !Condition IsDev]
  Either: !Or [!Condition IsProd, !Condition IsDev]
Resources:
  Scripts:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub "${Stage}-scripts"}
  JobRole:
    Type: AWS::IAM::Role
  Warehouse:
    Type: AWS::Glue::Connection
    Properties: {ConnectionInput: {Name: warehouse}}
  Nightly:
    Type: AWS::Glue::Job
    Properties:
      Name: !Join ["-", [nightly, !Ref Stage]]
      Role: !GetAtt JobRole.Arn
      Command:
        Name: glueetl
        ScriptLocation: !Sub "s3://${Scripts}/${Path}"
        PythonVersion: 3
      DefaultArguments:
        --bucket: !Ref Bucket
        --stage: !Select [1, !Split ["/", !Sub ["x/${S}", {S: !Ref Stage}]]]
        --flag: true
        --zone: !Select [0, !Ref Zones]
        --arn: !GetAtt [Scripts, Arn]
        --literal: !Sub "${!Stage}"
        --encoded: !Base64 text
        --region: !Ref AWS::Region
      ExecutionProperty: {MaxConcurrentRuns: !If [IsProd, 3, 1]}
      GlueVersion: "4.0"
      Timeout: !FindInMap [Stages, !Ref Stage, Timeout]
      NumberOfWorkers: !Ref Workers
      WorkerType: G.1X
      MaxRetries: !If [IsProd, 1, !Ref AWS::NoValue]
      LogUri: s3://logs
  OnlyInProd:
    Type: AWS::Glue::Job
    Condition: IsProd
    Properties:
      Role: !GetAtt JobRole.Arn
      Command: {Name: pythonshell, PythonVersion: "3.9", ScriptLocation: s3://a/b.py}
      Timeout: "60"
      MaxCapacity: "1"
  Never:
    Type: AWS::Glue::Job
    Condition: Both
    Properties: {}
  Always:
    Type: AWS::Glue::Job
    Condition: Either
    Properties:
      Role: always
      Command: {Name: glueetl, ScriptLocation: s3://a/b.py}
      JobRunQueuingEnabled: "true"
""".replace("${Path}", "nightly.py")


@pytest.fixture
def template(write: WriteFile) -> Path:
    return write(YAML, "pipeline.yaml")


def test_a_job_is_created_as_the_template_defines_it(
    glue_runs: GlueRuns, definition: Definition, template: Path
) -> None:
    names = glue_runs.load_jobs(template, parameters={"Bucket": "lake"})
    assert names == ["nightly-dev", "Always"]
    job = definition("nightly-dev")
    assert job["Role"] == "arn:aws:iam::123456789012:role/JobRole"
    assert job["Command"] == {
        "Name": "glueetl",
        "ScriptLocation": "s3://dev-scripts/nightly.py",
        "PythonVersion": "3",
    }
    assert job["DefaultArguments"] == {
        "--bucket": "lake",
        "--stage": "dev",
        "--flag": "true",
        "--zone": "a",
        "--arn": "arn:aws:s3:::dev-scripts",
        "--literal": "${Stage}",
        "--encoded": "dGV4dA==",
        "--region": "us-east-1",
    }
    assert job["ExecutionProperty"] == {"MaxConcurrentRuns": 1}
    assert (job["Timeout"], job["NumberOfWorkers"], job["MaxRetries"]) == (30, 4, 0)
    assert definition("Always")["JobRunQueuingEnabled"] is True


def test_parameters_choose_conditions_and_values(
    glue_runs: GlueRuns, definition: Definition, template: Path
) -> None:
    parameters = {"Bucket": "lake", "Stage": "prod", "Workers": 9, "Zones": ["z"]}
    names = glue_runs.load_jobs(template, parameters=parameters)
    assert names == ["nightly-prod", "OnlyInProd", "Always"]
    job = definition("nightly-prod")
    assert (job["Timeout"], job["NumberOfWorkers"], job["MaxRetries"]) == (480, 9, 1)
    assert job["DefaultArguments"]["--zone"] == "z"
    shell = definition("OnlyInProd")
    assert (shell["Timeout"], shell["MaxCapacity"]) == (60, 1.0)


def test_jobs_go_to_the_region_and_account_that_are_given(
    glue_runs: GlueRuns, write: WriteFile
) -> None:
    resource = {
        "Type": "AWS::Glue::Job",
        "Properties": {
            "Role": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/r"},
            "Command": {"Name": "glueetl", "ScriptLocation": "s3://a/b"},
            "Description": {"Fn::Sub": "${AWS::StackName} ${AWS::URLSuffix} ${AWS::StackId}"},
        },
    }
    path = write({"Resources": {"Nightly": resource}})
    for region, partition, suffix in (
        ("eu-west-1", "aws", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
    ):
        glue_runs.load_jobs(path, region=region, account_id="111122223333")
        job = glue_runs._glue.store.regions[("111122223333", region)].jobs["Nightly"]  # type: ignore[index]
        assert job.definition["Role"] == f"arn:{partition}:iam::111122223333:role/r"
        stack = f"arn:{partition}:cloudformation:{region}:111122223333:stack/pipeline/0"
        assert job.definition["Description"] == f"pipeline {suffix} {stack}"


def _template(properties: Any, **more: Any) -> dict[str, Any]:
    return {"Resources": {"Nightly": {"Type": "AWS::Glue::Job", "Properties": properties}}, **more}


def test_every_value_that_cannot_be_resolved_is_named(
    glue_runs: GlueRuns, write: WriteFile
) -> None:
    arguments = {
        "--a": {"Fn::ImportValue": {"Fn::Sub": "${AWS::StackName}-x"}},
        "--b": {"Ref": "Nothing"},
        "--c": "{{resolve:ssm:/path}}",
        "--d": {"Fn::GetAtt": ["Queue", "QueueName"]},
        "--e": {"Fn::Transform": {}},
        "--f": {"Fn::FindInMap": ["Stages", "dev", "Timeout"]},
        "--g": {"Fn::Select": [9, ["a"]]},
        "--h": {"Ref": "Secret"},
        "--i": {"Ref": "FromSsm"},
        "--j": {"Fn::Join": ["", [{"Ref": "Secret"}]]},
        "--k": {"Fn::Split": ["/", {"Ref": "Secret"}]},
        "--l": {"Fn::Select": [0, {"Ref": "Secret"}]},
        "--m": {"Fn::FindInMap": [{"Ref": "Secret"}, "a", "b"]},
        "--n": {"Fn::Base64": {"Ref": "Secret"}},
        "--o": {"Fn::Sub": "${Secret} ${Queue.Arn}"},
        "--p": {"Fn::GetAtt": "Named.Arn"},
        "--q": {"Fn::Join": ["", {"Ref": "Secret"}]},
    }
    path = write(
        _template(
            {
                "Role": "r",
                "Command": {"Name": "glueetl", "ScriptLocation": "s3://a/b"},
                "DefaultArguments": arguments,
                "Connections": {"Connections": [{"Ref": "Nowhere"}]},
            },
            Parameters={
                "Secret": {"Type": "String"},
                "FromSsm": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/x"},
            },
            Mappings={"Stages": {}},
        )
    )
    content = path.read_text().replace(
        '"Resources": {',
        '"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}, '
        '"Named": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": {"Ref": "Secret"}}}, ',
    )
    path.write_text(content)
    with pytest.raises(JobFileError) as caught:
        glue_runs.load_jobs(path)
    secret = "parameter Secret has no default"
    reasons = [
        "Fn::ImportValue pipeline-x",
        "Ref Nothing: there is no such parameter or resource",
        "dynamic reference {{resolve:ssm:/path}}",
        "Fn::GetAtt Queue.QueueName",
        "Fn::Transform is not supported",
        "Fn::FindInMap ['Stages', 'dev', 'Timeout']: there is no 'dev'",
        "Fn::Select [9, ['a']] is not valid",
        secret,
        "parameter FromSsm is read from SSM",
        *[secret] * 8,
    ]
    lines = [
        f"  Resources.Nightly.Properties.DefaultArguments.--{letter}: {reason}"
        for letter, reason in zip("abcdefghijklmnopq", reasons, strict=True)
    ]
    assert str(caught.value) == "\n".join(
        [
            "load_jobs('pipeline.json'): these values cannot be resolved:",
            *lines,
            (
                "  Resources.Nightly.Properties.Connections.Connections.0: "
                "Ref Nowhere: there is no such parameter or resource"
            ),
            (
                "Give values for parameters with parameters={...}, or for members of a job with "
                "overrides={'the job': {...}}."
            ),
        ]
    )


def test_a_parameter_read_from_ssm_can_be_given(
    glue_runs: GlueRuns, definition: Definition, write: WriteFile
) -> None:
    path = write(
        _template(
            {
                "Role": {"Ref": "Role"},
                "Command": {"Name": "glueetl", "ScriptLocation": "s3://a/b"},
                "Timeout": {"Fn::FindInMap": ["M", "a", "b", {"DefaultValue": 5}]},
            },
            Parameters={"Role": {"Type": "AWS::SSM::Parameter::Value<String>"}},
        )
    )
    glue_runs.load_jobs(path, parameters={"Role": "given"})
    assert (definition("Nightly")["Role"], definition("Nightly")["Timeout"]) == ("given", 5)


def test_overrides_replace_members(
    glue_runs: GlueRuns, definition: Definition, write: WriteFile
) -> None:
    path = write(_template({"Role": {"Fn::ImportValue": "x"}, "Command": {"Name": "glueetl"}}))
    glue_runs.load_jobs(path, overrides={"Nightly": {"Role": "mine"}})
    assert definition("Nightly")["Role"] == "mine"


def test_overrides_of_a_job_that_the_file_does_not_have_are_an_error(
    glue_runs: GlueRuns, write: WriteFile
) -> None:
    path = write(_template({"Role": "r", "Command": {"Name": "glueetl"}}))
    with pytest.raises(JobFileError) as caught:
        glue_runs.load_jobs(path, overrides={"nightly": {}})
    assert str(caught.value) == (
        "load_jobs('pipeline.json'): overrides has 'nightly', and the file has no such job. "
        "Did you mean 'Nightly'? Jobs: Nightly."
    )


@pytest.mark.parametrize(
    ("declared", "valid"),
    [({"Stage": {"Type": "String"}}, " Did you mean 'Stage'? Valid: Stage."),
     ({}, " Valid: it declares none.")],
    ids=["near", "none"],
)  # fmt: skip
def test_an_unknown_parameter_is_an_error(
    glue_runs: GlueRuns, write: WriteFile, declared: Any, valid: str
) -> None:
    path = write(_template({}, Parameters=declared))
    with pytest.raises(JobFileError) as caught:
        glue_runs.load_jobs(path, parameters={"Stag": "dev"})
    assert str(caught.value) == (
        f"load_jobs('pipeline.json'): the template has no parameter 'Stag'.{valid}"
    )


def test_a_rejected_job_leaves_none_of_the_file(
    glue_runs: GlueRuns, client: Any, write: WriteFile
) -> None:
    good = {"Role": "r", "Command": {"Name": "glueetl"}}
    path = write(
        {
            "Resources": {
                "Good": {"Type": "AWS::Glue::Job", "Properties": good},
                "Bad": {"Type": "AWS::Glue::Job", "Properties": {**good, "WorkerType": "G.1X"}},
                "NoMapping": 5,
            }
        }
    )
    with pytest.raises(JobFileError) as caught:
        glue_runs.load_jobs(path)
    assert str(caught.value) == (
        "load_jobs('pipeline.json'): Resources.Bad.Properties: InvalidInputException: "
        "Please set both Worker Type and Number of Workers."
    )
    assert client.list_jobs()["JobNames"] == []


@pytest.mark.parametrize("value", ["many", [1], {"a": 1}])
def test_a_value_of_a_wrong_type_is_rejected_by_glue(
    glue_runs: GlueRuns, write: WriteFile, value: Any
) -> None:
    path = write(_template({"Role": "r", "Command": {"Name": "glueetl"}, "Timeout": value}))
    with pytest.raises(JobFileError, match="Properties: SerializationException"):
        glue_runs.load_jobs(path)


def test_members_that_the_model_does_not_know_are_ignored(
    glue_runs: GlueRuns, definition: Definition, write: WriteFile
) -> None:
    command = {"Name": "glueetl", "Unknown": 1}
    path = write(_template({"Role": "r", "Command": command, "Unknown": 1, "MaxCapacity": "x"}))
    with pytest.raises(JobFileError, match="cannot be converted to Double"):
        glue_runs.load_jobs(path)
    path = write(_template({"Role": "r", "Command": command, "Unknown": 1}))
    glue_runs.load_jobs(path)
    assert "Unknown" not in definition("Nightly")


def test_a_function_with_a_mapping_is_read_from_yaml(glue_runs: GlueRuns, write: WriteFile) -> None:
    path = write(
        """
        Resources:
          Nightly:
            Type: AWS::Glue::Job
            Properties: {Role: !Transform {Name: x}, Command: {Name: glueetl}}
        """
    )
    with pytest.raises(JobFileError, match=r"Properties\.Role: Fn::Transform is not supported"):
        glue_runs.load_jobs(path)
