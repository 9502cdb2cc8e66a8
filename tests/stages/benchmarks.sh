# The benchmark works, on the development build, and what it counts is within its budgets. Its times say nothing of speed.

stage_benchmarks() {
  heading "benchmarks"
  local printed=$scratch/benchmarks.md function peer budget kind
  tests/benchmarks/run --short >"$printed" || { cat "$printed"; return 1; }
  for function in functions/*/; do
    grep -q "^| $(basename "$function") | [a-z0-9]* | " "$printed" ||
      { cat "$printed"; fail "the benchmark has no row for $(basename "$function")"; }
  done
  for peer in "| Node, bundled | 200 | " "| Python | 200 | " "Version .* for a device login of 10 requests"; do
    grep -q "^$peer" "$printed" || { cat "$printed"; fail "a peer is missing: $peer"; }
  done
  for budget in "write units of a login by socket" "read units of a login by socket" "units of a login with [0-9]* items" \
    "from a claim's write to the screen"; do
    grep -q "^| $budget.* | met |$" "$printed" || { cat "$printed"; fail "this budget is not met: $budget"; }
  done
  for kind in socket polling OpenID; do
    grep -q "^| by $kind, at once | logins |" "$printed" || { cat "$printed"; fail "nobody logged in by $kind"; }
  done
}
