"""What the server of runs imports before it forks: everything that every run imports."""

import lapa.pipelines.codes
import lapa.pipelines.evaluation
import lapa.pipelines.finetune
import lapa.pipelines.foundation
import lapa.pipelines.ingestion
import lapa.pipelines.labeling
import lapa.pipelines.laq
import lapa.settings
import lapa.studies.child
import lapa.studies.collect
import lapa.training.foundation
import lapa.training.laq
import lapa.training.policy  # noqa: F401 - imported to be there
