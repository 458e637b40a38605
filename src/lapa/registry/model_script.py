"""What MLflow keeps in place of a pickle and runs when it loads the model ("models from code")."""

from mlflow.models import set_model

from lapa.registry.policy_model import PolicyModel

set_model(PolicyModel())
