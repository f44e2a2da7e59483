//! A browser that opens a page of the daemon: Chromium, told what to do over a pipe by its DevTools protocol
//! (chromedevtools.github.io/devtools-protocol). What the page asks for can be held, so that a test decides what comes first.

use super::watch::{self, PATIENCE};
use data_encoding::BASE64;
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{self, Receiver},
    time::{Duration, Instant},
};

/// A browser with one page.
pub(crate) struct Browser {
    child: Child,
    ask: ChildStdin,
    told: Receiver<Value>,
    asked: u64,
    session: Option<String>,
    held: VecDeque<Held>,
    holding: bool,
}

/// A request of the page that goes on only when it is told to.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    id: String,
    /// Its method.
    pub(crate) method: String,
    /// Its address.
    pub(crate) url: String,
}

/// Where requests are held.
#[derive(Clone, Copy)]
pub(crate) enum At {
    /// Before they leave.
    Request,
    /// When they were answered, before the page hears of it.
    Response,
}

impl Browser {
    /// A page at this address, with a profile in this folder; `None` where there is no Chromium.
    #[expect(clippy::disallowed_methods, reason = "a page is seen as people see it")]
    pub(crate) fn open(profile: &Path, address: &str) -> Option<Self> {
        if !Command::new("chromium").arg("--version").output().is_ok_and(|output| output.status.success()) {
            return None;
        }
        // The protocol is spoken on the third and fourth descriptor.
        let pipes = "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null";
        let mut command = Command::new("sh");
        command.args(["-c", pipes, "sh", "chromium", "--headless=new", "--no-sandbox", "--disable-gpu"]);
        command.args(["--remote-debugging-pipe", "--disable-dev-shm-usage", "--no-first-run", "about:blank"]);
        command.arg(format!("--user-data-dir={}", profile.display()));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (tell, told) = mpsc::channel();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            let mut message = Vec::new();
            while said.read_until(0, &mut message).is_ok_and(|read| read > 0) {
                message.pop();
                let sent = serde_json::from_slice(&message).map(|message| tell.send(message));
                if !matches!(sent, Ok(Ok(()))) {
                    return;
                }
                message.clear();
            }
        });
        let ask = child.stdin.take().unwrap();
        let mut browser = Self { child, ask, told, asked: 0, session: None, held: VecDeque::new(), holding: false };
        browser.visit(address);
        Some(browser)
    }

    fn visit(&mut self, address: &str) {
        let target = self.call("Target.createTarget", &json!({ "url": "about:blank" }))["targetId"].clone();
        let attached = self.call("Target.attachToTarget", &json!({ "targetId": target, "flatten": true }));
        self.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        self.call("Page.navigate", &json!({ "url": address }));
        self.until("the page to be there", "location.href !== 'about:blank' && document.readyState === 'complete'");
    }

    /// The value of an expression in the page.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", &asked);
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// What an element says.
    pub(crate) fn text(&mut self, selector: &str) -> String {
        self.value(&format!("document.querySelector({selector:?}).textContent")).as_str().unwrap().to_owned()
    }

    /// Waits until an expression is true in the page.
    pub(crate) fn until(&mut self, what: &str, expression: &str) {
        watch::until_true(what, PATIENCE, || self.value(expression) == true);
    }

    /// Waits until an element says something.
    pub(crate) fn until_says(&mut self, selector: &str, words: &str) {
        let ended = Instant::now() + PATIENCE;
        watch::until_true(words, PATIENCE * 2, || {
            let said = self.text(selector);
            assert!(Instant::now() < ended, "waited for {words:?}, it says {said:?}; held: {:?}", self.held);
            said.contains(words)
        });
    }

    /// Presses a button.
    pub(crate) fn press(&mut self, selector: &str) {
        self.value(&format!("document.querySelector({selector:?}).click()"));
    }

    /// Chooses files in a field of a form, as its dialogue does.
    pub(crate) fn choose(&mut self, selector: &str, files: &[&Path]) {
        let asked = json!({ "expression": format!("document.querySelector({selector:?})") });
        let field = self.call("Runtime.evaluate", &asked)["result"]["objectId"].clone();
        self.call("DOM.setFileInputFiles", &json!({ "objectId": field, "files": files }));
    }

    /// Holds requests from here on whose address fits this pattern.
    pub(crate) fn hold(&mut self, pattern: &str, at: At) {
        let stage = match at {
            At::Request => "Request",
            At::Response => "Response",
        };
        self.holding = true;
        self.call("Fetch.enable", &json!({ "patterns": [{ "urlPattern": pattern, "requestStage": stage }] }));
    }

    /// Lets everything go on, and holds nothing any more. Each by an order of its own, given while the test asks this page
    /// something: told to hold nothing, Chromium drops what it holds at that moment and never sends it.
    pub(crate) fn release(&mut self) {
        self.holding = false;
        while let Some(held) = self.held.pop_front() {
            self.go_on(&held);
        }
    }

    /// The next request that is held.
    pub(crate) fn held(&mut self) -> Held {
        while self.held.is_empty() {
            let message = self.told.recv_timeout(PATIENCE).expect("the page to ask for something");
            self.note(&message);
        }
        self.held.pop_front().unwrap()
    }

    /// Lets a request go on.
    pub(crate) fn go_on(&mut self, held: &Held) {
        self.call("Fetch.continueRequest", &json!({ "requestId": held.id }));
    }

    /// Answers a request in the daemon's place.
    pub(crate) fn answer(&mut self, held: &Held, status: u16, body: &Value) {
        let body = BASE64.encode(body.to_string().as_bytes());
        self.call("Fetch.fulfillRequest", &json!({ "requestId": held.id, "responseCode": status, "body": body }));
    }

    /// Breaks a request as if nobody listened.
    pub(crate) fn refuse(&mut self, held: &Held) {
        self.call("Fetch.failRequest", &json!({ "requestId": held.id, "errorReason": "ConnectionRefused" }));
    }

    fn note(&mut self, message: &Value) {
        if message["method"] != "Fetch.requestPaused" {
            return;
        }
        let of = |value: &Value| value.as_str().unwrap().to_owned();
        let (asked, id) = (&message["params"]["request"], &message["params"]["requestId"]);
        if self.holding {
            self.held.push_back(Held { id: of(id), method: of(&asked["method"]), url: of(&asked["url"]) });
        } else {
            self.order("Fetch.continueRequest", &json!({ "requestId": id }));
        }
    }

    /// Gives an order, without waiting for its answer: its number.
    fn order(&mut self, method: &str, params: &Value) -> u64 {
        self.asked += 1;
        let mut order = json!({ "id": self.asked, "method": method, "params": params });
        if let Some(session) = &self.session {
            order["sessionId"] = session.as_str().into();
        }
        self.ask.write_all(format!("{order}\0").as_bytes()).unwrap();
        self.asked
    }

    fn call(&mut self, method: &str, params: &Value) -> Value {
        let asked = self.order(method, params);
        loop {
            let message = self.told.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no answer to {method}"));
            if message["id"] == asked {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
            self.note(&message);
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Closing by order lets its own processes end too; a killed one is waited for like any other.
        let _ = self.ask.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        let ended = Instant::now() + Duration::from_secs(10);
        while self.child.try_wait().is_ok_and(|status| status.is_none()) && Instant::now() < ended {
            std::thread::park_timeout(Duration::from_millis(4));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
