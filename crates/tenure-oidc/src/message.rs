//! The messages of OAuth 2.1 and OpenID Connect, for drivers that have no library for them.
//!
//! What is written here is text to send, what is read here was taken apart by the platform's own
//! JSON and URL parsers. Native programs use a certified library instead; the cases that decide
//! what an answer means are shared.

mod authorize;
mod metadata;
mod token;

pub use authorize::{AuthorizationRequest, ForbiddenParameter};
pub use metadata::{Metadata, MetadataFault, discovery_url};
pub use token::{LoginFailure, TokenAnswer, TokenRequest, outage_by, without_tokens};
