//! What a desk survives whose process is killed.

#[cfg(test)]
mod desk;
