"""The one tree of errors: what a user did, what a source is, what the store holds, what a gate refused."""

from __future__ import annotations


class DataClawError(Exception):
    """Root of every error this project raises on purpose."""


class InputError(DataClawError):
    """The user asked for something that cannot be done; the message says what and why (exit code 2)."""


class UnreadableSource(DataClawError):
    """One source cannot be read; `reason` is a stable code and becomes the reason of its row."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type[UnreadableSource], tuple[str, str]]:
        """Errors cross process borders; the default would pass the whole message as the reason."""
        return UnreadableSource, (self.reason, self.detail)


class StoreError(DataClawError):
    """A stored file is missing, damaged or unreadable."""


class NewerSchema(StoreError):
    """A stored file was written by a newer version of the code than this one."""


class LedgerConflict(StoreError):
    """Another process published this partition first; the attempt must be made again from fresh inputs."""


class PartitionRefused(DataClawError):
    """A partition did not pass its gate; nothing of it becomes visible but its quarantine."""

    def __init__(self, asset: str, partition: str, reason: str) -> None:
        super().__init__(f"{asset} [{partition}] refused: {reason}")
        self.asset = asset
        self.partition = partition
        self.reason = reason


class UpstreamMissing(PartitionRefused):
    """A partition cannot be built because what it reads has not been published."""


class InferenceError(DataClawError):
    """A model as a whole cannot be used: it does not load, does not answer, or is not allowed."""
