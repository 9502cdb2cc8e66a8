# Everything that needs nothing but Rust.

stage_rust() {
  need cargo "install Rust from rustup.rs"
  heading "format"
  cargo fmt --all --check
  heading "lints"
  cargo clippy --workspace --all-targets --quiet -- -D warnings
  heading "build"
  cargo build --quiet
  heading "Rust tests"
  cargo test --workspace --quiet
}
