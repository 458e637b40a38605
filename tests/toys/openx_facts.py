"""What episodes of Open X-Embodiment datasets must hold, by the fields of ``openx_features.yml``.

Written by hand beside the field maps, not read from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LANGUAGE: Final = "steps/observation/natural_language_instruction"
POSE = "x y z roll pitch yaw gripper"
DELTAS = ("steps/action/world_vector[0:3]", "steps/action/rotation_delta[0:3]")
CLOSEDNESS = (*DELTAS, "steps/action/gripper_closedness_action[0:1]")
BEFORE = ("",) * 6


@dataclass(frozen=True)
class Facts:
    """What a dataset's episodes must hold, by the fields of its structure."""

    fps: float
    camera: str
    actions: tuple[str, ...]
    """``path[first:end]``: columns of a field, side by side."""
    names: str = POSE
    units: tuple[str, ...] = ()
    meanings: str = "rrrrrra"
    """One letter a column: relative or absolute."""
    states: tuple[str, ...] = ()
    instruction: str = "steps/language_instruction"
    episode_id: str = ""
    success: tuple[bool | None, bool | None] = (None, None)


FACTS: Final = {
    "taco_play": Facts(
        fps=15,
        camera="rgb_static",
        actions=("steps/action/rel_actions_world[0:7]",),
        units=("2 cm",) * 3 + ("0.05 rad",) * 3 + ("1 open, -1 closed",),
        states=("steps/observation/robot_obs[0:15]",),
        instruction=LANGUAGE,
    ),
    "jaco_play": Facts(
        fps=10,
        camera="image",
        actions=(DELTAS[0], CLOSEDNESS[2]),
        names="x y z gripper",
        meanings="rrrr",
        states=("steps/observation/end_effector_cartesian_pos[0:7]",),
        instruction=LANGUAGE,
    ),
    "berkeley_cable_routing": Facts(
        fps=10,
        camera="image",
        actions=DELTAS,
        names="x y z roll pitch yaw",
        meanings="rrrrrr",
        instruction=LANGUAGE,
    ),
    "roboturk": Facts(
        fps=10,
        camera="front_rgb",
        actions=CLOSEDNESS,
        units=(*BEFORE, "1 closed, open below"),
        instruction=LANGUAGE,
    ),
    "viola": Facts(
        fps=20,
        camera="agentview_rgb",
        actions=CLOSEDNESS,
        units=(*BEFORE, "1 closed, open below"),
        states=("steps/observation/joint_states[0:7]", "steps/observation/gripper_states[0:1]"),
        instruction=LANGUAGE,
    ),
    "berkeley_autolab_ur5": Facts(
        fps=5,
        camera="image",
        actions=CLOSEDNESS,
        units=(*BEFORE, "closed fraction"),
        meanings="rrrrrrr",
        states=("steps/observation/robot_state[0:15]",),
        instruction=LANGUAGE,
    ),
    "stanford_hydra_dataset_converted_externally_to_rlds": Facts(
        fps=10,
        camera="image",
        actions=("steps/action[0:7]",),
        units=(*BEFORE, "closed fraction"),
        states=tuple(f"steps/observation/state[{c}]" for c in ("0:3", "7:17", "24:25")),
    ),
    "austin_buds_dataset_converted_externally_to_rlds": Facts(
        fps=20,
        camera="image",
        actions=("steps/action[0:7]",),
        units=(*BEFORE, "-1 open, 1 closed"),
        states=("steps/observation/state[0:8]",),
    ),
    "utaustin_mutex": Facts(
        fps=20,
        camera="image",
        actions=("steps/action[0:7]",),
        states=("steps/observation/state[0:8]",),
    ),
    "nyu_franka_play_dataset_converted_externally_to_rlds": Facts(
        fps=3,
        camera="image",
        actions=("steps/action[7:14]",),
        units=(*BEFORE, "1 open, -1 closed"),
        states=("steps/observation/state[0:13]",),
    ),
    "furniture_bench_dataset_converted_externally_to_rlds": Facts(
        fps=10,
        camera="image",
        actions=("steps/action[0:8]",),
        names="x y z qx qy qz qw gripper",
        units=("", "", "", "1", "1", "1", "1", "1 closed, -1 open"),
        meanings="rrrrrrra",
        states=tuple(f"steps/observation/state[{c}]" for c in ("0:7", "13:20", "34:35")),
        episode_id="episode_metadata/file_path",
    ),
    "ucsd_kitchen_dataset_converted_externally_to_rlds": Facts(
        fps=2,
        camera="image",
        actions=("steps/action[0:7]",),
        meanings="aaaaaaa",
        states=("steps/observation/state[0:14]",),
    ),
    "bc_z": Facts(
        fps=10,
        camera="image",
        actions=(
            "steps/action/future/xyz_residual[0:3]",
            "steps/action/future/axis_angle_residual[0:3]",
            "steps/action/future/target_close[0:1]",
        ),
        names="x y z axis_angle_x axis_angle_y axis_angle_z gripper",
        units=(*BEFORE, "closed fraction"),
        states=tuple(
            f"steps/observation/present/{c}"
            for c in ("xyz[0:3]", "axis_angle[0:3]", "sensed_close[0:1]")
        ),
        instruction=LANGUAGE,
        success=(True, True),
    ),
    "kuka": Facts(
        fps=10,
        camera="image",
        actions=CLOSEDNESS,
        units=(*BEFORE, "closed fraction"),
        meanings="rrrrrrr",
        states=(
            "steps/observation/clip_function_input/base_pose_tool_reached[0:7]",
            "steps/observation/gripper_closed[0:1]",
        ),
        instruction=LANGUAGE,
        success=(True, False),
    ),
    "bridge": Facts(
        fps=5,
        camera="image",
        actions=(*DELTAS, "steps/action/open_gripper[0:1]"),
        units=("m", "m", "m", "rad", "rad", "rad", "open fraction"),
        states=("steps/observation/state[0:7]",),
        instruction=LANGUAGE,
    ),
    "droid": Facts(
        fps=15,
        camera="exterior_image_1_left",
        actions=("steps/action[0:7]",),
        units=("m", "m", "m", "rad", "rad", "rad", "closed fraction"),
        meanings="aaaaaaa",
        states=(
            "steps/observation/cartesian_position[0:6]",
            "steps/observation/gripper_position[0:1]",
        ),
        episode_id="episode_metadata/file_path",
        success=(True, True),
    ),
}
