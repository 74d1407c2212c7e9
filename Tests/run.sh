#!/bin/sh
# Runs the tests that its arguments select, and adds what fails to the file FAILURES. `make test` calls it for each target.
echo "== $*"
log=$(mktemp)
if ! { "${SWIFT:-swift}" test --skip-build --disable-xctest "$@" 2>&1 || echo "The tests ended with status $?."; } | tee "$log" |
    awk '{ print } /^The tests ended with status/ { failed = 1 } END { exit failed }'; then
    { echo "$*"; grep -E '^(✘|↳|error|The tests ended)|Fatal error' "$log" | grep -vE 'Testing Library Version|Target Platform'; } >>"$FAILURES"
fi
rm -f "$log"
