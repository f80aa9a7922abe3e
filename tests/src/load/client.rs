//! A client: one connection that is kept, and one request after the other on it. It is as plain as can be, for it shares
//! the machine with the desk.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::PASSWORD;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// A connection, and who speaks on it.
pub(super) struct Client {
    stream: BufReader<TcpStream>,
    token: String,
}

impl Client {
    pub(super) fn connect(port: u16, token: &str) -> Self {
        Self::reach(port, token).unwrap()
    }

    /// Connects if somebody listens.
    pub(super) fn reach(port: u16, token: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream: BufReader::new(stream), token: token.to_owned() })
    }

    /// Signs a demo person in; answers the token.
    pub(super) fn sign_in(port: u16, email: &str) -> String {
        let body = json!({ "email": email, "password": PASSWORD });
        let (status, body) = Self::connect(port, "").send("POST", "/v1/sessions", Some(&body));
        assert_eq!(status, 201, "{}", String::from_utf8_lossy(&body));
        let answer: Value = serde_json::from_slice(&body).unwrap();
        answer["session"]["access_token"].as_str().unwrap().to_owned()
    }

    /// Sends a request; answers the status and the body.
    pub(super) fn send(&mut self, method: &str, path: &str, body: Option<&Value>) -> (u16, Vec<u8>) {
        self.exchange(method, path, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// The same, where nobody may be there.
    pub(super) fn exchange(&mut self, method: &str, path: &str, body: Option<&Value>) -> io::Result<(u16, Vec<u8>)> {
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n");
        if !self.token.is_empty() {
            text = format!("{text}authorization: Bearer {}\r\n", self.token);
        }
        text = match body.map(Value::to_string) {
            Some(body) => {
                format!("{text}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())
            }
            None => format!("{text}\r\n"),
        };
        self.stream.get_mut().write_all(text.as_bytes())?;
        self.receive()
    }

    fn receive(&mut self) -> io::Result<(u16, Vec<u8>)> {
        let first = self.line()?;
        let status = first.split(' ').nth(1).and_then(|word| word.parse().ok());
        let status = status.ok_or_else(|| io::Error::other(format!("no answer: {first:?}")))?;
        let mut length: usize = 0;
        loop {
            let line = self.line()?.to_ascii_lowercase();
            match line.split_once(':') {
                None => break,
                Some(("content-length", value)) => length = value.trim().parse().map_err(io::Error::other)?,
                Some(("transfer-encoding", _)) => return Err(io::Error::other("an answer in chunks")),
                Some(_) => {}
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok((status, body))
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn answers_are_told_apart_on_one_connection() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let desk = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let answers = "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 204 No Content\r\n\r\n";
            stream.write_all(answers.as_bytes()).unwrap();
            drop(stream.read(&mut [0; 1024]));
        });
        let mut client = Client::connect(port, "secret");
        assert_eq!(client.send("GET", "/", None), (201, b"ok".to_vec()));
        assert_eq!(client.receive().unwrap(), (204, Vec::new()));
        desk.join().unwrap();
    }
}
