//! The side that grants tokens: families of refresh tokens, their rotation, and how a stolen one
//! is found.
