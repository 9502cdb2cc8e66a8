# What tells within minutes whether a change is sound: no network, no package of other languages.

stage_fast() {
  need cargo "install Rust from rustup.rs"
  format_and_lints
  heading "unit and contract tests"
  SCANLATCH_STORE_HISTORIES=20 cargo test --workspace --exclude scanlatch-tests --quiet
  heading "a login, end to end"
  cargo test --workspace --test e2e --quiet -- login:: workspace::
}
