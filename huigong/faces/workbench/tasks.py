"""Jobs of the workbench."""

from huigong.core import jobs
from huigong.faces.workbench import operations


@jobs.periodic("workbench.prove", cron="0 19 * * *")
def prove(timestamp: int) -> None:
    """Nightly (03:00 in China): prove the invariants. A broken one is told, and fails the job."""
    if broken := operations.prove():
        raise AssertionError(f"{len(broken)} invariants are broken")
