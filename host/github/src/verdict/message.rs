//! Limit messages.
