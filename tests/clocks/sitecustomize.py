"""Make Python's sleep work under libfaketime with FAKETIME_DONT_FAKE_MONOTONIC, as `run.sh` needs it.

libfaketime 0.9.10 shifts absolute sleeps on the monotonic clock by the offset although that clock is not faked:
`time.sleep` fails with EINVAL. `select` waits for a relative time. The other way round, with a faked monotonic clock,
waits with a timeout in `threading` never end: `sem_clockwait` is not intercepted.
"""

import select
import time
from typing import SupportsIndex


def _sleep(seconds: SupportsIndex | float, /) -> None:
    seconds = float(seconds)
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    select.select([], [], [], seconds)


time.sleep = _sleep
