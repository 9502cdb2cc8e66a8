# Everything that needs nothing but Rust.

format_and_lints() {
  heading "format"
  cargo fmt --all --check
  heading "lints"
  cargo clippy --workspace --all-targets --quiet -- -D warnings
}

stage_rust() {
  need cargo "install Rust from rustup.rs"
  format_and_lints
  heading "links of comments"
  cargo doc --workspace --lib --no-deps --document-private-items --quiet
  heading "build"
  cargo build --quiet
  heading "Rust tests"
  cargo test --workspace --quiet
  heading "no function measures jitter for entropy"
  ensure nm binutils
  nm target/debug/openid-token >"$scratch/symbols"
  grep -q aws_lc_ "$scratch/symbols" || fail "target/debug/openid-token has no symbols of aws-lc, so nothing is known of its entropy"
  ! grep -q jent_ "$scratch/symbols" || fail "aws-lc was built with jitter entropy, despite .cargo/config.toml; remove target/ and build again"
}
