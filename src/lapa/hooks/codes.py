"""Parameters of two stages that must agree about codes are compared before either runs."""

from __future__ import annotations

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline

from lapa.params.foundation.stage import FoundationParams
from lapa.params.laq.stage import LaqParams

_LAQ, _FOUNDATION = "params:laq", "params:foundation"


class CodesHook:
    """Stops a run whose later stages could not use the codes of its quantiser."""

    @hook_impl(tryfirst=True)
    def before_pipeline_run(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Compare what is asked for; a quantiser of an earlier command is compared when it is read.

        Raises:
            ValueError: there would be no codes, or the backbone is built for others.
        """
        if _LAQ not in pipeline.inputs():
            return
        laq = catalog.load(_LAQ)
        if any(name.endswith("latent_labels") for name in pipeline.all_outputs()):
            require_codes(laq)
        if _FOUNDATION in pipeline.inputs():
            require_same_sizes(laq, catalog.load(_FOUNDATION))


def require_codes(laq: LaqParams) -> None:
    """Refuse to plan labels of a quantiser without codes.

    Raises:
        ValueError: it is the continuous one.
    """
    if not laq.model.quantizer.has_codes:
        raise ValueError(
            f"laq.model.quantizer is {laq.model.quantizer.kind!r}, expected one with codes: its latent actions are vectors, so "
            "there is nothing to label and nothing for a backbone to predict; choose another quantiser, or "
            "stop after its evaluation: kedro run --to-outputs=laq_report"
        )


def require_same_sizes(laq: LaqParams, foundation: FoundationParams) -> None:
    """Refuse a backbone built for other codes than the quantiser makes.

    Raises:
        ValueError: naming the parameter of either side, with both values.
    """
    for name in ("code_seq_len", "codebook_size"):
        made, expected = getattr(laq.model, name), getattr(foundation, name)
        if made != expected:
            raise ValueError(
                f"laq.model.{name} is {made} but foundation.{name} is {expected}; the backbone predicts "
                f"the quantiser's codes: set both, or `{name}` in globals.yml"
            )
