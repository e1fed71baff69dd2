//! A client of `kie mcp`. It writes and reads the messages itself, so that it sees everything on standard output.

use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader, Write as _},
    process::{ChildStdin, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use crate::stage::{
    desk::Desk,
    kie::{Kie, Running},
};

/// Longest time that a message may take.
const LONGEST: Duration = Duration::from_secs(60);

/// A client with its server.
pub(crate) struct Agent {
    server: Running,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    last: u64,
    answers: HashMap<u64, Value>,
    /// All lines of standard output so far.
    pub(crate) said: Vec<String>,
}

impl Agent {
    /// Starts a server on a desk, with files in the folder `songs`.
    pub(crate) fn at(desk: &Desk, options: &[&str]) -> Self {
        let mut kie = desk.kie();
        kie.args(["mcp", "--root", "songs"]).args(options);
        Self::of(kie)
    }

    /// Starts a server.
    pub(crate) fn of(mut kie: Kie) -> Self {
        kie.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = kie.spawn().unwrap();
        let (sender, lines) = channel();
        let output = BufReader::new(server.stdout.take().unwrap());
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let input = server.stdin.take();
        let mut agent = Self { server, input, lines, last: 0, answers: HashMap::new(), said: Vec::new() };
        let client = json!({ "name": "it", "version": "1" });
        let version = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client });
        agent.ask("initialize", &version);
        agent.notify("notifications/initialized", &json!({}));
        agent
    }

    /// Sends a request, and returns its number.
    pub(crate) fn send(&mut self, method: &str, params: &Value) -> u64 {
        self.last += 1;
        self.write(&json!({ "jsonrpc": "2.0", "id": self.last, "method": method, "params": params }));
        self.last
    }

    pub(crate) fn notify(&mut self, method: &str, params: &Value) {
        self.write(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn write(&mut self, message: &Value) {
        writeln!(self.input.as_mut().unwrap(), "{message}").unwrap();
    }

    /// Returns the next message of the server.
    pub(crate) fn next(&mut self) -> Value {
        let line = self.lines.recv_timeout(LONGEST).expect("the server says nothing more");
        let message: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.said.push(line);
        if let Some(id) = message["id"].as_u64() {
            self.answers.insert(id, message.clone());
        }
        message
    }

    /// Returns the answer to a request.
    pub(crate) fn answer(&mut self, id: u64) -> Value {
        loop {
            if let Some(answer) = self.answers.remove(&id) {
                return answer;
            }
            self.next();
        }
    }

    /// Sends a request, and returns its result.
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Value {
        let id = self.send(method, params);
        let answer = self.answer(id);
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Begins the call of a tool, with progress. Returns the number of the request.
    pub(crate) fn begin(&mut self, tool: &str, arguments: &Value) -> u64 {
        let token = json!({ "progressToken": format!("{tool}-{}", self.last) });
        self.send("tools/call", &json!({ "name": tool, "arguments": arguments, "_meta": token }))
    }

    /// Waits for a notification of progress with this text.
    pub(crate) fn until(&mut self, text: &str) {
        while !self.next()["params"]["message"].as_str().is_some_and(|message| message.contains(text)) {}
    }

    /// Returns the result of a call that was begun. It must be a success.
    pub(crate) fn made(&mut self, id: u64) -> Value {
        let answer = self.answer(id);
        assert_eq!(answer["result"]["isError"], false, "{answer:#}");
        answer["result"]["structuredContent"].clone()
    }

    /// Calls a tool, which must succeed.
    pub(crate) fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        let id = self.begin(tool, arguments);
        self.made(id)
    }

    /// Calls a tool, which must fail. Returns the document of the error.
    pub(crate) fn refused(&mut self, tool: &str, arguments: &Value) -> Value {
        let result = self.ask("tools/call", &json!({ "name": tool, "arguments": arguments }));
        assert_eq!(result["isError"], true, "{result:#}");
        let document = result["structuredContent"].clone();
        assert_eq!(serde_json::from_str::<Value>(result["content"][0]["text"].as_str().unwrap()).unwrap(), document);
        document
    }

    /// Closes standard input. The server must end with exit code 0. Returns everything that it said.
    pub(crate) fn end(mut self) -> String {
        drop(self.input.take());
        assert_eq!(self.server.wait().unwrap().code(), Some(0));
        self.said.extend(self.lines.iter());
        self.said.join("\n")
    }
}
