//! A function that greets, on the same runtime flavour as the service's functions.

use lambda_http::{Body, Error, Request, RequestExt as _, Response, run, service_fn, tracing};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    run(service_fn(greet)).await
}

async fn greet(request: Request) -> Result<Response<Body>, Error> {
    let query = request.query_string_parameters();
    let who = query.first("name").unwrap_or("world");
    Ok(Response::builder().header("content-type", "text/html").body(format!("Hello {who}").into())?)
}
