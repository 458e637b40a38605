"""`lapa register POLICY`: a policy as a version of a model in MLflow's registry."""

from __future__ import annotations

from pathlib import Path

import click
import mlflow

from lapa.registry.log_policy import register_policy

EXPERIMENT = "lapa"
"""Where the runs of the project are (`conf/base/mlflow.yml`)."""
LOCAL = "sqlite:///mlflow.db"


@click.command()
@click.argument("policy", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--name", required=True, help="Of the registered model, e.g. lapa-policy.")
@click.option(
    "--tracking-uri",
    default=LOCAL,
    envvar="MLFLOW_TRACKING_URI",
    show_default=True,
    help="MLflow's server or database; MLFLOW_TRACKING_URI says it as well.",
)
def register(policy: Path, name: str, tracking_uri: str) -> None:
    """Enter a policy into MLflow's registry.

    POLICY is its folder. mlflow.pyfunc.load_model("models:/NAME/VERSION") loads it.
    """
    mlflow.set_tracking_uri(tracking_uri)
    mlflow.set_experiment(EXPERIMENT)
    try:
        with mlflow.start_run(run_name=f"register {name}"):
            version = register_policy(policy, name)
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"models:/{name}/{version}")
