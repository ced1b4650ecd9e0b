"""The exceptions and the warning that the plugin raises in your tests.

Import them from the package: ``from pytest_glue_runs import TooManyReadsError``.

Other exceptions stay what they are everywhere in Python:

- An argument of a wrong type is a TypeError, a value that is not valid a ValueError, a quota that
  does not exist an AttributeError.
- Errors of AWS are raised by botocore, as in production. `GlueError` holds the code and message of
  one in `Call.error`; it is never raised in a test.
"""

from __future__ import annotations


class GlueRunsError(Exception):
    """Base class of all exceptions that the plugin raises in a test.

        Exception
        └── GlueRunsError                base class of all exceptions below
            ├── SettingError             (ValueError) an unknown, invalid or contradictory setting
            ├── EndedMockError           (RuntimeError) the mock to prepare or move has ended
            ├── NotFrozenError           (RuntimeError) time is real, so it cannot be moved
            ├── UnknownNameError         (LookupError) there is no job or run of this name
            ├── JobFileError             (ValueError) load_jobs() cannot use a file
            ├── UnusedError              (AssertionError) a plan or a planned error was never used
            ├── UnsettledError           (RuntimeError) settle() cannot finish: something never ends
            ├── ScriptError              (RuntimeError) a run's function or script cannot continue
            ├── UnansweredRequestError   (RuntimeError) nothing here answers the request
            │   └── LeftoverRequestError a thread that outlived its test sent the request
            ├── MissingLibraryError      (ImportError) moto needs a library that is not installed
            └── EndlessLoopError         (RuntimeError) a loop seems never to end
                ├── TooManySleepsError   waiting moved the clock more than max_sleeps times
                └── TooManyReadsError    max_reads reads without the clock advancing
        BaseException
        └── EndlessLoopInterrupt         the loop caught EndlessLoopError and continued
        UserWarning
        ├── IgnoredTransitionWarning     a transition of moto's state manager has no effect
        └── LeftoverThreadWarning        a thread was still running when its test ended

    Each exception is also an instance of the built-in named in parentheses, so that
    ``except LookupError`` and ``pytest.raises(ValueError)`` work as usual.
    """


class SettingError(GlueRunsError, ValueError):
    """A setting does not exist, has an invalid value, or contradicts the active mock's."""


class EndedMockError(GlueRunsError, RuntimeError):
    """A mock that has ended was to be prepared, or its clock to be moved. It can only be read."""


class NotFrozenError(GlueRunsError, RuntimeError):
    """The clock was asked to move while time is real."""


class UnknownNameError(GlueRunsError, LookupError):
    """There is no job or run of this name. The message lists near matches."""


class JobFileError(GlueRunsError, ValueError):
    """A file that `GlueRuns.load_jobs` cannot read, resolve, or create the jobs of."""


class UnusedError(GlueRunsError, AssertionError):
    """At the end of a test, no run used a plan, or no call had a fault."""


class UnsettledError(GlueRunsError, RuntimeError):
    """`GlueRuns.settle` cannot finish: a run, a schedule or a circle of triggers never ends."""


class ScriptError(GlueRunsError, RuntimeError):
    """The function or script of a run moves the clock, or waits for a thread that waits for it.

    It is raised there. If it is not caught, the run fails.
    """


class UnansweredRequestError(GlueRunsError, RuntimeError):
    """Neither the service nor moto answers a request, and it must not reach AWS."""


class LeftoverRequestError(UnansweredRequestError):
    """A thread that began under a mock sent a request after that mock had ended."""


class MissingLibraryError(GlueRunsError, ImportError):
    """moto needs a library that is not installed. The message says how to install it."""


class EndlessLoopError(GlueRunsError, RuntimeError):
    """A loop in the test or in the code under test seems never to end."""


class TooManySleepsError(EndlessLoopError):
    """Waiting moved the frozen clock more often than ``max_sleeps`` allows."""


class TooManyReadsError(EndlessLoopError):
    """Glue or a run was read ``max_reads`` times without the clock advancing."""


class EndlessLoopInterrupt(BaseException):
    """A loop caught `EndlessLoopError` and continued.

    Like KeyboardInterrupt it is not an Exception, so that ``except Exception`` does not catch it:
    a loop that retries on any error would otherwise never end.
    """


class IgnoredTransitionWarning(UserWarning):
    """moto's state manager has a transition for job runs, which the plugin does not use."""


class LeftoverThreadWarning(UserWarning):
    """A thread that began under a mock was still running when the mock ended."""
