/*
 * Stands between a process and the C library (LD_PRELOAD) for everything below one directory:
 * writes down what reaches the disk and in which order, and makes chosen calls fail.
 *
 * IO_SHIM_ROOT     the directory that is watched
 * IO_SHIM_LOG      where events are written down; absent: nothing is
 * IO_SHIM_ACKS     a path: what is written there is told to the log as an acknowledgement
 * IO_SHIM_CONTROL  a path: what is written there arms a fault, as "write 17 28 once"
 *
 * One lock is held over each call and its event, so that the log's order is the order of calls.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "io-shim-log.h"
#include "io-shim-names.h"

enum kind { OTHER = 0, DATA, MEMORY, DIRECTORY, ACKS, CONTROL };

#define FDS 4096

static struct opened { enum kind kind; uint32_t file; dev_t device; ino_t inode; } fds[FDS];
static uint32_t syncs;
static int shm_fd = -1;
static char root[512], acks[512], control[512];
static size_t root_length;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct { int is_write, nth, error, is_sticky, calls, is_armed, was_short; } fault;

static void from_environment(const char *name, char *into) {
  const char *value = getenv(name);
  if (value) snprintf(into, 512, "%s", value);
}

__attribute__((constructor)) static void begin(void) {
  from_environment("IO_SHIM_ROOT", root);
  from_environment("IO_SHIM_ACKS", acks);
  from_environment("IO_SHIM_CONTROL", control);
  root_length = strlen(root);
  const char *log = getenv("IO_SHIM_LOG");
  int flags = O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC;
  if (log) log_fd = syscall(SYS_openat, AT_FDCWD, log, flags, 0644);
}

static void note_name(enum event event, uint32_t file, const char *path) {
  note(event, file, 0, path + root_length, strlen(path + root_length));
}

static int is_below_root(const char *path) {
  return root_length > 0 && strncmp(path, root, root_length) == 0 &&
         (path[root_length] == '/' || path[root_length] == 0);
}

static int is_shared_memory(const char *path) {
  size_t length = strlen(path);
  return length > 4 && strcmp(path + length - 4, "-shm") == 0;
}

/* Node closes files without the C library: another file may have the number by now. */
static enum kind kind_of(int fd) {
  struct stat is;
  if (fd < 0 || fd >= FDS || fds[fd].kind == OTHER) return OTHER;
  int is_same = fstat(fd, &is) == 0 && is.st_dev == fds[fd].device && is.st_ino == fds[fd].inode;
  return is_same ? fds[fd].kind : OTHER;
}

/* Says beside the control file that the fault has struck, and which file. */
static void tell_fired(int fd) {
  char fired[520];
  snprintf(fired, sizeof fired, "%s.fired", control);
  int told = syscall(SYS_openat, AT_FDCWD, fired, O_CREAT | O_WRONLY | O_TRUNC, 0644);
  for (int i = 0; i < NAMES; i++)
    if (names[i].file && names[i].file == fds[fd].file)
      syscall(SYS_write, told, names[i].path, strlen(names[i].path));
  syscall(SYS_close, told);
}

/* Whether the armed fault strikes this call: the N-th of its sort, and all later ones if sticky. */
static int strikes(int is_write, int fd) {
  if (!fault.is_armed || fault.is_write != is_write) return 0;
  fault.calls++;
  int is_hit = fault.is_sticky ? fault.calls >= fault.nth : fault.calls == fault.nth;
  if (is_hit && fault.calls == fault.nth) tell_fired(fd);
  return is_hit;
}

static void arm(const char *text, size_t length) {
  char words[128] = {0}, what[16], how[16];
  memcpy(words, text, length < 127 ? length : 127);
  memset(&fault, 0, sizeof fault);
  if (sscanf(words, "%15s %d %d %15s", what, &fault.nth, &fault.error, how) != 4) return;
  fault.is_write = strcmp(what, "write") == 0;
  fault.is_sticky = strcmp(how, "onwards") == 0;
  fault.is_armed = 1;
}

