"""A state machine that loads a day's orders with a Glue job, and reports a day that failed."""

from __future__ import annotations

import json
from typing import Any

JOB = "load-orders"

DEFINITION: dict[str, Any] = {
    "StartAt": "Load",
    "States": {
        "Load": {
            "Type": "Task",
            "Resource": "arn:aws:states:::glue:startJobRun.sync",
            "Parameters": {"JobName": JOB, "Arguments": {"--day.$": "$.day"}},
            "TimeoutSeconds": 7200,
            "ResultPath": "$.run",
            "Retry": [
                {
                    "ErrorEquals": ["Glue.ConcurrentRunsExceededException"],
                    "IntervalSeconds": 300,
                    "BackoffRate": 1,
                    "MaxAttempts": 12,
                },
                {
                    "ErrorEquals": ["States.TaskFailed"],
                    "IntervalSeconds": 60,
                    "BackoffRate": 2,
                    "MaxAttempts": 2,
                },
            ],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Report"}],
            "Next": "Loaded",
        },
        "Loaded": {"Type": "Succeed"},
        "Report": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sns:publish",
            "Parameters": {
                "TopicArn.$": "$.topic",
                "Subject.$": "States.Format('The orders of {} were not loaded', $.day)",
                "Message.$": "$.error.Cause",
            },
            "ResultPath": None,
            "Next": "NotLoaded",
        },
        "NotLoaded": {"Type": "Fail", "Error": "OrdersNotLoaded", "CausePath": "$.error.Cause"},
    },
}


def create(step_functions: Any, role_arn: str) -> str:
    """Create the state machine and return its ARN."""
    created = step_functions.create_state_machine(
        name="load-orders", definition=json.dumps(DEFINITION), roleArn=role_arn
    )
    return str(created["stateMachineArn"])
