//! Writes those certificates of Mozilla's list that `roots.txt` names to one PEM file. So no function carries or
//! searches the whole list.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=roots.txt");
    let mut pem = String::new();
    for line in fs::read_to_string("roots.txt")?.lines().filter(|line| !line.starts_with('#')) {
        let digest = line.split(' ').next().unwrap_or_default();
        let root = TLS_SERVER_ROOT_CERTS.iter().find(|root| format!("{:x}", Sha256::digest(root)) == digest);
        let root =
            root.ok_or_else(|| format!("webpki-root-certs has no certificate of this digest any more: {line}"))?;
        writeln!(pem, "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----", STANDARD.encode(root))?;
    }
    fs::write(Path::new(&env::var("OUT_DIR")?).join("amazon-roots.pem"), pem)?;
    Ok(())
}
