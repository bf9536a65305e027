#!/usr/bin/env bash
# Run the tests under other clocks: on other days, on 29 February, and in other time zones. Arguments go to pytest;
# CLOCKS selects some of the clocks, such as CLOCKS="+10d TZ=Pacific/Kiritimati".
#
# Left out, as they depend on real time:
#   tryton         the server refuses invoices dated before its own last day, and its set-up runs another Python
#   browser        Chromium does not start under libfaketime, and sessions expire by the browser's own clock
#   tests/clients  foreign clients run on Node and other runtimes that read the clock without libc
#   tests/docs     the guides start the demo and pip in processes of their own
#   long           runs on its own clock budget; `make test-long` covers it
set -euo pipefail
cd "$(dirname "$0")/../.."
PYTHON=${PYTHON:-.venv/bin/python}
leap_day=$(($(date -u -d '2028-02-29 12:00' +%s) - $(date +%s)))
CLOCKS=${CLOCKS:-+1d +10d +200d +${leap_day}s TZ=Pacific/Kiritimati TZ=America/Los_Angeles}

if ! command -v faketime > /dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install --no-install-recommends --yes -qq faketime > /dev/null
fi

# The monotonic clock stays real, else waits with a timeout never end; sitecustomize.py replaces `time.sleep` for that.
export FAKETIME_DONT_FAKE_MONOTONIC=1
# File times stay real, so that files are never newer than the tests' clock of another process.
export NO_FAKE_STAT=1
export PYTHONPATH="$PWD/tests/clocks"
selection=(-m "not long and not tryton and not browser" --ignore=tests/clients --ignore=tests/browser --ignore=tests/docs)
[ $# -gt 0 ] || set -- -n auto --dist loadfile

failed=()
for clock in $CLOCKS; do
  case $clock in
    TZ=*) command=(env "$clock") ;;
    *) command=(faketime -f "$clock") ;;
  esac
  echo "== $clock: $("${command[@]}" date)"
  "${command[@]}" "$PYTHON" -m pytest -q -p no:cacheprovider "${selection[@]}" "$@" || failed+=("$clock")
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "failed under: ${failed[*]}" >&2
  exit 1
fi
