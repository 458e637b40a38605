"""Arms as somebody outside the package would write them: one entry each."""

from lapa.params.arms import Arm
from lapa.params.label_sources import QuantizerCodes

OTHER_CODES = Arm(
    name="other_codes",
    labels=QuantizerCodes(quantizer="other_checkpoint"),
    sentence="Toy: pretrained on the codes of a quantiser of its own.",
    color="#009E73",
)
NO_CODES = Arm(name="no_codes", labels=None, sentence="Toy: not pretrained.", color="#CC79A7")
SAME_CODES = Arm(
    name="same_codes",
    labels=QuantizerCodes(quantizer="laq_checkpoint"),
    sentence="Toy: pretrained on the codes of the trained quantiser, as lapa is.",
    color="#0072B2",
)
