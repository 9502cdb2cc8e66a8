//! What a developer has a minute after `cargo run`: what is printed, and a phone that comes over the network.

use anyhow::Result;
use scanlatch_tests::{Stack, shared_stack};

#[tokio::test]
async fn what_is_printed_leads_to_the_phone_first_and_has_no_colours_in_a_file() -> Result<()> {
    let stack = shared_stack().await;
    let printed = stack.printed("Ctrl-C ends it.").await?;
    let phone = printed.find(stack.ready("phoneUrl")).unwrap();
    assert!(phone < printed.find(stack.ready("screenUrl")).unwrap(), "{printed}");
    let url = stack.ready("apiUrl");
    let (tenant, key) = (stack.tenant_id(), stack.secret_key());
    let env = format!("\n\nAUTHSIGNAL_API_URL={url}\nAUTHSIGNAL_TENANT_ID={tenant}\nAUTHSIGNAL_SECRET_KEY={key}\n\n");
    assert!(printed.contains(&env) && !printed.contains('\u{1b}'), "{printed}");
    Ok(())
}

#[tokio::test]
async fn each_step_of_a_login_is_printed_as_a_line_without_names() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let phone = stack.phone_of("secret-ann").await?;
    let mut screen = stack.socket_screen().await?;
    let id = screen.challenge().await?;
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, true).await?.assert_ok();
    assert_eq!(screen.next().await?["data"]["state"], "claimed");
    let token = screen.next().await?["data"]["accessToken"].clone();
    stack.backend().validate(&serde_json::json!({ "token": token })).await?.assert_ok();
    let (declined, _) = stack.polling_screen().open().await?;
    phone.claim(&declined).await?.assert_ok();
    phone.decide(&declined, false).await?.assert_ok();

    let printed = stack.printed(&format!("Challenge {} was declined", &declined[..8])).await?;
    let of = |id: &str| {
        let name = format!("Challenge {} ", &id[..8]);
        let lines = printed.lines().filter_map(|line| line.strip_prefix(&name).map(str::to_owned));
        lines.map(|line| line.split(" (").next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(of(&id), ["is shown", "was scanned", "was approved", "was validated by the backend"]);
    assert_eq!(of(&declined), ["is shown", "was scanned", "was declined"]);
    for secret in ["secret-ann", id.as_str(), token.as_str().unwrap()] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
    stack.stop().await
}

/// Every address of 127.0.0.0/8 is this machine's on Linux alone.
#[cfg(target_os = "linux")]
mod network {
    use std::net::Ipv4Addr;
    use std::os::unix::fs::PermissionsExt as _;

    use anyhow::Context as _;
    use scanlatch_client::screen::Notice;
    use scanlatch_client::{Answer, Backend, ClientError, Device, Handshake, Service, SoftwareKey, Transport};
    use serde_json::{Value, json};
    use tokio::net::TcpStream;

    use super::*;

    const HOST: &str = "127.0.0.2";

    /// A stack that is reached at another address too, and a client that trusts its certificate.
    async fn on_the_network(arguments: &[&str]) -> Result<(Stack, Transport)> {
        let stack = Stack::start(&[&["--host", HOST], arguments].concat()).await?;
        let transport = Transport::trusting(&std::fs::read_to_string(stack.ready("certificateFile"))?)?;
        Ok((stack, transport))
    }

    /// A call without a body, under the host's own name unless `headers` say another.
    async fn call(transport: &Transport, method: &str, url: &str, headers: &[(&str, &str)]) -> Result<Answer> {
        let request = http::Request::builder().method(method).uri(url);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        Ok(transport.call(request.body(Vec::new())?).await?)
    }

    #[tokio::test]
    async fn a_login_completes_by_https_on_the_address_of_the_network() -> Result<()> {
        let (stack, transport) = on_the_network(&[]).await?;
        let host = stack.ready("hostUrl");
        assert_eq!(host.split(':').collect::<Vec<_>>()[..2], ["https", &format!("//{HOST}")]);
        let page = call(&transport, "GET", stack.ready("phoneUrl"), &[]).await?;
        assert!(page.status.is_success() && page.body.starts_with(b"<!doctype html>"), "{page:?}");
        let front = call(&transport, "GET", host, &[]).await?;
        let policy = front.headers["content-security-policy"].to_str()?;
        let sockets = host.replace("https", "wss");
        assert!(front.status.is_success() && policy.contains(&format!("connect-src 'self' {sockets};")), "{policy}");
        let config: Value = call(&transport, "GET", &format!("{host}/demo/config"), &[]).await?.read()?;
        let socket = config["socketUrl"].as_str().unwrap();
        assert!(socket.starts_with(&sockets) && config["phoneUrl"] == stack.ready("phoneUrl"), "{config}");

        let service =
            Service::new(&format!("{host}/{}", config["baseUrl"].as_str().unwrap())).with_transport(transport.clone());
        let backend = Backend::new(service.clone(), stack.secret_key());
        let scope = json!({ "scope": "add:authenticators" });
        let token = backend.track("network-ann", "enrol", &scope).await?.token;
        let phone = Device::new(service, stack.tenant_id(), SoftwareKey::generate());
        phone.enrol(&token, "Phone", "android").await?;
        let mut screen = Handshake::anybody(socket, stack.tenant_id()).over(&transport).open().await?;
        let id = screen.challenge("login").await?;
        phone.claim(&id).await?;
        assert!(phone.decide(&id, true).await?.is_verified);
        screen.hear().await?;
        let Notice::StateChange { access_token, .. } = screen.hear().await? else { panic!("no approval came") };
        let validated = backend.validate(&json!({ "token": access_token })).await?;
        assert_eq!((validated.is_valid, validated.user_id.as_deref()), (true, Some("network-ann")));
        stack.stop().await
    }

    #[tokio::test]
    async fn a_client_that_does_not_trust_the_certificate_sends_nothing() -> Result<()> {
        let (stack, _) = on_the_network(&[]).await?;
        let refused = Service::new(stack.ready("hostUrl")).call::<Value>(scanlatch_client::Method::GET, "/").await;
        assert!(matches!(&refused, Err(ClientError::NoAnswer(why)) if why.contains("certificate")), "{refused:?}");
        stack.stop().await
    }

    #[tokio::test]
    async fn the_network_reaches_neither_switches_nor_functions_nor_the_secret_key() -> Result<()> {
        let (stack, transport) = on_the_network(&[]).await?;
        let host = stack.ready("hostUrl");
        let connections = format!("{}/@connections/AAAAAAAAAAAAAAA=", stack.ws_url().rsplit('/').next().unwrap());
        for (method, path) in [
            ("GET", "_local/ready"),
            ("GET", "_local/logins"),
            ("GET", "_local/logs"),
            ("POST", "_local/faults"),
            ("POST", "2015-03-31/functions/jwks/invocations"),
            ("GET", &connections),
        ] {
            for name in [HOST, "localhost", "127.0.0.1", "[::1]"] {
                let headers =
                    [("host", name), ("authorization", "AWS4-HMAC-SHA256 x"), ("content-type", "application/json")];
                let answer = call(&transport, method, &format!("{host}/{path}"), &headers).await?;
                assert_eq!(answer.status.as_u16(), 403, "{path} as {name}");
                assert!(!String::from_utf8_lossy(&answer.body).contains(stack.secret_key()), "{path} as {name}");
            }
        }
        for path in ["v1/.well-known/jwks.json", "phone", "demo/config"] {
            let answer = call(&transport, "GET", &format!("{host}/{path}"), &[("host", "evil.example")]).await?;
            assert_eq!(answer.status.as_u16(), 403, "{path}");
        }
        stack.stop().await
    }

    #[tokio::test]
    async fn an_address_that_was_typed_without_https_leads_to_it() -> Result<()> {
        let (stack, transport) = on_the_network(&[]).await?;
        let host = stack.ready("hostUrl");
        let answer = call(&transport, "GET", &host.replace("https", "http"), &[]).await?;
        assert_eq!((answer.status.as_u16(), answer.headers["location"].to_str()?), (307, format!("{host}/").as_str()));
        stack.stop().await
    }

    #[tokio::test]
    async fn without_the_flag_nothing_listens_there() -> Result<()> {
        let stack = shared_stack().await;
        let port = stack.ready("apiUrl").split(['/', ':']).nth(4).context("no port")?.parse()?;
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_ok());
        let refused = TcpStream::connect((HOST, port)).await.map(|_| ()).map_err(|error| error.kind());
        assert_eq!(refused, Err(std::io::ErrorKind::ConnectionRefused));
        assert_eq!(stack.ready("hostUrl"), "");
        Ok(())
    }

    #[tokio::test]
    async fn a_data_folder_keeps_the_certificate_so_that_it_is_accepted_once() -> Result<()> {
        let scratch = tempfile::tempdir()?;
        let data = scratch.path().join("data");
        let arguments = ["--data", data.to_str().context("no text")?];
        let mut certificates = Vec::new();
        for _ in 0..2 {
            let (stack, _) = on_the_network(&arguments).await?;
            certificates.push(std::fs::read_to_string(stack.ready("certificateFile"))?);
            stack.stop().await?;
        }
        assert_eq!(certificates[0], certificates[1]);
        for name in ["host.json", "host.crt"] {
            assert_eq!(std::fs::metadata(data.join(name))?.permissions().mode() & 0o777, 0o600, "{name}");
        }
        Ok(())
    }

    #[tokio::test]
    async fn an_address_of_somebody_else_or_of_nobody_is_one_sentence() -> Result<()> {
        for (address, why) in [("192.0.2.7", "name a free address of this machine"), ("0.0.0.0", "several addresses")] {
            let refused = Stack::refused(&["--host", address]).await?;
            assert!(refused.starts_with("error: ") && refused.contains(why), "{refused}");
            assert_eq!(refused.lines().count(), 1, "{refused}");
        }
        Ok(())
    }
}
