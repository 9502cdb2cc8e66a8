//! Requests and replies of the OpenID provider: forms, applications that prove themselves, redirects, cookies.

use lambda_http::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, LOCATION, REFERRER_POLICY, SET_COOKIE,
};
use lambda_http::http::{HeaderValue, Method, StatusCode};
use lambda_http::{Body, Request, RequestExt as _, Response};
use percent_encoding::percent_decode_str;
use scanlatch_protocol::Refusal;
use scanlatch_protocol::base64;
use scanlatch_protocol::id::{ClientId, TenantId};
use scanlatch_protocol::openid::client::{ClientProof, unknown_client};
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::openid::parameters::Parameters;

use crate::Problem;

/// The tenant whose provider is asked.
///
/// # Errors
/// [`Refusal::UnknownTenant`].
pub fn tenant(request: &Request) -> Result<TenantId, Refusal> {
    let parameters = request.path_parameters();
    parameters.first("tenantId").and_then(|id| TenantId::parse(id).ok()).ok_or(Refusal::UnknownTenant)
}

/// The parameters of a request: its form if it is posted, else its query.
///
/// # Errors
/// [`OAuthError::InvalidRequest`].
pub fn parameters(request: &Request) -> Result<Parameters, Refusal> {
    if request.method() != Method::POST {
        return Parameters::read(request.uri().query().unwrap_or_default().as_bytes());
    }
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_form = kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(FORM));
    match request.body() {
        Body::Text(text) if is_form => Parameters::read(text.as_bytes()),
        Body::Binary(bytes) if is_form => Parameters::read(bytes),
        Body::Empty if is_form => Ok(Parameters::default()),
        _ => Err(OAuthError::InvalidRequest.because("The body must be application/x-www-form-urlencoded.")),
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// How the application proves itself: by `Basic`, by its form, or not at all (RFC 6749 section 2.3.1).
///
/// # Errors
/// [`OAuthError::InvalidRequest`] for two ways at once, and [`OAuthError::InvalidClient`].
pub fn proof(request: &Request, parameters: &Parameters) -> Result<ClientProof, Refusal> {
    let posted = (parameters.get("client_id"), parameters.get("client_secret"));
    let (id, secret) = match (request.headers().get(AUTHORIZATION), posted) {
        (Some(_), (_, Some(_))) => {
            return Err(OAuthError::InvalidRequest.because("The application proves itself in two ways at once."));
        }
        (Some(header), (named, None)) => {
            let (id, secret) = header.to_str().ok().and_then(basic).ok_or_else(unknown_client)?;
            if named.is_some_and(|named| named != id) {
                return Err(OAuthError::InvalidRequest.because("The client_id differs from the Authorization header."));
            }
            (id, Some(secret))
        }
        (None, (id, secret)) => {
            let id = id.ok_or(OAuthError::InvalidClient.because("The application does not say who it is."))?;
            (id.to_owned(), secret.map(str::to_owned))
        }
    };
    Ok(ClientProof { id: ClientId::parse(id).map_err(|_| unknown_client())?, secret })
}

/// Name and secret of a `Basic` header. Both are form-encoded inside it; clients that leave that out send the same text,
/// because no id or secret here holds a character that it changes.
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, rest) = header.trim().split_once(' ')?;
    let decoded =
        String::from_utf8(base64::decode(rest.trim())?).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let (id, secret) = decoded.split_once(':')?;
    let plain = |text: &str| Some(percent_decode_str(text).decode_utf8().ok()?.into_owned());
    Some((plain(id)?, plain(secret)?)).filter(|(_, secret)| !secret.is_empty())
}

/// The access token of a request, from its header or its form (RFC 6750 section 2).
///
/// # Errors
/// [`OAuthError::InvalidToken`] if there is none, [`OAuthError::InvalidRequest`] if there are two.
pub fn bearer(request: &Request) -> Result<String, Refusal> {
    let header = request.headers().get(AUTHORIZATION).and_then(|header| header.to_str().ok());
    let header = header.and_then(|header| header.trim().split_once(' '));
    let header = header.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    let form = if request.method() == Method::POST { parameters(request).ok() } else { None };
    match (header, form.as_ref().and_then(|form| form.get("access_token"))) {
        (Some(_), Some(_)) => Err(OAuthError::InvalidRequest.because("The access token comes twice.")),
        (Some(token), None) | (None, Some(token)) => Ok(token.to_owned()),
        (None, None) => Err(OAuthError::InvalidToken.because("The access token is missing.")),
    }
}