static int opened(int fd, const char *path, int flags, int was_there) {
  struct stat is;
  if (fd < 0 || fd >= FDS || fstat(fd, &is) != 0) return fd;
  fds[fd] = (struct opened){OTHER, 0, is.st_dev, is.st_ino};
  if (*acks && strcmp(path, acks) == 0) fds[fd].kind = ACKS;
  else if (*control && strcmp(path, control) == 0) fds[fd].kind = CONTROL;
  else if (is_below_root(path)) {
    fds[fd].file = file_at(path);
    fds[fd].kind = S_ISDIR(is.st_mode) ? DIRECTORY : is_shared_memory(path) ? MEMORY : DATA;
    if (fds[fd].kind == MEMORY) shm_fd = fd;
    if (fds[fd].kind != DATA) return fd;
    if (!was_there) note_name(CREATE, fds[fd].file, path);
    else if (flags & O_TRUNC) note(TRUNCATE, fds[fd].file, 0, 0, 0);
  }
  return fd;
}

static int open_any(const char *path, int flags, mode_t mode) {
  pthread_mutex_lock(&lock);
  int was_there = access(path, F_OK) == 0;
  int fd = syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  int error = errno;
  opened(fd, path, flags, was_there);
  pthread_mutex_unlock(&lock);
  errno = error;
  return fd;
}

#define OPEN(name, extra)                                    \
  int name(const char *path, int flags, ...) {               \
    va_list rest;                                            \
    va_start(rest, flags);                                   \
    mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0; \
    va_end(rest);                                            \
    return open_any(path, flags | extra, mode);              \
  }
OPEN(open, 0)
OPEN(open64, O_LARGEFILE)

int close(int fd) {
  pthread_mutex_lock(&lock);
  if (fd >= 0 && fd < FDS) fds[fd].kind = OTHER;
  if (fd == shm_fd) shm_fd = -1;
  pthread_mutex_unlock(&lock);
  return syscall(SYS_close, fd);
}

static ssize_t write_at(int fd, const void *bytes, size_t length, off_t offset) {
  enum kind kind = kind_of(fd);
  if (kind == CONTROL) arm(bytes, length);
  if (kind == ACKS) note(ACK, 0, 0, bytes, length);
  if ((kind == DATA || kind == MEMORY) && strikes(1, fd)) {
    /* A disk that fills up takes the first half, and refuses when asked to take the rest. */
    int is_cut = fault.error == ENOSPC && length > 1 && !fault.was_short;
    if (!is_cut) {
      errno = fault.error;
      return -1;
    }
    fault.was_short = 1;
    fault.nth = fault.calls + 1;
    length /= 2;
  }
  off_t from = offset < 0 ? lseek(fd, 0, SEEK_CUR) : offset;
  ssize_t done = offset < 0 ? syscall(SYS_write, fd, bytes, length)
                            : syscall(SYS_pwrite64, fd, bytes, length, offset);
  if (kind == DATA && done > 0) note(WRITE, fds[fd].file, from, bytes, done);
  return done;
}

static ssize_t write_any(int fd, const struct iovec *parts, int count, off_t offset) {
  ssize_t total = 0;
  pthread_mutex_lock(&lock);
  for (int i = 0; i < count; i++) {
    off_t at = offset < 0 ? -1 : offset + total;
    ssize_t done = write_at(fd, parts[i].iov_base, parts[i].iov_len, at);
    if (done < 0 && total == 0) total = -1;
    if (done < 0) break;
    total += done;
    if ((size_t)done < parts[i].iov_len) break;
  }
  int error = errno;
  pthread_mutex_unlock(&lock);
  errno = error;
  return total;
}

static ssize_t write_one(int fd, const void *bytes, size_t length, off_t offset) {
  struct iovec part = {(void *)bytes, length};
  return write_any(fd, &part, 1, offset);
}

