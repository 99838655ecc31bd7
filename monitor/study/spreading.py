"""Work over processes of this machine, or over a cluster: the one place that knows Dask."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

from monitor.errors import MonitorError
from monitor.installing import install_line

TAKES_S = 30.0
"""A scheduler that does not answer within this is not there."""
_Work = TypeVar("_Work")
_Result = TypeVar("_Result")


class DaskMissingError(MonitorError):
    """Dask distributed is not installed."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__(f"several workers need Dask: {install_line('study')}, or give --workers 0")


class SchedulerError(MonitorError):
    """The scheduler at ``address`` cannot be used."""

    def __init__(self, address: str, problem: str) -> None:
        super().__init__(
            f"--scheduler {address}: {problem}; start one with `dask scheduler`, and `dask worker {address}`"
        )
        self.address = address


def spread(
    do: Callable[[_Work], _Result], works: Sequence[_Work], workers: int, scheduler: str = ""
) -> Generator[tuple[int, _Result | Exception], None, None]:
    """Do all works, in whatever order they are done: the number of each, and what came of it or what it raised.

    Parameters
    ----------
    do : a function of a module that the workers can import too.
    workers : processes on this machine; 0 does it all here, without Dask.
    scheduler : address of a Dask scheduler, whose workers are used instead.

    Raises
    ------
    DaskMissingError, SchedulerError
    """
    if workers or scheduler:
        yield from _by_dask(do, works, workers, scheduler)
    else:
        for number, work in enumerate(works):
            try:
                yield number, do(work)
            except Exception as error:  # the same border as between processes: the rest goes on
                yield number, error


def _by_dask(do: Any, works: Sequence[Any], workers: int, scheduler: str) -> Generator[tuple[int, Any], None, None]:
    dask = _dask()
    with _client(dask, workers, scheduler) as client:
        # not pure: the same path may be another file by now
        futures = {future: number for number, future in enumerate(client.map(do, works, pure=False))}
        for future in dask.as_completed(futures):
            yield futures.pop(future), _outcome(future)
            future.release()


def _outcome(future: Any) -> Any:
    """What a task gave or raised, the death of its workers among it; a result that died with one is made again."""
    try:
        return future.result()
    except Exception as error:
        return error


def _dask() -> Any:
    try:
        import distributed
    except ImportError:
        raise DaskMissingError from None
    library: Any = distributed  # its calls are not typed
    return library


@contextmanager
def _client(dask: Any, workers: int, scheduler: str) -> Generator[Any, None, None]:
    logging.getLogger("distributed").setLevel(logging.ERROR)  # a worker that goes at the end is no news
    with ExitStack() as stack:
        where: Any = scheduler
        if not scheduler:
            # one thread each: the work is Python's, and a reader may need memory for a whole recording
            where = stack.enter_context(
                dask.LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    host="127.0.0.1",
                    dashboard_address="127.0.0.1:0",  # None would still open port 8787, for the health of the scheduler
                    scheduler_kwargs={"dashboard": False},
                    silence_logs=logging.CRITICAL,  # what matters comes back with the work
                )
            )
        try:
            client = stack.enter_context(dask.Client(where, timeout=TAKES_S))
        except (OSError, TimeoutError, ValueError) as error:
            raise SchedulerError(scheduler, str(error).splitlines()[0] if str(error) else "no answer") from None
        yield client
