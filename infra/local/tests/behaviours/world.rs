//! A stack whose functions are closures, and clients that look at bytes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt as _;
use local::connections::Connections;
use local::control::Controls;
use local::faults::{Faults, Switches};
use local::guard::Guard;
use local::invoke_api::Functions;
use local::invoker::Invoker;
use local::pool::Failed;
use local::recorder::Recorder;
use local::server::{self, Served};
use local::session::{Gateway, Limits};
use local::template::Template;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Its stack, unless a test brings its own.
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
      CorsConfiguration: { AllowOrigins: ["*"], AllowMethods: [GET, POST], AllowHeaders: [authorization], MaxAge: 60 }
  Socket:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      StageName: !Sub ws
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

/// What a function did.
pub type Handler = Arc<dyn Fn(&str, &Value) -> Result<Value, Failed> + Send + Sync>;

/// A running stack.
pub struct World {
    pub port: u16,
    pub switches: Arc<Switches>,
    events: Arc<Mutex<Vec<(String, Value)>>>,
}

/// The usual limits.
pub const LIMITS: Limits =
    Limits { idle: Duration::from_mins(10), lifetime: Duration::from_hours(2), ping_resets_idle: false };

/// What functions answer unless a test says otherwise.
pub fn usual(function: &str, event: &Value) -> Value {
    match function {
        "Connect" => json!({ "statusCode": 200, "headers": { "sec-websocket-protocol": "chat" } }),
        "Say" => json!({ "statusCode": 200, "body": format!("heard {}", event["body"].as_str().unwrap_or_default()) }),
        _ => json!({ "statusCode": 200, "headers": { "content-type": "application/json" }, "body": "{}" }),
    }
}

/// Functions that answer as usual.
pub fn calm() -> Handler {
    Arc::new(|function, event| Ok(usual(function, event)))
}

impl World {
    pub async fn usual() -> Self {
        Self::with(LIMITS, calm()).await
    }

    pub async fn with(limits: Limits, handler: Handler) -> Self {
        Self::watched(limits, handler, Guard::default(), Recorder::default()).await
    }

    /// The stack of another template, whose functions answer as usual.
    pub async fn of(template: &str) -> Self {
        Self::described(template, LIMITS, calm(), Guard::default(), Recorder::default()).await
    }

    /// A stack that allows only what the guard does, and notes what is called.
    pub async fn watched(limits: Limits, handler: Handler, guard: Guard, recorder: Recorder) -> Self {
        Self::described(TEMPLATE, limits, handler, guard, recorder).await
    }

    async fn described(template: &str, limits: Limits, handler: Handler, guard: Guard, recorder: Recorder) -> Self {
        let template = Template::parse(template, &BTreeMap::new()).unwrap();
        let events: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
        let seen = events.clone();
        let invoker = Invoker::Closure(Arc::new(move |function, event| {
            seen.lock().unwrap().push((function.clone(), event.clone()));
            let answer = handler(&function, &event);
            Box::pin(async move { answer })
        }));
        let switches = Arc::new(Switches::default());
        let functions = Functions::new(&template.functions, invoker.clone());
        let gateway = Arc::new(Gateway {
            api: template.socket,
            invoker: invoker.clone(),
            connections: Connections::default(),
            switches: switches.clone(),
            guard: Arc::new(guard),
            recorder: Arc::new(recorder),
            limits,
        });
        let served = Served { http: Arc::new(template.http), gateway, invoker: invoker.clone() };
        let ready = Arc::new(serde_json::json!({ "apiUrl": "http://localhost/v1" }));
        let controls = Controls { ready, switches: switches.clone(), front: None, invoker };
        let listeners = server::listen(0).await.unwrap();
        let port = listeners[0].local_addr().unwrap().port();
        server::serve(listeners, &server::routes(served, functions, controls, axum::Router::new()));
        Self { port, switches, events }
    }

    /// The events that a function got, once there are that many.
    pub async fn events(&self, function: &str, count: usize) -> Vec<Value> {
        for _ in 0..500 {
            let all = self.events.lock().unwrap().clone();
            let its: Vec<Value> =
                all.into_iter().filter(|(name, _)| name == function).map(|(_, event)| event).collect();
            if its.len() >= count {
                return its;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{function} was not called {count} times");
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

    /// A call to `@connections`, signed as far as anybody looks; returns the status and the body.
    pub async fn post_to(&self, method: &str, id: &str, body: &str) -> (u16, String) {
        self.post_as("x", method, id, body).await
    }

    /// The same by whoever has this access key.
    pub async fn post_as(&self, access_key: &str, method: &str, id: &str, body: &str) -> (u16, String) {
        let id = percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC);
        let answer = self
            .raw(&format!(
                "{method} /ws/@connections/{id} HTTP/1.1\nHost: x\nConnection: close\nAuthorization: AWS4-HMAC-SHA256 Credential={access_key}/x\nContent-Length: {}\n\n{body}",
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
