# Whether the invariants would be found broken if a condition were missing.

stage_mutants() {
  need cargo "install Rust from rustup.rs"
  heading "mutants of the invariants"
  tests/mutants/run
}
