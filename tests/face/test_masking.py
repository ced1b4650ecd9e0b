"""Secrets are shown as *** wherever the plugin prints; printed values are short and on one line."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, UnusedError, fails, mock_glue_runs
from pytest_glue_runs._masking import Masker, one_line

MASKER = Masker()


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "--db-password",
        "dbPassword",
        "DB_PASSWD",
        "--passphrase",
        "client_secret",
        "secretsmanager-arn",
        "--token",
        "accessToken",
        "aws_credentials",
        "--api-key",
        "apiKey",
        "APIKEY",
        "key",
        "KEYS",
        "--db-pwd",
        "pw",
        "sig",
        "X-Amz-Signature",
    ],
)
def test_secret_names(name: str) -> None:
    assert MASKER.is_secret(name)


@pytest.mark.parametrize(
    "name", ["", "--", "JobName", "--input-path", "monkey", "keyboard", "--pwdx", "NextToken", "5"]
)
def test_other_names(name: str) -> None:
    assert not MASKER.is_secret(name)


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("--ssn", True),
        ("customerSsn", True),
        ("lesson", False),
        ("--customer-iban-2", True),
        ("iban_customer", False),
        ("--größe", True),
        ("--token", True),
    ],
)
def test_names_in_addition_match_whole_words(name: str, secret: bool) -> None:
    assert Masker(("SSN", "--customer-iban", "größe")).is_secret(name) is secret


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("postgresql://user:pw@host/db", "postgresql://***@host/db"),
        ("jdbc:postgresql://u:p@ss/w@h:5432/x", "jdbc:postgresql://***@h:5432/x"),
        ("mysql://u:p@h1,mysql://u:p@h2 done", "mysql://***@h2 done"),
        ("https://ghp_1234@github.com/a", "https://***@github.com/a"),
        ("https://host:8080/a?mail=a@b.example", "https://host:8080/a?mail=a@b.example"),
        ("s3://bucket/mail@example.com", "s3://bucket/mail@example.com"),
        ("jdbc:x://h/db?user=u&password=p&ssl=true", "jdbc:x://h/db?user=u&password=***&ssl=true"),
        ("Server=h;Pwd='a b';Timeout=5", "Server=h;Pwd=***;Timeout=5"),
        ('{"password": "a\\"b", "n": 1}', '{"password": ***, "n": 1}'),
        ("{--db-password=hunter2, --day=1}", "{--db-password=***, --day=1}"),
        ("load --db-password hunter2 --day 1", "load --db-password *** --day 1"),
        ("load --token --day 1", "load --token --day 1"),
        ("spark.fs.s3a.secret.key=abc spark.x=1", "spark.fs.s3a.secret.key=*** spark.x=1"),
        ("KeyError: 'nightly'", "KeyError: 'nightly'"),
        ("password: hunter2, day: 1", "password: ***, day: 1"),
        ("Secret_Key : 'a b'", "Secret_Key : ***"),
        ("unexpected key: nightly", "unexpected key: nightly"),
        ("ExpiredTokenException: The token", "ExpiredTokenException: The token"),
        ("NextToken: abc", "NextToken: abc"),
        ("token::x", "token::x"),
        (
            '{"db": "{\\"password\\": \\"pw\\", \\"n\\": 1}"}',
            '{"db": "{\\"password\\": ***, \\"n\\": 1}"}',
        ),
        ("jdbc:oracle:thin:u/p@h:1521/x", "jdbc:oracle:thin:***@h:1521/x"),
        ("Authorization: Bearer abc.d-e", "Authorization: Bearer ***"),
        ("https://h/x?sig=abc&X-Amz-Signature=def", "https://h/x?sig=***&X-Amz-Signature=***"),
        ("the password is wrong", "the password is wrong"),
        (
            "Value 'it's' at 'tags.db-password.member' is",
            "Value '***' at 'tags.db-password.member' is",
        ),
        ("Value 'x' at 'tags.day.member' is", "Value 'x' at 'tags.day.member' is"),
    ],
)
def test_secrets_in_text(text: str, masked: str) -> None:
    assert MASKER.text(text) == masked


def test_secrets_in_values() -> None:
    """At any depth; None is no secret."""
    value = {"a": [{"--token": ["x"]}, ("x://u:p@h",)], "password": None, "key": "k", 5: 6}
    assert MASKER.value(value) == {
        "a": [{"--token": "***"}, ("x://***@h",)],
        "password": None,
        "key": "***",
        5: 6,
    }
    assert value["key"] == "k"


def test_a_value_that_contains_itself_is_shown() -> None:
    value: list[Any] = []
    value.append(value)
    assert MASKER.show(value) == "[" * 21 + "'…'" + "]" * 21
    assert MASKER.line("text", value) == "text"


def test_an_object_whose_repr_raises_is_shown() -> None:
    class Broken:
        def __repr__(self) -> str:
            raise KeyError("x")

    assert MASKER.show(Broken()) == "<Broken whose repr raises KeyError>"


def test_an_object_is_shown_by_its_repr() -> None:
    class Connection:
        def __repr__(self) -> str:
            return "<Connection x://u:p@h>"

    assert MASKER.show(Connection()) == "<Connection x://***@h>"


def test_secrets_of_a_source_are_masked_as_whole_words() -> None:
    """An error message may contain a value of the request without its name."""
    request = {
        "Tags": {"db-password": "hunter2", "token": ""},
        "List": [{"key": "a"}],
        "Number": {"key": 5},
    }
    text = "Value 'hunter2' at 'tags', a hunter22 and a b"
    assert MASKER.text(text, request) == "Value '***' at 'tags', *** hunter22 and *** b"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("short", "short"),
        ("x" * 20, "x" * 20),
        ("x" * 21, "x" * 19 + "…"),
        ("a\r\nb\x1b[31m", r"a\r\nb\x1b[31m"),
        ("\ud800 und \udfff", r"\ud800 und \udfff"),
        ("größer → 大", "größer → 大"),
    ],
)
def test_text_is_one_printable_line(text: str, line: str) -> None:
    assert one_line(text, 20) == line


@pytest.mark.parametrize(
    "text",
    ["a" * 10**6, "://" * 10**5, "--a" * 10**5, "a=" * 10**5, '"' * 10**6, "://a:" * 10**5],
    ids=lambda text: text[:5],
)
def test_long_text_is_searched_to_a_limit(text: str) -> None:
    """A pattern that is searched for may take quadratic time."""
    assert len(MASKER.line(text)) == 200


ARN = "arn:aws:glue:us-east-1:123456789012:job/nightly"
SECRET = {"--db-password": "hunter2", "--url": "postgresql://etl:hunter2@db/x", "--day": "1"}


@pytest.mark.glue_runs(secret_names=["ssn"])
def test_a_call_does_not_show_secrets_but_has_them(glue_runs: GlueRuns, glue: Any) -> None:
    arguments = {**SECRET, "--ssn": "hunter2"}
    run_id = glue.start_job_run(JobName=glue_runs.add_job("nightly"), Arguments=arguments)
    (call,) = glue_runs.calls
    assert "hunter2" not in repr(call)
    assert "'--db-password': '***'" in repr(call)
    assert "'--url': 'postgresql://***@db/x'" in repr(call)
    assert call.request["Arguments"] == arguments
    run = glue_runs.run(run_id["JobRunId"])
    assert run.arguments == arguments
    assert "hunter2" not in repr(run)


def test_a_call_that_failed_does_not_show_secrets(glue_runs: GlueRuns, glue: Any) -> None:
    tags = {"db-password": "hunter2" * 100}
    with pytest.raises(glue.exceptions.ClientError):
        glue.create_job(Name="nightly", Role="etl", Command={}, Tags=tags)
    (call,) = glue_runs.calls
    assert "hunter2" not in repr(call)
    assert "-> ValidationException: 1 validation error detected: Value '***' at" in repr(call)


def test_a_plan_does_not_show_secrets_but_has_them() -> None:
    plan = fails("no route to postgresql://etl:hunter2@db/x\n" + "x" * 300)
    assert repr(plan).startswith(r"fails('no route to postgresql://***@db/x\nxxx")
    assert repr(plan).endswith("x…)")
    assert plan.error is not None
    assert "hunter2" in plan.error


def test_a_transition_and_an_error_do_not_show_secrets(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.plan(glue_runs.add_job("nightly"), fails("no route to x://u:hunter2@h"))
    run = glue_runs.run(glue.start_job_run(JobName="nightly")["JobRunId"])
    glue_runs.settle()
    assert repr(run.history[-1]).endswith("state='FAILED', detail='no route to x://***@h')")
    with pytest.raises(glue.exceptions.ClientError):
        glue.tag_resource(ResourceArn=ARN, TagsToAdd={"token": "hunter2" * 99})
    error = glue_runs.calls[-1].error
    assert repr(error).startswith(
        "<GlueError ValidationException: 1 validation error detected: Value '***' at "
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda glue_runs: glue_runs.add_job("nightly", DefaultArguments={**SECRET, "--n": {1}}),
            (
                "add_job('nightly', DefaultArguments={'--db-password': '***', "
                "'--url': 'postgresql://***@db/x', '--day': '1', '--n': {1}}): no client can send "
                "this value. Valid: text, numbers, booleans, and lists and dicts of them."
            ),
        ),
        (
            lambda glue_runs: glue_runs.add_job("nightly", DefaultArguments={**SECRET, "--n": 1}),
            (
                "add_job('nightly', DefaultArguments={'--db-password': '***', "
                "'--url': 'postgresql://***@db/x', '--day': '1', '--n': 1}): "
                "SerializationException: NUMBER_VALUE cannot be converted to String"
            ),
        ),
        (
            lambda glue_runs: glue_runs.run(SECRET),
            (
                "run({'--db-password': '***', '--url': 'postgresql://***@db/x', '--day': '1'}): "
                "the id of a run is text."
            ),
        ),
        (
            lambda glue_runs: glue_runs.plan("nightly", SECRET),
            (
                "plan('nightly'): {'--db-password': '***', '--url': 'postgresql://***@db/x', "
                "'--day': '1'} is not a plan. Pass each plan by itself, or unpack them with *. "
                "Valid: succeeds(...), fails(...), fails_to_launch(...), hangs(...), "
                "executes(...)."
            ),
        ),
        (
            lambda glue_runs: glue_runs.fail_next("GetJob", "InternalFailure", SECRET),
            (
                "fail_next(message={'--db-password': '***', '--url': 'postgresql://***@db/x', "
                "'--day': '1'}): the message is text."
            ),
        ),
        (
            lambda glue_runs: fails(SECRET),  # type: ignore[arg-type]
            (
                "fails(error={'--db-password': '***', '--url': 'postgresql://***@db/x', "
                "'--day': '1'}): the error is text, as ErrorMessage shows it."
            ),
        ),
    ],
    ids=["json", "type", "run", "plan", "fail_next", "fails"],
)
def test_an_error_message_does_not_show_secrets(
    glue_runs: GlueRuns, call: Any, message: str
) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        call(glue_runs)
    assert str(caught.value) == message


def test_unused_plans_and_errors_do_not_show_secrets() -> None:
    text = "x://u:hunter2@h ssn=hunter2"
    mock = mock_glue_runs(secret_names="ssn")
    glue_runs = mock.__enter__()
    glue_runs.plan("nightly", fails(text))
    glue_runs.fail_next("GetJob", "InternalFailure", text)
    with pytest.raises(UnusedError) as caught:
        mock.__exit__(None, None, None)
    lines = str(caught.value).splitlines()
    note = "  (there is no job of this name.)"
    assert lines[1] == f"  nightly: fails('x://***@h ssn=***'){note}"
    assert lines[3] == "  GetJob: InternalFailure: x://***@h ssn=***"


def test_the_report_does_not_show_secrets(run_tests: Any) -> None:
    result = run_tests(
        """
        import boto3
        import pytest
        from pytest_glue_runs import fails

        @pytest.mark.glue_runs(start_at="2026-01-01", secret_names="ssn")
        def test_it(glue_runs):
            client = boto3.client("glue", region_name="us-east-1")
            glue_runs.add_job("nightly", DefaultArguments={"--ssn": "hunter2"})
            glue_runs.plan("nightly", fails("no login with hunter2 at x://u:hunter3@h"))
            client.start_job_run(JobName="nightly", Arguments={"--db-password": "hunter2"})
            glue_runs.tick("1h")
            with pytest.raises(client.exceptions.ClientError):
                client.create_job(Name="x", Role="r", Command={}, Tags={"token": "hunter2" * 99})
            pytest.fail("its own", pytrace=False)
        """
    )
    output = "\n".join(result.outlines)
    assert "FAILED  no login with *** at x://***@h" in output
    assert "Value '***' at 'tags.token.member'" in output
    assert "hunter2" not in output


def test_assertion_introspection_does_not_show_secrets(run_tests: Any) -> None:
    """pytest compares tuples and dataclasses field by field; a Call is neither."""
    result = run_tests(
        """
        import boto3

        def start(glue_runs):
            client = boto3.client("glue", region_name="us-east-1")
            glue_runs.add_job("nightly", ExecutionProperty={"MaxConcurrentRuns": 2})
            for word in ("hunt" + "er2", "hunt" + "er3"):
                client.start_job_run(JobName="nightly", Arguments={"--db-password": word})

        def test_equal(glue_runs):
            start(glue_runs)
            first, second = glue_runs.calls
            assert first == second

        def test_list(glue_runs):
            start(glue_runs)
            assert glue_runs.calls == ()

        def test_contains(glue_runs):
            start(glue_runs)
            assert "nightly" in glue_runs.calls

        def test_runs(glue_runs):
            start(glue_runs)
            assert glue_runs.runs("nightly") == []
        """,
        "-vv",
    )
    result.assert_outcomes(failed=4)
    output = "\n".join(result.outlines)
    assert "'--db-password': '***'" in output
    assert "hunter2" not in output
    assert "hunter3" not in output
