//! AWS, as a function reaches it: the services of a desk behind TLS, and a count of who came.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::serve::Listener;
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::server::TlsStream;

use super::{Serving, serve};

/// The services of a desk on a TLS port.
#[derive(Debug)]
pub(super) struct Aws {
    /// Its address.
    pub(super) url: String,
    /// The certificate to be believed, as PEM.
    pub(super) root: String,
    counts: Arc<Counts>,
    _serving: Serving,
}

#[derive(Debug, Default)]
struct Counts {
    connections: AtomicUsize,
    requests: AtomicUsize,
    traced: AtomicUsize,
}

/// Who has come so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// TLS connections that were opened.
    pub(super) connections: usize,
    /// Requests.
    pub(super) requests: usize,
    /// Requests that said of which trace they were part.
    pub(super) traced: usize,
}

impl Aws {
    /// Opens a port, with a certificate that nobody has seen before.
    pub(super) async fn open(services: Router) -> Self {
        let own = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let counts = Arc::<Counts>::default();
        let router = services.layer(from_fn_with_state(Arc::clone(&counts), note));
        let listener = Guarded { listener, tls: acceptor(&own), counts: Arc::clone(&counts) };
        Self { url, root: own.cert.pem(), counts, _serving: serve(listener, router) }
    }

    pub(super) fn seen(&self) -> Seen {
        let read = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        let Counts { connections, requests, traced } = &*self.counts;
        Seen { connections: read(connections), requests: read(requests), traced: read(traced) }
    }
}

async fn note(State(counts): State<Arc<Counts>>, request: Request, next: Next) -> Response {
    counts.requests.fetch_add(1, Ordering::Relaxed);
    if request.headers().contains_key("x-amzn-trace-id") {
        counts.traced.fetch_add(1, Ordering::Relaxed);
    }
    next.run(request).await
}

fn acceptor(own: &CertifiedKey<KeyPair>) -> TlsAcceptor {
    let key = PrivatePkcs8KeyDer::from(own.signing_key.serialize_der());
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key.into())
        .unwrap();
    // As DynamoDB, which speaks no other.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

/// A port behind TLS.
struct Guarded {
    listener: TcpListener,
    tls: TlsAcceptor,
    counts: Arc<Counts>,
}

impl Listener for Guarded {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let Ok((stream, from)) = self.listener.accept().await else {
                continue;
            };
            drop(stream.set_nodelay(true));
            // Whoever breaks off is no connection.
            if let Ok(stream) = self.tls.accept(stream).await {
                self.counts.connections.fetch_add(1, Ordering::Relaxed);
                return (stream, from);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}
