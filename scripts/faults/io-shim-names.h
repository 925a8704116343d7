/* Which file is at which path, as `io-shim.c` has seen it. */
#define NAMES 1024

static struct { uint32_t file; char path[512]; } names[NAMES];
static uint32_t files;

static int slot_of(const char *path) {
  for (int i = 0; i < NAMES; i++)
    if (names[i].file && strcmp(names[i].path, path) == 0) return i;
  return -1;
}

static uint32_t give_name(const char *path, uint32_t file) {
  int slot = 0;
  while (slot < NAMES && names[slot].file) slot++;
  if (slot == NAMES) {
    fprintf(stderr, "io-shim: more than %d files\n", NAMES);
    abort();
  }
  snprintf(names[slot].path, sizeof names[slot].path, "%s", path);
  return names[slot].file = file;
}

static uint32_t file_at(const char *path) {
  int slot = slot_of(path);
  return slot >= 0 ? names[slot].file : give_name(path, ++files);
}

static void forget_name(const char *path) {
  int slot = slot_of(path);
  if (slot >= 0) names[slot].file = 0;
}
