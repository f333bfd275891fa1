//! Changes to the world, as people make them: each stamps what GitHub would stamp, and nothing else.
