//! A stack whose functions are closures, and clients that work on bytes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt as _;
use scanlatch_local::cloudformation::template::Template;
use scanlatch_local::control::Controls;
use scanlatch_local::demo::Site;
use scanlatch_local::faults::{Faults, Switches};
use scanlatch_local::gateway::connections::Connections;
use scanlatch_local::gateway::session::{Gateway, Limits};
use scanlatch_local::host::Hosts;
use scanlatch_local::iam::guard::Guard;
use scanlatch_local::lambda::error::InvokeError;
use scanlatch_local::lambda::invoke_api::Functions;
use scanlatch_local::lambda::invoker::{Invoker, Target};
use scanlatch_local::logins::Logins;
use scanlatch_local::pages::{self, Pages};
use scanlatch_local::recorder::Recorder;
use scanlatch_local::seed::Seed;
use scanlatch_local::server::{self, Served};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// The template of the stack, unless a test brings its own.
pub const TEMPLATE: &str = r#"
Parameters:
  Name: { Type: String, Default: table }
Globals:
  Function: { Timeout: 3, Environment: { Variables: { TABLE: !Ref Name, URL: !Sub "https://${Socket}.${AWS::Region}" } } }
Resources:
  Http:
    Type: AWS::Serverless::HttpApi
    Properties:
      StageName: v1
      DefaultRouteSettings: { ThrottlingRateLimit: 0.001, ThrottlingBurstLimit: 20 }
      RouteSettings: { "GET /users/me/exact": { ThrottlingRateLimit: 0.001, ThrottlingBurstLimit: 12 } }
      CorsConfiguration: { AllowOrigins: ["*"], AllowMethods: [GET, POST], AllowHeaders: [authorization], MaxAge: 60 }
  Socket:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      StageName: !Sub ws
      DefaultRouteSettings: { ThrottlingRateLimit: 0.001, ThrottlingBurstLimit: 20 }
      RouteSelectionExpression: $request.body.a.b
      Routes:
        $connect: { FunctionArn: !GetAtt Connect.Arn }
        say: { FunctionArn: !GetAtt Say.Arn, RouteResponseSelectionExpression: $default }
        mute: { FunctionArn: !GetAtt Say.Arn }
        $disconnect: { FunctionArn: !GetAtt Disconnect.Arn }
  Response: { Type: AWS::ApiGatewayV2::RouteResponse }
  Connect: &function { Type: AWS::Serverless::Function, Metadata: { BuildProperties: { Binary: x } } }
  Job: { Type: AWS::Serverless::Function, Metadata: { BuildProperties: { Binary: the-job } } }
  Say: *function
  Disconnect: *function
  User:
    Type: AWS::Serverless::Function
    Metadata: { BuildProperties: { Binary: x } }
    Properties:
      Events:
        One: { Type: HttpApi, Properties: { Method: POST, Path: "/users/{id}/{what}" } }
        Two: { Type: HttpApi, Properties: { Method: GET, Path: /users/me/exact } }
"#;

/// What a function does.
pub type Handler = Arc<dyn Fn(&str, &Value) -> Result<Value, InvokeError> + Send + Sync>;

/// A running stack.
pub struct World {
    pub port: u16,
    pub switches: Arc<Switches>,
    events: Calls,
    finished: Calls,
    go: Arc<Semaphore>,
}

type Calls = Arc<Mutex<Vec<(String, Value)>>>;

async fn of(calls: &Calls, function: &str, count: usize) -> Vec<Value> {
    for _ in 0..500 {
        let all = calls.lock().unwrap().clone();
        let its: Vec<Value> = all.into_iter().filter(|(name, _)| name == function).map(|(_, event)| event).collect();
        if its.len() >= count {
            return its;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{function} was not called {count} times");
}

/// The usual limits.
pub const LIMITS: Limits =
    Limits { idle: Duration::from_mins(10), lifetime: Duration::from_hours(2), ping_resets_idle: false };

/// The answers of functions, unless a test gives others.
pub fn usual(function: &str, event: &Value) -> Value {
    match function {
        "Connect" => json!({ "statusCode": 200, "headers": { "sec-websocket-protocol": "chat" } }),
        "Say" => json!({ "statusCode": 200, "body": format!("heard {}", event["body"].as_str().unwrap_or_default()) }),
        _ => json!({ "statusCode": 200, "headers": { "content-type": "application/json" }, "body": "{}" }),
    }
}

/// Functions with the usual answers.
pub fn calm() -> Handler {
    Arc::new(|function, event| Ok(usual(function, event)))
}

/// What a test can change in a stack.
pub struct Setting {
    pub template: String,
    pub limits: Limits,
    pub handler: Handler,
    pub guard: Guard,
    pub recorder: Recorder,
    pub concurrency: usize,
    pub patience: Duration,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            template: TEMPLATE.to_owned(),
            limits: LIMITS,
            handler: calm(),
            guard: Guard::default(),
            recorder: Recorder::default(),
            concurrency: 1000,
            patience: Duration::from_secs(30),
        }
    }
}

impl World {
    pub async fn usual() -> Self {
        Self::of(Setting::default()).await
    }

    pub async fn with(limits: Limits, handler: Handler) -> Self {
        Self::of(Setting { limits, handler, ..Setting::default() }).await
    }

    /// A stack behind CloudFront.
    pub async fn behind_cloudfront() -> Self {
        let template = format!("{TEMPLATE}  Edge: {{ Type: AWS::CloudFront::Distribution }}\n");
        Self::of(Setting { template, ..Setting::default() }).await
    }

