# Sourced by test.sh: the long form of the fault tests.
# Takes $root, $soak, $seed, $faults, $processes and $report from there.

# run_soak: its exit code is 0 when every invariant held, 1 otherwise; a failing run says how to repeat it and where its history is.
run_soak() {
  local code=0 arguments=(soak --minutes "$soak")
  [ -z "$seed" ] || arguments+=(--seed "$seed")
  [ -z "$faults" ] || arguments+=(--faults "$faults")
  [ -z "$processes" ] || arguments+=(--processes "$processes")
  [ -z "$report" ] || arguments+=(--report "$report")
  [ "$(cat /proc/sys/kernel/sched_autogroup_enabled 2> /dev/null)" != 1 ] ||
    say "kernel.sched_autogroup_enabled is 1: some backends will wait long for a processor, and so will what they are to answer (docs/guarantees.md)."
  # A process group of its own, as for tests: see test-host.sh.
  set -m
  dotnet "$root/tests/PgLocks.FaultTests/bin/Release/net10.0/PgLocks.FaultTests.dll" "${arguments[@]}" < /dev/null &
  host=$!
  set +m
  wait "$host" || code=$?
  end_test_host
  return "$code"
}
