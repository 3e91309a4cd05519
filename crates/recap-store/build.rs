//! Tells cargo what `sqlx::migrate!` cannot: a new migration means a new build.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
