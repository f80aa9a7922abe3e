//! Operations: a function's routes, and the contract that says the same of them, from one list of names.
//!
//! A function answers by its routes alone. The contract is made by whoever asks for it, which only tests do: no function
//! spends time on it when it starts, or room in its binary.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodFilter, on};
use utoipa::Path;
use utoipa_axum::PathItemExt;

#[doc(hidden)]
pub use {utoipa::openapi::OpenApi, utoipa_axum};

/// A router with one more operation, routed where the contract says that it is.
pub fn with<P, H, T, S>(router: Router<S>, handler: H) -> Router<S>
where
    P: Path,
    H: Handler<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    match P::methods().iter().map(PathItemExt::to_method_filter).reduce(MethodFilter::or) {
        Some(methods) => router.route(&P::path(), on(methods, handler)),
        None => router,
    }
}

/// The operations of a function, `operations!(Ports: claim, release)`: each is a handler of the name of its module.
/// Makes `routes()`, a router that waits for its ports, and `openapi()`, the contract.
#[macro_export]
macro_rules! operations {
    ($ports:ty: $($operation:ident),+ $(,)?) => {
        $crate::operations::utoipa_axum::paste! {
            fn routes() -> axum::Router<$ports> {
                let router = axum::Router::new();
                $(let router = $crate::operations::with::<$operation::[<__path_ $operation>], _, _, _>(
                    router,
                    $operation::$operation,
                );)+
                router
            }
        }

        /// The contract of this function.
        #[must_use]
        pub fn openapi() -> $crate::operations::OpenApi {
            $crate::operations::utoipa_axum::router::OpenApiRouter::<$ports>::new()
                $(.routes($crate::operations::utoipa_axum::routes!($operation::$operation)))+
                .into_openapi()
        }
    };
}
