//! What the rooms share at their edge: errors, cookies, forms, pages, limits, logs.

pub(crate) mod bounds;
pub(crate) mod client_info;
mod cookie;
mod error;
mod extract;
pub(crate) mod form;
mod headers;
pub(crate) mod layers;
pub(crate) mod pages;
mod parameters;
mod redirect;

pub(crate) use self::client_info::ClientInfo;
pub(crate) use self::cookie::{cookie, cookies};
pub(crate) use self::error::{OAuthError, PageError};
pub(crate) use self::headers::{is_from_elsewhere, no_store};
pub(crate) use self::parameters::{Form, Parameters, Query};
pub(crate) use self::redirect::{see_other, with_query};
