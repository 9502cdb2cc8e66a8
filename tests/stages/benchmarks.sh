# The benchmark works: two rounds of the development build. Its numbers say nothing of speed.

stage_benchmarks() {
  heading "benchmarks"
  local printed=$scratch/benchmarks.md
  tests/benchmarks/run --short >"$printed" || { cat "$printed"; return 1; }
  for function in functions/*/; do
    grep -q "^| $(basename "$function") | [a-z0-9]* | [0-9]" "$printed" ||
      { cat "$printed"; fail "the benchmark has no row for $(basename "$function")"; }
  done
  [ "$(grep -c '^| \*\*in all\*\* | [1-9]' "$printed")" -eq 2 ] ||
    { cat "$printed"; fail "the benchmark did not count both kinds of login"; }
}
