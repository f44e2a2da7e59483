//! A handler for each address: hands over to an inlet or an outlet, and turns trouble into a problem.

use super::Shared;
use crate::{
    domain::{ids::LinkId, limits::LINK_LISTENERS_MAX, link::LinkRow},
    inlet::{form, problem::Problem, tus, way::Guest},
    outlet::web,
    pipeline::Trouble,
};
use axum::{
    Extension,
    extract::{Multipart, Path, Request, State, multipart::MultipartRejection},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// The description of this interface (OpenAPI 3.1).
pub(super) const OPENAPI: &str = include_str!("openapi.json");

/// Readiness is told within this time or denied.
const READY_WITHIN: Duration = Duration::from_secs(2);

pub(super) async fn files(
    State(shared): State<Shared>,
    Extension(guest): Extension<Guest>,
    request: Request,
) -> Response {
    tus::files(shared.way, guest, request).await
}

pub(super) async fn file(
    State(shared): State<Shared>,
    Extension(guest): Extension<Guest>,
    Path((_, id)): Path<(String, String)>,
    request: Request,
) -> Response {
    tus::file(shared.way, guest, &id, request).await
}

pub(super) async fn page(State(shared): State<Shared>, Extension(guest): Extension<Guest>) -> Response {
    let status = match web::status::of_link(shared.desk.shop(), &guest.link).await {
        Ok(status) => status,
        Err(trouble) => return trouble_page(trouble),
    };
    html(StatusCode::OK, web::page::link(&status, &web::page::Sent::default()))
}

/// Takes the files of the page's form, and answers with the page and a line for each.
pub(super) async fn form(
    State(shared): State<Shared>,
    Extension(guest): Extension<Guest>,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let Ok(form) = form else {
        let problem = Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "content_type",
            "A form with files has the Content-Type multipart/form-data.",
        );
        return problem.into_response();
    };
    let link = guest.link.clone();
    let sent = form::take(shared.way.clone(), guest, form).await;
    let status = sent.problem.as_ref().map_or(StatusCode::OK, Problem::status);
    if !wants_html(&headers) {
        return form_as_json(&sent);
    }
    let told = web::page::Sent {
        asked: true,
        lines: sent.lines.iter().map(|line| (line.name.shown(), line.bytes)).collect(),
        problem: sent.problem.as_ref().map(|problem| problem.detail().to_owned()),
    };
    match web::status::of_link(shared.desk.shop(), &link).await {
        Ok(page) => html(status, web::page::link(&page, &told)),
        Err(trouble) => trouble_page(trouble),
    }
}

fn form_as_json(sent: &form::Sent) -> Response {
    let lines: Vec<_> =
        sent.lines.iter().map(|line| json!({ "path": line.name.shown(), "bytes": line.bytes })).collect();
    match &sent.problem {
        None => json_response(StatusCode::OK, &json!({ "received": lines })),
        Some(problem) => {
            let mut body = problem.to_json();
            body["received"] = lines.into();
            let mut response = json_response(problem.status(), &body);
            let kind = HeaderValue::from_static("application/problem+json");
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
            response
        }
    }
}

pub(super) async fn status(State(shared): State<Shared>, Extension(guest): Extension<Guest>) -> Response {
    match web::status::of_link(shared.desk.shop(), &guest.link).await {
        Ok(status) => json_response(StatusCode::OK, &status),
        Err(trouble) => Problem::from(trouble).into_response(),
    }
}

pub(super) async fn events(State(shared): State<Shared>, Extension(guest): Extension<Guest>) -> Response {
    let Some(place) = shared.listeners.enter(&guest.link) else {
        return Problem::too_many_requests().into_response();
    };
    let (links, token) = (shared.way.links.clone(), guest.token);
    let look_again = move || {
        let (links, token) = (links.clone(), token.clone());
        async move { links.of_token(&token).await }
    };
    web::events::stream((shared.desk.shop().clone(), place), look_again, shared.draining)
}

pub(super) async fn alive() -> Response {
    json_response(StatusCode::OK, &json!({ "status": "alive" }))
}

/// Ready: the catalog answers, and the daemon is not stopping. The jail was tried before the daemon began to listen.
pub(super) async fn ready(State(shared): State<Shared>) -> Response {
    if shared.draining.is_cancelled() {
        return Problem::stopping().into_response();
    }
    let asked = tokio::time::timeout(READY_WITHIN, shared.desk.stores().catalog.audit_head()).await;
    match asked {
        Ok(Ok(_)) => json_response(StatusCode::OK, &json!({ "status": "ready" })),
        Ok(Err(error)) => Problem::from(Trouble::from(error)).into_response(),
        Err(_) => {
            let late = Trouble::Retry { act: "asking the catalog", cause: "it did not answer in time".to_owned() };
            Problem::from(late).into_response()
        }
    }
}

pub(super) async fn openapi() -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (kind, OPENAPI).into_response()
}

pub(super) async fn asset(method: Method, headers: HeaderMap, Path(name): Path<String>) -> Response {
    let Some(asset) = web::assets::find(&name) else {
        return not_found(&method, &headers);
    };
    let kind = [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, "public, max-age=3600")];
    (kind, asset.bytes).into_response()
}

pub(super) async fn nothing(method: Method, headers: HeaderMap) -> Response {
    not_found(&method, &headers)
}

/// The same for everything that is not there: for people a page, for programs a problem.
pub(super) fn not_found(method: &Method, headers: &HeaderMap) -> Response {
    if matches!(*method, Method::GET | Method::HEAD) && wants_html(headers) {
        return html(StatusCode::NOT_FOUND, web::page::not_found());
    }
    Problem::not_found().into_response()
}

fn trouble_page(trouble: Trouble) -> Response {
    let problem = Problem::from(trouble);
    let mut response = html(problem.status(), web::page::trouble());
    if let Some(after) = problem.into_response().headers().get(header::RETRY_AFTER) {
        response.headers_mut().insert(header::RETRY_AFTER, after.clone());
    }
    response
}

fn wants_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

fn html(status: StatusCode, page: Result<String, askama::Error>) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    match page {
        Ok(page) => (status, headers, page).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn json_response(status: StatusCode, body: &impl serde::Serialize) -> Response {
    let headers = [(header::CACHE_CONTROL, "no-store")];
    (status, headers, axum::Json(body)).into_response()
}

/// Who listens for changes, by link.
#[derive(Clone, Default)]
pub(super) struct Listeners(Arc<Mutex<HashMap<LinkId, usize>>>);

/// A place among the listeners of a link; given back when dropped.
pub(super) struct Place {
    listeners: Listeners,
    link: LinkId,
}

impl Listeners {
    fn enter(&self, link: &LinkRow) -> Option<Place> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = places.entry(link.id).or_default();
        if *taken >= LINK_LISTENERS_MAX {
            return None;
        }
        *taken += 1;
        Some(Place { listeners: self.clone(), link: link.id })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = self.listeners.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = places.get_mut(&self.link) {
            *taken -= 1;
            if *taken == 0 {
                places.remove(&self.link);
            }
        }
    }
}
