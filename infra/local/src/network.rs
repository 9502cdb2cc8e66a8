//! `--host`: the pages and both APIs by https on one more address of this machine, for phones in its network. Browsers
//! let only https pages make keys and use the camera, so there is no plain http on that address.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::certificate::Certificate;
use crate::host::Network;

/// The first byte of a client that speaks TLS (RFC 8446 section 5.1).
const HANDSHAKE_RECORD: u8 = 22;

/// How long a client may take to agree on keys.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// An address that routers lead out of every network (RFC 5737), so that it tells the address that this machine has there.
const ELSEWHERE: (&str, u16) = ("192.0.2.1", 9);

/// The listener on that address.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    certificate: Certificate,
    /// The address, as requests name it.
    pub network: Network,
}

impl Listener {
    /// Listens on this address, or else on this machine's own, with a certificate that `data` keeps.
    ///
    /// # Errors
    /// If the address is not this machine's, or its port is taken.
    pub async fn open(wanted: Option<IpAddr>, port: u16, data: &Path) -> Result<Self> {
        let address = wanted.map_or_else(own_address, Ok)?;
        if address.is_unspecified() || address.is_multicast() {
            bail!("{address} stands for several addresses; name one of this machine's with --host");
        }
        let socket = TcpListener::bind((address, port)).await.with_context(|| {
            format!("port {port} of {address} cannot be had; name a free address of this machine with --host ADDRESS")
        })?;
        let certificate = Certificate::in_folder(data, address)?;
        Ok(Self { socket, certificate, network: Network::at(SocketAddr::new(address, port)) })
    }

    /// Where the certificate is, without its key, for clients that are to trust it.
    pub fn certificate_file(&self) -> &Path {
        self.certificate.file()
    }

    /// What agrees on keys with clients.
    ///
    /// # Errors
    /// If the certificate cannot be used.
    pub fn acceptor(&self) -> Result<Acceptor> {
        Ok(Acceptor { tls: TlsAcceptor::from(Arc::new(self.certificate.server()?)), network: self.network })
    }

    /// Waits for the next client.
    ///
    /// # Errors
    /// If the system lets none in.
    pub async fn next(&self) -> std::io::Result<(TcpStream, SocketAddr)> {
        self.socket.accept().await
    }
}

/// Agrees on keys with clients.
#[derive(Clone)]
pub struct Acceptor {
    tls: TlsAcceptor,
    network: Network,
}

impl Acceptor {
    /// The encrypted stream; `None` for a client that does not agree in time, such as one that distrusts the certificate.
    pub async fn accept(&self, socket: TcpStream) -> Option<TlsStream<TcpStream>> {
        timeout(HANDSHAKE, self.agree(socket)).await.ok()?
    }

    async fn agree(&self, mut socket: TcpStream) -> Option<TlsStream<TcpStream>> {
        let mut first = [0];
        socket.peek(&mut first).await.ok()?;
        if first == [HANDSHAKE_RECORD] {
            return self.tls.accept(socket).await.ok();
        }
        // Somebody typed the address without `https`. A socket that is closed unread would lose the answer.
        let mut head = [0; 4096];
        let length = socket.read(&mut head).await.ok()?;
        let there = format!("{}{}", self.network.origin(), target(head.get(..length)?));
        let there = format!("HTTP/1.1 307 Temporary Redirect\r\nLocation: {there}\r\n");
        socket.write_all(format!("{there}Content-Length: 0\r\nConnection: close\r\n\r\n").as_bytes()).await.ok()?;
        None
    }
}

/// The path and query that the head of a request asks for; the front door if it asks for none.
fn target(head: &[u8]) -> &str {
    let line = head.split(u8::is_ascii_control).next().and_then(|line| str::from_utf8(line).ok());
    let mut words = line.unwrap_or_default().split(' ');
    match (words.next(), words.next(), words.next()) {
        (Some(_), Some(target), Some("HTTP/1.1" | "HTTP/1.0")) if target.starts_with('/') && target.is_ascii() => {
            target
        }
        _ => "/",
    }
}

/// This machine's address in its network. Connecting a datagram socket looks up the route and sends nothing.
fn own_address() -> Result<IpAddr> {
    let socket = UdpSocket::bind(("0.0.0.0", 0))?;
    let found = socket.connect(ELSEWHERE).and_then(|()| socket.local_addr());
    match found.map(|address| address.ip()) {
        Ok(address) if !address.is_loopback() && !address.is_unspecified() => Ok(address),
        _ => bail!("this machine seems to be in no network; name one of its addresses with --host ADDRESS"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_types_http_is_led_to_the_same_page_by_https() {
        for (head, there) in [
            ("GET /device HTTP/1.1\r\nHost: x\r\n\r\n", "/device"),
            ("GET /phone?c=1%20&d HTTP/1.0\r\n", "/phone?c=1%20&d"),
            ("GET //evil.example HTTP/1.1\r\n", "//evil.example"),
        ] {
            assert_eq!(target(head.as_bytes()), there);
        }
    }

    #[test]
    fn what_is_no_request_is_led_to_the_front_door() {
        for head in [
            "",
            "\r\n",
            "GET",
            "GET x HTTP/1.1\r\n",
            "GET /a\rX: b HTTP/1.1\r\n",
            "GET /ü HTTP/1.1\r\n",
            "GET /a b HTTP/1.1\r\n",
        ] {
            assert_eq!(target(head.as_bytes()), "/", "{head}");
        }
        assert_eq!(target(&[b'G', 0xff, b' ']), "/");
    }
}
