//! The SDK's side: requests of functions, answered without a socket.

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;

use super::Bucket;
use crate::table::lost;

impl HttpConnector for Bucket {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let bucket = self.clone();
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x().map_err(lost)?;
            let response = bucket.answer(request.map(s3s::Body::http_body_unsync)).await;
            HttpResponse::try_from(response.map(SdkBody::from_body_1_x)).map_err(lost)
        })
    }
}
