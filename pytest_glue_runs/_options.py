"""The settings as pytest shows them, and what an active pytest session shares with mocks.

Every session loads this module, so it imports nothing. `_settings` parses the values.
"""

from __future__ import annotations

from collections.abc import Callable

INI_PREFIX = "glue_runs_"

REPORT_FLAG = "--glue-runs-report"
HTML_FLAG = "--glue-runs-html"

REPORT_TITLE = "Glue job runs"
"""The title of a test's section, and the name of its property in JUnit XML."""

PAGE_DATA = "glue_runs_page_data"
"""The attribute of a test's last pytest report with what the page of the session shows of it."""

# The default of each setting as it is written in Python, and its help.
OPTIONS: dict[str, tuple[str, str]] = {
    "startup": ("'4s'", "how long a run is STARTING"),
    "duration": ("'1m'", "how long a run is RUNNING before it succeeds"),
    "cleanup": ("'5s'", "how long a run that has ended still counts against the limits"),
    "freeze": ("True", "whether the clock is frozen, so that the test moves it"),
    "start_at": ("None", "when the frozen clock starts; None: now"),
    "sleep": ("'virtual'", "'virtual': time.sleep moves the frozen clock; 'real': it waits"),
    "account_id": (
        "'123456789012'",
        "the AWS account of callers whose credentials moto's IAM does not know",
    ),
    "default_glue_version": ("'4.0'", "the GlueVersion of a job that is created without one"),
    "end_of_life": ("True", "whether Glue versions are rejected from their end of life on"),
    "check_launch": (
        "False",
        (
            "whether a run fails to launch if moto does not have its script, role, connections or "
            "security configuration"
        ),
    ),
    "max_requests_per_second": (
        "None",
        "the rate above which Glue throttles an account in a region; None: never",
    ),
    "other_services": (
        "'moto'",
        (
            "requests that the plugin does not serve: 'moto' answers them, 'error' raises, "
            "'pass' sends them on"
        ),
    ),
    "passthrough_hosts": (
        "()",
        "hosts that requests are sent to, and their subdomains; this machine always is one",
    ),
    "unused": (
        "'error'",
        ("whether plans and faults that were never used fail the test: 'error', 'ignore'"),
    ),
    "max_sleeps": (
        "100000",
        "how often waiting may move the frozen clock in a test before an error ends it",
    ),
    "max_reads": (
        "10000",
        (
            "how often Glue or a run may be read without the clock advancing before an error ends "
            "the loop"
        ),
    ),
    "report": (
        "'failed'",
        "which tests show the calls that Glue received and its runs: 'failed', 'always', 'never'",
    ),
    "secret_names": (
        "()",
        "names of arguments that are printed as ***, besides password, token and the like",
    ),
    "plans": ("()", "plans for runs: a list of results of pytest_glue_runs.plan()"),
    "faults": (
        "()",
        (
            "faults of calls: a list of results of fail_next(), lose_next_response(), "
            "delay_next_response(), hide_next_run()"
        ),
    ),
}

CHOICES = {
    "sleep": ("virtual", "real"),
    "other_services": ("moto", "error", "pass"),
    "unused": ("error", "ignore"),
    "report": ("failed", "always", "never"),
}
"""The valid values of the settings that have a fixed set of them."""

ini: dict[str, object] = {}
"""The values in pytest's ini file while pytest runs; decorators cannot read them otherwise."""

on_enter: list[Callable[[], None]] = []
"""What each active pytest session does when a mock is entered, the innermost session last."""


def signature() -> str:
    """Return all settings with their defaults, as keywords."""
    return ", ".join(f"{name}={default}" for name, (default, _) in OPTIONS.items())
