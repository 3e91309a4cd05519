//! `/v1/admin/config`.

use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, web};

use crate::body::Settings;
use crate::context::Context;
use crate::extract::{NoParams, Params};

/// Look at the settings of this process.
///
/// By section, as `docs/config.md` lists them; secrets are `***`, or empty if
/// they are not set.
#[utoipa::path(
    get,
    path = "/v1/admin/config",
    operation_id = "get_config",
    tag = "admin",
    responses((status = 200, description = "The settings in force.", body = Settings)),
)]
pub(crate) async fn find(cx: web::Data<Context>, _: Params<NoParams>) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::json()).body(cx.settings.clone())
}