ssize_t write(int fd, const void *bytes, size_t length) {
  if (kind_of(fd) == OTHER) return syscall(SYS_write, fd, bytes, length);
  return write_one(fd, bytes, length, -1);
}
#define PWRITE(name)                                                      \
  ssize_t name(int fd, const void *bytes, size_t length, off_t offset) {  \
    return write_one(fd, bytes, length, offset);                          \
  }
PWRITE(pwrite)
PWRITE(pwrite64)
ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (kind_of(fd) == OTHER) return syscall(SYS_writev, fd, parts, count);
  return write_any(fd, parts, count, -1);
}
#define PWRITEV(name)                                                        \
  ssize_t name(int fd, const struct iovec *parts, int count, off_t offset) { \
    return write_any(fd, parts, count, offset);                              \
  }
PWRITEV(pwritev)
PWRITEV(pwritev64)

static int truncate_any(int fd, off_t length) {
  pthread_mutex_lock(&lock);
  enum kind kind = kind_of(fd);
  int result = -1;
  if (kind == DATA && strikes(1, fd)) errno = fault.error;
  else result = syscall(SYS_ftruncate, fd, length);
  if (kind == DATA && result == 0) note(TRUNCATE, fds[fd].file, length, 0, 0);
  int error = errno;
  pthread_mutex_unlock(&lock);
  errno = error;
  return result;
}
int ftruncate(int fd, off_t length) { return truncate_any(fd, length); }
int ftruncate64(int fd, off64_t length) { return truncate_any(fd, length); }

/* Every so many syncs, what is in the shared memory at that moment is written down as well. */
static void note_shared_memory(void) {
  static char bytes[1 << 17];
  if (shm_fd < 0 || log_fd < 0 || syncs++ % 16 != 0) return;
  ssize_t length = syscall(SYS_pread64, shm_fd, bytes, sizeof bytes, 0);
  if (length > 0) note(SHM, 0, 0, bytes, length);
}

static int sync_any(int fd, long call) {
  pthread_mutex_lock(&lock);
  enum kind kind = kind_of(fd);
  int result = -1;
  if ((kind == DATA || kind == DIRECTORY) && strikes(0, fd)) errno = fault.error;
  else result = syscall(call, fd);
  int error = errno;
  if (kind == DATA) note(result == 0 ? SYNC : SYNC_FAILED, fds[fd].file, 0, 0, 0);
  if (kind == DIRECTORY && result == 0)
    for (int i = 0; i < NAMES; i++)
      if (names[i].file == fds[fd].file) note_name(SYNC_DIR, 0, names[i].path);
  if (kind == DATA) note_shared_memory();
  pthread_mutex_unlock(&lock);
  errno = error;
  return result;
}
int fsync(int fd) { return sync_any(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_any(fd, SYS_fdatasync); }

int rename(const char *from, const char *to) {
  pthread_mutex_lock(&lock);
  int result = syscall(SYS_rename, from, to), error = errno;
  if (result == 0 && is_below_root(from)) {
    uint32_t file = file_at(from);
    forget_name(to);
    forget_name(from);
    give_name(to, file);
    note_name(UNLINK, file, from);
    note_name(RENAME, file, to);
  }
  pthread_mutex_unlock(&lock);
  errno = error;
  return result;
}

static int remove_any(const char *path, long call) {
  pthread_mutex_lock(&lock);
  int result = syscall(call, path), error = errno;
  if (result == 0 && is_below_root(path)) {
    if (!is_shared_memory(path)) note_name(UNLINK, file_at(path), path);
    forget_name(path);
  }
  pthread_mutex_unlock(&lock);
  errno = error;
  return result;
}
int unlink(const char *path) { return remove_any(path, SYS_unlink); }
int rmdir(const char *path) { return remove_any(path, SYS_rmdir); }

int mkdir(const char *path, mode_t mode) {
  pthread_mutex_lock(&lock);
  int result = syscall(SYS_mkdir, path, mode), error = errno;
  if (result == 0 && is_below_root(path)) note_name(MKDIR, file_at(path), path);
  pthread_mutex_unlock(&lock);
  errno = error;
  return result;
}
