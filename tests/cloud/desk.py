"""The desk from outside: what a frontend sees of it."""

import http.client
import json
import time
import urllib.parse


class Answer:
    """What came back."""

    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def text(self):
        return self.body.decode(errors="replace")

    @property
    def json(self):
        return json.loads(self.body or b"null")

    def expect(self, status):
        assert self.status == status, f"{self.status} instead of {status}: {self.text[:600]}"
        return self


def send(method, url, headers=None, body=None):
    """Sends a request. Every host is on this machine: its name says only which desk or bucket is meant."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=60)
    path = parts.path or "/"
    if parts.query:
        path += "?" + parts.query
    try:
        connection.request(method, path, body=body, headers={"host": parts.netloc, **(headers or {})})
        return Answer(connection.getresponse())
    finally:
        connection.close()


class Person:
    """Somebody in front of the desk, signed in or not."""

    def __init__(self, url, token=None):
        self.url = url
        self.token = token

    def call(self, method, path, body=None, headers=None):
        headers = dict(headers or {})
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        if body is not None:
            headers["content-type"] = "application/json"
            body = json.dumps(body)
        return send(method, self.url + path, headers, body)

    def get(self, path):
        return self.call("GET", path).expect(200)

    def post(self, path, body, headers=None):
        return self.call("POST", path, body, headers)

    def signs_in(self, email, password):
        answer = self.post("/v1/sessions", {"email": email, "password": password}).expect(201).json
        return Person(self.url, answer["session"]["access_token"])

    def does(self, verb, number, body=None):
        return self.post(f"/v1/tickets/{number}/{verb}", body or {})

    def ticket(self, number):
        return self.get(f"/v1/tickets/{number}").json["ticket"]

    def events(self, number):
        return [event["type"] for event in self.get(f"/v1/tickets/{number}/events?limit=100").json["events"]]


def until(what, found, seconds=60, pause=0.25):
    """Waits until something is there, and answers it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = found()
        if answer:
            return answer
        time.sleep(pause)
    raise AssertionError(f"not within {seconds} s: {what}")
