# Sourced by test.sh: runs one test project in a process of its own and reads the results from its report.
# Takes $root, $work, $filter, $trait and $minutes from there.

passed=0 failed=0 skipped=0 host='' watcher='' version_lines=()

# run_test_project NAME [SUFFIX]: a host that crashes or hangs counts as a failed test. The suffix tells reports of several runs apart.
run_test_project() {
  local name=$1 code=0 report="$work/results/$1${2:-}.trx" arguments
  arguments=(--results-directory "$work/results" --report-trx --report-trx-filename "${report##*/}" --show-slowest-tests 5)
  [ -t 1 ] || arguments+=(--ansi off)
  [ -z "$filter" ] || arguments+=(--filter-method "*$filter*")
  [ -z "$trait" ] || arguments+=(--filter-trait "$trait")
  say "Running $name …"
  # With job control: a plain background process ignores Ctrl-C, and so would all that its tests start. This one has a
  # process group of its own, which can be ended as a whole.
  set -m
  dotnet "$root/tests/$name/bin/Release/net10.0/$name.dll" "${arguments[@]}" < /dev/null &
  host=$!
  set +m
  watch_test_host "$name" &
  watcher=$!
  wait "$host" || code=$?
  end_test_host

  # 8: the filter left no test of this project. 2: tests failed, which the report tells.
  [ "$code" -ne 8 ] || return 0
  count_results "$report"
  if [ "$code" -ne 0 ] && { [ "$code" -ne 2 ] || [ ! -e "$report" ]; }; then
    say "$name ended with exit code $code before its end."
    failed=$((failed + 1))
  fi
}

# The host is two processes: one runs the tests, and its parent saves their results when it is killed.
watch_test_host() {
  trap 'kill "$sleeping" 2> /dev/null; exit' TERM
  sleep $((minutes * 60)) & sleeping=$!
  wait "$sleeping"
  say "$1 still runs after $minutes minutes: ending it."
  kill -KILL $(cat "/proc/$host/task/$host/children" 2> /dev/null || pgrep -P "$host")
  sleep 20 & sleeping=$!
  wait "$sleeping"
  kill -KILL -- "-$host" 2> /dev/null
}

end_watcher() {
  [ -n "$watcher" ] || return 0
  kill "$watcher" 2> /dev/null || true
  wait "$watcher" 2> /dev/null || true
  watcher=''
}

# For Ctrl-C. Servers and folders go with their owner, however it ends.
end_test_host() {
  end_watcher
  [ -n "$host" ] || return 0
  kill -KILL -- "-$host" 2> /dev/null || true
  wait "$host" 2> /dev/null || true
  host=''
}

# counter REPORT NAME: one attribute of the report's <Counters>.
counter() { sed -n 's/.*<Counters[^>]* '"$2"'="\([0-9]*\)".*/\1/p' "$1" | head -n 1; }

count_results() {
  [ -e "$1" ] || return 0
  passed=$((passed + $(counter "$1" passed)))
  failed=$((failed + $(counter "$1" failed) + $(counter "$1" error) + $(counter "$1" timeout) + $(counter "$1" aborted)))
  skipped=$((skipped + $(counter "$1" notExecuted)))
}

# add_version_line NAME: what was counted since the last one.
add_version_line() {
  version_lines+=("$1: $((passed - ${passed_before:-0})) passed, $((failed - ${failed_before:-0})) failed")
  passed_before=$passed failed_before=$failed
}

print_version_lines() { printf '%s\n' "${version_lines[@]}"; }

# The very last line; its exit code is that of the run.
print_totals() {
  local line="$passed passed, $failed failed"
  [ "$skipped" -eq 0 ] || line="$line, $skipped skipped"
  [ $((passed + failed)) -gt 0 ] || say "No test ran: check --filter and --project."
  remove_work_folder
  echo "$line"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