    /// A stack with this guard and recorder.
    pub async fn watched(limits: Limits, handler: Handler, guard: Guard, recorder: Recorder) -> Self {
        Self::of(Setting { limits, handler, guard, recorder, ..Setting::default() }).await
    }

    /// A stack with this setting. A function whose event has the header `x-wait` answers after [`World::go_on`].
    pub async fn of(setting: Setting) -> Self {
        let mut template = Template::parse(&setting.template, &BTreeMap::new()).unwrap();
        template.http.patience = setting.patience;
        let (events, finished) = (Calls::default(), Calls::default());
        let go = Arc::new(Semaphore::new(0));
        let (seen, done, gate, handler) = (events.clone(), finished.clone(), go.clone(), setting.handler);
        let target = Target::Closure(Arc::new(move |function, event| {
            seen.lock().unwrap().push((function.clone(), event.clone()));
            let answer = handler(&function, &event);
            let waits = event["headers"]["x-wait"].is_string();
            let (done, gate) = (done.clone(), gate.clone());
            Box::pin(async move {
                if waits {
                    gate.acquire().await.unwrap().forget();
                }
                done.lock().unwrap().push((function, event));
                answer
            })
        }));
        let invoker = Invoker::new(target, setting.concurrency);
        let switches = Arc::new(Switches::default());
        let functions = Functions::new(&template.functions, invoker.clone());
        let logins = Arc::new(Logins::default());
        let gateway = Arc::new(Gateway {
            api: template.socket,
            invoker: invoker.clone(),
            connections: Connections::default(),
            switches: switches.clone(),
            guard: Arc::new(setting.guard),
            recorder: Arc::new(setting.recorder),
            logins: logins.clone(),
            limits: setting.limits,
        });
        let served = Served { http: Arc::new(template.http), gateway, invoker: invoker.clone() };
        let ready = Arc::new(serde_json::json!({ "apiUrl": "http://localhost/v1" }));
        let controls = Controls { ready, switches: switches.clone(), front: None, invoker, logins };
        let listeners = server::listen(0).await.unwrap();
        let port = listeners[0].local_addr().unwrap().port();
        let seed = Seed { tenant_id: "tenant".to_owned(), secret_key: "secret".to_owned() };
        let pages = pages::routes(
            Pages::built().unwrap(),
            Arc::new(Site::at(port, "ws://localhost/ws".to_owned(), seed, None)),
        );
        server::serve(listeners, &server::routes(served, functions, controls, pages, Hosts::default()));
        Self { port, switches, events, finished, go }
    }

    /// Lets one waiting function answer.
    pub fn go_on(&self) {
        self.go.add_permits(1);
    }

    /// The events that a function got and answered, once there are this many.
    pub async fn finished(&self, function: &str, count: usize) -> Vec<Value> {
        of(&self.finished, function, count).await
    }

    /// The events that a function got, once there are this many.
    pub async fn events(&self, function: &str, count: usize) -> Vec<Value> {
        of(&self.events, function, count).await
    }

    pub fn set(&self, faults: Faults) {
        self.switches.set(faults);
    }

    /// Sends bytes and reads the answer to its end, as text.
    pub async fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        stream.write_all(request.replace('\n', "\r\n").as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    /// Sends bytes and reads the answer's head, as text.
    pub async fn raw_head(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        stream.write_all(request.replace('\n', "\r\n").as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        String::from_utf8(head).unwrap()
    }

    /// A call to `@connections` with a signature, which nobody checks; returns the status and the body.
    pub async fn post_to(&self, method: &str, id: &str, body: &str) -> (u16, String) {
        self.post_as("x", method, id, body).await
    }

    /// The same with this access key.
    pub async fn post_as(&self, access_key: &str, method: &str, id: &str, body: &str) -> (u16, String) {
        let id = percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC);
        let answer = self
            .raw(&format!(
                "{method} /ws/@connections/{id} HTTP/1.1\nHost: localhost\nConnection: close\nAuthorization: AWS4-HMAC-SHA256 Credential={access_key}/x\nContent-Length: {}\n\n{body}",
                body.len()
            ))
            .await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    pub async fn connect(&self) -> (Socket, String) {
        let socket = self.handshake(Some("chat, other")).await.unwrap();
        let events = self.events("Connect", 1).await;
        let id = events.last().unwrap()["requestContext"]["connectionId"].as_str().unwrap().to_owned();
        (socket, id)
    }

    pub async fn handshake(&self, sub_protocols: Option<&str>) -> Result<Socket, u16> {
        let mut request = format!("ws://127.0.0.1:{}/ws?a=1&b=%C3%A9", self.port).into_client_request().unwrap();
        if let Some(offers) = sub_protocols {
            request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_str(offers).unwrap());
        }
        match connect_async(request).await {
            Ok((socket, response)) => {
                let echoed = response.headers().get("sec-websocket-protocol").map(|v| v.to_str().unwrap().to_owned());
                Ok(Socket { socket, echoed })
            }
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(other) => panic!("{other}"),
        }
    }
}

/// A client's end of a socket.
pub struct Socket {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub echoed: Option<String>,
}

impl Socket {
    /// The next text or close frame: `text` or `close 1001`.
    pub async fn next(&mut self) -> String {
        loop {
            let message = tokio::time::timeout(Duration::from_secs(10), self.socket.next()).await.unwrap();
            match message {
                Some(Ok(Message::Text(text))) => return text.to_string(),
                Some(Ok(Message::Close(frame))) => {
                    return format!("close {}", frame.map_or(1005, |frame| u16::from(frame.code)));
                }
                Some(Ok(_)) => {}
                other => return format!("{other:?}"),
            }
        }
    }
}
