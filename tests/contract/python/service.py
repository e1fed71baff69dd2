"""The simulator, the examples of the documents, and an address that receives callbacks."""

import json
import queue
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

BASE_URL = sys.argv[1]
DOCUMENTS = Path(__file__).parent.parent / "documents"


def bodies(document):
    """Returns the name of the schema of each request body of a document, and its examples."""
    for item in json.loads((DOCUMENTS / f"{document}.json").read_text())["paths"].values():
        body = item.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json")
        if body:
            yield body["schema"]["$ref"].rsplit("/", 1)[1], [example["value"] for example in body["examples"].values()]


def receive(last):
    """Returns an address, and a queue for its callbacks for which `last` is true."""
    received = queue.Queue()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            if last(body):
                received.put(body)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/", received


def poll(look):
    """Repeats a lookup until it returns a value, for 20 seconds at most."""
    for _ in range(100):
        if (found := look()) is not None:
            return found
        time.sleep(0.2)
    raise AssertionError("the task did not end in 20 seconds")