/// The value of a cookie.
pub fn cookie<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let headers = request.headers().get_all(COOKIE).into_iter().filter_map(|header| header.to_str().ok());
    let mut cookies = headers.flat_map(|header| header.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    cookies.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// The cookie that tells browsers apart. Only this host can set it (RFC 6265bis section 4.1.3.2).
pub const BROWSER_COOKIE: &str = "__Host-scanlatch-browser";

/// The cookie of a browser's session with the provider of a tenant.
pub fn session_cookie(tenant: &TenantId) -> String {
    format!("__Host-scanlatch-session-{}", tenant.simple())
}

/// Sends the browser elsewhere. The address may hold a code, so nobody keeps it or passes it on.
pub fn redirect(to: &str) -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    headers.insert(LOCATION, HeaderValue::try_from(to).unwrap_or(HeaderValue::from_static("/")));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// Whether a page of this host sends the request. Browsers say from where a form comes.
pub fn is_from_here(request: &Request) -> bool {
    let from = request.headers().get("sec-fetch-site").and_then(|site| site.to_str().ok());
    from == Some("same-origin")
}

/// Sends a browser that an application's page lets post to the same address by `GET`. It keeps its cookies back from a form
/// of another site (`SameSite=Lax`), so what such a request lacks says nothing about the person.
pub fn without_posting(request: &Request, to: &str, parameters: &Parameters) -> Option<Response<Body>> {
    let is_strange = request.method() == Method::POST && !is_from_here(request);
    is_strange.then(|| redirect(&format!("{to}?{}", parameters.to_query())))
}

/// Sets a cookie for so many seconds; 0 takes it away. Other sites' pages may send the browser here with it, because an
/// application does, but no script reads it.
pub fn set_cookie(response: &mut Response<Body>, name: &str, value: &str, max_age_s: i64) {
    let cookie = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={max_age_s}");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

/// What a person sees where no application can be told, because it is not certain which one it is; `what` cannot go on.
pub fn page(problem: &Problem, what: &str) -> Response<Body> {
    let why = problem.body().error_description.replace('&', "&amp;").replace('<', "&lt;");
    let text = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>Scanlatch</title><main><h1>This {what} cannot go on</h1>\
         <p>Go back to the application and try again.</p><p lang=\"de\">Gehen Sie zur Anwendung zurück und versuchen Sie \
         es noch einmal.</p><hr><p>For its developers: {why}</p></main></html>"
    );
    let mut response = Response::new(Body::Text(text));
    *response.status_mut() = problem.status();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(headers: &[(&str, &str)], body: &str) -> Request {
        let mut request = lambda_http::http::Request::builder().method("POST").uri("/token");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.header(CONTENT_TYPE, FORM).body(Body::Text(body.to_owned())).unwrap()
    }

    fn proven(headers: &[(&str, &str)], body: &str) -> Result<(String, Option<String>), OAuthError> {
        let request = posted(headers, body);
        match proof(&request, &parameters(&request).unwrap()) {
            Ok(proof) => Ok((proof.id.to_string(), proof.secret)),
            Err(Refusal::OAuth { error, .. }) => Err(error),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_application_proves_itself_by_header_by_form_or_not_at_all() {
        let basic = format!("Basic {}", base64::encode(b"grafana:cs_a%2Db"));
        assert_eq!(proven(&[("authorization", &basic)], ""), Ok(("grafana".to_owned(), Some("cs_a-b".to_owned()))));
        assert_eq!(proven(&[], "client_id=a&client_secret=b"), Ok(("a".to_owned(), Some("b".to_owned()))));
        assert_eq!(proven(&[], "client_id=a"), Ok(("a".to_owned(), None)));
    }

    #[test]
    fn two_proofs_or_none_are_refused() {
        let basic = format!("Basic {}", base64::encode(b"a:b"));
        let header = [("authorization", basic.as_str())];
        assert_eq!(proven(&header, "client_secret=b"), Err(OAuthError::InvalidRequest));
        assert_eq!(proven(&header, "client_id=other"), Err(OAuthError::InvalidRequest));
        assert_eq!(proven(&[], ""), Err(OAuthError::InvalidClient));
        for bad in ["Basic", "Basic !!!", "Bearer x", "Basic YQ=="] {
            assert_eq!(proven(&[("authorization", bad)], ""), Err(OAuthError::InvalidClient), "{bad}");
        }
    }

    #[test]
    fn a_body_that_is_no_form_is_refused() {
        let request = lambda_http::http::Request::builder().method("POST").uri("/token");
        let request = request.header(CONTENT_TYPE, "application/json").body(Body::Text("{}".to_owned())).unwrap();
        assert!(parameters(&request).is_err());
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let request = posted(&[("cookie", "a=1; __Host-scanlatch-browser=x; b=2")], "");
        assert_eq!(cookie(&request, BROWSER_COOKIE), Some("x"));
        assert_eq!(cookie(&request, "c"), None);
    }

    #[test]
    fn a_page_says_no_markup_of_others() {
        let page = page(&Problem::from(OAuthError::InvalidRequest.because("<script>&")), "login");
        let Body::Text(text) = page.body() else { panic!("not text") };
        assert!(text.contains("&lt;script>&amp;") && !text.contains("<script>"));
    }
}
