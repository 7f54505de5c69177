# Sourced by test.sh: the long form of the fault tests.
# Takes $root, $soak, $seed, $faults, $processes and $report from there.

# run_soak: its exit code is 0 when every invariant held, 1 otherwise; a failing run says how to repeat it and where its history is.
run_soak() {
  local code=0 arguments=(soak --minutes "$soak")
  [ -z "$seed" ] || arguments+=(--seed "$seed")
  [ -z "$faults" ] || arguments+=(--faults "$faults")
  [ -z "$processes" ] || arguments+=(--processes "$processes")
  [ -z "$report" ] || arguments+=(--report "$report")
  # A process group of its own, as for tests: see test-host.sh.
  set -m
  dotnet "$root/tests/PgLocks.FaultTests/bin/Release/net10.0/PgLocks.FaultTests.dll" "${arguments[@]}" < /dev/null &
  host=$!
  set +m
  wait "$host" || code=$?
  end_test_host
  return "$code"
}
