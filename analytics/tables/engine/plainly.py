"""What Spark says in a page of Java, in a sentence that an analyst can act on."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from analytics.errors import DataError
from analytics.tables.engine.interface import EngineError

_GONE = (
    "Spark has ended: the master, or the process that speaks to it, is gone. Start the cluster and run the set again."
)
_LOST = (
    "Spark lost workers again and again and gave the step up. See that at least one worker stays up and has memory "
    "enough (spark.executor.memory), and run the set again."
)
_MEMORY = (
    "The data do not fit into the memory of Spark's processes. Give them more (spark.executor.memory, "
    "spark.driver.memory in PYSPARK_SUBMIT_ARGS), or use more workers."
)
_UNSEEN = (
    "A worker of the cluster does not see a file that the run needs. Sources and ANALYTICS_TEMP must lie where all "
    "workers see them, under the same path."
)
_TOLD = (
    (r"No space left on device|Disk quota exceeded", "The disk of ANALYTICS_TEMP, or of a worker, is full. Make room."),
    (r"OutOfMemoryError|Java heap space|GC overhead", _MEMORY),
    (r"FileNotFoundException|PATH_NOT_FOUND|Path does not exist|AccessControlException|Permission denied", _UNSEEN),
    (r"ExecutorLostFailure|FetchFailed|MetadataFetchFailed|Missing an output location|fetch failure", _LOST),
    (r"SparkContext was shut ?down|stopped SparkContext|Py4JNetworkError|Connection refused|masters are unresp", _GONE),
)  # fmt: skip
_CAUSE = re.compile(r"(?:Caused by: )?[\w.$]+(?:Exception|Error): (.+)")


@contextlib.contextmanager
def said_plainly() -> Iterator[None]:
    """Turn what Java and pyspark raise into a sentence.

    Raises
    ------
    DataError
        The cluster, its disks or its memory are at fault: what to do is said.
    EngineError
        Anything else, in Spark's own first words.
    """
    try:
        yield
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in ("py4j", "pyspark") and not isinstance(
            error, ConnectionError
        ):
            raise
        told = f"{type(error).__name__}: {error}"
        for pattern, sentence in _TOLD:
            if re.search(pattern, told):
                raise DataError(f"engine: {sentence}") from None
        raise EngineError(f"Spark: {first_words(told)}") from None


def first_words(told: str) -> str:
    r"""The innermost cause of a page of Java in its own words, without the stack.

    Examples
    --------
    >>> first_words("Py4JJavaError: An error\n: org.x.SparkException: Job aborted.\n\tat org.x")
    'Job aborted.'
    """
    lines = [line.strip() for line in told.splitlines() if not line.strip().startswith("at ")]
    causes = [found[1] for line in lines if (found := _CAUSE.match(line.removeprefix(": ")))]
    return (causes[-1] if causes else lines[0] if lines else told)[:300]
