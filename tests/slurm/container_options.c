/* A stand-in for pyxis: Slurm accepts the options of containers and tells the job what it was given, as SEEN_CONTAINER_*. */
#include <slurm/spank.h>
#include <stdio.h>
#include <string.h>

SPANK_PLUGIN(container_options, 1);

static char *options[] = {"container-image", "container-mounts", "container-workdir"};
static char *variables[] = {"SEEN_CONTAINER_IMAGE", "SEEN_CONTAINER_MOUNTS", "SEEN_CONTAINER_WORKDIR"};
static char values[3][4096];

static int remember(int option, const char *value, int remote) {
  snprintf(values[option], sizeof values[option], "%s", value);
  return 0;
}

int slurm_spank_init(spank_t spank, int argc, char **argv) {
  for (int i = 0; i < 3 && spank_context() != S_CTX_SLURMD; i++) {
    struct spank_option option = {options[i], "VALUE", "of a container", 1, i, remember};
    if (spank_option_register(spank, &option) != ESPANK_SUCCESS) return -1;
  }
  return 0;
}

int slurm_spank_task_init(spank_t spank, int argc, char **argv) {
  for (int i = 0; i < 3; i++)
    if (values[i][0]) spank_setenv(spank, variables[i], values[i], 1);
  return 0;
}
