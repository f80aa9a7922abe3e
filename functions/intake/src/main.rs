//! Lambda entry point for ticket intake.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let aws = runtime::connect().await?;
    let ports = intake::Ports { store: aws.writer() };
    runtime::serve(intake::router(ports)).await
}
