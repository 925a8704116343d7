/* The log of `io-shim.c`; `power-cuts/write-log.ts` reads it. */
enum event {
  WRITE = 1,
  SYNC,
  SYNC_FAILED,
  TRUNCATE,
  CREATE,
  RENAME,
  UNLINK,
  MKDIR,
  SYNC_DIR,
  ACK,
  SHM
};
struct header {
  uint32_t event, file;
  uint64_t offset;
  uint32_t length, reserved;
};

static int log_fd = -1;

static void put(const void *bytes, size_t length) {
  for (const char *at = bytes; length > 0;) {
    ssize_t done = syscall(SYS_write, log_fd, at, length);
    if (done <= 0) abort();
    at += done;
    length -= done;
  }
}

static void note(enum event event, uint32_t file, uint64_t offset, const void *bytes,
                 size_t length) {
  if (log_fd < 0) return;
  struct header header = {event, file, offset, (uint32_t)length, 0};
  put(&header, sizeof header);
  if (length > 0) put(bytes, length);
}
