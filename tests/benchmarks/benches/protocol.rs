//! What the protocol computes for a login, by itself. aws-lc verifies here, as in the functions; `p256 alone` is what it
//! stands in for.

#![expect(clippy::expect_used, reason = "without its input a benchmark has nothing to measure")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{Signature, SigningKey as DeviceKey, VerifyingKey as DevicePublicKey};
use p256::pkcs8::EncodePublicKey as _;
use scanlatch_protocol::id::{ActionCode, IdempotencyKey, TenantId, TokenId, UserId};
use scanlatch_protocol::jwt::Token;
use scanlatch_protocol::key::{DeviceSignature, PublicKey};
use scanlatch_protocol::signing::{SigningKey, VerifyingKeys};
use scanlatch_protocol::time::Timestamp;
use scanlatch_protocol::token::{Issuer, Scope, UserToken};
use scanlatch_protocol::wire::device::ClaimRequest;
use scanlatch_protocol::{base64, json};

const CHALLENGE: &str = "3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063";

fn device(criterion: &mut Criterion) {
    let key = DeviceKey::from_slice(&[7; 32]).expect("a key");
    let signature: Signature = key.sign(CHALLENGE.as_bytes());
    let spki = key.verifying_key().to_public_key_der().expect("a public key");
    let (key_text, signature_text) = (base64::encode(spki.as_bytes()), base64::encode(signature.to_der().as_bytes()));

    let public = PublicKey::parse(&key_text).expect("a public key");
    let parsed = DeviceSignature::parse(&signature_text).expect("a signature");
    criterion.bench_function("verify a phone's signature", |b| {
        b.iter(|| black_box(&public).verify(black_box(CHALLENGE.as_bytes()), &parsed).is_ok());
    });
    let alone = DevicePublicKey::from(&key);
    criterion.bench_function("verify a phone's signature, p256 alone", |b| {
        b.iter(|| black_box(&alone).verify(black_box(CHALLENGE.as_bytes()), &signature).is_ok());
    });
    let body = format!(r#"{{"challengeId":"{CHALLENGE}","publicKey":"{key_text}","signature":"{signature_text}"}}"#);
    criterion.bench_function("read a claim", |b| {
        b.iter(|| {
            json::parse_within::<ClaimRequest>(black_box(body.as_bytes()), 16_384).and_then(ClaimRequest::accept)
        });
    });
}

fn tokens(criterion: &mut Criterion) {
    let (key, issuer) = (SigningKey::from_bytes(&[9; 32]).expect("a key"), Issuer::new("https://login.example"));
    let now = Timestamp::from_millis(1_767_225_600_000);
    let token = UserToken {
        id: TokenId::from_random([1; 16]),
        issued_at: now,
        tenant: TenantId::from_random([2; 16]),
        user: UserId::parse("auth0|ann").expect("a user"),
        action: ActionCode::parse("login").expect("an action"),
        idempotency_key: IdempotencyKey::from_random([3; 16]),
        scope: Scope::accept(None).expect("a scope"),
    };
    criterion.bench_function("sign a token", |b| b.iter(|| black_box(&token).sign(&key, &issuer, 600_000)));
    let (text, keys) = (token.sign(&key, &issuer, 600_000), VerifyingKeys::new(vec![key.public().clone()]));
    criterion.bench_function("verify a token", |b| {
        b.iter(|| {
            let token = Token::read(black_box(&text))?;
            UserToken::verify(&token, &keys, &issuer, now)
        });
    });
}

criterion_group!(benches, device, tokens);
criterion_main!(benches);
